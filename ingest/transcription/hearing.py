"""One batch of chunks, heard; and a second hearing for the chunks whose first one the guards do not believe.

Whisper's own second hearings draw from the decoder at random, at six temperatures (Radford et al. 2022, section 4.5).
Ours change what it hears instead, so that the same sound always gives the same words: without the text before it and
with a wider search, or cut in two at its longest pause; a loop is cut first, anything else searched first.
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
    from ingest.transcription.ears import Decoded, Ears, Encoded

WIDER: Final = 5
"""The beam of a second hearing: Whisper's own."""

GLANCE: Final = 4
"""Of so many frames one is looked at for what a chunk is spoken in, when that is known of the recording."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a recording is heard: the language, the text before each chunk, the width of the search."""

    language: str
    before: str
    beam: int


@dataclass(frozen=True, slots=True)
class Window:
    """What went into one window and what came out."""

    chunk: Chunk
    encoded: Encoded
    decoded: Decoded


@dataclass(frozen=True, slots=True)
class Hearing:
    """A chunk as it was heard, its words yet without times, and the windows that give them: one, or two halves."""

    heard: Heard
    windows: tuple[Window, ...]


def hear(ears: Ears, chunks: Sequence[Chunk], manner: Manner) -> list[Heard]:
    """What is said in each chunk. Raises PipelineFailed without the library's text, which may quote the recording."""
    with _failures():
        first = _heard(ears, [(chunk, ears.encoded(chunk.sound)) for chunk in chunks], manner)
        return [_timed(ears, _believable(ears, hearing, manner)) for hearing in first]


def languages(ears: Ears, chunks: Sequence[Chunk]) -> list[tuple[tuple[str, float], ...]]:
    """What each chunk seems to be spoken in, the most probable languages first."""
    with _failures():
        return ears.languages([ears.encoded(chunk.sound) for chunk in chunks])


def _heard(ears: Ears, windows: Sequence[tuple[Chunk, Encoded]], manner: Manner) -> list[Hearing]:
    encoded = [one for _, one in windows]
    decoded = ears.decoded(encoded, manner.language, manner.before, manner.beam)
    tongues = ears.languages(encoded, GLANCE)
    return [
        Hearing(_written(ears, chunk, one, spoken, manner.language), (Window(chunk, window, one),))
        for (chunk, window), one, spoken in zip(windows, decoded, tongues, strict=True)
    ]


def _written(
    ears: Ears, chunk: Chunk, decoded: Decoded, others: tuple[tuple[str, float], ...], language: str
) -> Heard:
    return Heard(
        start=round(chunk.start, 3),
        end=round(chunk.end, 3),
        text=tidy(ears.text(decoded.tokens, language)),
        words=(),
        log_probability=decoded.log_probability,
        no_speech=decoded.no_speech,
        speech=tuple((round(first, 3), round(last, 3)) for first, last in chunk.speech),
        language=language,
        others=others,
        channel=chunk.channel,
    )


def _timed(ears: Ears, hearing: Hearing) -> Heard:
    """With its words and their times."""
    language = hearing.heard.language
    words = [ears.words(one.encoded, one.decoded, one.chunk, language) for one in hearing.windows]
    return replace(hearing.heard, words=tuple(word for part in words for word in part))


def _believable(ears: Ears, first: Hearing, manner: Manner) -> Hearing:
    """The first hearing if the guards believe it, else the best of all.

    A loop mostly ends where the sound is cut, and then the wider search, which costs most, is not needed.
    """
    if not _bad(first.heard, manner):
        return first
    alone, (window,) = replace(manner, before="", beam=WIDER), first.windows
    loops = guards.Doubt.REPEATS in _reasons(first.heard) and not _echo(first.heard, manner)
    best = first
    if loops and (parted := _parted(ears, window, alone)) is not None:
        best = _better(first, parted)
        if not guards.redo(_reasons(best.heard)):
            return best
    (again,) = _heard(ears, [(window.chunk, window.encoded)], alone)
    best = again if _echo(first.heard, manner) else _better(best, again)
    if loops or not guards.redo(_reasons(best.heard)):
        return best
    parted = _parted(ears, window, alone)
    return best if parted is None else _better(best, parted)


def _parted(ears: Ears, window: Window, manner: Manner) -> Hearing | None:
    """The window's two halves, each heard by itself; None where there is no pause to part them."""
    halves = window.chunk.halves()
    return halves and _whole(_heard(ears, [(half, ears.encoded(half.sound)) for half in halves], manner))


def _better(one: Hearing, other: Hearing) -> Hearing:
    return one if guards.better(one.heard, other.heard) is one.heard else other


def _bad(heard: Heard, manner: Manner) -> bool:
    return _echo(heard, manner) or guards.redo(_reasons(heard))


def _reasons(heard: Heard) -> set[guards.Doubt]:
    """Why a chunk is doubted; but a model that knows no capitals knows no punctuation either, however often asked."""
    found = set(guards.doubts(heard))
    return found - {guards.Doubt.UNPUNCTUATED} if heard.text == heard.text.lower() else found


def _echo(heard: Heard, manner: Manner) -> bool:
    """Whether the model wrote nothing but what stood before: it does, when it hears nothing it knows."""
    said, before = ([bare(word) for word in text.split()] for text in (heard.text, manner.before))
    return bool(said) and set(said) <= set(before)


def _whole(parts: Sequence[Hearing]) -> Hearing:
    """Two halves as one chunk."""
    (first, last), both = parts, [part.heard for part in parts]
    counts = [len(part.windows[0].decoded.tokens) + 1 for part in parts]
    mean = sum(one.log_probability * count for one, count in zip(both, counts, strict=True)) / sum(counts)
    heard = replace(
        first.heard,
        end=last.heard.end,
        text=tidy(" ".join(one.text for one in both)),
        log_probability=round(mean, 4),
        no_speech=min(one.no_speech for one in both),
        speech=first.heard.speech + last.heard.speech,
    )
    return Hearing(heard, first.windows + last.windows)


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
