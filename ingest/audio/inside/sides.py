"""What the two channels of a part have to do with each other: found from their levels, frame by frame.

The levels are kept as a table, how often the left was at one level while the right was at another, so that three
hours take no more room than a minute.
"""

from __future__ import annotations

import numpy as np

FRAMES = 20  # a second: 50 ms, shorter than a syllable
FLOOR = 100  # dB below full scale, where the table ends
STEPS = np.arange(FLOOR + 1) - FLOOR  # dBFS of its rows and columns
LOUD, QUIET = 0.99, 0.1  # of all frames: the loudest speech, and the room when nobody speaks
# A joint-stereo coder leaves less of the difference between two equal channels than this; two microphones leave more.
SAME = 10**-3.0
# A microphone in the same room hears a voice at most some 20 dB lower than the one it is meant for; 30 dB below is
# what a plug that was not pushed in gives: its own hiss and hum.
DEAD = 30.0
LIVING = -60.0  # dBFS; if nothing is louder, one silence is not more dead than another
SPOKEN = 25.0  # dB below the loudest speech: vowels and most consonants, not the tails of words
ABOVE_ROOM = 12.0  # dB; nearer to it, the room decides which channel is louder
# The 3:1 rule of placing microphones: the neighbour's is three times as far from a mouth as its own, and hears
# 20·log10(3) = 9.5 dB less. A pair of capsules in one case, crossed at 90° before people at ±60°, differs by 8.5 dB
# for the direct sound and by 3 to 5 dB with a room around it.
APART = 9.0
# Of the frames somebody speaks in. Readers put on two channels, each heard on the other 12 dB lower through a room,
# gave 0.74 and more, at 20 dB 0.88; a crossed pair gave 0.3 in a room and 0.68, all of one voice, without any.
MOSTLY = 2 / 3
EACH = 0.05  # of them; an interviewer says at least that much
TOGETHER = 0.5  # correlation of the levels: below 0.35 for those readers, above 0.7 for a pair in a room
LEAST = FRAMES  # frames, and frames of speech; of less than a second nothing can be said


class Sides:
    """The table of levels of one part."""

    def __init__(self) -> None:
        self._table = np.zeros((FLOOR + 1, FLOOR + 1), np.int64)
        self._waiting: list[np.ndarray] = []
        self._held = 0
        self._rate = 0
        self._channels: set[int] = set()
        self._both = self._difference = 0.0

    def take(self, samples: np.ndarray, rate: int) -> None:
        """Count in what `planes` gives."""
        self._channels.add(len(samples))
        if len(samples) != 2:
            return
        if rate != self._rate:
            self._waiting, self._held, self._rate = [], 0, rate
        self._waiting.append(samples)
        self._held += samples.shape[1]
        if self._held >= rate:
            self._count()

    def _count(self) -> None:
        joined = np.concatenate(self._waiting, axis=1)
        span = max(1, self._rate // FRAMES)
        whole = joined.shape[1] // span * span
        self._waiting, self._held = [joined[:, whole:]], joined.shape[1] - whole
        joined = joined[:, :whole]
        self._both += float(np.square(joined).sum())
        self._difference += float(np.square(joined[0] - joined[1]).sum())
        frames = joined.reshape(2, -1, span)
        power = np.square(frames).mean(axis=2) - np.square(frames.mean(axis=2))  # a constant offset is no sound
        levels = 10 * np.log10(np.maximum(power, 1e-12))
        rows = np.clip(levels + FLOOR, 0, FLOOR).astype(int)
        np.add.at(self._table, (rows[0], rows[1]), 1)

    def layout(self) -> str:
        """One of the words of `Layout`."""
        if self._held:
            self._count()
        if self._channels == {2}:
            return self._of_two()
        return "mono" if self._channels <= {1} else "stereo"

    def _of_two(self) -> str:
        if self._difference <= SAME * self._both:
            return "the same on both"
        if self._table.sum() < LEAST:
            return "stereo"
        left, right = (_level(self._table.sum(axis=axis), LOUD) for axis in (1, 0))
        if max(left, right) > LIVING and abs(left - right) >= DEAD:
            return "one channel dead"
        return "speaker per channel" if self._is_apart(left, right) else "stereo"

    def _is_apart(self, left: float, right: float) -> bool:
        """Whether each channel is the louder one for much of the time, by far, when the other is not.

        Levels are taken relative to the loudest speech on the same channel, as the two are rarely set alike.
        """
        rows, columns = np.nonzero(self._table)
        often = self._table[rows, columns]
        on_left, on_right = STEPS[rows] - left, STEPS[columns] - right
        spoken = np.maximum(on_left, on_right) >= max(-SPOKEN, self._room(1, left), self._room(0, right))
        on_left, on_right, often = on_left[spoken], on_right[spoken], often[spoken]
        if often.sum() < LEAST:
            return False
        lead = on_left - on_right
        shares = [often[lead >= APART].sum() / often.sum(), often[lead <= -APART].sum() / often.sum()]
        return sum(shares) >= MOSTLY and min(shares) >= EACH and _correlation(on_left, on_right, often) < TOGETHER

    def _room(self, axis: int, loud: float) -> float:
        """The level above which somebody speaks on a channel."""
        return _level(self._table.sum(axis=axis), QUIET) - loud + ABOVE_ROOM


def _level(counts: np.ndarray, share: float) -> float:
    """The level in dBFS that this share of all frames stays at or below."""
    return float(STEPS[int(np.searchsorted(counts.cumsum(), share * counts.sum()))])


def _correlation(left: np.ndarray, right: np.ndarray, often: np.ndarray) -> float:
    """Pearson's, of levels that occurred so often."""
    spread = np.cov(left, right, fweights=often)
    return float(spread[0, 1] / max(1e-9, np.sqrt(spread[0, 0] * spread[1, 1])))
