"""What a sealed column is bound to: its table, column, row and version, so that it opens nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.records import Artefact, Participant, Recording


def payload(artefact: Artefact) -> str:
    """Of the name of an artefact's payload, by kind: a transcript cannot be put where a released one belongs."""
    return f"artefact/{artefact.kind}/{artefact.id}/{artefact.version}"


def attributes(participant: Participant, version: int | None = None) -> str:
    """Of a participant's attributes; each change has a version of its own."""
    return f"participant/sealed_attributes/{participant.id}/{version or participant.attributes_version}"


def filename(recording: Recording) -> str:
    """Of the name a recording came under."""
    return f"recording/sealed_filename/{recording.id}/1"
