"""Finds and how they are put together."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.finds import Find, Kind, merge

FINDS = st.builds(
    lambda start, length, kind, score, name: Find(start, start + length, kind, score, (name,)),
    st.integers(0, 40),
    st.integers(1, 12),
    st.sampled_from(Kind),
    st.sampled_from([0.2, 0.6, 0.9]),
    st.sampled_from(["lists", "tagger", "pattern:phone"]),
)


def find(start: int, end: int, kind: Kind = Kind.PER, recogniser: str = "a", score: float = 0.5) -> Find:
    """A find with everything but its place left to itself."""
    return Find(start, end, kind, score, (recogniser,))


def covered(finds: list[Find]) -> set[int]:
    """The places that finds cover."""
    return {at for one in finds for at in range(one.start, one.end)}


def test_the_longest_wins_and_takes_over_the_recognisers() -> None:
    """A name inside a longer one is part of it, and both that saw it are remembered."""
    (one,) = merge([find(0, 4, recogniser="b", score=0.9), find(0, 13)])
    assert one == Find(0, 13, Kind.PER, 0.9, ("a", "b"))


def test_a_number_beats_a_longer_name() -> None:
    """A telephone number stays one though a tagger took it for part of a longer organisation."""
    assert merge([find(0, 20, Kind.ORG), find(5, 16, Kind.ID)]) == [
        find(0, 5, Kind.ORG),
        Find(5, 16, Kind.ID, 0.5, ("a",)),
        find(16, 20, Kind.ORG),
    ]


def test_finds_of_one_kind_that_overlap_are_one() -> None:
    """Anne Grete and Grete Vik in one place are Anne Grete Vik."""
    assert merge([find(0, 10), find(5, 14)]) == [find(0, 14)]


def test_nothing_merges_to_nothing() -> None:
    """No finds give no finds."""
    assert merge([]) == []


def test_a_chain_of_overlaps_is_joined_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is repeated a thousand times hangs together; each link is looked at a few times, not hundreds."""
    looked = 0
    overlaps = Find.overlaps

    def counted(one: Find, other: Find) -> bool:
        nonlocal looked
        looked += 1
        return overlaps(one, other)

    monkeypatch.setattr(Find, "overlaps", counted)
    chain = [find(5 * at, 5 * at + 9) for at in range(1_000)]
    assert [(one.start, one.end) for one in merge(chain)] == [(0, 5_004)]
    assert looked <= 3 * len(chain)


@given(st.lists(FINDS, max_size=14))
def test_merging_uncovers_nothing_and_leaves_no_overlap(finds: list[Find]) -> None:
    """What was covered stays covered, in order, each place once, and merging again changes nothing."""
    merged = merge(finds)
    assert covered(merged) == covered(finds)
    assert all(one.end <= other.start for one, other in pairwise(merged))
    assert merge(merged) == merged


@given(st.lists(FINDS, max_size=10), st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order(finds: list[Find], dice: Random) -> None:
    """Taggers may answer in any order."""
    shuffled = list(finds)
    dice.shuffle(shuffled)
    assert merge(shuffled) == merge(finds)
