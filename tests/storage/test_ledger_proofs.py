"""Proofs out of the ledger: they hold, whatever the tiles say, and are written as others read them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from storage import ledger_tiles, merkle
from storage.errors import BadInput, Damaged, NotFound
from storage.ledger import Growth, Proof
from storage.note import Signer
from storage.records import LedgerEntry, LedgerTile
from tests.storage.ledgers import SIGNER, Place, entry, fill, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.ledger import Ledger

SPREAD = [0, 1, 254, 255, 256, 300, 511, 512, 767, 768, 999]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A folder for a ledger."""
    made = Place(tmp_path / "ledger")
    yield made
    made.close()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes, so that a small ledger has many levels of them."""
    monkeypatch.setattr(ledger_tiles, "WIDTH", 4)
    monkeypatch.setattr(ledger_tiles, "LEVELS", 2)


def _holds(proof: Proof) -> bool:
    return Proof.read(proof.text()).check(SIGNER.vkey) > proof.index


def _holds_since(old: str, growth: Growth) -> bool:
    Growth.read(growth.text()).check(SIGNER.vkey, old)
    return True


def _tiles(place: Place) -> dict[tuple[int, int], bytes]:
    with Session(place.database.reader) as session:
        return {(row.level, row.number): row.hashes for row in session.scalars(sa.select(LedgerTile))}


def _without_tiles(place: Place) -> None:
    with place.database.writer.begin() as connection:
        connection.execute(sa.delete(LedgerTile))


@pytest.mark.usefixtures("narrow")
def test_every_entry_of_every_ledger_is_proved_and_every_growth_shown(place: Place) -> None:
    """As a ledger grows one by one over tiles on four levels, all its entries and all its pasts are proved."""
    ledger = place.make()
    kept = [ledger.checkpoint()]
    for number in range(70):
        ledger.record(entry(number))
        kept.append(ledger.checkpoint())
        if number % 13 == 0 or number in (3, 15, 16, 63, 64):
            assert all(_holds(ledger.prove(position)) for position in range(number + 1))
            assert all(_holds_since(old, ledger.consistent(old)) for old in kept)
    assert {level for level, _ in _tiles(place)} == {0, 1, 2, 3}


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("groups", [[64], [5, 59], [3, 1, 12, 30, 18], [1] * 64])
def test_tiles_do_not_depend_on_how_entries_came(place: Place, groups: list[int]) -> None:
    """One by one or many at once, 64 entries leave these tiles, each hash the root over its entries."""
    ledger = place.make()
    for count in groups:
        fill(place.database, ledger, count)
    leaves = [merkle.leaf_hash(leaf) for leaf in ledger.leaves()]
    nodes = {level: [merkle.root(leaves[at : at + 4**level]) for at in range(0, 64, 4**level)] for level in range(4)}
    assert _tiles(place) == {
        (level, number): b"".join(nodes[level][4 * number : 4 * number + 4])
        for level in nodes
        for number in range((len(nodes[level]) + 3) // 4)
    }


def test_a_tile_of_leaves_is_256_hashes_and_stands_when_it_is_full(place: Place) -> None:
    """Tiles are those of c2sp.org/tlog-tiles: 256 leaf hashes, and above them the roots of full tiles."""
    ledger = place.make()
    fill(place.database, ledger, 700)
    assert {name: len(hashes) for name, hashes in _tiles(place).items()} == {
        (0, 0): 256 * 32,
        (0, 1): 256 * 32,
        (1, 0): 2 * 32,
    }
    assert all(_holds(ledger.prove(position)) for position in SPREAD if position < 700)


@pytest.mark.parametrize("spoil", ["missing", "one edited", "all edited", "one cut short"])
def test_proofs_need_no_tiles(place: Place, spoil: str) -> None:
    """Tiles from before there were any, lost ones and wrong ones cost time and nothing else."""
    ledger = place.make()
    fill(place.database, ledger, 1000)
    with Session(place.database.writer) as session, session.begin():
        for row in list(session.scalars(sa.select(LedgerTile)))[:: 1 if spoil == "all edited" else 5]:
            row.hashes = row.hashes[:-32] if spoil == "one cut short" else bytes(32) + row.hashes[32:]
    if spoil == "missing":
        _without_tiles(place)
    kept = SIGNER.checkpoint(300, merkle.root([merkle.leaf_hash(leaf) for leaf in list(ledger.leaves())[:300]]))
    assert all(_holds(ledger.prove(position)) for position in SPREAD)
    assert _holds_since(kept, ledger.consistent(kept))


@pytest.mark.usefixtures("narrow")
def test_missing_tiles_come_back_as_the_ledger_grows(place: Place) -> None:
    """The next full tile brings the ones above it back; a ledger from before there were tiles gets them like this."""
    ledger = place.make()
    fill(place.database, ledger, 37)
    whole = _tiles(place)
    _without_tiles(place)
    fill(place.database, ledger, 27)
    again = _tiles(place)
    assert again[1, 2] == merkle_of(ledger, 4, 32, 48)
    assert again[2, 0] == merkle_of(ledger, 16, 0, 64)
    assert {level for level, _ in again} == {0, 1, 2, 3}
    assert whole[2, 0] == again[2, 0][: len(whole[2, 0])]


def merkle_of(ledger: Ledger, unit: int, start: int, end: int) -> bytes:
    """The roots over each `unit` of entries from `start` to `end`."""
    leaves = [merkle.leaf_hash(leaf) for leaf in ledger.leaves()]
    return b"".join(merkle.root(leaves[at : at + unit]) for at in range(start, end, unit))


def test_an_edited_entry_is_not_proved(place: Place) -> None:
    """A leaf that is not the one signed for gets no proof, and the sentence says where to look."""
    ledger = place.make()
    fill(place.database, ledger, 300)
    with Session(place.database.writer) as session, session.begin():
        session.scalars(sa.select(LedgerEntry).where(LedgerEntry.position == 7)).one().leaf = b"{}"
    with pytest.raises(Damaged, match="audit verify"):
        ledger.prove(7)


@pytest.mark.parametrize("position", [-1, 3, 10**12])
def test_an_entry_that_is_not_there_is_not_found(place: Place, position: int) -> None:
    """Asking for an entry outside the ledger is answered with its last one's number."""
    ledger = place.make()
    fill(place.database, ledger, 3)
    with pytest.raises(NotFound, match="its last is 2"):
        ledger.prove(position)


