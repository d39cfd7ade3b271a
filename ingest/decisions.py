"""What people decided about a recording, read from its rows and kept in them; the finder's output is never changed.

A decision's payload is sealed under the participant's key, for it may hold words of the transcript. In vaults made
before there were payloads a verdict names a find by its id, and a name somebody added stands in a list of finds of its
own: both are read as what they were, a decision about a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.pseudonyms.apply import Mention, from_bytes
from ingest.reviewing.deeds import Claim, Deed, Verb, What, from_text, to_text
from ingest.reviewing.fold import Overlay, fold
from ingest.reviewing.places import raw
from ingest.reviewing.table import Verdict
from ingest.work import MENTIONS, Work
from storage import places
from storage.errors import Damaged, NotReady
from storage.records import Artefact, Decision, Recording, new_id, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from storage.transcript import Transcript

__all__ = [
    "CHANGED",
    "FINDING",
    "Overlay",
    "Verdict",
    "corrected",
    "keep",
    "overlay",
    "set_stage",
    "settled",
    "unless_changed",
]

CHANGED = "Somebody decided finds of this recording at the same time. Look with `tillit review` and try again."
FINDING = "find names"
MISSING = "A decision about this recording is missing. Run `tillit fsck`, and restore it from a backup."
UNFIT = "The finds do not fit their transcript. Find them again with `tillit names again`."


@dataclass(frozen=True)
class _Finds:
    """The finder's newest list, what the gate came upon later, and the version all that was read from.

    `by_id` is every find there ever was, `added` the ids of those that a person added.
    """

    newest: tuple[Claim, ...]
    later: tuple[Claim, ...]
    version: int
    by_id: dict[str, Claim]
    added: frozenset[str]


def overlay(work: Work, fresh: Sequence[Mention] | None = None) -> Overlay:
    """The recording as people left it; with `fresh`, as it will be once that is the finder's newest list.

    Raises NotReady before names were found, Damaged.
    """
    transcript = work.transcript()
    finds = _finds(work, transcript)
    if fresh is not None:
        newest = tuple(_claim(mention, transcript) for mention in fresh)
        finds = replace(finds, newest=newest, version=finds.version + 1)
    return fold(transcript, (*finds.newest, *finds.later), _deeds(work, finds), finds.version)


def corrected(work: Work) -> Transcript:
    """The transcript with real names as people corrected it, whether or not names were found yet."""
    return overlay(work).transcript if work.artefact(MENTIONS) else work.transcript()


def settled(work: Work, found: Overlay) -> Overlay:
    """The same with each mention of the name it is of now, after merges and splits in the study.

    To show and to replace; what is kept of a decision is the name as it was found, so that those can be undone.
    """
    names = work.act.names()
    mentions = naming.settled(names, found.mentions, found.transcript, work.recording.id)
    return replace(found, mentions=tuple(mentions))


def unless_changed(work: Work, seen: Overlay) -> None:
    """Let the act keep nothing, with NotReady, if finds or decisions are no longer those that were read."""

    def check(session: Session) -> None:
        of_recording = Artefact.recording_id == work.recording.id, Artefact.kind == MENTIONS
        version = session.scalar(sa.select(sa.func.max(Artefact.version)).where(*of_recording))
        last = session.scalar(
            sa.select(sa.func.max(Decision.number)).where(Decision.recording_id == work.recording.id)
        )
        if (version, last or 0) != (seen.version, seen.last):
            raise NotReady(CHANGED)

    work.act.later(check)


def keep(
    work: Work, seen: Overlay, decided: Iterable[tuple[Verb, What]], why: str = "", *, by_house: bool = False
) -> Overlay:
    """Keep decisions when the act ends, unless others were made meanwhile; returns what follows from all of them."""
    person = None if by_house else work.act.actor.id
    deeds = [
        Deed(number, verb, what, person, now(), why) for number, (verb, what) in enumerate(decided, seen.last + 1)
    ]
    unless_changed(work, seen)
    for deed in deeds:
        work.act.add(_row(work, deed))
    return seen.and_then(deeds)


def set_stage(work: Work, left: Overlay) -> None:
    """After a decision: what was released no longer stands, and with nothing undecided the review is done."""

    def write(session: Session) -> None:
        stored = session.get_one(Recording, work.recording.id)
        stored.attempt += stored.stage == "release"  # else the engine takes the interview for done
        stored.stage = "apply pseudonyms" if left.open else "review"

    work.act.later(write)


def _row(work: Work, deed: Deed) -> Decision:
    row = Decision(recording_id=work.recording.id, verb=deed.verb.value, number=deed.number, by_person_id=deed.by)
    row.id, row.created = new_id(), deed.at
    text = to_text(deed.what, deed.why)
    row.sealed_payload = work.act.seal_text(work.recording.participant_id, places.decision(row), text)
    return row


def _finds(work: Work, transcript: Transcript) -> _Finds:
    """From every list of finds, oldest first: those a person or the gate made in earlier vaults only added to one."""
    query = sa.select(Artefact).where(Artefact.recording_id == work.recording.id, Artefact.kind == MENTIONS)
    versions = work.act.all(query.order_by(Artefact.version))
    if not versions:
        work.need(MENTIONS)
    by_id: dict[str, Claim] = {}
    newest: list[Claim] = []
    later: list[Claim] = []
    added: set[str] = set()
    for version in versions:
        stage = version.made_by.get("stage", FINDING)
        listed = {mention.id: _claim(mention, transcript) for mention in from_bytes(work.act.read(version))}
        fresh = {name: claim for name, claim in listed.items() if name not in by_id}
        if stage == FINDING:
            newest = list(listed.values())
        elif stage == "review":
            added |= fresh.keys()
        else:
            later += fresh.values()
        by_id = {**listed, **by_id}  # a decision from before names a find of the first list that has its id
    return _Finds(tuple(newest), tuple(later), versions[-1].version, by_id, frozenset(added))


def _claim(mention: Mention, transcript: Transcript) -> Claim:
    segments = transcript.segments
    fits = 0 <= mention.segment < len(segments)
    if not (fits and 0 <= mention.start < mention.end <= len(segments[mention.segment].text)):
        raise Damaged(UNFIT)
    place = raw(mention.segment, mention.start, mention.end)
    return Claim(place, mention.kind, mention.entity, mention.score, mention.recognisers)


def _deeds(work: Work, finds: _Finds) -> Sequence[Deed]:
    query = sa.select(Decision).where(Decision.recording_id == work.recording.id).order_by(Decision.number)
    rows = work.act.all(query)
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        raise Damaged(MISSING)  # without the one that added a name, that name would be let out
    return [_deed(work, row, finds) for row in rows]


def _deed(work: Work, row: Decision, finds: _Finds) -> Deed:
    if row.mention is not None:
        return _from_before(row, row.mention, finds)
    verb = _verb(row)
    if row.sealed_payload is None:
        raise Damaged("A decision about this recording was emptied. Run `tillit fsck`, and restore it.")
    text = work.act.open_text(work.recording.participant_id, places.decision(row), row.sealed_payload)
    what, why = from_text(verb, text)
    return Deed(row.number, verb, what, row.by_person_id, row.created, why)


def _from_before(row: Decision, mention: str, finds: _Finds) -> Deed:
    """A verdict on a find by its id; the first on a find that somebody added is its adding."""
    verb, claim = _verb(row), finds.by_id.get(mention)
    if claim is None:
        raise Damaged(UNFIT)
    if verb is Verb.CONFIRM and mention in finds.added:
        verb = Verb.ADD
    deed = Deed(row.number, verb, claim, row.by_person_id, row.created)
    return replace(deed, what=None) if verb is Verb.COVERED else deed


def _verb(row: Decision) -> Verb:
    try:
        return Verb(row.verb)
    except ValueError:
        raise Damaged("A decision was made by a newer Tillit. Upgrade Tillit to open it.") from None
