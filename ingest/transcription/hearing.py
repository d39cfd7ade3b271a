"""One batch of chunks, heard; and a second hearing for the chunks whose first one the guards do not believe.

Whisper's own second hearings draw from the decoder at random, at six temperatures (Radford et al. 2022, section 4.5).
Ours change what it hears instead, so that the same sound always gives the same words: without the text before it and
with a wider search, then cut in two at its longest pause.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ingest.transcription import guards, weights
from ingest.transcription.guards.reading import bare
from ingest.transcription.heard import Heard
from ingest.transcription.words import tidy
from storage.errors import PipelineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.transcription.chunks import Chunk
    from ingest.transcription.ears import Ears, Encoded

WIDER: Final = 5
"""The beam of a second hearing: Whisper's own."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a recording is heard: the language, the text before each chunk, the width of the search."""

    language: str
    before: str
    beam: int


def hear(ears: Ears, chunks: Sequence[Chunk], manner: Manner) -> list[Heard]:
    """What is said in each chunk. Raises PipelineFailed without the library's text, which may quote the recording."""
    with _failures():
        encoded = [ears.encoded(chunk.sound) for chunk in chunks]
        first = _first(ears, chunks, encoded, manner)
        return [
            _believable(ears, chunk, one, heard, manner)
            for chunk, one, heard in zip(chunks, encoded, first, strict=True)
        ]


def languages(ears: Ears, chunks: Sequence[Chunk]) -> list[tuple[tuple[str, float], ...]]:
    """What each chunk seems to be spoken in, the most probable languages first."""
    with _failures():
        return ears.languages([ears.encoded(chunk.sound) for chunk in chunks])


def _first(ears: Ears, chunks: Sequence[Chunk], encoded: Sequence[Encoded], manner: Manner) -> list[Heard]:
    others = ears.languages(encoded)
    decoded = ears.decoded(encoded, manner.language, manner.before, manner.beam)
    return [
        Heard(
            start=round(chunk.start, 3),
            end=round(chunk.end, 3),
            text=tidy(ears.text(one.tokens, manner.language)),
            words=ears.words(window, one, chunk, manner.language),
            log_probability=one.log_probability,
            no_speech=one.no_speech,
            speech=tuple((round(first, 3), round(last, 3)) for first, last in chunk.speech),
            language=manner.language,
            others=spoken,
            channel=chunk.channel,
        )
        for chunk, window, one, spoken in zip(chunks, encoded, decoded, others, strict=True)
    ]


def _believable(ears: Ears, chunk: Chunk, encoded: Encoded, heard: Heard, manner: Manner) -> Heard:
    """The first hearing if the guards believe it, else the best of all."""
    if not _bad(heard, manner):
        return heard
    alone = replace(manner, before="", beam=WIDER)
    (again,) = _first(ears, [chunk], [encoded], alone)
    best = again if _echo(heard, manner) else guards.better(heard, again)
    halves = chunk.halves() if _bad(best, manner) else None
    if halves is None:
        return best
    parts = [_first(ears, [half], [ears.encoded(half.sound)], alone)[0] for half in halves]
    return guards.better(best, _whole(best, parts))


def _bad(heard: Heard, manner: Manner) -> bool:
    return _echo(heard, manner) or guards.redo(guards.doubts(heard))


def _echo(heard: Heard, manner: Manner) -> bool:
    """Whether the model wrote nothing but what stood before: it does, when it hears nothing it knows."""
    said, before = ([bare(word) for word in text.split()] for text in (heard.text, manner.before))
    return bool(said) and set(said) <= set(before)


def _whole(heard: Heard, parts: Sequence[Heard]) -> Heard:
    """Two halves as one chunk."""
    counts = [len(part.text) + 1 for part in parts]
    mean = sum(part.log_probability * count for part, count in zip(parts, counts, strict=True)) / sum(counts)
    return replace(
        heard,
        text=tidy(" ".join(part.text for part in parts)),
        words=tuple(word for part in parts for word in part.words),
        log_probability=round(mean, 4),
        no_speech=min(part.no_speech for part in parts),
    )


@contextmanager
def _failures() -> Iterator[None]:
    try:
        with weights.too_big():
            yield
    except (RuntimeError, ValueError, ArithmeticError, LookupError) as error:
        raise PipelineFailed(
            "The recogniser gave up on this recording ({kind}); run it again, or try another model.",
            kind=type(error).__name__,
        ) from None
