"""Sound: the copy of an interview with its names bleeped, if it belongs to the text that goes out beside it.

A voice is known by whoever knows it, names or none, so the door is asked about it apart from the text: the study's own
researchers get it for the analysis the participant consented to, anybody else only with consent to share sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import Denied, NotReady
from storage.records import Artefact, Recording

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from contextlib import ExitStack

    from handoff.source import Interview, Study
    from policies.desk import Desk

NAME = "sound"
BLEEPED = "bleeped"
NOT_BLEEPED = "It is not bleeped for the release that goes out. Run `tillit bleep`."
WITHOUT = "Only the sound: {reason}"


def files(study: Study) -> Iterator[tuple[str, bytes]]:
    """WebM, one interview each, of those whose sound goes out."""
    for interview in study.interviews:
        if interview.sound is not None:
            yield f"{interview.title}.webm", interview.sound


@dataclass(frozen=True)
class Door:
    """Who asks for sound and why. Acts stay open in `acts`; why a sound does not go out is counted in `left_out`."""

    desk: Desk
    purpose: Purpose
    acts: ExitStack
    left_out: Counter[str]

    def beside(self, interview: Interview, release: Artefact) -> Interview:
        """The interview, with its sound if that belongs to this release and may go out."""
        try:
            return replace(interview, sound=self._read(interview.id, release))
        except (Denied, NotReady) as no:
            self.left_out[WITHOUT.format(reason=no.sentence)] += 1
            return interview

    def _read(self, recording_id: str, release: Artefact) -> bytes:
        recording = lookup.by_id(self.desk.vault.database, Recording, recording_id)
        asked = Purpose.ANALYSE if self.purpose is Purpose.ANALYSE else Purpose.SHARE_SOUND
        act = self.acts.enter_context(self.desk.act(Action.HAND_OFF_SOUND, recording, asked))
        newest = sa.select(Artefact).where(Artefact.recording_id == recording.id, Artefact.kind == BLEEPED)
        made = act.one(newest.order_by(Artefact.version.desc()))
        if made is None or made.made_by["parameters"]["released"] != release.id:
            raise NotReady(NOT_BLEEPED)
        act.facts["version"] = made.version
        return act.read(made)
