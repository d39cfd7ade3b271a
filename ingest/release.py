"""The gate for what may leave: every find decided, every name replaced, and a fresh scan that finds none left.

A release is a new version of the artefact "released"; the ones before stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.decisions import Decided, decided, keep_mentions, unless_changed
from ingest.pseudonyms.apply import Mention, pseudonymise
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.leaks import Left, left_at
from ingest.work import RELEASED, Work
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import NotReady
from storage.records import Recording, Study, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.desk import Desk
    from storage.transcript import Transcript

UNDECIDED = "{n} finds are undecided, so nothing is released. Decide them with `tillit review`."
LEFT = (
    "{n} more places hold a name known in this study, so nothing is released. "
    "They are among the finds of `tillit review` now: confirm or reject each, and release again."
)
MASK = "□"


@dataclass(frozen=True)
class Released:
    """What was released: which version, how many mentions were replaced in it, and how many known names were left.

    `left` counts places a person said hold no name, though the same word is a confirmed name in this study;
    `doubted` the segments that may not be what was said, of `segments` in all.
    """

    version: int
    replaced: int
    left: int
    doubted: int = 0
    segments: int = 0


def release(desk: Desk, recording: Recording) -> Released:
    """Make the transcript that may leave the house; what is released and unchanged stays as it is.

    Raises Denied, and NotReady while finds are undecided or names are left; the latter are then undecided finds.
    """
    study = lookup.by_id(desk.vault.database, Study, recording.study_id)
    with desk.act(Action.RELEASE, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        overlay = decided(work)
        if done := _done_before(work, overlay):
            return done
        if overlay.open and study.review == "required":
            raise NotReady(UNDECIDED, n=len(overlay.open))
        unless_changed(work, overlay)
        left = _left(work, overlay)
        if left:
            overlay = overlay.and_also(left)
            keep_mentions(work, overlay, "release")
        if not left or study.review != "required":
            return _seal(work, overlay)
        act.facts["left"] = len(left)
    raise NotReady(LEFT, n=len(left))


def _done_before(work: Work, overlay: Decided) -> Released | None:
    """A review sets the stage back, so a recording at this stage is released as it stands."""
    now = work.act.one(sa.select(Recording).where(Recording.id == work.recording.id))
    before = work.artefact(RELEASED)
    if now is None or now.stage != "release" or before is None:
        return None
    return _released(before.version, work, overlay, work.transcript())


def _released(version: int, work: Work, overlay: Decided, text: Transcript) -> Released:
    doubted = sum(bool(segment.doubts) for segment in text.segments)
    left = _left_by_a_person(work, overlay)
    return Released(version, len(overlay.replaced), left, doubted, len(text.segments))


def _left_by_a_person(work: Work, overlay: Decided) -> int:
    confirmed = {name.id for name in work.act.names().all() if name.confirmed}
    return sum(mention.entity in confirmed for mention in overlay.rejected)


def _left(work: Work, overlay: Decided) -> list[Mention]:
    """Places in the raw transcript, outside every find, that hold a name somebody confirmed in this study."""
    names, transcript = work.act.names(), work.transcript()
    naming.confirm(names, {mention.entity for mention in overlay.replaced})
    hidden = masked(transcript, [*overlay.replaced, *overlay.rejected])
    return list(_mentions(transcript, left_at(hidden.text, naming.confirmed(names))))


def _seal(work: Work, overlay: Decided) -> Released:
    """Replace, look once more at what would go out, and keep it. Raises NotReady if a name is in it after all."""
    book = naming.confirmed(work.act.names())
    # A word that a person said is no name here would be found again: it is hidden from the look, not from the text.
    outgoing = pseudonymise(masked(work.transcript(), overlay.rejected), overlay.replaced, book)
    if left := left_at(outgoing.text, book):
        raise NotReady(UNDECIDED, n=len(left))
    before = work.artefact(RELEASED)
    version = before.version + 1 if before else 1
    text = pseudonymise(work.transcript(), overlay.replaced, book)
    work.act.seal(
        work.recording, RELEASED, text.to_bytes(), work.made_by("release", "tillit-names", naming.ENGINE), version
    )
    work.act.change(work.recording, stage="release", problem=None)
    made = _released(version, work, overlay, text)
    work.act.facts.update(version=version, replaced=made.replaced, left=made.left)
    return made


def masked(transcript: Transcript, mentions: Iterable[Mention]) -> Transcript:
    """The transcript with each mention hidden, every place keeping its offset."""
    texts = [segment.text for segment in transcript.segments]
    for mention in mentions:
        text, hidden = texts[mention.segment], MASK * (mention.end - mention.start)
        texts[mention.segment] = text[: mention.start] + hidden + text[mention.end :]
    segments = (replace(segment, text=text) for segment, text in zip(transcript.segments, texts, strict=True))
    return replace(transcript, segments=tuple(segments))


def _mentions(transcript: Transcript, left: Iterable[Left]) -> Iterator[Mention]:
    """Undecided mentions where names were left; where several entities share a form, of the first."""
    start = 0
    for number, segment in enumerate(transcript.segments):
        end = start + len(segment.text)
        for place in left:
            if start <= place.start and place.end <= end:
                yield Mention(
                    new_id(), number, place.start - start, place.end - start, Kind(place.kind), 1.0, ("study",),
                    place.entities[0],
                )  # fmt: skip
        start = end + 1
