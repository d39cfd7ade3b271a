"""What the recogniser made of a stretch of sound, before anybody has judged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.transcript import Word


@dataclass(frozen=True, slots=True)
class Heard:
    """What the recogniser made of one chunk, at most 30 s of one channel.

    Seconds count from the start of the recording.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...]  # storage.transcript.Word
    log_probability: float  # mean over tokens
    no_speech: float  # Whisper's own probability that there is no speech
    speech: tuple[tuple[float, float], ...]  # where voice activity detection (Silero) says somebody speaks
    language: str  # the language it was decoded in (Whisper's code)
    others: tuple[tuple[str, float], ...] = ()  # the most probable languages by Whisper's detection, best first