def test_growth_is_not_shown_for_a_past_that_was_not(place: Place) -> None:
    """A rewritten or shortened ledger shows no growth from its kept checkpoint, nor any from what is no checkpoint."""
    ledger = place.make()
    fill(place.database, ledger, 9)
    kept = ledger.checkpoint()
    rewrite(place.database, lambda old: [b"{}", *old[1:], b"{}"])
    with pytest.raises(Damaged, match="audit verify"):
        ledger.consistent(kept)
    rewrite(place.database, lambda old: old[:5])
    with pytest.raises(Damaged, match="shorter"):
        ledger.consistent(kept)
    stranger = Signer(SIGNER.origin, Ed25519PrivateKey.generate())
    for text in ("", stranger.checkpoint(0, merkle.EMPTY_ROOT)):
        with pytest.raises(Damaged):
            ledger.consistent(text)


def test_proofs_are_written_as_published(place: Place) -> None:
    """Both texts are the lines their formats ask for, the checkpoint last and byte for byte."""
    ledger = place.make()
    fill(place.database, ledger, 6)
    kept = ledger.checkpoint()
    ledger.record(entry(6))
    proof, growth = ledger.prove(4), ledger.consistent(kept)
    lines = [base64.b64encode(one).decode() for one in proof.hashes]
    newest, extra = ledger.checkpoint(), base64.b64encode(proof.leaf).decode()
    assert proof.text() == "\n".join(["c2sp.org/tlog-proof@v1", f"extra {extra}", "index 4", *lines, "", newest])
    lines = [base64.b64encode(one).decode() for one in growth.hashes]
    assert growth.text() == "\n".join(["old 6", *lines, "", newest])


def test_a_proof_holds_for_what_it_says_and_nothing_else(place: Place) -> None:
    """Another entry, place, hash, checkpoint or key, and the proof is refused; so is growth from another past."""
    ledger = place.make()
    fill(place.database, ledger, 20)
    kept = ledger.checkpoint()
    fill(place.database, ledger, 11)
    proof, growth = ledger.prove(4), ledger.consistent(kept)
    other = Signer(SIGNER.origin, Ed25519PrivateKey.generate())
    for wrong in (
        replace(proof, index=5),
        replace(proof, leaf=b"{}"),
        replace(proof, hashes=proof.hashes[::-1]),
        replace(proof, checkpoint=kept),
    ):
        with pytest.raises(Damaged):
            wrong.check(SIGNER.vkey)
    with pytest.raises(Damaged):
        proof.check(other.vkey)
    for wrong_growth, old in (
        (growth, SIGNER.checkpoint(20, bytes(32))),
        (growth, SIGNER.checkpoint(0, merkle.EMPTY_ROOT)),
        (replace(growth, old_size=0), kept),
        (replace(growth, hashes=growth.hashes[1:]), kept),
        (growth, ledger.checkpoint()),
    ):
        with pytest.raises(Damaged):
            wrong_growth.check(SIGNER.vkey, old)


@pytest.mark.parametrize(
    "text", ["", "old", "c2sp.org/tlog-proof@v1\nindex 0\n\n", "old 01\n\n", "old 1\nx\n\n", "\n"]
)
def test_what_is_no_proof_is_said_not_to_be_one(text: str) -> None:
    """Any other text, and lines that are not base64, are wrong input and not a ledger that was tampered with."""
    bad = "=" * 44
    for kind, wrong in ((Proof, text), (Growth, text), (Growth, f"old 1\n{bad}\n\nx")):
        with pytest.raises(BadInput):
            kind.read(wrong)
