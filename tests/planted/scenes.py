"""Rooms and streets: noise, hum and clicks; traffic; a telephone; a keyboard."""

from __future__ import annotations

import numpy as np

from tests.planted.signals import (
    RATE,
    Dice,
    Sound,
    add,
    band,
    coloured,
    curve,
    decaying,
    harmonic,
    level,
    resonant,
    samples,
    silence,
)


def nothing(_dice: Dice, seconds: float) -> Sound:
    """Digital silence."""
    return silence(seconds)


def room(dice: Dice, seconds: float) -> Sound:
    """Pink or brown noise, mains hum at 50 Hz with its harmonics, and a click now and then."""
    sound = coloured(dice, seconds, dice.uniform(1, 2)) * 0.5
    hum = harmonic(np.full(len(sound), 50.0), 1.6, 450.0)
    sound += level(hum, dice.uniform(0.05, 0.6))
    for at in _moments(dice, seconds, 0.5):
        add(sound, _click(dice, 0.03) * dice.uniform(0.5, 3), at)
    return sound


def traffic(dice: Dice, seconds: float) -> Sound:
    """A road through a window: a low roar, cars that swell and sink as they pass, and a horn."""
    sound = coloured(dice, seconds, 2) * 0.4
    for at in _moments(dice, seconds, 0.25):
        lasting = dice.uniform(3, 7)
        swell = curve(lasting, 0, 0.1, 0.4, 1, 0.5, 0.2, 0)
        tyres = band(coloured(dice, lasting, 1), 80, dice.uniform(700, 2_500))
        engine = harmonic(curve(lasting, 1.06, 1.06, 1, 0.94, 0.94) * dice.uniform(60, 110), 1.0, 900)
        add(sound, swell * (tyres + 0.3 * engine), at)
    if dice.random() < 0.5:
        horn = harmonic(np.full(samples(0.8), 420.0), 0.8, 4_000) + harmonic(np.full(samples(0.8), 500.0), 0.8, 4_000)
        add(sound, level(horn, 0.5) * curve(0.8, 0, 1, 1, 1, 0), dice.uniform(0, seconds - 0.8))
    return sound


def telephone(dice: Dice, seconds: float) -> Sound:
    """A telephone that rings in the room: the 425 Hz tone of the line, an old bell, or a mobile's little melody."""
    sound = coloured(dice, seconds, 1) * 0.02
    ring = (_line, _bell, _mobile)[dice.integers(3)](dice)
    at = dice.uniform(0, 1)
    while at < seconds:
        add(sound, ring, at)
        at += len(ring) / RATE + dice.uniform(2, 4)
    return sound


def keyboard(dice: Dice, seconds: float) -> Sound:
    """Somebody types: five to nine strokes a second in bursts, over a quiet room."""
    sound = coloured(dice, seconds, 1.5) * 0.03
    at = 0.3
    while at < seconds:
        for _ in range(dice.integers(4, 30)):
            add(sound, _click(dice, 0.05) * dice.uniform(0.4, 1), at)
            at += dice.uniform(0.11, 0.2)
        at += dice.uniform(0.3, 2)
    return sound


def _line(_dice: Dice) -> Sound:
    return np.sin(2 * np.pi * 425 * np.arange(RATE) / RATE) * curve(1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0)


def _bell(dice: Dice) -> Sound:
    time = np.arange(samples(0.06)) / RATE
    stroke = sum((np.sin(2 * np.pi * tone * time) for tone in (1_050, 1_290, 2_900)), start=silence(0.06))
    stroke *= decaying(0.06, 0.05)
    sound = silence(1.6)
    for number in range(24):
        add(sound, stroke * dice.uniform(0.8, 1), number * 0.06)
    return sound


def _mobile(dice: Dice) -> Sound:
    tones = dice.choice([523, 587, 659, 784, 880, 1_047], 8)
    return np.concatenate([harmonic(np.full(samples(0.16), float(tone)), 1.5) * decaying(0.16, 0.1) for tone in tones])


def _click(dice: Dice, seconds: float) -> Sound:
    """A tap on something hard: noise through two resonances, gone in hundredths of a second."""
    peaks = ((dice.uniform(400, 1_200), 200.0), (dice.uniform(2_000, 4_500), 500.0))
    return level(resonant(dice.standard_normal(samples(seconds)) * decaying(seconds, 0.005), peaks), 0.5)


def _moments(dice: Dice, seconds: float, often: float) -> list[float]:
    """Times at random, `often` a second, at least one."""
    return sorted(dice.uniform(0, seconds, max(1, dice.poisson(often * seconds))))
