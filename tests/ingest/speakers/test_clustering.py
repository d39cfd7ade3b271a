"""Voiceprints to speakers: the right number, also when one hardly speaks, and never a matrix of hours by hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.speakers import clustering
from ingest.speakers.clustering import LARGEST, MOST, Prints
from ingest.speakers.voiceprints import LENGTH, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOISE = 1.2  # gives prints of one voice a mean cosine of about 0.4, as real ones have
APART = frozenset[tuple[int, int]]()


def made(*sizes: int, alike: float = 0.0, rivals: frozenset[tuple[int, int]] = APART, seed: int = 1) -> Prints:
    """So many prints of each of some made-up voices, whose cosine is `alike`; each voice is a track."""
    dice = np.random.default_rng(seed)
    common = unit(dice.standard_normal((1, LENGTH)).astype(np.float32))
    own = unit(dice.standard_normal((len(sizes), LENGTH)).astype(np.float32))
    voices = np.sqrt(alike) * common + np.sqrt(1 - alike) * own
    who = np.repeat(np.arange(len(sizes)), sizes)
    heard = voices[who] + NOISE * dice.standard_normal((len(who), LENGTH)) / np.sqrt(LENGTH)
    return Prints(unit(heard.astype(np.float32)), np.ones(len(who)), who, rivals)


def shares(prints: Prints, voices: NDArray[np.float32]) -> list[int]:
    """How many prints are nearest to each voice, largest first."""
    nearest = (prints.vectors @ voices.T).argmax(axis=1)
    return sorted(np.bincount(nearest, minlength=len(voices)).tolist(), reverse=True)


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_the_number_of_voices_is_found(count: int) -> None:
    """One to six voices of forty prints each are found, each with its own."""
    prints = made(*[40] * count)
    assert shares(prints, clustering.voices(prints, None)) == [40] * count


def test_who_hardly_speaks_is_found() -> None:
    """An interviewer with a twentieth of the talk is a voice of their own, found or asked for."""
    prints = made(190, 10)
    assert shares(prints, clustering.voices(prints, None)) == [190, 10]
    assert shares(prints, clustering.voices(prints, 2)) == [190, 10]


def test_a_laugh_is_no_speaker() -> None:
    """Two odd prints among hundreds do not make a person."""
    prints = made(300, 2)
    assert len(clustering.voices(prints, None)) == 1


def test_voices_a_telephone_makes_alike_are_parted_by_their_turns() -> None:
    """Two voices too much alike are one, unless the segmentation heard their tracks as two people."""
    assert len(clustering.voices(made(60, 60, alike=0.62), None)) == 1
    assert len(clustering.voices(made(60, 60, alike=0.62, rivals=frozenset({(0, 1)})), None)) == 2


def test_a_given_number_is_kept_while_there_are_prints() -> None:
    """Asked for three, one voice is parted in three; of two prints there are two at most."""
    assert len(clustering.voices(made(30), 3)) == 3
    assert len(clustering.voices(made(2), 6)) == 2
    assert len(clustering.voices(made(1), None)) == 1


def test_hours_are_clustered_by_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 20,000 prints no more than LARGEST are compared with each other, taken from the whole recording."""
    seen: list[int] = []
    real = clustering.parted

    def watched(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        seen.append(len(vectors))
        return real(vectors, count)

    monkeypatch.setattr(clustering, "parted", watched)
    prints = made(15_000, 5_000)
    assert shares(prints, clustering.voices(prints, 2)) == [15_000, 5_000]
    assert seen == [LARGEST]


def test_the_same_prints_give_the_same_voices() -> None:
    """Nothing is drawn by chance."""
    assert np.array_equal(clustering.voices(made(50, 30, 9), None), clustering.voices(made(50, 30, 9), None))
