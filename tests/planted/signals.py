"""The few tools every synthesised sound is made with: mono float64 at 16 kHz, about 1 for loud."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000

Sound = NDArray[np.float64]
Dice = np.random.Generator


def samples(seconds: float) -> int:
    """How many samples a time takes."""
    return round(seconds * RATE)


def silence(seconds: float) -> Sound:
    """Zeros."""
    return np.zeros(samples(seconds))


def coloured(dice: Dice, seconds: float, exponent: float) -> Sound:
    """Noise whose power falls as frequency to the `exponent`: 0 is white, 1 pink, 2 brown; its RMS is 1."""
    count = samples(seconds)
    spectrum = np.fft.rfft(dice.standard_normal(count))
    bins = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= np.maximum(bins, 20.0) ** (-exponent / 2)
    return level(np.fft.irfft(spectrum, count))


def band(sound: Sound, low: float, high: float) -> Sound:
    """What of a sound lies between two frequencies, with soft edges a third of an octave wide."""
    spectrum = np.fft.rfft(sound)
    bins = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 1e-3)
    rise = 1 / (1 + (low / bins) ** 12) if low else 1.0
    fall = 1 / (1 + (bins / high) ** 12)
    return np.asarray(np.fft.irfft(spectrum * rise * fall, len(sound)))


def resonant(sound: Sound, peaks: tuple[tuple[float, float], ...]) -> Sound:
    """A sound through resonances of (frequency, bandwidth) in Hz, as of a throat and a mouth (Fant 1960)."""
    spectrum = np.fft.rfft(sound)
    s = 2j * np.pi * np.fft.rfftfreq(len(sound), 1 / RATE)
    for frequency, bandwidth in peaks:
        pole = np.pi * bandwidth + 2j * np.pi * frequency
        spectrum *= abs(pole) ** 2 / ((s + pole) * (s + pole.conjugate()))
    return np.asarray(np.fft.irfft(spectrum, len(sound)))


def harmonic(pitch: Sound, slope: float = 1.2, top: float = 7_000.0) -> Sound:
    """A tone that follows `pitch` in Hz, with its harmonics below `top`, the nth of strength n ** -slope."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(len(pitch))
    for number in range(1, int(top / max(float(np.median(pitch)), 40.0)) + 1):
        sound += np.where(number * pitch < top, np.sin(number * phase), 0.0) / number**slope
    return sound


def curve(seconds: float, *points: float) -> Sound:
    """A line through points at equal distances, as an envelope or a melody."""
    count = samples(seconds)
    return np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points)


def decaying(seconds: float, half: float) -> Sound:
    """From 1 downwards, halved every `half` seconds, after an attack of 5 ms."""
    time = np.arange(samples(seconds)) / RATE
    return np.asarray(np.minimum(1.0, time / 0.005) * 0.5 ** (time / half))


def level(sound: Sound, loudness: float = 1.0) -> Sound:
    """The same sound with this RMS; silence stays silence."""
    power = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    return sound * (loudness / power) if power else sound


def add(onto: Sound, part: Sound, at: float) -> None:
    """Mix a part in at a time in seconds; what runs over the end is cut off."""
    start = samples(at)
    room = onto[start : start + len(part)]
    room += part[: len(room)]
