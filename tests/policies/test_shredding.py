"""A participant whose key is destroyed is forgotten: nothing of theirs opens, and nobody else is touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import shredding, studies
from policies.actions import Action, Purpose
from storage import age, keys, tombstones
from storage.errors import BadInput, Denied, NotFound
from storage.records import Heard, Key, LedgerEntry, Participant, Recording, Tombstone, Voice
from tests.faults.failing import PAIR, Way, at_every_statement
from tests.policies.keeping import WORDS, artefacts, keep, opened

if TYPE_CHECKING:
    from tests.house_fixtures import House


def test_after_a_shred_nothing_of_theirs_opens_and_everybody_elses_does(house: House) -> None:
    """No header, sealed column, opening, payload, voice or word heard is left of theirs; another's all open."""
    one, two = house.participant("P01"), house.participant("P02")
    studies.set_attributes(house.desk("ivar"), one, {"sex": "woman"})
    gone, stays = keep(house, one), keep(house, two)
    theirs = {artefact.blob for artefact in artefacts(house, gone)}
    assert house.shred(one) == 2
    with pytest.raises(NotFound, match="destroyed"):
        opened(house, gone)
    assert opened(house, stays) == [WORDS, WORDS]
    assert all(not artefact.header and not artefact.sealed_blob for artefact in artefacts(house, gone))
    assert not theirs & set(house.vault.blobs.names())
    with Session(house.vault.database.reader) as session:
        assert session.get_one(Recording, gone.id).sealed_origin is None
        assert session.get_one(Participant, one.id).sealed_attributes is None
        assert session.scalars(sa.select(Key).where(Key.owner_id == one.id)).all() == []
        assert session.scalars(sa.select(Voice.participant_id)).all() == [two.id]
        assert session.scalars(sa.select(Heard.recording_id)).all() == [stays.id]
        about = sa.select(LedgerEntry).where(LedgerEntry.participant_id == one.id)
        assert all(entry.sealed_openings is None for entry in session.scalars(about))
    assert house.vault.ledger.verify().size > 0


def test_every_other_key_in_hand_opens_nothing_of_theirs(house: House) -> None:
    """With the root, the study's and all other participants' identities, no header or payload of theirs opens."""
    one, two = house.participant("P01"), house.participant("P02")
    keep(house, one)
    keep(house, two)
    headers = [artefact.header for artefact in artefacts(house, keep(house, house.participant("P03")))]
    house.shred(one)
    with Session(house.vault.database.reader) as session:
        rows = session.scalars(sa.select(Key)).all()
    study = keys.opened(next(row for row in rows if row.parent_id is None).sealed_identity, house.vault.keys._root)
    held = [study, *(keys.opened(row.sealed_identity, study) for row in rows if row.parent_id)]
    assert len(held) == 3
    assert all(age.open_header(header, held) for header in headers)
    with Session(house.vault.database.reader) as session:
        left = session.scalars(
            sa.text("SELECT header FROM artefact WHERE participant_id = :one"), {"one": one.id}
        ).all()
    assert left == [b"", b""]


def test_a_tombstone_is_signed_and_lies_in_the_vaults_folder(house: House) -> None:
    """It names the vault, participant and study by ids, in the database and in the folder that goes with backups."""
    one = house.participant("P01")
    house.shred(one)
    (stone,) = tombstones.found(house.vault.folder / tombstones.FOLDER)
    said = tombstones.read(house.vault.ledger.signer.vkey, stone)
    assert (said.vault_id, said.participant_id, said.study_id) == (house.vault.id, one.id, house.study.id)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Tombstone.note)).all() == [stone]
    with pytest.raises(BadInput):
        tombstones.found(house.vault.folder / "nowhere")


def test_what_was_shredded_takes_in_no_more(house: House) -> None:
    """Even with a consent that holds, nothing new can be sealed to a participant who was forgotten."""
    one = house.participant("P01")
    house.shred(one)
    with pytest.raises(NotFound):
        keep(house, one)


def test_shredding_again_ends_what_a_stop_left(house: House) -> None:
    """A second shred destroys nothing more, keeps the one tombstone, and removes payloads that were left."""
    one = house.participant("P01")
    keep(house, one)
    house.shred(one)
    assert house.shred(one) == 0
    with Session(house.vault.database.reader) as session:
        assert len(session.scalars(sa.select(Tombstone)).all()) == 1


def test_a_withdrawn_consent_does_not_stand_in_the_way(house: House) -> None:
    """Destroying needs no consent: it is what a withdrawal asks for. It needs the steward."""
    one = house.participant("P01", [Purpose.RECORD])
    with pytest.raises(Denied):
        shredding.shred(house.desk("ivar"), one)
    leaf = json.loads(list(house.vault.ledger.leaves())[-1])
    assert (leaf["action"], leaf["allow"]) == (Action.SHRED, False)


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_shred_that_fails_is_done_or_not_done(house: House, way: Way) -> None:
    """Whichever statement fails, all of it opens or none of it does, and the next shred ends it."""
    held: list[tuple[Participant, Recording]] = []

    def next_one() -> None:
        one = house.participant(f"P{len(held)}")
        held.append((one, keep(house, one)))

    def check(error: BaseException | None) -> None:
        headers = [bool(artefact.header) for artefact in artefacts(house, held[-1][1])]
        assert headers in ([True, True], [False, False])
        assert error is not None or headers == [False, False]
        house.shred(held[-1][0])
        assert not any(artefact.header for artefact in artefacts(house, held[-1][1]))
        assert house.vault.ledger.verify().size > 0
        next_one()

    next_one()
    assert at_every_statement(lambda: house.shred(held[-1][0]), check, way) > 10
