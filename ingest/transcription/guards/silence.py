"""Words where nobody speaks: text that runs on into a pause, or was made of a silence altogether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.transcription.guards.doubt import Span, joined
from ingest.transcription.guards.reading import spoken

if TYPE_CHECKING:
    from ingest.transcription.heard import Heard

OFF_BY: Final = 0.35
"""Seconds by which the alignment of a real word may miss the speech that voice activity detection hears."""

_NOBODY: Final = 0.1
"""Seconds of speech in a chunk that are none."""


def voiced(heard: Heard) -> bool:
    """Whether somebody speaks anywhere in the chunk."""
    return spoken(heard, heard.start, heard.end) >= _NOBODY


def unspoken(heard: Heard) -> list[Span]:
    """The words whose time has no speech in it or near it."""
    return joined(
        [
            (place, place + 1)
            for place, word in enumerate(heard.words)
            if not any(first - OFF_BY <= word.end and word.start <= last + OFF_BY for first, last in heard.speech)
        ]
    )
