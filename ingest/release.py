"""The gate for what may leave: every find decided, every name replaced, and a fresh scan that finds none left.

A release is a new version of the artefact "released"; the ones before stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming, study_rules
from ingest.decisions import Overlay, keep, overlay, settled, unless_changed
from ingest.pseudonyms.apply import kept, pseudonymise
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.leaks import Left, left_at
from ingest.pseudonyms.rules import Way, rules_of
from ingest.reviewing.deeds import Claim, Verb
from ingest.work import RELEASED, Work
from policies.actions import Action, Purpose
from policies.review_policy import NOT_REQUIRED
from storage import lookup
from storage.errors import NotReady
from storage.records import Recording, Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ingest.pseudonyms.apply import Mention
    from ingest.pseudonyms.rules import Rules
    from policies.desk import Desk
    from storage.transcript import Transcript

UNDECIDED = "Finds still undecided: {n}. Nothing is released before each is decided, with `tillit review`."
LEFT = (
    "A name known in this study still stands in the text, so nothing is released. Places: {n}. "
    "They are among the finds of `tillit review` now: confirm or reject each, and release again."
)
CALLED = (
    "A speaker is called by a name known in this study, so nothing is released. Call them otherwise with "
    "`tillit review RECORDING --speaker`."
)
CLASH = (
    "A pseudonym in this interview is somebody's real name, so nothing is released: that of {names}. Give it another "
    "with `tillit names rename`."
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
        seen = settled(work, overlay(work))
        if done := _done_before(work, seen):
            return done
        if seen.open and study.review != NOT_REQUIRED:
            raise NotReady(UNDECIDED, n=len(seen.open))
        unless_changed(work, seen)
        study_rules.unless_changed(act, study)
        left = _left(work, seen, rules_of(study))
        if left:
            seen = settled(work, keep(work, seen, ((Verb.FOUND, claim) for claim in left), by_house=True))
        if not left or study.review == NOT_REQUIRED:
            return _seal(work, seen, rules_of(study))
        act.facts["left"] = len(left)
    raise NotReady(LEFT, n=len(left))


def _done_before(work: Work, seen: Overlay) -> Released | None:
    """A review sets the stage back, so a recording at this stage is released as it stands."""
    now = work.act.one(sa.select(Recording).where(Recording.id == work.recording.id))
    before = work.artefact(RELEASED)
    if now is None or now.stage != "release" or before is None:
        return None
    return _released(before.version, work, seen)


def _released(version: int, work: Work, seen: Overlay) -> Released:
    segments = seen.transcript.segments
    doubted = sum(bool(segment.doubts) for segment in segments)
    return Released(version, len(seen.replaced), _left_by_a_person(work, seen), doubted, len(segments))


def _left_by_a_person(work: Work, seen: Overlay) -> int:
    book = naming.confirmed(work.act.names())
    return sum(mention.entity in book for mention in seen.rejected)


def _left(work: Work, seen: Overlay, rules: Rules) -> list[Claim]:
    """Places in the corrected transcript, outside every find, that hold a name somebody confirmed in this study."""
    names = work.act.names()
    naming.confirm(names, {mention.entity for mention in seen.replaced})
    hidden = masked(seen.transcript, seen.mentions)
    return list(claims(seen, left_at(hidden.text, naming.confirmed(names), rules)))


def _seal(work: Work, seen: Overlay, rules: Rules) -> Released:
    """Replace, look once more at what would go out, and keep it. Raises NotReady if a name is in it after all."""
    book = naming.confirmed(work.act.names())
    named = {mention.entity for mention in seen.replaced if rules.way(book[mention.entity]) is Way.SURROGATE}
    if clashes := naming.clashing(work.act.names(), named):
        raise NotReady(CLASH, names=", ".join(clashes))
    # What a person said is no name here, or the rules keep, would be found again: the look does not see it.
    unseen = masked(seen.transcript, [*seen.rejected, *kept(seen.replaced, book, rules)])
    outgoing = pseudonymise(unseen, seen.replaced, book, rules)
    if left := left_at(outgoing.text, book, rules):
        raise NotReady(UNDECIDED, n=len(left))
    if left_at("\n".join({segment.speaker or "" for segment in outgoing.segments}), book, rules):
        raise NotReady(CALLED)
    before = work.artefact(RELEASED)
    version = before.version + 1 if before else 1
    text = pseudonymise(seen.transcript, seen.replaced, book, rules)
    work.act.seal(
        work.recording, RELEASED, text.to_bytes(), work.made_by("release", "tillit-names", naming.ENGINE), version
    )
    work.act.change(work.recording, stage="release", problem=None)
    made = _released(version, work, seen)
    work.act.facts.update(version=version, replaced=made.replaced, left=made.left, decisions=seen.last)
    return made


def masked(transcript: Transcript, mentions: Iterable[Mention]) -> Transcript:
    """The transcript with each mention hidden, every place keeping its offset."""
    texts = [segment.text for segment in transcript.segments]
    for mention in mentions:
        text, hidden = texts[mention.segment], MASK * (mention.end - mention.start)
        texts[mention.segment] = text[: mention.start] + hidden + text[mention.end :]
    segments = (replace(segment, text=text) for segment, text in zip(transcript.segments, texts, strict=True))
    return replace(transcript, segments=tuple(segments))


def claims(seen: Overlay, left: Iterable[Left]) -> Iterator[Claim]:
    """Undecided finds where names were left; where several entities share a form, of the first."""
    start = 0
    for number, segment in enumerate(seen.transcript.segments):
        end = start + len(segment.text)
        for place in left:
            if start <= place.start and place.end <= end:
                where = seen.texts.place(number, place.start - start, place.end - start)
                yield Claim(where, Kind(place.kind), place.entities[0], 1.0, ("study",))
        start = end + 1
