"""From what was heard to turns: each piece to a voice, changes where they are likely, the second speaker in overlap.

A change of voice within a stretch is dearer than one where the segmentation or a pause parts two stretches; the
cheapest sequence is found by Viterbi's algorithm, the voices are taken anew from it, and so on until nothing moves.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.speakers import clustering
from ingest.speakers.listening import LOOKED
from ingest.speakers.segmentation import CENTRE, FRAME
from ingest.speakers.shaping import shaped
from ingest.speakers.turns import Speakers
from ingest.speakers.voiceprints import LENGTH, RATE, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ingest.speakers.listening import Heard
    from ingest.speakers.segmentation import Stretch

TRUST: Final = 10.0
"""What the cosine counts for, by the second of speech, against the price of a change."""
CHANGE_WITHIN: Final = 2.0
CHANGE_BETWEEN: Final = 0.5
CHANGE_AFTER_PAUSE: Final = 0.25
PAUSE: Final = 0.3
ENOUGH: Final = 0.6
"""Share of a second a voiceprint must rest on to have a say in who there is."""
_ROUNDS: Final = 5
_SECOND: Final = FRAME / RATE


def told(heard: Heard, count: int | None) -> Speakers:
    """The turns and the voices; without speech, none."""
    if not heard.pieces:
        return Speakers((), np.zeros((0, LENGTH), np.float32))
    looked = np.array([min((piece.last - piece.first) / RATE, LOOKED) for piece in heard.pieces])
    long = looked >= ENOUGH * LOOKED
    if long.sum() < clustering.FEWEST:
        long[:] = True
    tracks = np.array([piece.track for piece in heard.pieces])
    prints = clustering.Prints(heard.prints, looked, tracks, frozenset(heard.rivals))
    voices = clustering.voices(prints.only(long), count)
    owners, voices = _owners(heard, looked, voices)
    return _numbered(_activity(heard, owners, len(voices)), voices, heard.seconds)


def _owners(
    heard: Heard, looked: NDArray[np.float64], voices: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Whose each piece is, and the voices measured again on their own pieces."""
    lengths = np.array([(piece.end - piece.start) * _SECOND for piece in heard.pieces])
    prices = [0.0, *_prices(heard)]
    owners = np.full(len(lengths), -1)
    for _ in range(_ROUNDS):
        scores = TRUST * (heard.prints @ voices.T) * (looked / LOOKED * lengths)[:, None]
        cheapest = _viterbi(scores, prices)
        if (cheapest == owners).all():
            break
        owners = cheapest
        voices = _again(heard.prints, looked * lengths, owners, voices)
    return owners, voices


def _prices(heard: Heard) -> Iterator[float]:
    """What a change of voice costs between each piece and the next; nothing where two people were heard."""
    for before, after in pairwise(heard.pieces):
        if before.stretch == after.stretch:
            yield CHANGE_WITHIN
        elif (min(before.track, after.track), max(before.track, after.track)) in heard.rivals:
            yield 0.0
        elif (after.start - before.end) * _SECOND < PAUSE:
            yield CHANGE_BETWEEN
        else:
            yield CHANGE_AFTER_PAUSE


def _viterbi(scores: NDArray[np.float64], prices: Sequence[float]) -> NDArray[np.int64]:
    """The best sequence of columns when a change before row i costs `prices[i]`."""
    best = scores[0].astype(np.float64)
    came = np.zeros(scores.shape, np.int64)
    stay = np.arange(scores.shape[1])
    for row in range(1, len(scores)):
        other = best.max() - prices[row]
        came[row] = np.where(best >= other, stay, best.argmax())
        best = np.maximum(best, other) + scores[row]
    path = np.zeros(len(scores), np.int64)
    path[-1] = best.argmax()
    for row in range(len(scores) - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path


def _again(
    prints: NDArray[np.float32], weights: NDArray[np.float64], owners: NDArray[np.int64], voices: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weighted mean of each voice's own prints; a voice without any stays as it was."""
    members = np.eye(len(voices))[owners].T * weights
    fresh = unit((members @ prints).astype(np.float32))
    return np.where(members.sum(axis=1, keepdims=True) > 0, fresh, voices).astype(np.float32)


def _activity(heard: Heard, owners: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which voice is active in each frame: (frames, count)."""
    frames = max([piece.end for piece in heard.pieces[-1:]] + [stretch.end for stretch in heard.overlaps[-1:]])
    activity = np.zeros((frames, count), np.bool_)
    tracks: dict[int, NDArray[np.float64]] = {}
    for piece, owner in zip(heard.pieces, owners.tolist(), strict=True):
        activity[piece.start : piece.end, owner] = True
        tracks.setdefault(piece.track, np.zeros(count))[owner] += piece.end - piece.start
    starts = np.array([piece.start for piece in heard.pieces])
    for stretch in heard.overlaps:
        pair = _pair(stretch, starts, owners, tracks, count)
        activity[stretch.start : stretch.end, pair] = True
    return activity


def _pair(
    stretch: Stretch,
    starts: NDArray[np.int64],
    owners: NDArray[np.int64],
    tracks: dict[int, NDArray[np.float64]],
    count: int,
) -> NDArray[np.int64]:
    """The two voices of an overlap: those who speak just before and after, and those whose tracks meet in it."""
    votes = np.bincount(owners, minlength=count) / len(owners) * 1e-3
    after = int(np.searchsorted(starts, stretch.start))
    for near in {max(after - 1, 0), min(after, len(owners) - 1)}:
        votes[owners[near]] += 1.0
    for track in stretch.tracks[:2]:
        if track in tracks:
            votes += tracks[track] / tracks[track].sum()
    return np.argsort(-votes, kind="stable")[: min(2, count)]


def _numbered(activity: NDArray[np.bool_], voices: NDArray[np.float32], seconds: float) -> Speakers:
    """Speakers in the order they are first heard; who never speaks is left out."""
    present = np.flatnonzero(activity.any(axis=0))
    order = present[np.argsort(activity[:, present].argmax(axis=0), kind="stable")]
    edges = (np.arange(len(activity) + 1) * FRAME + CENTRE - FRAME // 2) / RATE
    edges[0] = 0.0
    return Speakers(shaped(activity[:, order], edges, seconds), voices[order])
