"""Consent records for others: they fit their schema, and are the linked data they say they are, without a network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import sqlalchemy as sa
from pyld import jsonld
from sqlalchemy.orm import Session

import policies
from policies import consent, consent_changes, consent_export, study_facts
from policies.actions import CONSENTED, Purpose
from policies.consent_changes import Change
from policies.consent_terms import BASES, PURPOSES, SPECIAL
from storage.consents import Consent
from storage.errors import Denied, NotFound, NotReady
from tests.house_fixtures import TODAY, given

if TYPE_CHECKING:
    from tests.house_fixtures import House

SCHEMA = json.loads((Path(policies.__file__).parent / "consent_record.schema.json").read_text())
DPV = "https://w3id.org/dpv#"
FACTS = {
    "controller": "University of Oslo", "legal_basis": "public task", "special_categories": ["health"],
    "offence_data": True, "processors": [{"name": "A house", "agreement": "2026/7", "date": "2026-01-02"}],
}  # fmt: skip


def _told(house: House) -> None:
    study_facts.change(house.desk("astrid"), house.study, FACTS)


def _valid(document: dict[str, Any]) -> list[dict[str, Any]]:
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    return list(document["@graph"])


def _no_network(url: str, _options: object) -> None:
    pytest.fail(f"{url} was asked for")


def test_every_state_of_a_consent_is_a_record_that_validates(house: House) -> None:
    """Given, amended, withdrawn, expired, and from before letters were kept: each fits and says its state."""
    _told(house)
    amended, withdrawn, expired, older = (house.participant(code) for code in ("P01", "P02", "P03", "P04"))
    consent_changes.amend(house.desk("ivar"), amended, Change(TODAY, remove=frozenset({Purpose.QUOTE})))
    consent.withdraw(house.desk("astrid"), withdrawn)
    _set(house, expired.id, expires=TODAY - timedelta(days=3), given=TODAY - timedelta(days=9))
    _set(house, older.id, letter_id=None)
    records = _valid(consent_export.of_study(house.desk("astrid"), house.study))
    states = [[state["@type"][0] for state in record["dpv:hasConsentStatus"]] for record in records]
    assert states == [
        ["dpv:ConsentGiven"],
        ["dpv:RenewedConsentGiven"],
        ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"],
        ["dpv:ConsentGiven", "dpv:ConsentExpired"],
        ["dpv:ConsentGiven"],
    ]
    assert records[0]["dct:isReplacedBy"] == records[1]["@id"]
    assert records[1]["dct:replaces"] == records[0]["@id"]
    assert records[4]["dpv:hasNotice"]["dct:language"] == "und"


def test_a_record_expands_to_dpv_terms_without_a_network(house: House) -> None:
    """A JSON-LD processor that may fetch nothing finds purposes, data, bases and notice under their IRIs."""
    _told(house)
    participant = house.participant("P01", (Purpose.RECORD, Purpose.CONTACT))
    document = consent_export.of_participant(house.desk("astrid"), participant)
    [record] = jsonld.expand(document, {"documentLoader": _no_network})
    assert record["@type"] == [DPV + "ConsentRecord"]
    purposes = [one[DPV + "hasPurpose"][0]["@type"] for one in record[DPV + "hasProcess"]]
    assert purposes == [[DPV + "AcademicResearch"], [DPV + "CommunicationManagement"]]
    assert [one["@id"].rpartition("#")[2] for one in record[DPV + "hasLegalBasis"]] == ["A6-1-e", "A9-2-j"]
    kinds = {kind.rpartition("#")[2] for one in record[DPV + "hasPersonalData"] for kind in one["@type"]}
    assert {"Health", "SpecialCategoryPersonalData", "Criminal", "VoiceCommunicationRecording"} <= kinds
    assert "http://spdx.org/rdf/terms#checksum" in record[DPV + "hasNotice"][0]
    assert not _relative(record)


def test_a_record_does_not_say_who_they_are(house: House) -> None:
    """Opaque ids and terms: no code, no handle."""
    _told(house)
    text = json.dumps(consent_export.of_participant(house.desk("astrid"), house.participant("Xq77")))
    assert "Xq77" not in text
    assert "astrid" not in text


def test_what_breaks_a_record_breaks_the_schema(house: House) -> None:
    """The schema is no rubber stamp: each field taken out, and each term made up, is refused."""
    _told(house)
    document = consent_export.of_participant(house.desk("astrid"), house.participant("P01"))
    required = SCHEMA["$defs"]["record"]["required"]
    for name in required:
        [record] = document["@graph"]
        spoilt = {**document, "@graph": [{key: value for key, value in record.items() if key != name}]}
        with pytest.raises(jsonschema.ValidationError):
            _valid(spoilt)
    with pytest.raises(jsonschema.ValidationError):
        _valid({**document, "@graph": [{**record, "dpv:hasLegalBasis": ["because"]}]})


def test_every_purpose_basis_and_category_has_its_term() -> None:
    """What can be consented to or said of a study can be exported."""
    assert set(PURPOSES) == set(CONSENTED)
    assert set(BASES) == {"", *study_facts.BASES}
    assert set(SPECIAL) == set(study_facts.SPECIAL)


def test_without_a_controller_or_a_consent_there_is_no_record(house: House) -> None:
    """Each is said, with what to do; a researcher is not told who consented to what."""
    participant = house.participant("P01", ())
    with pytest.raises(NotReady, match="--controller"):
        consent_export.of_participant(house.desk("astrid"), participant)
    _told(house)
    with pytest.raises(NotFound, match="no record"):
        consent_export.of_participant(house.desk("astrid"), participant)
    consent.record(house.desk("ivar"), participant, replace(given(CONSENTED)))
    with pytest.raises(Denied):
        consent_export.of_participant(house.desk("ragna"), participant)


def _set(house: House, participant: str, **values: Any) -> None:
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Consent).where(Consent.participant_id == participant).values(**values))


def _relative(node: Any) -> list[str]:
    """Names that did not become an IRI: a term that the context does not know."""
    if isinstance(node, list):
        return [name for one in node for name in _relative(one)]
    if not isinstance(node, dict):
        return []
    here = [name for name in node if not name.startswith(("@", "http"))]
    return here + [name for one in node.values() for name in _relative(one)]
