"""Names are counted where they stand."""

from __future__ import annotations

import pytest

from benchmarks.hotwords import ROSTER_SIZE, WITHOUT, Case, Score, cases, score
from benchmarks.wer import tokens

CASE = Case("none", "no", ("Kari Bremnes", "Norge"), ("Gudrun", "Voss"), "Nå synger Kari Bremnes for gutter i Norge")


@pytest.mark.parametrize(
    ("heard", "right", "invented"),
    [
        ("Nå synger Kari Bremnes for gutter i Norge.", 3, 0),
        ("Nå synger Karibremnes for gutter i Norge.", 1, 0),
        ("Nå synger Kari Bremnes for Gudrun i Norge.", 3, 1),
        ("Norge synger for gutter i Voss.", 0, 2),
        ("", 0, 0),
    ],
)
def test_a_name_is_right_only_in_its_place(heard: str, right: int, invented: int) -> None:
    """A word of the roster or of the others' names anywhere else is invented."""
    assert score(CASE, heard) == Score(said=3, right=right, invented=invented)


def test_forty_are_told_and_the_right_ones_are_among_them(shared_audio: object) -> None:
    """The mixed roster has forty names, those that are said among them; the others are never said."""
    assert shared_audio
    for case in cases():
        told = case.told()
        assert told[WITHOUT] == ()
        assert len(set(told["among 40"])) == ROSTER_SIZE == len(set(told["40 others"]))
        assert set(case.roster) < set(told["among 40"])
        said = set(tokens(case.reference))
        assert not any(said & set(tokens(name)) for name in case.others)
        assert all(said & set(tokens(name)) for name in case.roster)
