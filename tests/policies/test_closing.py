"""A study is closed: deleted, made anonymous or archived, and everything is accounted for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import closing, closing_plan, consent, holds, retention, studies
from policies.actions import Action, Purpose
from policies.closing_plan import How
from storage import certificates
from storage.errors import BadInput, Damaged, Denied, NotFound, TakesTwo
from storage.fsck.ties import examine
from storage.inbox import Inbox
from storage.records import Artefact, Key, Participant, Recording, Voice
from tests.policies.closings import KINDS, NO_ARCHIVE, close, deposited, hold, interviewed, named
from tests.storage.opening import every_key, opens, rows_of, theirs

if TYPE_CHECKING:
    from policies.closing import Done
    from tests.house_fixtures import House


def accounted(house: House, done: Done, planned: closing_plan.Plan) -> None:
    """What the plan said is what became of it, and what the certificate says, which names nobody."""
    assert planned.kinds == {
        "destroyed": done.destroyed, "kept": done.kept, "held": done.held
    }  # fmt: skip
    said = certificates.read(house.vault.ledger.signer.vkey, done.certificate)
    assert (said.destroyed, said.kept, said.held) == (done.destroyed, done.kept, done.held)
    with Session(house.vault.database.reader) as session:
        people = session.scalars(sa.select(Participant)).all()
    assert not any(one.id in done.certificate or f'"{one.code}"' in done.certificate for one in people)
    assert list(examine(house.vault.database)) == []
    assert house.vault.ledger.verify().size > 0


def kinds(house: House, held: Participant) -> set[str]:
    """The kinds of somebody's artefacts that could be opened."""
    with Session(house.vault.database.reader) as session:
        query = sa.select(Artefact.kind).where(Artefact.participant_id == held.id, Artefact.header != b"")
        return set(session.scalars(query))


def test_nothing_is_left_of_a_study_that_is_deleted(house: House) -> None:
    """Keys, names, inbox and the study's own key are gone; nothing opens with what keys were left in any copy."""
    people = [interviewed(house, "P01"), interviewed(house, "P02", stage="review"), house.participant("P03", ())]
    named(house, "Kari", "Ola")
    deposited(house, "P01")
    deposited(house, "P99")
    inbox = Inbox(house.vault.folder, "rus")
    with inbox._files().writer() as cut_off:
        cut_off.write(b"sealed")
    ids = [theirs(house.vault, one.id) for one in people[:2]]
    before = rows_of(house.vault)
    planned = closing_plan.plan(house.desk("astrid"), house.study, How.DELETE)
    done = close(house, How.DELETE)
    accounted(house, done, planned)
    assert (done.kept, done.held, done.waits) == ({}, {}, False)
    assert done.destroyed.items() >= {
        "original": 2, "released": 2, "link key entry": 2, "deposit": 2, "participant key": 3, "study key": 1
    }.items()  # fmt: skip
    held = rows_of(house.vault)
    keys = every_key(held, house.vault.keys._root)
    assert all(opens(before, every_key(before, house.vault.keys._root), one) for one in ids)
    assert not any(opens(copy, keys, one) for copy in (before, held) for one in ids)
    assert list(house.vault.blobs.names()) == []
    assert not inbox.waiting() | inbox.loose()
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Key)).all() == []
    again = close(house, How.DELETE)
    assert again.destroyed == done.destroyed


def test_what_was_released_is_left_of_a_study_made_anonymous(house: House) -> None:
    """Its newest text, of those whose interview is released still and whose consent holds; of others nothing."""
    stays, review = interviewed(house, "P01"), interviewed(house, "P02", stage="review")
    ended = interviewed(house, "P03")
    consent.withdraw(house.desk("astrid"), ended)
    named(house, "Kari")
    planned = closing_plan.plan(house.desk("astrid"), house.study, How.ANONYMISE)
    done = close(house, How.ANONYMISE)
    accounted(house, done, planned)
    assert done.kept == {"released": 1, "participant key": 1, "description": 1, "study key": 1}
    assert [kinds(house, one) for one in (stays, review, ended)] == [{"released"}, set(), set()]
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Voice)).all() == []
        recording = session.scalars(sa.select(Recording).where(Recording.participant_id == stays.id)).one()
        assert (recording.sealed_origin, recording.sha256) == (None, recording.id)
        (text,) = session.scalars(sa.select(Artefact).where(Artefact.participant_id == stays.id)).all()
    with house.desk("ragna").act(Action.READ_PSEUDONYMISED, recording, Purpose.ANALYSE) as act:
        assert act.read(text) == b"released of P01"
    assert sorted(house.vault.blobs.names()) == [text.blob]


def test_an_archive_keeps_those_who_agreed_to_it(house: House) -> None:
    """All of theirs, and of nobody else anything; the link key only where the study keeps it until further notice."""
    stays, goes = interviewed(house, "P01"), interviewed(house, "P02", NO_ARCHIVE)
    named(house, "Kari")
    planned = closing_plan.plan(house.desk("astrid"), house.study, How.ARCHIVE)
    done = close(house, How.ARCHIVE)
    accounted(house, done, planned)
    assert [kinds(house, one) for one in (stays, goes)] == [set(KINDS), set()]
    assert done.destroyed["link key entry"] == 1
    assert done.kept["study key"] == 1


