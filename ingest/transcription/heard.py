"""What the recogniser made of a chunk of sound, before anybody has judged it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Heard:
    """What the recogniser made of one chunk, at most 30 s of one channel.

    Seconds count from the start of the recording. `log_probability` is the mean over tokens, `no_speech` Whisper's
    own probability that nobody speaks, `speech` where voice activity detection says that somebody does; `language`
    is the one it was decoded in, `others` the most probable ones by Whisper's detection, best first.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    speech: tuple[tuple[float, float], ...]
    language: str
    others: tuple[tuple[str, float], ...] = ()
    channel: int = 0


def to_text(heard: Iterable[Heard]) -> str:
    """JSON, to be kept until the whole recording is heard."""
    return json.dumps([asdict(one) for one in heard], ensure_ascii=False)


def from_text(text: str) -> list[Heard]:
    """What `to_text` wrote."""
    return [
        Heard(
            **one
            | {
                "words": tuple(Word(**word) for word in one["words"]),
                "speech": tuple((first, last) for first, last in one["speech"]),
                "others": tuple((language, probability) for language, probability in one["others"]),
            }
        )
        for one in json.loads(text)
    ]
