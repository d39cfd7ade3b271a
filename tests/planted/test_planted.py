"""The planted corpus is what it says: the same every time, speech untouched, stretches where they are named."""

from __future__ import annotations

import numpy as np
import pytest

from tests import sound
from tests.planted import KINDS, RATE, planted, stretch

SPEECH = np.frombuffer(sound.samples(40.0), dtype="<i2")


def test_the_same_seed_gives_the_same_recording() -> None:
    """Two recordings of one seed are equal, of two seeds different in order and sound."""
    first, again, other = (planted(SPEECH, seed, lasting=(3.0, 5.0)) for seed in (1, 1, 2))
    assert np.array_equal(first.samples, again.samples)
    assert first.stretches == again.stretches != other.stretches


def test_speech_is_cut_and_nothing_of_it_lost() -> None:
    """With the stretches taken out the speech is there to the last sample, and each kind was planted once."""
    made = planted(SPEECH, 3, lasting=(3.0, 5.0))
    kept = np.ones(len(made.samples), dtype=bool)
    for _, start, end in made.stretches:
        kept[round(start * RATE) : round(end * RATE)] = False
    assert np.array_equal(made.samples[kept], SPEECH)
    assert sorted(kind for kind, _, _ in made.stretches) == sorted(KINDS)
    assert made.seconds == pytest.approx(40 + sum(end - start for _, start, end in made.stretches), abs=0.01)


def test_stretches_last_as_long_as_they_should() -> None:
    """By default a stretch lasts ten seconds to a minute."""
    lasting = [end - start for _, start, end in planted(SPEECH, 4, kinds=("silence", "traffic", "keyboard")).stretches]
    assert all(10 <= seconds <= 60 for seconds in lasting)


def test_cuts_are_quiet() -> None:
    """Where the speech is cut it is far softer than on the whole."""
    made = planted(SPEECH, 5, lasting=(3.0, 4.0))
    loud = float(np.abs(SPEECH.astype(float)).mean())
    before = [made.samples[round(start * RATE) - 800 : round(start * RATE)] for _, start, _ in made.stretches]
    assert all(np.abs(part.astype(float)).mean() < loud / 4 for part in before)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_sounds(kind: str) -> None:
    """Every kind but silence is heard, is not clipped for long, and differs from seed to seed."""
    first, second = (stretch(kind, np.random.default_rng(seed), 6.0) for seed in (1, 2))
    assert len(first) == 6 * RATE
    assert bool(first.any()) is (kind != "silence")
    assert np.array_equal(first, second) is (kind == "silence")
    assert np.mean(np.abs(first.astype(int)) > 32_700) < 0.001
