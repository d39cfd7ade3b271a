"""From what faster-whisper returns to segments and words as the house keeps them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from storage.transcript import Segment, Word

if TYPE_CHECKING:
    from collections.abc import Iterable

# Whisper's own thresholds for not believing itself (Radford et al. 2022, section 4.5).
UNSURE_BELOW: Final = -1.0
REPEATING_ABOVE: Final = 2.4
SILENT_ABOVE: Final = 0.6

LOW_CONFIDENCE: Final = "low confidence"
REPEATS: Final = "repeats itself"
NO_SPEECH: Final = "may not be speech"


def segment(heard: Any, offset: float, duration: float) -> Segment | None:  # noqa: ANN401 - faster-whisper is untyped
    """One of faster-whisper's segments, moved by `offset` seconds and kept within `duration`; None if it is empty."""
    text = _tidy(heard.text)
    if not text:
        return None
    start, end = _times(heard.start, heard.end, offset, duration)
    words = tuple(_words(heard.words or (), offset, duration))
    return Segment(start, end, text, words, doubts=tuple(_doubts(heard)))


def _words(heard: Iterable[Any], offset: float, duration: float) -> list[Word]:
    """The words, joined where the text has no blank: the library says `corona`, `-viruset` where we say one word."""
    words: list[Word] = []
    for part in heard:
        word = _word(part, offset, duration)
        if words and word.text and not (part.word[0].isspace() or part.word[0].isalnum()):
            words.append(_joined(words.pop(), word))
        elif word.text:
            words.append(word)
    return words


def _word(part: Any, offset: float, duration: float) -> Word:  # noqa: ANN401 - faster-whisper is untyped
    start, end = _times(part.start, part.end, offset, duration)
    return Word(start, end, _tidy(part.word), round(float(part.probability), 4))


def _joined(first: Word, rest: Word) -> Word:
    """One word of two, no surer than its least sure part."""
    return Word(first.start, rest.end, first.text + rest.text, min(first.probability, rest.probability))


def _tidy(text: str) -> str:
    """NFC on one line: a segment is a line of the canonical text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _times(start: float, end: float, offset: float, duration: float) -> tuple[float, float]:
    """To the millisecond, within the recording, never backwards: alignment may point past the end."""
    first = min(max(float(start) + offset, 0.0), duration)
    last = min(max(float(end) + offset, first), duration)
    return round(first, 3), round(last, 3)


def _doubts(heard: Any) -> Iterable[str]:  # noqa: ANN401 - faster-whisper is untyped
    """The scores are those of the 30-second window, so every segment of a doubtful window is doubted."""
    if heard.avg_logprob < UNSURE_BELOW:
        yield LOW_CONFIDENCE
    if heard.compression_ratio > REPEATING_ABOVE:
        yield REPEATS
    if heard.no_speech_prob > SILENT_ABOVE:
        yield NO_SPEECH
