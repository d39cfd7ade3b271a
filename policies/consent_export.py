"""Consent records as ISO/IEC TS 27560:2023 describes them, in DPV terms, as JSON-LD: for whoever checks them.

Each consent is a record of its own, with its states; an amended one names the one it replaces. A record names the
participant by an opaque id and holds no code, no name and nothing anybody said. `consent_record.schema.json` is the
JSON Schema it fits; the terms are in `consent_terms`.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from policies import consent_history
from policies.actions import Action, Purpose
from policies.consent_terms import ALWAYS, BASES, CONFORMS, CONTEXT, OFFENCES, PURPOSES, SPECIAL
from storage import lookup
from storage.errors import NotFound, NotReady
from storage.records import Participant, Study, now

if TYPE_CHECKING:
    from policies.consent_history import Kept
    from policies.desk import Desk
    from storage.consents import Consent, Letter

Node = dict[str, Any]
NO_CONTROLLER = "A consent record names the controller. Say who it is: tillit study change {study} --controller NAME."
NO_CONSENT = "No consent is recorded, so there is no record to export."
WITHDRAWING = "At any time and without a reason, by telling anybody of the study; nothing is used from then on."
STORED = "Encrypted, in the controller's own vault."
UNKNOWN = "und"  # BCP 47: a letter from before letters were kept


def of_study(desk: Desk, study: Study) -> Node:
    """The records of everybody in a study, as one JSON-LD document. Raises Denied, NotReady, NotFound."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        everybody = act.all(sa.select(Participant).where(Participant.study_id == study.id).order_by(Participant.code))
    return _document([record for one in everybody for record in _records(desk, one)])


def of_participant(desk: Desk, participant: Participant) -> Node:
    """The records of one participant, as a JSON-LD document. Raises Denied, NotReady, NotFound."""
    return _document(_records(desk, participant))


def _document(records: list[Node]) -> Node:
    if not records:
        raise NotFound(NO_CONSENT)
    return {"@context": CONTEXT, "@graph": records}


def _records(desk: Desk, participant: Participant) -> list[Node]:
    study = lookup.by_id(desk.vault.database, Study, participant.study_id)
    if not study.controller:
        raise NotReady(NO_CONTROLLER, study=study.code)
    with desk.act(Action.SEE_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        kept = consent_history.read(act, participant)
    return [_record(study, row, kept) for row in kept.consents]


def _record(study: Study, row: Consent, kept: Kept) -> Node:
    after = [one.id for one in kept.consents if one.version == row.version + 1]
    before = [one.id for one in kept.consents if one.version == row.version - 1]
    return {
        "@id": _urn(row.id),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": CONFORMS,
        "dct:identifier": str(uuid.UUID(row.id)),
        "dpv:hasDataSubject": {"@id": _urn(row.participant_id), "@type": "dpv:DataSubject"},
        "dpv:hasNotice": _notice(row, kept.letters.get(row.letter_id or "")),
        "dpv:hasProcess": [_process(Purpose(name)) for name in row.purposes],
        "dpv:hasLegalBasis": _bases(study),
        "dpv:hasPersonalData": _data(study),
        "dpv:hasDataController": {"@type": "dpv:DataController", "dct:title": study.controller},
        "dpv:hasDataProcessor": [{"@type": "dpv:DataProcessor", "dct:title": one["name"]} for one in study.processors],
        "dpv:hasStorageCondition": _storage(row),
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dct:description": WITHDRAWING},
        "dpv:hasConsentStatus": _states(row, current=not after),
        **({"dct:replaces": _urn(before[0])} if before else {}),
        **({"dct:isReplacedBy": _urn(after[0])} if after else {}),
    }


def _notice(row: Consent, letter: Letter | None) -> Node:
    notice: Node = {"@type": "dpv:ConsentNotice", "dct:identifier": row.letter, "dct:language": UNKNOWN}
    if letter is None:
        return notice
    checksum = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
        "spdx:checksumValue": letter.sha256,
    }
    return {**notice, "dct:language": letter.language, "spdx:checksum": checksum}


def _process(purpose: Purpose) -> Node:
    kind, processing = PURPOSES[purpose]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": kind, "dct:title": purpose.value},
        "dpv:hasProcessing": list(processing),
    }


def _bases(study: Study) -> list[str]:
    ordinary, special = BASES[study.legal_basis]
    return [ordinary, *([special] if study.special_categories else [])]


def _data(study: Study) -> list[Node]:
    """Special categories say so (27560: pii attribute, special category)."""
    special = [{"@type": [SPECIAL[name], "dpv:SpecialCategoryPersonalData"]} for name in study.special_categories]
    offences = [{"@type": [OFFENCES, "dpv:SensitivePersonalData"]}] if study.offence_data else []
    return [*({"@type": [name, "dpv:PersonalData"]} for name in ALWAYS), *special, *offences]


def _storage(row: Consent) -> Node:
    return {
        "@type": "dpv:StorageCondition",
        "dpv:hasLocation": {"@type": "dpv:StorageLocation", "dct:description": STORED},
        "dpv:hasDuration": _until(row),
    }


def _until(row: Consent) -> Node:
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": {"@type": "xsd:date", "@value": row.expires.isoformat()}}


def _states(row: Consent, *, current: bool) -> list[Node]:
    """From when the participant said so to how it ended, if it has."""
    given = {
        "@type": ["dpv:RenewedConsentGiven" if row.amends else "dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedBy": "dpv:DataSubject",
        "dpv:hasIndicationMethod": row.how,
        "dpv:isIndicatedAtTime": _day(row.given.isoformat()),
        "dpv:hasDuration": _until(row),
    }
    if row.withdrawn_at is not None:
        moment = {"@type": "xsd:dateTime", "@value": row.withdrawn_at.isoformat()}
        return [given, _state("dpv:ConsentWithdrawn", "dpv:DataSubject", moment)]
    if current and row.expires < now().date():
        return [
            given,
            _state("dpv:ConsentExpired", "dpv:DataController", _day((row.expires + timedelta(days=1)).isoformat())),
        ]
    return [given]


def _state(kind: str, whose: str, moment: Node) -> Node:
    return {"@type": [kind], "dpv:isIndicatedBy": whose, "dpv:isIndicatedAtTime": moment}


def _day(text: str) -> Node:
    return {"@type": "xsd:date", "@value": text}


def _urn(row_id: str) -> str:
    return f"urn:uuid:{uuid.UUID(row_id)}"
