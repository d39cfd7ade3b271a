"""Tombstones: only this vault's count, and what they say to destroy is destroyed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from storage import anchors, tombstones
from storage.errors import BadInput, Damaged, NotFound
from storage.note import Signer
from storage.records import Artefact, Key, Participant
from tests.listened import heard
from tests.storage.backups import interview, read
from tests.storage.opening import every_key, opens, rows_of, theirs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House

VAULT, PARTICIPANT, STUDY = "a" * 32, "b" * 32, "c" * 32
SIGNER = Signer(f"tillit/{VAULT}", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TIME = datetime(2026, 1, 31, 12, tzinfo=UTC)
STONE = tombstones.make(SIGNER, VAULT, PARTICIPANT, STUDY, TIME)


def test_a_tombstone_says_what_was_carved() -> None:
    """What is read is what was made, and its text is the five lines it promises."""
    assert tombstones.read(SIGNER.vkey, STONE) == tombstones.Inscription(VAULT, PARTICIPANT, STUDY, TIME)
    assert STONE.split("\n")[:5] == ["tillit tombstone v1", VAULT, PARTICIPANT, STUDY, "2026-01-31T12:00:00+00:00"]


@given(st.integers(0, len(STONE.encode()) * 8 - 1))
def test_no_bit_of_a_tombstone_can_be_changed(bit: int) -> None:
    """With any bit flipped it is Damaged, so nobody is shredded by an edited note."""
    data = bytearray(STONE.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Damaged):
        tombstones.read(SIGNER.vkey, data.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        SIGNER.checkpoint(0, bytes(32)),
        SIGNER.sign(f"tillit tombstone v1\n{VAULT}\n{PARTICIPANT}\n{STUDY}\nyesterday\n"),
        SIGNER.sign(f"tillit tombstone v1\n{VAULT}\n{PARTICIPANT}\n{STUDY}\n2026-01-31T12:00:00\n"),
        SIGNER.sign(f"tillit tombstone v1\n{VAULT}\n../x\n{STUDY}\n2026-01-31T12:00:00+00:00\n"),
        SIGNER.sign(f"tillit tombstone v2\n{VAULT}\n{PARTICIPANT}\n{STUDY}\n2026-01-31T12:00:00+00:00\n"),
        Signer(f"tillit/{VAULT}", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1")).sign(
            STONE.split("\n\n")[0]
        ),
    ],
)
def test_another_note_is_no_tombstone(text: str) -> None:
    """Nothing, a checkpoint, a time without a zone, a path for an id, another version, another's key: all Damaged."""
    with pytest.raises(Damaged):
        tombstones.read(SIGNER.vkey, text)


def test_what_is_no_id_is_not_carved() -> None:
    """A code or a name in the place of an id is refused: a tombstone may lie anywhere."""
    with pytest.raises(BadInput):
        tombstones.make(SIGNER, VAULT, "P07", STUDY)


def test_destroying_closes_all_that_is_theirs_and_nothing_else(house: House) -> None:
    """After it no key in the vault opens a header or sealed column of theirs; everything of another's still opens."""
    gone, stays = interview(house, "P01", b"gone"), interview(house, "P02", b"stays")
    for told in (gone, stays):
        with house.desk("ivar").act(Action.TAKE_IN, told.participant, Purpose.RECORD) as act:
            act.add(heard(act, told.recording))
    ids, others = theirs(house.vault, gone.participant.id), theirs(house.vault, stays.participant.id)
    keys = every_key(before := rows_of(house.vault), house.vault.keys._root)
    assert opens(before, keys, ids) == opens(before, keys, others) == {
        "artefact.header", "artefact.sealed_blob", "heard.sealed_text", "key.sealed_identity",
        "ledger_entry.sealed_openings", "participant.sealed_attributes", "recording.sealed_origin",
        "voice.sealed_voice",
    }  # fmt: skip
    with Session(house.vault.database.writer) as session, session.begin():
        destroyed = tombstones.apply(session, gone.participant.id)
    assert (destroyed.artefacts, len(destroyed.blobs)) == (1, 1)
    assert opens(after := rows_of(house.vault), keys, ids) == set()
    assert opens(after, keys, others) == opens(before, keys, others)
    assert read(house.vault, stays) == b"stays"
    with pytest.raises(NotFound):
        read(house.vault, gone)


def test_destroying_twice_is_destroying_once(house: House) -> None:
    """A second time changes no row, and names the payloads again for whoever was stopped before removing them."""
    told = interview(house, "P01", b"words")
    with Session(house.vault.database.writer) as session, session.begin():
        first = tombstones.apply(session, told.participant.id)
    once = rows_of(house.vault)
    with Session(house.vault.database.writer) as session, session.begin():
        again = tombstones.apply(session, told.participant.id)
    assert (again.artefacts, again.blobs) == (0, first.blobs)
    assert rows_of(house.vault) == once


def test_a_study_is_not_shredded_in_a_participants_place(house: House) -> None:
    """A study's id, where a participant's belongs, destroys no key."""
    with Session(house.vault.database.writer) as session, session.begin():
        tombstones.apply(session, house.study.id)
        assert session.scalars(sa.select(Key).where(Key.owner_id == house.study.id)).one()


def test_the_ledger_hears_of_every_row_that_was_destroyed(house: House) -> None:
    """The session's anchors name the key and the voice as gone, and have the emptied rows' digests."""
    told = interview(house, "P01", b"words")
    with Session(house.vault.database.writer) as session, session.begin():
        seen = anchors.watch(session)
        tombstones.apply(session, told.participant.id)
        rows = [
            session.scalars(sa.select(Artefact).where(Artefact.participant_id == told.participant.id)).one(),
            session.get_one(Participant, told.participant.id),
        ]
        assert seen[f"key/{told.participant.id}"] is None
        assert {seen[anchors.place(row)] for row in rows} == {anchors.digest(row) for row in rows}
        assert [digest for place, digest in seen.items() if place.startswith("voice/")] == [None]
        assert f"recording/{told.recording.id}" in seen


def test_published_tombstones_are_found(tmp_path: Path) -> None:
    """What was laid into a vault's folder is read back from it, and what a killed writing left there is not."""
    tombstones.publish(tmp_path, PARTICIPANT, STONE)
    (tmp_path / tombstones.FOLDER / f"{STUDY}.part").write_text("half")
    assert tombstones.found(tmp_path / tombstones.FOLDER) == [STONE]
    with pytest.raises(BadInput):
        tombstones.found(tmp_path / "elsewhere")
