"""The Merkle tree of the ledger, against published roots and its own definition."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import merkle
from storage.errors import Damaged
from storage.merkle import Frontier

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.merkle import Span

# The eight entries and roots that Certificate Transparency implementations have been tested with since RFC 6962.
ENTRIES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
SIZES = st.integers(1, 70)


def over(hashes: list[bytes]) -> Callable[[Span], bytes]:
    """What gives the root over a span of these leaf hashes."""
    return lambda span: merkle.root(hashes[slice(*span)])


def leaves(size: int) -> list[bytes]:
    """Hashes of `size` different entries."""
    return [merkle.leaf_hash(b"%d" % number) for number in range(size)]


def defined_root(hashes: list[bytes]) -> bytes:
    """MTH(D[n]) word for word as RFC 6962 §2.1 defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(hashes[:split]) + defined_root(hashes[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    """The first entries of the published tree have its published roots."""
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


def test_published_inclusion_proof() -> None:
    """The published way from the sixth of eight entries to the root is found and holds."""
    published = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = merkle.inclusion_proof(over(LEAVES), 5, 8)
    assert [node.hex() for node in proof] == published
    assert merkle.verify_inclusion(LEAVES[5], 5, 8, proof, bytes.fromhex(ROOTS[8]))


def test_published_consistency_proof() -> None:
    """The published proof that eight entries grew from six is found and holds."""
    published = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = merkle.consistency_proof(over(LEAVES), (0, 6), 8)
    assert [node.hex() for node in proof] == published
    assert merkle.verify_consistency((0, 6), 8, proof, bytes.fromhex(ROOTS[6]), bytes.fromhex(ROOTS[8]))


@given(st.integers(0, 70))
def test_frontier_is_the_definition(size: int) -> None:
    """Adding entries one by one, stored and read back between them, gives the root the RFC defines."""
    frontier = Frontier()
    for leaf in leaves(size):
        frontier.add(leaf)
        frontier = Frontier.from_bytes(frontier.to_bytes())
    assert (frontier.size, frontier.root()) == (size, defined_root(leaves(size)))


@given(st.lists(st.integers(0, 40), max_size=6))
def test_many_at_a_time_is_one_by_one(sizes: list[int]) -> None:
    """Entries added in groups of any sizes give the frontier that adding them singly gives."""
    singly, together, hashes = Frontier(), Frontier(), leaves(sum(sizes))
    for leaf in hashes:
        singly.add(leaf)
    at = 0
    for size in sizes:
        together.extend(hashes[at : at + size])
        at += size
    assert together.to_bytes() == singly.to_bytes()


@given(SIZES, st.data())
def test_inclusion_holds_for_its_own_place_only(size: int, data: st.DataObject) -> None:
    """A proof holds for its leaf, place, size and root, and for no other leaf, place, root or shortened proof."""
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size))
    proof, root = merkle.inclusion_proof(over(hashes), index, size), merkle.root(hashes)
    assert merkle.verify_inclusion(hashes[index], index, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, proof, merkle.leaf_hash(b"other"))
    assert not merkle.verify_inclusion(hashes[index], index, size, [*proof, root], root)
    assert not proof or not merkle.verify_inclusion(hashes[index], index, size, proof[:-1], root)
    assert other == index or not merkle.verify_inclusion(hashes[index], other, size, proof, root)


@given(SIZES, st.data())
def test_consistency_holds_for_its_own_trees_only(size: int, data: st.DataObject) -> None:
    """A proof holds between its two trees: not after an edit, for swapped roots, or with a hash more or less."""
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    part, root_of = (0, old_size), over(hashes)
    proof, old, new = merkle.consistency_proof(root_of, part, size), root_of(part), root_of((0, size))
    edited = merkle.root([merkle.leaf_hash(b"edited"), *hashes[1:old_size]])
    assert merkle.verify_consistency((0, old_size), size, proof, old, new)
    assert not merkle.verify_consistency((0, old_size), size, proof, edited, new)
    assert not merkle.verify_consistency((0, old_size), size, [*proof, new], old, new)
    assert not proof or not merkle.verify_consistency((0, old_size), size, proof[:-1], old, new)
    assert old == new or not merkle.verify_consistency((0, old_size), size, proof, new, old)


@given(SIZES, st.data())
def test_every_bit_of_a_proof_counts(size: int, data: st.DataObject) -> None:
    """One flipped bit anywhere in a proof makes it fail."""
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    inclusion = merkle.inclusion_proof(over(hashes), old_size - 1, size)
    consistency = merkle.consistency_proof(over(hashes), (0, old_size), size)
    old, new = merkle.root(hashes[:old_size]), merkle.root(hashes)
    for proof in (inclusion, consistency):
        if proof:
            place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
            proof[place] = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
    assert not inclusion or not merkle.verify_inclusion(hashes[old_size - 1], old_size - 1, size, inclusion, new)
    assert not consistency or not merkle.verify_consistency((0, old_size), size, consistency, old, new)


def test_nonsense_is_no_proof() -> None:
    """Places outside the tree, trees that shrink, an empty older tree and hashes of another length prove nothing."""
    root = merkle.root(LEAVES)
    assert not merkle.verify_inclusion(LEAVES[0], 8, 8, [], root)
    assert not merkle.verify_inclusion(LEAVES[0], -1, 8, [], root)
    assert not merkle.verify_inclusion(LEAVES[0][:-1], 0, 1, [], LEAVES[0])
    assert not merkle.verify_consistency((0, 0), 8, [], merkle.EMPTY_ROOT, root)
    assert not merkle.verify_consistency((0, 8), 7, [], root, root)
    assert not merkle.verify_consistency((0, 8), 8, [root], root, root)


@pytest.mark.parametrize("wrong", [-1, 8])
def test_proof_of_what_is_not_there_is_not_made(wrong: int) -> None:
    """Asking for a proof outside the log is an error of the caller."""
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion_proof(over(LEAVES), wrong, 8)
    with pytest.raises(ValueError, match="no such older tree"):
        merkle.consistency_proof(over(LEAVES), (0, wrong + 1), 8)


@pytest.mark.parametrize("size", range(9))
def test_damaged_frontier_is_refused(size: int) -> None:
    """A stored frontier with a byte too few or too many is said to be damaged."""
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.add(leaf)
    data = frontier.to_bytes()
    for damaged in (data[:-1], data + b"\x00", b""):
        with pytest.raises(Damaged):
            Frontier.from_bytes(damaged)
