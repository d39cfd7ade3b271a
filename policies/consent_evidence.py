"""What shows that somebody consented: the scan of a form they signed, or the place on a recording where they say so.

A scan is sealed under the participant's key and goes when that does. Of a recording there are times alone: the sound
is where it was.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from policies.actions import Action, Purpose
from storage import places
from storage.consents import Consent, Scan
from storage.errors import BadInput, NotFound
from storage.records import Recording, new_id

if TYPE_CHECKING:
    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant

IN_WRITING, ON_RECORDING = WAYS = ("in writing", "on the recording")
LARGEST = 8 << 20
"""Bytes of a scan."""
NO_SCAN = "No scan of a signed form is kept for this participant."


@dataclass(frozen=True)
class Scanned:
    """A signed form as a file of 1 byte to 8 MiB."""

    content: bytes


@dataclass(frozen=True)
class Said:
    """Where on a recording of the participant's the consent is given: from `start` to `end`, in seconds."""

    recording: Recording
    start: float
    end: float


Evidence = Scanned | Said


def check(participant: Participant, how: str, shown: Evidence | None) -> None:
    """Raise BadInput for a way of giving consent there is not, and for evidence that does not fit it."""
    if how not in WAYS:
        raise BadInput("A consent is given in writing or on the recording.")
    if isinstance(shown, Scanned):
        _check_scan(how, shown)
    if isinstance(shown, Said):
        _check_said(participant, how, shown)


def _check_scan(how: str, shown: Scanned) -> None:
    if how != IN_WRITING:
        raise BadInput("A scan shows a consent in writing. For one on the recording say where, with --recording.")
    if not 0 < len(shown.content) <= LARGEST:
        raise BadInput("A scan is a file of 1 byte to {most} MiB.", most=LARGEST >> 20)


def _check_said(participant: Participant, how: str, shown: Said) -> None:
    if how != ON_RECORDING:
        raise BadInput("A place on a recording shows a consent on the recording. For one in writing give --scan.")
    if shown.recording.participant_id != participant.id:
        raise BadInput("That recording is another participant's. Name one of this participant's.")
    if not 0 <= shown.start < shown.end <= float(shown.recording.facts["duration"]):
        raise BadInput("The recording does not have that stretch. Check --from and --to against its length.")


def keep(act: Act, consent: Consent, shown: Evidence | None) -> None:
    """Put evidence into a consent that is being recorded; call it after what adds the consent to the act."""
    if isinstance(shown, Said):
        consent.evidence = {"recording": shown.recording.id, "start": shown.start, "end": shown.end}
    elif isinstance(shown, Scanned):
        scan = Scan(id=new_id(), participant_id=consent.participant_id, consent_id=consent.id, size=len(shown.content))
        text = base64.b64encode(shown.content).decode()
        scan.sealed_scan = act.seal_text(scan.participant_id, places.scan(scan), text)
        consent.evidence = {"scan": scan.id}
        act.add(scan)
        act.committed["scan"] = hashlib.sha256(shown.content).hexdigest()


def opened(desk: Desk, participant: Participant) -> bytes:
    """The newest scan of a participant's, byte for byte as it was given. Raises Denied, NotFound, Damaged."""
    with desk.act(Action.OPEN_EVIDENCE, participant, Purpose.STEWARDSHIP) as act:
        newest = sa.select(Scan).join(Consent, Consent.id == Scan.consent_id).order_by(Consent.version.desc())
        scan = act.one(newest.where(Scan.participant_id == participant.id))
        if scan is None:
            raise NotFound(NO_SCAN)
        act.facts["scan"] = scan.id
        return base64.b64decode(act.open_text(participant.id, places.scan(scan), scan.sealed_scan))


def told(evidence: dict[str, Any], recordings: dict[str, str]) -> str:
    """Evidence in words; `recordings` is what people call each, by id."""
    if "scan" in evidence:
        return "scan"
    if "recording" in evidence:
        where = recordings.get(evidence["recording"], "a recording")
        return f"{where} {clock(evidence['start'])} to {clock(evidence['end'])}"
    return ""


def clock(seconds: float) -> str:
    """Hours, minutes and seconds."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
