"""The ledger in its database: what is appended stays, and what is tampered with shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from policies import audit
from storage import age, merkle
from storage.errors import AlreadyThere, Damaged, StorageFailed
from storage.ledger import Entry, commitment
from storage.note import Signer
from storage.permit import Permit
from storage.records import LedgerEntry, LedgerHead
from tests.storage.ledgers import rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Participant
    from tests.house_fixtures import House

HASH = "ab" * 32


def _grow(house: House, entries: int) -> None:
    for number in range(entries):
        house.vault.ledger.record(Entry("test", "act", {"n": number}))


def _file(house: House) -> Path:
    return house.vault.folder / "ledger.log"


def test_entries_come_back_in_order_byte_for_byte(house: House) -> None:
    """Each entry is a line of JSON at the position it was given."""
    position = house.vault.ledger.record(Entry("test", "act", {"n": 7}))
    leaves = list(house.vault.ledger.leaves())
    assert position is not None
    assert json.loads(leaves[position])["n"] == 7
    assert len(leaves) == position + 1


def test_an_edited_entry_shows(house: House) -> None:
    """Changing one byte of one leaf makes verification fail at the next checkpoint."""
    _grow(house, 5)
    with Session(house.vault.database.writer) as session, session.begin():
        row = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.position == 3)).one()
        row.leaf = row.leaf.replace(b"e", b"f", 1)
    with pytest.raises(Damaged, match="edited"):
        house.vault.ledger.verify()


def test_a_cut_off_end_shows_against_the_head(house: House) -> None:
    """Deleting the newest entries leaves a ledger shorter than its signed head."""
    _grow(house, 5)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.delete(LedgerEntry).where(LedgerEntry.position > 3))
    with pytest.raises(Damaged, match="shorter"):
        house.vault.ledger.verify()


def test_a_rolled_back_ledger_shows_against_a_checkpoint_kept_elsewhere(house: House) -> None:
    """Putting back an older head with its older entries is caught by the checkpoint a steward kept."""
    ledger = house.vault.ledger
    with Session(house.vault.database.reader) as session:
        old = session.get_one(LedgerHead, "head")
    _grow(house, 5)
    kept = ledger.checkpoint()
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.delete(LedgerEntry).where(LedgerEntry.position >= old.size))
        session.merge(LedgerHead(id="head", size=old.size, frontier=old.frontier, checkpoint=old.checkpoint))
    with pytest.raises(Damaged, match="rolled back"):
        ledger.verify()
    _file(house).unlink()  # whoever rolls back both homes is caught by what neither holds
    assert ledger.verify().size == old.size
    with pytest.raises(Damaged, match="shorter"):
        ledger.verify(kept)


def test_a_rewritten_ledger_of_the_same_size_shows_against_a_checkpoint_kept_elsewhere(house: House) -> None:
    """Whoever has the keys can write another past under the same number of entries; the kept checkpoint tells."""
    ledger = house.vault.ledger
    _grow(house, 5)
    kept = ledger.checkpoint()
    rewrite(house.vault.database, lambda old: [*old[:3], old[3].replace(b"e", b"f", 1), *old[4:]], ledger.signer)
    with pytest.raises(Damaged, match="differ at entry 3"):
        ledger.verify()
    _file(house).unlink()
    assert ledger.verify().size == int(kept.splitlines()[1])
    with pytest.raises(Damaged, match="edited"):
        ledger.verify(kept)


def test_entries_nobody_signed_show(house: House) -> None:
    """A row put in behind the signed head is not counted as part of the ledger."""
    _grow(house, 2)
    with Session(house.vault.database.writer) as session, session.begin():
        size = session.get_one(LedgerHead, "head").size
        session.add(LedgerEntry(position=size, leaf=b"{}", participant_id=None))
    with pytest.raises(Damaged, match="signed end"):
        house.vault.ledger.verify()


@pytest.mark.parametrize("what", ["nothing", "another file", "another vault's", "edited", "cut"])
def test_what_is_not_a_checkpoint_of_this_ledger_is_refused(house: House, what: str) -> None:
    """An empty file, another file, another vault's checkpoint or an edited one never passes for a kept checkpoint."""
    good = house.vault.ledger.checkpoint()
    stranger = Signer(house.vault.ledger.signer.origin, Ed25519PrivateKey.generate())
    given = {
        "nothing": "",
        "another file": "\ufffdPNG\x1a\n",
        "another vault's": stranger.checkpoint(0, merkle.EMPTY_ROOT),
        "edited": good.replace("\n", "0\n", 2),
        "cut": good[:-2],
    }[what]
    with pytest.raises(Damaged, match="kept checkpoint"):
        house.vault.ledger.verify(given)


