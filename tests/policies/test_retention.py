"""What is due is said first and destroyed then, of whom it is due, unless a hold stands; and it is certified."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import holds, retaining, retention
from storage import certificates
from storage.errors import Denied
from storage.records import Key, Study
from storage.withdrawals import Notice
from tests.house_fixtures import TODAY
from tests.ingest.interview import said
from tests.ingest.withdrawn import forms, whose
from tests.policies.keeping import artefacts, keep

if TYPE_CHECKING:
    from tests.house_fixtures import House


def end(house: House, days_ago: int) -> None:
    """Let the study have ended some days ago."""
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(Study, house.study.id).ends = TODAY - timedelta(days=days_ago)


def notice_given(house: House, days_ago: int) -> None:
    """Let what was said have been said earlier."""
    with Session(house.vault.database.writer) as session, session.begin():
        for notice in session.scalars(sa.select(Notice)):
            notice.created -= timedelta(days=days_ago)


def run(house: House, *, dry: bool = False) -> dict[tuple[str, str], str]:
    """What the run says, by participant and kind."""
    done = retaining.run(house.desk("astrid"), house.study, Pipeline(), dry=dry)
    return {(one.participant, one.kind): one.what for one in done}


def test_nothing_is_due_while_a_study_goes_on(house: House) -> None:
    """A run long before the study's end says and destroys nothing."""
    keep(house, house.participant("P01"))
    assert run(house) == {}


def test_it_is_said_before_it_is_done(house: House) -> None:
    """The first run gives notice, a run before the notice is over waits, the one after destroys and certifies."""
    recording = keep(house, house.participant("P01"))
    end(house, 1)
    assert set(run(house, dry=True).values()) == {"noticed"}
    assert run(house)["P01", "sound"] == "noticed"
    assert run(house)["P01", "sound"] == "waiting"
    notice_given(house, 31)
    assert run(house, dry=True)["P01", "sound"] == "would be destroyed"
    assert {one.kind for one in artefacts(house, recording)} == {"original", "transcript"}
    done = retaining.run(house.desk("astrid"), house.study, Pipeline())
    assert {(one.kind, one.what) for one in done} == {
        (kind, "destroyed") for kind in ("sound", "transcript", "link key")
    }
    assert artefacts(house, recording) == []
    said_there = [certificates.read(house.vault.ledger.signer.vkey, one.certificate) for one in done]
    assert {one.ground for one in said_there} == {"retention"}
    assert run(house) == {}


def test_in_the_end_the_key_goes_too(house: House) -> None:
    """When all is due, a participant is forgotten whole, as by a withdrawal."""
    recording = said(house, "P01", "I met Ingrid Solbakken in Bergen.")
    end(house, 5000)
    run(house)
    notice_given(house, 31)
    assert run(house)["P01", "participant"] == "destroyed"
    assert not forms(house)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Key).where(Key.owner_id == recording.participant_id)).all() == []


def test_a_hold_overrides(house: House) -> None:
    """What a hold is on is not destroyed, nor are the study's names; another's is, and lifting it lets it go on."""
    held, free = keep(house, house.participant("P01")), keep(house, house.participant("P02"))
    end(house, 1)
    run(house)
    notice_given(house, 31)
    number = holds.add(house.desk("astrid"), house.study, whose(house, held), "legal", "REK 2026/17", None)
    ran = run(house)
    assert (ran["P01", "sound"], ran["", "link key"], ran["P02", "sound"]) == ("held", "held", "destroyed")
    assert len(artefacts(house, held)) == 2
    assert artefacts(house, free) == []
    holds.lift(house.desk("astrid"), house.study, number)
    assert run(house)["P01", "sound"] == "destroyed"


def test_a_study_has_days_of_its_own(house: House) -> None:
    """An exception is counted from intake or kept until further notice, and only the steward makes one."""
    keep(house, house.participant("P01"))
    with pytest.raises(Denied):
        retention.choose(house.desk("ragna"), house.study, "sound", retention.INTAKE, 7, "REK says so.")
    retention.choose(house.desk("astrid"), house.study, "sound", retention.STUDY_END, 3, "For now.")
    retention.choose(house.desk("astrid"), house.study, "sound", retention.INTAKE, 7, "REK says so.")
    retention.choose(house.desk("astrid"), house.study, "transcript", retention.STUDY_END, None, "REK says so.")
    found = {one.kind: one.due for one in retention.due(house.desk("astrid"), house.study)}
    assert found["sound"] is not None
    assert abs((found["sound"] - TODAY).days - 7) <= 1
    assert found["transcript"] is None
    assert run(house)["P01", "sound"] == "noticed"
