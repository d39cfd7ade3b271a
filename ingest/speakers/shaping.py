"""From frames to turns a reader would draw: short pauses closed, edges widened, overlap cut out and marked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.speakers.turns import Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLOSED: Final = 0.8
"""Seconds: silence up to this belongs to a speaker who is heard on both sides of it."""
BEFORE: Final = 0.2
AFTER: Final = 0.05
"""Seconds of other silence that belong to the turn after and before it: breath, and soft sounds that go unnoticed."""


def shaped(activity: NDArray[np.bool_], edges: NDArray[np.float64], seconds: float) -> tuple[Turn, ...]:
    """Turns of speakers 0, 1, … in order of time.

    `activity` says who is active in each frame (frames, speakers); frame n lasts from `edges[n]` to `edges[n + 1]`
    seconds; the recording ends at `seconds`.
    """
    filled = _filled(activity, float(edges[-1] - edges[0]) / max(len(activity), 1))
    states = filled.astype(np.int64) * np.where(filled.sum(axis=1, keepdims=True) > 1, 2, 1)
    turns = [
        turn for speaker in range(filled.shape[1]) for turn in _turns(states[:, speaker], speaker, edges, seconds)
    ]
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.speaker)))


def _filled(activity: NDArray[np.bool_], frame: float) -> NDArray[np.bool_]:
    """The activity with each silence given, in part or whole, to those who speak before and after it."""
    filled = activity.copy()
    nobody = np.zeros(activity.shape[1], np.bool_)
    for begin, end in _runs(np.logical_not(activity.any(axis=1))):
        before = activity[begin - 1] if begin else nobody
        after = activity[end] if end < len(activity) else nobody
        if (end - begin) * frame <= CLOSED:
            filled[begin:end] |= before & after
        late = min(round(AFTER / frame), end - begin)
        early = min(round(BEFORE / frame), end - begin - late)
        filled[begin : begin + late] |= before
        filled[end - early : end] |= after
    return filled


def _turns(states: NDArray[np.int64], speaker: int, edges: NDArray[np.float64], seconds: float) -> list[Turn]:
    """One speaker's turns; a state is 0 silent, 1 alone, 2 beside somebody else."""
    cuts = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    spans = [(begin, end, int(states[begin])) for begin, end in pairwise(cuts) if begin < end]
    times = np.minimum(edges, seconds).round(3).tolist()
    return [
        Turn(times[begin], times[end], speaker, overlapped=state == 2)
        for begin, end, state in spans
        if state and times[begin] < times[end]
    ]


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end of each run of True."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [(int(begin), int(end)) for begin, end in turns.reshape(-1, 2)]
