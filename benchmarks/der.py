"""Diarisation error rate, as NIST's md-eval counts it: exactly, without frames, overlap included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Span = tuple[float, float, str]
"""Start and end in seconds, and whose."""


@dataclass(frozen=True)
class Errors:
    """Seconds of speaker time: missed, heard where there is none, given to somebody else, and in all."""

    missed: float
    false: float
    confused: float
    total: float

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.missed + other.missed,
            self.false + other.false,
            self.confused + other.confused,
            self.total + other.total,
        )

    @property
    def rate(self) -> float:
        """The error rate in percent."""
        return 100 * (self.missed + self.false + self.confused) / self.total if self.total else 0.0

    def parts(self) -> tuple[float, float, float]:
        """What the rate is made of, in percent: missed, false, confused."""
        whole = self.total or 1.0
        return 100 * self.missed / whole, 100 * self.false / whole, 100 * self.confused / whole


def errors(reference: Sequence[Span], found: Sequence[Span], collar: float = 0.0) -> Errors:
    """What was found beside the reference, under the best match of labels.

    `collar` seconds on each side of each boundary of the reference are not counted.
    """
    bounds = _bounds(reference, found, collar)
    middles = (bounds[1:] + bounds[:-1]) / 2
    seconds = np.diff(bounds) * _counted(reference, middles, collar)
    truth, guess = _active(reference, middles), _active(found, middles)
    rows, columns = linear_sum_assignment(-(truth * seconds) @ guess.T)
    right = (truth[rows] * guess[columns]).sum(axis=0)
    who, heard = truth.sum(axis=0), guess.sum(axis=0)
    return Errors(
        missed=float((np.maximum(who - heard, 0) * seconds).sum()),
        false=float((np.maximum(heard - who, 0) * seconds).sum()),
        confused=float(((np.minimum(who, heard) - right) * seconds).sum()),
        total=float((who * seconds).sum()),
    )


def _bounds(reference: Sequence[Span], found: Sequence[Span], collar: float) -> NDArray[np.float64]:
    """Every moment at which anything may change."""
    edges = {edge for start, end, _ in (*reference, *found) for edge in (start, end)}
    edges |= {edge + side for start, end, _ in reference for edge in (start, end) for side in (-collar, collar)}
    return np.array(sorted(edges | {0.0}))


def _active(spans: Sequence[Span], middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each label, 1 in each interval it is active in."""
    labels = sorted({label for *_, label in spans})
    active = np.zeros((len(labels), len(middles)))
    for start, end, label in spans:
        active[labels.index(label), (middles > start) & (middles < end)] = 1.0
    return active


def _counted(reference: Sequence[Span], middles: NDArray[np.float64], collar: float) -> NDArray[np.bool_]:
    counted = np.ones(len(middles), np.bool_)
    for start, end, _ in reference if collar else ():
        for edge in (start, end):
            counted &= np.abs(middles - edge) > collar
    return counted


def within(spans: Sequence[Span], until: float) -> list[Span]:
    """The spans as far as somebody has written them down."""
    return [(start, min(end, until), label) for start, end, label in spans if start < until]
