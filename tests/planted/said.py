"""A recogniser's good hearing of a text, made up: words at a natural pace, pauses at the marks, nothing to doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ingest.transcription.guards.pace import syllables
from ingest.transcription.heard import Heard
from storage.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

NATURAL: Final = 5.0
"""Syllables a second."""

PAUSE: Final = 0.5
CHUNK: Final = 28.0


def said(text: str, language: str = "no", *, pace: float = NATURAL, start: float = 0.0, **changes: Any) -> Heard:
    """The text as one chunk, its words timed by their syllables; voice activity is heard in all but the pauses."""
    words: list[Word] = []
    speech: list[tuple[float, float]] = []
    now = began = start + 0.2
    for written in text.split():
        end = now + max(1, syllables(written, language)) / pace
        words.append(Word(round(now, 3), round(end, 3), written, 0.9))
        now = end
        if written[-1] in ".,!?":
            speech.append((began, now))
            now = began = now + PAUSE
    if now > began:
        speech.append((began, now))
    usual: dict[str, Any] = {
        "log_probability": -0.3, "no_speech": 0.05, "others": ((language, 0.95),), "words": tuple(words),
        "speech": tuple(speech),
    }  # fmt: skip
    return Heard(start, now + 0.2, text, language=language, **(usual | changes))


def in_chunks(text: str, language: str, pace: float = NATURAL) -> list[Heard]:
    """A long text as the chunks a driver would make of it, each as long as one may be."""
    chunks: list[Heard] = []
    gathered: list[str] = []
    for word in text.split():
        if said(" ".join([*gathered, word]), language, pace=pace).end > CHUNK:
            chunks.append(said(" ".join(gathered), language, pace=pace, start=chunks[-1].end if chunks else 0.0))
            gathered = []
        gathered.append(word)
    return [*chunks, said(" ".join(gathered), language, pace=pace, start=chunks[-1].end if chunks else 0.0)]


def parts(heard: Heard, spans: Sequence[tuple[int, int, object]]) -> list[str]:
    """The words of each span, for a test to read."""
    return [" ".join(word.text for word in heard.words[first:last]) for first, last, _ in spans]
