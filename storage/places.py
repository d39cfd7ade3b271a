"""What a sealed column is bound to: its table, column, row and version, so that it opens nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.records import ORIGIN

if TYPE_CHECKING:
    from storage.consents import Scan
    from storage.records import Artefact, Decision, Heard, Participant, Recording, Voice
    from storage.requests import Request


def payload(artefact: Artefact) -> str:
    """Of the name of an artefact's payload, by kind: a transcript cannot be put where a released one belongs."""
    return f"artefact/{artefact.kind}/{artefact.id}/{artefact.version}"


def attributes(participant: Participant, version: int | None = None) -> str:
    """Of a participant's attributes; each change has a version of its own."""
    return f"participant/sealed_attributes/{participant.id}/{version or participant.attributes_version}"


def origin(recording: Recording) -> str:
    """Of what a recording came as; version 1, from before there were parts, is a file's name under that name."""
    version = recording.origin_version or ORIGIN  # none yet in a row that is not written yet
    return f"recording/{'sealed_filename' if version == 1 else 'sealed_origin'}/{recording.id}/{version}"


def heard(row: Heard) -> str:
    """Of what was heard of one batch, and of no other batch, recording, weights or parameters."""
    return f"heard/sealed_text/{row.id}/1/{row.recording_id}/{row.fingerprint}/{row.number}"


def voice(row: Voice) -> str:
    """Of a voice, and of nobody else's: a participant's, or an interviewer's in one study."""
    return f"voice/sealed_voice/{row.id}/1/{row.study_id}/{row.participant_id or row.person_id}"


def decision(row: Decision) -> str:
    """Of what somebody decided, as this verb, at this number of this recording's decisions."""
    return f"decision/sealed_payload/{row.id}/1/{row.recording_id}/{row.number}/{row.verb}"


def asked(request: Request) -> str:
    """Of what somebody asks for that takes two, and of no other action on no other thing."""
    return f"request/sealed_payload/{request.id}/1/{request.action}/{request.resource}"


def scan(row: Scan) -> str:
    """Of a signed form, and of no other consent of nobody else."""
    return f"scan/sealed_scan/{row.id}/1/{row.participant_id}/{row.consent_id}"
