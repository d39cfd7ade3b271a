"""The error rate is what the definition says."""

from __future__ import annotations

from benchmarks.der import errors, within

TWO = [(0.0, 4.0, "a"), (4.0, 10.0, "b")]


def test_labels_do_not_matter() -> None:
    """The same turns under other names are no error."""
    assert errors(TWO, [(0.0, 4.0, "1"), (4.0, 10.0, "0")]).rate == 0.0


def test_each_kind_of_error_is_told_apart() -> None:
    """A second missed, one heard too much and one given to the wrong speaker, of ten."""
    found = errors(TWO, [(1.0, 5.0, "x"), (5.0, 11.0, "y")])
    assert found.parts() == (10.0, 10.0, 10.0)
    assert found.rate == 30.0


def test_overlap_counts_for_each_speaker() -> None:
    """Of two who speak at once, one is missed if one is heard."""
    found = errors([(0.0, 4.0, "a"), (2.0, 4.0, "b")], [(0.0, 4.0, "x")])
    assert (found.missed, found.total) == (2.0, 6.0)


def test_the_collar_forgives_the_edges() -> None:
    """A quarter second on each side of every boundary is not counted, neither as error nor as speech."""
    found = errors(TWO, [(0.2, 4.2, "x"), (4.2, 10.2, "y")], 0.25)
    assert found.rate == 0.0
    assert found.total == 9.0


def test_nothing_found_is_all_missed() -> None:
    """Silence where there is speech is an error of a hundred percent, and nothing of nothing is none."""
    assert errors(TWO, []).rate == 100.0
    assert errors([], []).rate == 0.0


def test_only_what_is_written_down_is_compared() -> None:
    """Turns are cut where the reference ends."""
    assert within(TWO, 5.0) == [(0.0, 4.0, "a"), (4.0, 5.0, "b")]
