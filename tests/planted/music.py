"""Music in several styles: chords of a piano, a plucked tune, a band with drums, an organ, a choir without words."""

from __future__ import annotations

from typing import Final

import numpy as np

from tests.planted.signals import Dice, Sound, add, band, curve, decaying, harmonic, level, resonant, samples, silence

_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)
_PROGRESSIONS: Final = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 0), (5, 3, 0, 4))
_AH: Final = ((700.0, 80.0), (1_150.0, 90.0), (2_600.0, 120.0), (3_400.0, 150.0))


def music(dice: Dice, seconds: float) -> Sound:
    """One of the styles, for a whole stretch, in a key and at a tempo of its own."""
    style = (_piano, _plucked, _group, _organ, _choir)[dice.integers(5)]
    sound = silence(seconds)
    beat = dice.uniform(0.4, 0.75)
    key = float(dice.integers(45, 57))
    progression = _PROGRESSIONS[dice.integers(len(_PROGRESSIONS))]
    for bar in range(int(seconds / (4 * beat)) + 1):
        style(dice, sound, (key, beat, bar * 4 * beat), progression[bar % 4])
    return sound


_Place = tuple[float, float, float]
"""The key as a MIDI note, the length of a beat and the time of the bar in seconds."""


def _pitch(key: float, degree: int) -> float:
    """The frequency of a step of the key's major scale."""
    octave, step = divmod(degree, 7)
    return float(440 * 2 ** ((key + 12 * octave + _MAJOR[step] - 69) / 12))


def _note(pitch: float, seconds: float, slope: float, half: float) -> Sound:
    return harmonic(np.full(samples(seconds), pitch), slope) * decaying(seconds, half)


def _piano(dice: Dice, sound: Sound, place: _Place, root: int) -> None:
    key, beat, start = place
    for step in (0, 2, 4):
        add(sound, 0.5 * _note(_pitch(key, root + step), 4 * beat, 1.8, 0.5), start)
    for number in range(4):
        add(sound, _note(_pitch(key, 7 + int(dice.integers(7))), beat, 1.7, 0.35), start + number * beat)


def _plucked(dice: Dice, sound: Sound, place: _Place, root: int) -> None:
    key, beat, start = place
    for number in range(8):
        tone = _pitch(key, root + int(dice.choice([0, 2, 4, 7, 9])))
        add(sound, _note(tone, beat, 1.0, 0.15), start + number * beat / 2)


def _group(dice: Dice, sound: Sound, place: _Place, root: int) -> None:
    """Bass, chords, and a drum kit of a kick, a snare and a hi-hat."""
    key, beat, start = place
    for number in range(4):
        add(sound, _note(_pitch(key - 12, root), beat, 1.5, 0.3), start + number * beat)
        drum = _snare(dice) if number % 2 else _kick()
        add(sound, 1.5 * drum, start + number * beat)
    for number in range(8):
        add(sound, 0.4 * band(dice.standard_normal(samples(0.05)), 5_000, 7_900), start + number * beat / 2)
    for step in (0, 2, 4):
        add(sound, 0.3 * _note(_pitch(key + 12, root + step), 4 * beat, 1.1, 2.0), start)


def _snare(dice: Dice) -> Sound:
    return band(dice.standard_normal(samples(0.2)), 300, 6_000) * decaying(0.2, 0.04)


def _kick() -> Sound:
    return np.sin(2 * np.pi * np.cumsum(curve(0.25, 120, 60, 45, 40)) / 16_000) * decaying(0.25, 0.06)


def _organ(dice: Dice, sound: Sound, place: _Place, root: int) -> None:
    key, beat, start = place
    breath = curve(4 * beat, 0.2, 1, 1, 1, 1, 0.6)
    for step in (-7, 0, 2, 4, int(dice.integers(7, 12))):
        add(sound, 0.4 * harmonic(np.full(len(breath), _pitch(key, root + step)), 1.4, 5_000) * breath, start)


def _choir(dice: Dice, sound: Sound, place: _Place, root: int) -> None:
    """Voices on one open vowel, each a little off and trembling at 5 to 6 Hz: what most resembles speech."""
    key, beat, start = place
    time = np.arange(samples(4 * beat)) / 16_000
    for step in (0, 2, 4, 7):
        tremble = 1 + 0.008 * np.sin(2 * np.pi * dice.uniform(5, 6) * time + dice.uniform(0, 6))
        voice = harmonic(_pitch(key, root + step) * dice.uniform(0.995, 1.005) * tremble, 1.3)
        add(sound, level(resonant(voice, _AH), 0.4) * curve(4 * beat, 0, 0.8, 1, 1, 0.7, 0), start)