def test_an_archive_may_keep_its_link_key(house: House) -> None:
    """Where the study's own retention says so."""
    interviewed(house, "P01")
    named(house, "Kari")
    retention.choose(house.desk("astrid"), house.study, "link key", "study end", None, "They agreed to it.")
    assert close(house, How.ARCHIVE).kept["link key entry"] == 1


@pytest.mark.parametrize("how", list(How))
def test_a_hold_keeps_what_is_somebodys_until_it_is_lifted(house: House, how: How) -> None:
    """It is counted as held, and the same again destroys or keeps it then, with another certificate."""
    held, withdrawn = interviewed(house, "P01", NO_ARCHIVE), interviewed(house, "P02")
    house.shred(withdrawn)
    interviewed(house, "P03", NO_ARCHIVE, stage="review")
    number = hold(house, held)
    planned = closing_plan.plan(house.desk("astrid"), house.study, how)
    assert planned.people == {"held": 1, "destroyed": 1, "gone": 1}
    done = close(house, how)
    accounted(house, done, planned)
    assert done.waits
    assert done.held.items() >= {"original": 1, "transcript": 1, "participant key": 1, "study key": 1}.items()
    assert kinds(house, held) == set(KINDS)
    holds.lift(house.desk("astrid"), house.study, number)
    after = close(house, how)
    assert not after.waits
    assert after.held == {}
    assert kinds(house, held) == ({"released"} if how is How.ANONYMISE else set())
    assert certificates.read(house.vault.ledger.signer.vkey, after.certificate).destroyed["original"] == 2


def test_a_closed_study_takes_nothing_in_and_hands_nothing_off(house: House) -> None:
    """The door says so, to everybody, and a device finds nothing to seal to."""
    stays = interviewed(house, "P01")
    close(house, How.ARCHIVE)
    with pytest.raises(Denied, match="closed"):
        studies.add_participant(house.desk("astrid"), house.study, "P02")
    with pytest.raises(Denied, match="closed"), house.desk("ivar").act(Action.TAKE_IN, stays, Purpose.RECORD):
        pass
    with pytest.raises(Denied, match="closed"), house.desk("ragna").act(
        Action.HAND_OFF, house.study, Purpose.ANALYSE
    ):  # fmt: skip
        pass
    with pytest.raises(NotFound):
        deposited(house, "P01")


def test_before_its_time_a_study_is_closed_by_two(house: House) -> None:
    """One asks and another approves one way of it; the way it was begun is the way it goes on."""
    desk = house.desk("astrid")
    with pytest.raises(TakesTwo):
        closing.begin(desk, house.study, How.ANONYMISE, "It is over.")
    approved = house.approved(Action.CLOSE_STUDY_EARLY, house.study, closing.terms(How.ANONYMISE))
    with pytest.raises(Denied, match="another thing"):
        closing.begin(desk, house.study, How.DELETE, "It is over.", approved)
    with pytest.raises(Denied):
        closing.begin(house.desk("ragna"), house.study, How.ANONYMISE, "It is over.", approved)
    closing.begin(desk, house.study, How.ANONYMISE, "It is over.", approved)
    closing.begin(desk, house.study, How.ANONYMISE, "It is over.")
    with pytest.raises(BadInput, match="another way"):
        closing.begin(desk, house.study, How.DELETE, "It is over.")
    with pytest.raises(Denied):
        closing.go_on(house.desk("ragna"), house.study, Pipeline())


def test_an_artefact_that_is_missing_stops_the_certificate(house: House) -> None:
    """A row somebody deleted is neither destroyed by an act nor there, and nobody certifies that."""
    held = interviewed(house, "P01")
    hold(house, held)
    approved = house.approved(Action.CLOSE_STUDY_EARLY, house.study, closing.terms(How.DELETE))
    closing.begin(house.desk("astrid"), house.study, How.DELETE, "It is over.", approved)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.delete(Artefact).where(Artefact.kind == "transcript"))
    with pytest.raises(Damaged, match="1 of this study's"):
        closing.go_on(house.desk("astrid"), house.study, Pipeline())
    leaves = map(json.loads, house.vault.ledger.leaves())
    assert not [leaf for leaf in leaves if leaf.get("scope") == "closing: delete"]


def test_retention_has_nothing_left_to_do_with_what_was_closed(house: House) -> None:
    """After a deletion nothing of the study is due any more, its names among it."""
    interviewed(house, "P01")
    close(house, How.DELETE)
    assert retention.due(house.desk("astrid"), house.study) == []


def test_what_waits_for_somebody_held_stays(house: House) -> None:
    """In the inbox, until the hold is lifted; what waits for others goes."""
    held = interviewed(house, "P01")
    interviewed(house, "P02")
    deposited(house, "P01")
    deposited(house, "P02")
    number = hold(house, held)
    assert close(house, How.DELETE).held["deposit"] == 1
    assert len(Inbox(house.vault.folder, "rus").waiting()) == 1
    holds.lift(house.desk("astrid"), house.study, number)
    assert close(house, How.DELETE).destroyed["deposit"] == 2
    assert not Inbox(house.vault.folder, "rus").waiting()
