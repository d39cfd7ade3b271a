"""The published vectors of transparency-dev/merkle decide which proofs hold, those over subtrees too."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage import merkle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.merkle import Span

FOLDER = Path(__file__).parents[1] / "vectors" / "merkle"
CASES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json"))
DRAFTS_SIZE = 130
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(DRAFTS_SIZE)]


def _holds(kind: str, case: dict[str, Any]) -> bool:
    data = {
        name: base64.b64decode(case[name] or "") for name in ("root", "leafHash", "root1", "root2") if name in case
    }
    proof = [base64.b64decode(text) for text in case["proof"] or []]
    match kind:
        case "inclusion":
            return merkle.verify_inclusion(data["leafHash"], case["leafIdx"], case["treeSize"], proof, data["root"])
        case "subtreeinclusion":
            part = (case["start"], case["end"])
            return merkle.verify_subtree_inclusion(data["leafHash"], case["leafIdx"], part, proof, data["root"])
        case "consistency":
            part = (0, case["size1"])
            return merkle.verify_consistency(part, case["size2"], proof, data["root1"], data["root2"])
    part = (case["start"], case["end"])
    return merkle.verify_subtree_consistency(part, case["size"], proof, data["root1"], data["root2"])


def test_all_vectors_are_there() -> None:
    """None of the 518 vectors got lost."""
    assert len(CASES) == 518


@pytest.mark.parametrize("name", CASES)
def test_a_published_proof_is_decided_as_published(name: str) -> None:
    """Each proof of the vectors is accepted or refused as its authors say."""
    case = json.loads((FOLDER / name).read_bytes())
    assert _holds(name.split("/", maxsplit=1)[0], case) is not case["wantErr"]


def _subtrees(size: int) -> Iterator[Span]:
    """Every valid subtree of a tree of `size`, the empty ones too, in the draft's order."""
    for end in range(size + 1):
        for start in range(end + 1):
            if start == end or merkle._is_subtree((start, end)):
                yield start, end


@cache
def _root(span: Span) -> bytes:
    return merkle.root(LEAVES[slice(*span)])


def _digest(lines: Iterator[tuple[str, list[bytes]]]) -> str:
    """The draft folds what an algorithm gives for every input into one digest: the input, then the hashes."""
    folded = hashlib.sha256()
    for asked, hashes in lines:
        folded.update(" ".join([asked, *(node.hex() for node in hashes)]).encode() + b"\n")
    return folded.hexdigest()


def test_every_subtrees_root_is_the_drafts() -> None:
    """All roots of all subtrees up to 130 entries fold into the digest the draft publishes."""
    lines = ((f"[{start}, {end})", [_root((start, end))]) for start, end in _subtrees(DRAFTS_SIZE))
    assert _digest(lines) == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"


def test_every_inclusion_proof_is_the_drafts() -> None:
    """All proofs of all entries in all those subtrees fold into the digest the draft publishes."""

    def lines() -> Iterator[tuple[str, list[bytes]]]:
        for start, end in _subtrees(DRAFTS_SIZE):
            for index in range(start, end):
                spans = merkle.inclusion_spans(index - start, end - start)
                yield f"{index} [{start}, {end})", [_root((low + start, high + start)) for low, high in spans]

    assert _digest(lines()) == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def test_every_consistency_proof_is_the_drafts() -> None:
    """All proofs of all subtrees in all trees up to 130 entries fold into the digest the draft publishes."""

    def lines() -> Iterator[tuple[str, list[bytes]]]:
        for size in range(DRAFTS_SIZE + 1):
            for span in _subtrees(size):
                proof = merkle.consistency_proof(_root, span, size) if span[0] < span[1] else []
                yield f"[{span[0]}, {span[1]}) {size}", proof

    assert _digest(lines()) == "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"
