"""A study's own auditor reads the ledger as far as it is about that study, and no further."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import audit, people, studies
from policies.actions import Action, Purpose, Role
from policies.withdrawal import Scope
from storage import lookup
from storage.errors import Denied
from storage.records import Participant
from tests.command import Terminal
from tests.house_fixtures import LATER, TODAY
from tests.ingest.withdrawn import withdraw
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Study
    from tests.house_fixtures import House


@pytest.fixture
def other(house: House) -> Study:
    """Another study with a participant of its own; Aud audits the first."""
    astrid = house.desk("astrid")
    made = studies.create(astrid, studies.NewStudy("nabo", "Next door", "REK 2", TODAY, LATER, "en"))
    studies.add_participant(astrid, made, "Q77")
    people.add(astrid, house.study, "aud", [Role.AUDITOR])
    return made


def test_an_auditor_sees_their_study_and_no_other_studys_ids(
    house: House, other: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was done to the study, its participants and recordings, denials too; not a code or id of the other's."""
    recording = keep(house, house.participant("P01"))
    with pytest.raises(Denied), house.desk("ivar").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE):
        pass
    tillit = Terminal(tmp_path, monkeypatch, capsys)
    shown = tillit("aud", "audit", "show", "rus", "-n", "0", "--json")
    assert shown.code == 0, shown.err
    seen = json.loads(shown.out)
    assert {one["resource"] for one in seen} == {"rus", "rus/P01", "rus/P01-1"}
    assert "DENIED" in {one["outcome"] for one in seen}
    assert "ivar" in {one["who"] for one in seen}
    (held,) = [row for row in _participants(house) if row.study_id == other.id]
    assert not any(what in shown.out for what in ("nabo", "Q77", other.id, held.id))
    assert "rus/P01-1" in tillit("aud", "audit", "show", "rus").out


def test_what_was_certified_as_destroyed_is_the_studys_too(house: House, other: Study) -> None:
    """The entry a certificate is made from names no resource, and is shown under its study and not the other's."""
    keep(house, one := house.participant("P01"))
    withdraw(house, one, Scope.SOUND)
    astrid = house.desk("astrid")
    certified = {
        study.code: [seen.what for seen in audit.of_study(astrid, study, 0)] for study in (house.study, other)
    }
    assert certified["rus"].count("erased") == 1
    assert "erased" not in certified["nabo"]


def test_neither_the_whole_nor_anothers_is_for_them(house: House, other: Study) -> None:
    """The vault's ledger and another study's are refused to them, as their own study's is to an interviewer."""
    aud = house.desk("aud")
    with pytest.raises(Denied):
        audit.entries(aud, 0)
    with pytest.raises(Denied):
        audit.of_study(aud, other, 0)
    with pytest.raises(Denied):
        audit.of_study(house.desk("ivar"), lookup.study(house.vault.database, "rus"), 0)


def _participants(house: House) -> list[Participant]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Participant)))
