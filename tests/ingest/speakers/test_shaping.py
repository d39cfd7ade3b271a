"""Frames to turns: pauses closed, beginnings widened, overlap cut out and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ingest.speakers.shaping import AFTER, BEFORE, shaped
from ingest.speakers.turns import Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME = 0.05


def turns(*rows: str) -> tuple[Turn, ...]:
    """The turns of speakers drawn as rows, a `#` for each frame of 50 ms they are active in."""
    activity = np.array([[mark == "#" for mark in row] for row in rows]).T
    return shaped(activity, np.linspace(0.0, len(activity) * FRAME, len(activity) + 1), len(activity) * FRAME)


def test_a_short_pause_belongs_to_the_turn() -> None:
    """A breath is no end of a turn; a long silence is, and what follows begins a little early."""
    assert turns("####" + "." * 14 + "####") == (Turn(0.0, 1.1, 0),)
    assert turns("####" + "." * 40 + "####") == (Turn(0.0, round(0.2 + AFTER, 3), 0), Turn(2.2 - BEFORE, 2.4, 0))


def test_a_pause_in_which_somebody_speaks_is_not_closed() -> None:
    """What another says in between parts the turn."""
    assert turns("####......####", "......##......") == (Turn(0.0, 0.25, 0), Turn(0.25, 0.45, 1), Turn(0.45, 0.7, 0))


def test_overlap_is_cut_out_and_marked() -> None:
    """While both are active each has a turn that says so."""
    assert turns("########....", "....########") == (
        Turn(0.0, 0.2, 0),
        Turn(0.2, 0.4, 0, overlapped=True),
        Turn(0.2, 0.4, 1, overlapped=True),
        Turn(0.4, 0.6, 1),
    )


def test_nobody_gives_no_turns() -> None:
    """Without activity, or without frames, there are no turns."""
    assert turns("....") == ()
    assert shaped(np.zeros((0, 2), np.bool_), np.zeros(1), 0.0) == ()


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 80), st.integers(1, 4))))
def test_turns_are_in_order_within_the_recording_and_say_what_overlaps(activity: NDArray[np.bool_]) -> None:
    """Whatever the activity: turns in order and within the sound, overlapped just where two speak, nothing lost."""
    seconds = len(activity) * FRAME
    found = shaped(activity, np.linspace(0.0, len(activity) * FRAME, len(activity) + 1), seconds)
    assert list(found) == sorted(found, key=lambda turn: (turn.start, turn.speaker))
    assert all(0.0 <= turn.start < turn.end <= round(seconds, 3) for turn in found)
    for number, active in enumerate(activity):
        now = [turn for turn in found if turn.start < (number + 0.5) * FRAME < turn.end]
        assert set(np.flatnonzero(active)) <= {turn.speaker for turn in now}
        assert all(turn.overlapped == (len(now) > 1) for turn in now)
