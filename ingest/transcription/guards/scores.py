"""The recogniser's own scores of a chunk, with the thresholds of Radford et al. 2022, section 4.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ingest.transcription.heard import Heard

UNSURE_BELOW: Final = -1.0
"""Mean log-probability of the tokens below which Whisper decodes again."""

SILENT_ABOVE: Final = 0.6
"""Probability of `no speech` above which Whisper doubts that anybody spoke."""


def unsure(heard: Heard) -> bool:
    """Whether the words are improbable."""
    return heard.log_probability < UNSURE_BELOW


def silent(heard: Heard) -> bool:
    """Whether the recogniser itself thinks that nobody spoke."""
    return heard.no_speech > SILENT_ABOVE
