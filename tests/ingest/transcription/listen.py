"""What this room's tests listen with, and pieces to build what is heard from."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ingest.transcription import chunks, models, work
from ingest.transcription.chunks import Chunk
from ingest.transcription.engine import DEFAULT, Memory, Parameters, Whisper
from ingest.transcription.heard import Heard
from ingest.transcription.stretches import RATE, stretches
from storage.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.transcript import Transcript


def ignore(_done: float, _total: float) -> None:
    """Nobody watches."""


def hear(
    pcm: bytes, language: str | None = "en", *, cores: int | None = None, parameters: Parameters = DEFAULT, **more: Any
) -> Transcript:
    """What the packaged model hears."""
    return Whisper(models.packaged(), cores=cores, parameters=parameters).transcribe([pcm], language, ignore, **more)


@contextmanager
def small_windows() -> Iterator[None]:
    """Stretches of 20 seconds, windows of six and batches of one: a minute is heard in as many batches as an hour."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "WINDOW", 6 * RATE)
        patch.setattr(chunks, "BATCH", 1)
        patch.setattr(work, "stretches", partial(stretches, longest=20 * RATE))
        yield


class Died(Exception):
    """The machine went down."""


class Notes(Memory):
    """Keeps in a dictionary what is heard; the machine goes down with the batch after `lives`."""

    def __init__(self, known: dict[int, str] | None = None, lives: float = float("inf")) -> None:
        self.kept = dict(known or {})
        self.new: list[int] = []
        self._lives = lives

    def recall(self) -> dict[int, str]:
        """What was kept before."""
        return dict(self.kept)

    def keep(self, number: int, text: str) -> None:
        """Keep it, if there is life left."""
        if len(self.new) >= self._lives:
            raise Died
        self.new.append(number)
        self.kept[number] = text


def chunk(*pieces: tuple[float, float], speech: Iterable[tuple[float, float]] = (), channel: int = 0) -> Chunk:
    """A chunk of these pieces, in seconds; somebody speaks all the time unless `speech` says when."""
    spans = tuple((round(first * RATE), round(last * RATE)) for first, last in pieces)
    silence = np.zeros(sum(last - first for first, last in spans), np.int16)
    return Chunk(channel, spans, tuple(speech) or pieces, silence)


def said(text: str, start: float = 0.0, each: float = 0.4, **changes: Any) -> Heard:
    """A chunk in which these words are said one after another, believed by everybody."""
    words = tuple(
        Word(round(start + each * place, 3), round(start + each * (place + 1), 3), word, 0.9)
        for place, word in enumerate(text.split())
    )
    end = words[-1].end if words else start + each
    given = {"end": end, "words": words, "log_probability": -0.3, "no_speech": 0.01, "speech": ((start, end),)}
    return Heard(**{"start": start, "text": text, "language": "en", "others": (("en", 0.99),), **given, **changes})
