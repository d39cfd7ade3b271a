"""A person's look at the finds: see each in its sentence, confirm or reject it, add one that was missed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.decisions import Verdict, decided
from ingest.pseudonyms.apply import Mention, mentions_of, to_bytes
from ingest.pseudonyms.finds import Find, Kind
from ingest.stages import MENTIONS, Work
from policies.actions import Action, Purpose
from storage.errors import BadInput
from storage.records import Decision, new_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from policies.act import Act
    from policies.desk import Desk
    from policies.facts import Actor
    from storage.records import Recording
    from storage.transcript import Transcript

AROUND = 32


@dataclass(frozen=True)
class Item:
    """One find as a reviewer sees it; `number` counts from 1 in the order of the text."""

    number: int
    kind: str
    before: str
    form: str
    after: str
    surrogate: str
    verdict: str


def items(desk: Desk, recording: Recording) -> list[Item]:
    """Every find of a recording, in order. Raises Denied, NotReady."""
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        transcript, overlay = work.transcript(), decided(work)
        with act.link() as session:
            surrogates = {entity.id: entity.surrogate for entity in naming.load(session, recording.study_id)}
    return [
        _item(number, mention, transcript, surrogates[mention.entity], overlay.verdicts.get(mention.id, ""))
        for number, mention in enumerate(overlay.mentions, 1)
    ]


def decide(desk: Desk, recording: Recording, verdict: Verdict, numbers: Collection[int] | None) -> int:
    """Give the finds of these numbers a verdict, or all undecided ones for None; returns how many. Raises BadInput."""
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        overlay = decided(Work(act, recording, desk.vault.database))
        chosen = overlay.open if numbers is None else _numbered(overlay.mentions, numbers)
        _write(act, desk.who, recording, verdict, chosen)
        act.facts.update(verdict=verdict.value, mentions=[mention.id for mention in chosen])
    return len(chosen)


def add(desk: Desk, recording: Recording, words: str, kind: Kind) -> int:
    """Make every occurrence of `words` a confirmed mention; returns how many were added. Raises BadInput."""
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        transcript, overlay = work.transcript(), decided(work)
        finds = _occurrences(transcript.text, words, kind)
        with act.link() as session:
            book = naming.load(session, recording.study_id)
            found = mentions_of(transcript, finds, book)
            naming.save(session, recording.study_id, book)
        new = [mention for mention in found if not any(_overlap(mention, old) for old in overlay.mentions)]
        if not new:
            raise BadInput("Those words are not in the transcript, or are finds already. Look with `tillit review`.")
        _keep(work, [*overlay.mentions, *new])
        _write(act, desk.who, recording, Verdict.CONFIRM, new)
    return len(new)


def _keep(work: Work, mentions: list[Mention]) -> None:
    """A new version of the mentions, in the order of the text."""
    in_order = sorted(mentions, key=lambda mention: (mention.segment, mention.start))
    made_by = work.made_by("review", "a person", "1")
    work.act.seal(work.recording, MENTIONS, to_bytes(in_order), made_by, work.need(MENTIONS).version + 1)


def _write(act: Act, who: Actor, recording: Recording, verdict: Verdict, chosen: Collection[Mention]) -> None:
    newest = sa.select(Decision).where(Decision.recording_id == recording.id).order_by(Decision.number.desc())
    last = act.one(newest)
    for number, mention in enumerate(chosen, last.number + 1 if last else 1):
        act.add(
            Decision(
                id=new_id(),
                recording_id=recording.id,
                mention=mention.id,
                verdict=verdict,
                by_person_id=who.id,
                number=number,
            )
        )


def numbers(text: str) -> list[int] | None:
    """The numbers a person typed, such as "1,4-6"; None for "all". Raises BadInput."""
    if text.strip() == "all":
        return None
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise BadInput("Give finds by number, such as 3 or 1,4-6, or 'all' for every undecided one.")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def _numbered(mentions: tuple[Mention, ...], numbers: Collection[int]) -> list[Mention]:
    if not all(1 <= number <= len(mentions) for number in numbers):
        raise BadInput("The finds are numbered 1 to {n}. Look with `tillit review`.", n=len(mentions))
    return [mentions[number - 1] for number in sorted(set(numbers))]


def _occurrences(text: str, words: str, kind: Kind) -> list[Find]:
    wanted = words.strip()
    if not wanted or "\n" in wanted:
        raise BadInput("Give the words of one name, as they stand in the transcript.")
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?:'?s)?(?!\w)", re.IGNORECASE)
    return [Find(found.start(), found.end(), kind, 1.0, ("person",)) for found in pattern.finditer(text)]


def _overlap(one: Mention, other: Mention) -> bool:
    return one.segment == other.segment and one.start < other.end and other.start < one.end


def _item(number: int, mention: Mention, transcript: Transcript, surrogate: str, verdict: str) -> Item:
    text = transcript.segments[mention.segment].text
    return Item(
        number=number,
        kind=mention.kind,
        before=text[max(0, mention.start - AROUND) : mention.start],
        form=text[mention.start : mention.end],
        after=text[mention.end : mention.end + AROUND],
        surrogate=surrogate,
        verdict=verdict,
    )
