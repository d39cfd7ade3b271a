"""Laughter and crying: voices without words, after what phonetics has measured of them.

Laughter: bouts of voiced calls, four to five a second, each with its pitch falling, the vowel central, breath before
and between (Bachorowski, Smoski & Owren 2001, J. Acoust. Soc. Am. 110:1581). Crying: wails of about a second whose
pitch rises and falls by a few semitones and trembles, sobs, and breath drawn in with a voice. It is a synthesiser's
laughter and crying: enough to lead a recogniser astray, not to move a person.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tests.planted.signals import (
    Dice,
    Sound,
    add,
    band,
    coloured,
    curve,
    harmonic,
    level,
    resonant,
    samples,
    silence,
)

_SCHWA: Final = ((560.0, 90.0), (1_500.0, 110.0), (2_500.0, 160.0), (3_500.0, 250.0))
_OPEN: Final = ((850.0, 120.0), (1_350.0, 120.0), (2_750.0, 180.0), (3_700.0, 250.0))
_NASAL: Final = ((300.0, 60.0), (1_050.0, 150.0), (2_400.0, 250.0), (3_300.0, 300.0))


def laughter(dice: Dice, seconds: float) -> Sound:
    """Bouts of laughing by one person, with breath drawn in between."""
    sound = coloured(dice, seconds, 1) * 0.01
    pitch = dice.choice([dice.uniform(170, 300), dice.uniform(280, 450)])
    at = dice.uniform(0, 0.5)
    while at < seconds:
        at = _bout(dice, sound, at, pitch * dice.uniform(0.9, 1.15)) + dice.uniform(0.2, 2)
        add(sound, _breath(dice, 0.4), at - 0.3)
    return sound


def crying(dice: Dice, seconds: float) -> Sound:
    """Wails, sobs and breath drawn in, by one person."""
    sound = coloured(dice, seconds, 1) * 0.01
    pitch = dice.choice([dice.uniform(130, 250), dice.uniform(220, 480)])
    at = dice.uniform(0, 0.5)
    while at < seconds:
        part = (_wail, _wail, _sobs)[dice.integers(3)](dice, pitch * dice.uniform(0.85, 1.15))
        add(sound, part, at)
        at += len(part) / 16_000 + dice.uniform(0.1, 0.5)
        add(sound, _breath(dice, 0.5), at)
        at += dice.uniform(0.5, 1.5)
    return sound


def _bout(dice: Dice, sound: Sound, at: float, pitch: float) -> float:
    """Three to fourteen calls, each lower and weaker than the one before; returns when they end."""
    pace = 1 / dice.uniform(4, 5)
    calls = int(dice.integers(3, 15))
    for number in range(calls):
        fade = 1 - 0.6 * number / calls
        add(sound, fade * _call(dice, pitch * (1 - 0.25 * number / calls), pace), at + number * pace)
    return at + calls * pace


def _call(dice: Dice, pitch: float, pace: float) -> Sound:
    """One `ha`: a third breath, the rest voiced, its pitch falling by two semitones."""
    breath = resonant(dice.standard_normal(samples(pace * 0.35)), _SCHWA)
    glottis = harmonic(curve(pace * 0.6, 1.03, 1.0, 0.92) * pitch * _shaky(dice, pace * 0.6)) * curve(
        pace * 0.6, 0, 1, 0.8, 0
    )
    return np.concatenate([level(breath, 0.15), level(resonant(glottis, _SCHWA), dice.uniform(0.6, 1))])


def _wail(dice: Dice, pitch: float) -> Sound:
    """One cry of 0.7 to 2.2 s: up and down by two to six semitones, trembling at 5 to 8 Hz, open or nasal."""
    lasting = dice.uniform(0.7, 2.2)
    rise = 2 ** (dice.uniform(2, 6) / 12)
    time = np.arange(samples(lasting)) / 16_000
    tremble = 2 ** (dice.uniform(0.2, 0.8) / 12 * np.sin(2 * np.pi * dice.uniform(5, 8) * time))
    tone = harmonic(pitch * curve(lasting, 1, rise, rise * 0.97, 0.9) * tremble * _shaky(dice, lasting), 1.0)
    mouth = (_OPEN, _NASAL, _SCHWA)[dice.integers(3)]
    return level(resonant(tone, mouth), 0.8) * curve(lasting, 0, 0.8, 1, 0.7, 0)


def _sobs(dice: Dice, pitch: float) -> Sound:
    """Three to seven short pushes of voice and breath, about three a second."""
    sound = silence(2.6)
    for number in range(dice.integers(3, 8)):
        push = level(resonant(harmonic(curve(0.16, 1.2, 1, 0.8) * pitch) + dice.standard_normal(2_560), _SCHWA), 0.5)
        add(sound, push * curve(0.16, 0, 1, 0.6, 0), number * dice.uniform(0.3, 0.36))
    return sound


def _breath(dice: Dice, seconds: float) -> Sound:
    noise = band(dice.standard_normal(samples(seconds)), 600, 5_000)
    return level(noise, 0.12) * curve(seconds, 0, 0.4, 1, 0.3, 0)


def _shaky(dice: Dice, seconds: float) -> Sound:
    """A throat's unevenness: around 1, wandering by a percent or two."""
    return 1 + 0.012 * np.interp(np.linspace(0, 1, samples(seconds)), np.linspace(0, 1, 12), dice.standard_normal(12))