def test_a_gap_shows(house: House) -> None:
    """A missing entry in the middle is named."""
    _grow(house, 5)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.delete(LedgerEntry).where(LedgerEntry.position == 2))
    with pytest.raises(Damaged, match="gap after entry 2"):
        house.vault.ledger.verify()


def test_a_head_that_moved_under_our_feet_takes_no_entry(house: House) -> None:
    """The head is moved by compare-and-swap: an entry computed on another head is refused and nothing changes."""
    ledger = house.vault.ledger
    before = ledger.verify().size
    with Session(house.vault.database.writer) as session:
        frontier = merkle.Frontier.from_bytes(session.get_one(LedgerHead, "head").frontier)
        with pytest.raises(StorageFailed, match="same time"):
            ledger._move_head(session, before + 1, frontier)
        session.rollback()
    assert ledger.verify().size == before


def _committed(house: House) -> tuple[LedgerEntry, Participant, age.HybridRecipient]:
    """An entry that commits to a recording's hash, and the participant whose key opens the commitment."""
    held = house.participant("P01")
    recipient = house.vault.keys.recipient(held.id)
    position = house.vault.ledger.record(Entry("test", "act", {}, {"sha256": HASH}, held.id, recipient))
    with Session(house.vault.database.reader) as session:
        return session.scalars(sa.select(LedgerEntry).where(LedgerEntry.position == position)).one(), held, recipient


def test_a_commitment_opens_for_the_participants_key_alone_and_is_not_in_the_leaf(house: House) -> None:
    """A recording's hash is in the leaf only as a commitment; its salt is sealed to the participant and opens it."""
    row, held, _ = _committed(house)
    permit = Permit("act", house.study.id, frozenset({held.id}))
    assert row.sealed_openings is not None
    openings = age.decrypt(row.sealed_openings, [house.vault.keys.participant(permit, held.id)])
    salt, value = json.loads(openings)["sha256"]
    assert value == HASH
    assert value.encode() not in row.leaf + row.sealed_openings
    assert json.loads(row.leaf)["committed"]["sha256"] == commitment(salt, value)
    with pytest.raises(age.NoMatch):
        age.decrypt(row.sealed_openings, [age.HybridIdentity.generate()])


def test_without_a_recipient_nothing_is_kept_that_opens_a_commitment(house: House) -> None:
    """An entry about nobody has its commitment, and no salt lies beside it."""
    house.vault.ledger.record(Entry("test", "act", {}, {"sha256": HASH}))
    with Session(house.vault.database.reader) as session:
        row = session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.position.desc())).first()
    assert row is not None
    assert row.sealed_openings is None
    assert json.loads(row.leaf)["committed"]["sha256"] != HASH


def test_the_openings_can_be_erased_while_the_ledger_still_adds_up(house: House) -> None:
    """Forgetting the salts changes nothing that is signed."""
    _committed(house)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(LedgerEntry).values(sealed_openings=None))
    assert house.vault.ledger.verify().size > 0


def test_an_export_is_whole_and_is_made_once(house: House, tmp_path: Path) -> None:
    """An export holds the entries up to its checkpoint, and never overwrites another."""
    folder = tmp_path / "export"
    audit.export(house.desk("astrid"), folder)
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    assert len(lines) == int((folder / "checkpoint.txt").read_text().splitlines()[1])
    with pytest.raises(AlreadyThere):
        audit.export(house.desk("astrid"), folder)


def test_the_list_names_people_by_handle_and_strangers_as_such(house: House) -> None:
    """A steward reads who did what in words."""
    seen = audit.entries(house.desk("astrid"), 0)
    assert {one.who for one in seen} >= {"astrid"}
    assert seen[-1].what == "read_ledger"
