"""The gate for what may leave: every find decided, every name replaced, and a fresh scan that finds none left.

A release is a new version of the artefact "released"; the ones before stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.decisions import Decided, decided
from ingest.pseudonyms.apply import left_behind, pseudonymise
from ingest.stages import Work
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import NotReady
from storage.link import Name
from storage.records import Artefact, Study

if TYPE_CHECKING:
    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Transcript

RELEASED = "released"
UNDECIDED = "{n} finds are undecided, so nothing is released. Decide them with `tillit review`."
LEFT = (
    "{n} names known in this study are still in the text, so nothing is released. "
    "`tillit review` now lists them: confirm or reject each."
)


@dataclass(frozen=True)
class Released:
    """What was released: which version, and how many mentions were replaced in it."""

    version: int
    replaced: int


def release(desk: Desk, recording: Recording) -> Released:
    """Make the transcript that may leave the house. Raises Denied, NotReady."""
    study = lookup.by_id(desk.vault.database, Study, recording.study_id)
    with desk.act(Action.RELEASE, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        overlay = decided(work)
        if overlay.open and study.review == "required":
            raise NotReady(UNDECIDED, n=len(overlay.open))
        text = _replaced(work, overlay)
        version = _next_version(work)
        made_by = work.made_by("release", "tillit-names", naming.ENGINE)
        act.seal(recording, RELEASED, text.to_bytes(), made_by, version)
        act.change(recording, stage="release", problem=None)
        act.facts.update(version=version, replaced=len(overlay.replaced))
    return Released(version, len(overlay.replaced))


def _replaced(work: Work, overlay: Decided) -> Transcript:
    """The pseudonymised transcript; raises NotReady if a name the study knows is still in it."""
    with work.act.link() as session:
        study = work.recording.study_id
        naming.confirm(session, study, {mention.entity for mention in overlay.replaced})
        text = pseudonymise(work.transcript(), overlay.replaced, naming.load(session, study))
        struck = {mention.entity for mention in overlay.rejected}
        confirmed = set(session.scalars(sa.select(Name.id).where(Name.study_id == study, Name.confirmed)))
        still = set(left_behind(text.text, naming.load(session, study))) & (confirmed - struck)
    if still:
        raise NotReady(LEFT, n=len(still))
    return text


def _next_version(work: Work) -> int:
    before: Artefact | None = work.artefact(RELEASED)
    return before.version + 1 if before else 1
