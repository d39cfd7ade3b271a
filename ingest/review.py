"""A person's look at the finds: see each in its sentence, confirm or reject it, add one that was missed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest import naming
from ingest.decisions import Decided, Verdict, decided, give, in_order, keep_mentions, set_stage, unless_changed
from ingest.pseudonyms.apply import Mention, mentions_of
from ingest.pseudonyms.finds import Find, Kind
from ingest.work import Work
from policies.actions import Action, Purpose
from storage.errors import BadInput
from storage.records import new_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Transcript

AROUND = 32
NOT_THERE = "Those words are not in the transcript, or a find covers them already. Look with `tillit review`."
NUMBERS = "Give finds by number, such as 3 or 1,4-6, or 'all' for every undecided one."


@dataclass(frozen=True)
class Item:
    """One find as a reviewer sees it; `number` stays the same when others are added."""

    number: int
    kind: str
    before: str
    form: str
    after: str
    surrogate: str
    verdict: str


def items(desk: Desk, recording: Recording) -> list[Item]:
    """Every find of a recording that stands, in the order of the text. Raises Denied, NotReady."""
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        transcript, overlay = work.transcript(), decided(work)
        surrogates = {entity.id: entity.surrogate for entity in naming.load(act.names())}
    numbers = {mention.id: number for number, mention in enumerate(overlay.mentions, 1)}
    standing = in_order(m for m in overlay.mentions if overlay.verdicts.get(m.id) is not Verdict.COVERED)
    return [
        _item(numbers[mention.id], mention, transcript, surrogates[mention.entity], overlay.verdicts.get(mention.id))
        for mention in standing
    ]


def decide(desk: Desk, recording: Recording, verdict: Verdict, numbers: Collection[int] | None) -> int:
    """Give the finds of these numbers a verdict, or all undecided ones for None; returns how many. Raises BadInput."""
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        overlay = decided(work)
        chosen = overlay.open if numbers is None else _numbered(overlay.mentions, numbers)
        if not chosen:
            return 0
        give(work, verdict, chosen)
        verdicts = overlay.verdicts | dict.fromkeys((mention.id for mention in chosen), verdict)
        set_stage(work, replace(overlay, verdicts=verdicts))
        act.facts.update(verdict=verdict.value, mentions=[mention.id for mention in chosen])
    return len(chosen)


def add(desk: Desk, recording: Recording, words: str, kind: Kind) -> int:
    """Make every occurrence of `words` a confirmed mention; returns how many were added. Raises BadInput, NotReady.

    A find that already covers an occurrence stays; one that covers a part of it gives way to the whole.
    """
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        transcript, overlay = work.transcript(), decided(work)
        new, covered = _placed(_linked(work, transcript, words, kind), overlay)
        if not new:
            raise BadInput(NOT_THERE)
        unless_changed(work, overlay)
        overlay = overlay.and_also(new)
        keep_mentions(work, overlay, "review")
        give(work, Verdict.COVERED, covered)
        give(work, Verdict.CONFIRM, new)
        verdicts = overlay.verdicts | {m.id: Verdict.COVERED for m in covered} | {m.id: Verdict.CONFIRM for m in new}
        set_stage(work, replace(overlay, verdicts=verdicts))
    return len(new)


def _linked(work: Work, transcript: Transcript, words: str, kind: Kind) -> list[Mention]:
    book = naming.load(work.act.names())
    found = mentions_of(transcript, _occurrences(transcript.text, words, kind), book)
    naming.save(work.act.names(), book)
    return [replace(mention, id=new_id()) for mention in found]


def _placed(found: list[Mention], overlay: Decided) -> tuple[list[Mention], list[Mention]]:
    """The mentions that are new, grown to cover what they overlap, and the old ones that give way to them."""
    standing = overlay.replaced
    new, covered = [], []
    for mention in found:
        touched = [old for old in standing if _overlap(mention, old)]
        if any(old.start <= mention.start and mention.end <= old.end for old in touched):
            continue
        start = min([mention.start, *(old.start for old in touched)])
        new.append(replace(mention, start=start, end=max([mention.end, *(old.end for old in touched)])))
        covered += touched
    return new, covered


def numbers(text: str) -> list[int] | None:
    """The numbers a person typed, such as "1,4-6"; None for "all". Raises BadInput."""
    if text.strip() == "all":
        return None
    found: list[int] = []
    for part in text.split(","):
        typed = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", part)
        if not typed or int(typed[2] or typed[1]) < int(typed[1]):
            raise BadInput(NUMBERS)
        found.extend(range(int(typed[1]), int(typed[2] or typed[1]) + 1))
    return found


def _numbered(mentions: tuple[Mention, ...], chosen: Collection[int]) -> list[Mention]:
    if not all(1 <= number <= len(mentions) for number in chosen):
        raise BadInput("The finds are numbered 1 to {n}. Look with `tillit review`.", n=len(mentions))
    return [mentions[number - 1] for number in sorted(set(chosen))]


def _occurrences(text: str, words: str, kind: Kind) -> list[Find]:
    wanted = words.strip()
    if not wanted or "\n" in wanted:
        raise BadInput("Give the words of one name, as they stand in the transcript.")
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?:['’]?s)?(?!\w)", re.IGNORECASE)
    return [Find(found.start(), found.end(), kind, 1.0, ("person",)) for found in pattern.finditer(text)]


def _overlap(one: Mention, other: Mention) -> bool:
    return one.segment == other.segment and one.start < other.end and other.start < one.end


def _item(number: int, mention: Mention, transcript: Transcript, surrogate: str, verdict: Verdict | None) -> Item:
    text = transcript.segments[mention.segment].text
    return Item(
        number=number,
        kind=mention.kind,
        before=text[max(0, mention.start - AROUND) : mention.start],
        form=text[mention.start : mention.end],
        after=text[mention.end : mention.end + AROUND],
        surrogate=surrogate,
        verdict=verdict or "",
    )
