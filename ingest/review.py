"""A person's look at an interview: what was found in its sentences, and every way to say that it is otherwise.

Each function asks at the door, keeps one decision or several of a kind, and can be undone. Nothing that the recogniser
or the finder made is changed; see ingest/reviewing/fold.py for what follows from decisions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Find, Kind
from ingest.reviewing.deeds import Deed, Edited, Renamed, Resized, Undone, Verb
from ingest.reviewing.linked import entity_of, in_text, linked, names_in, typed_names
from ingest.reviewing.looking import Item, Looked, flags_of, items, look
from ingest.reviewing.sitting import NO_REMARK, Remark, Sitting, sitting
from ingest.reviewing.table import Verdict
from policies.typed import unprintable
from storage.errors import BadInput
from storage.records import now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ingest.pseudonyms.apply import Mention
    from ingest.reviewing.deeds import Claim
    from ingest.reviewing.fold import Overlay
    from policies.desk import Desk
    from storage.records import Recording

__all__ = [
    "NEW", "NO_REMARK", "Item", "Looked", "Remark", "Verdict", "add", "decide", "edit", "items", "link", "look",
    "numbers", "rename_speaker", "resize", "retype", "see", "undo",
]  # fmt: skip

NEW = "new"
NOT_THERE = "Those words are not in the transcript, or a find covers them already. Look with `tillit review`."
NUMBERS = "Give finds by number, such as 3 or 1,4-6, or 'all' for every undecided one."
BUILT_ON = "Decision {later} changed the same words once more. Undo that one first."
NAMED = "That looks like a name. Call a speaker by what they are, such as Mother or Interviewer."
LONGEST_LABEL = 63  # MAXQDA takes no longer name before the colon
LONGEST_LINE = 200_000  # code points; three hours in one breath have fewer


def decide(
    desk: Desk, recording: Recording, verdict: Verdict, chosen: Collection[int] | None, remark: Remark = NO_REMARK
) -> int:
    """Give the finds of these numbers a verdict, or all undecided ones for None; returns how many. Raises BadInput."""
    with sitting(desk, recording, remark) as at:
        mentions = at.numbered(chosen)
        if mentions:
            at.decide((Verb(verdict.value), at.overlay.claim(mention)) for mention in mentions)
    return len(mentions)


def add(desk: Desk, recording: Recording, words: str, kind: Kind, remark: Remark = NO_REMARK) -> int:
    """Make every occurrence of `words` a confirmed mention; returns how many were added. Raises BadInput, NotReady.

    A find that already covers an occurrence stays; one that covers a part of it gives way to the whole.
    """
    with sitting(desk, recording, remark) as at:
        found = _occurrences(at.overlay.transcript.text, words, kind)
        new = _placed(linked(at.work, at.overlay, found), at.overlay)
        if not new:
            raise BadInput(NOT_THERE)
        at.decide((Verb.ADD, claim) for claim in new)
    return len(new)


def retype(desk: Desk, recording: Recording, chosen: Collection[int], kind: Kind, remark: Remark = NO_REMARK) -> int:
    """Say that these finds are names of another kind, which confirms them; returns how many. Raises BadInput."""
    with sitting(desk, recording, remark) as at:
        mentions = at.numbered(chosen)
        at.decide((Verb.RETYPE, _as(at, mention, kind)) for mention in mentions)
    return len(mentions)


def link(desk: Desk, recording: Recording, chosen: Collection[int], entity: str, remark: Remark = NO_REMARK) -> int:
    """Say whose name these finds are, by the id of an entity of the study, or NEW for somebody of their own.

    They are confirmed, and of the entity's kind; returns how many. Raises BadInput.
    """
    with sitting(desk, recording, remark) as at:
        mentions = at.numbered(chosen)
        whose = entity_of(at, mentions, None if entity == NEW else entity)
        claims = (replace(at.overlay.claim(one), kind=whose.kind, entity=whose.id) for one in mentions)
        at.decide((Verb.LINK, claim) for claim in claims)
    return len(mentions)


def resize(desk: Desk, recording: Recording, number: int, words: str, remark: Remark = NO_REMARK) -> int:
    """Say that find `number` is these words, which share some with it; it is confirmed. Returns 1. Raises BadInput."""
    with sitting(desk, recording, remark) as at:
        (mention,) = at.numbered([number])
        span = _around(at.overlay.texts.text(mention.segment), words.strip(), mention)
        claim = _as(at, replace(mention, start=span[0], end=span[1]), mention.kind)
        at.decide([(Verb.RESIZE, Resized(at.overlay.claim(mention).place, claim))])
    return 1


def edit(desk: Desk, recording: Recording, segment: int, text: str, remark: Remark = NO_REMARK) -> int:
    """Say what was said in a segment, counted from 0; returns how many finds are in the words that were typed.

    Other finds of the segment move with their words, and those whose words are gone are gone. Raises BadInput.
    """
    wanted = _line(text, LONGEST_LINE)
    with sitting(desk, recording, remark) as at:
        if not 0 <= segment < len(at.overlay.raw.segments):
            raise BadInput("There is no such line: they go from 0 to {n}.", n=len(at.overlay.raw.segments) - 1)
        edited = Edited(segment, tuple(at.overlay.texts.shown(segment).hunks(wanted)))
        if not edited.hunks:
            raise BadInput("That is what it says already.")
        number = at.overlay.last + 1
        after = at.overlay.and_then([Deed(number, Verb.EDIT, edited, None, now())])
        claims = tuple(typed_names(at.work, at.overlay, after, number, edited))
        at.decide([(Verb.EDIT, replace(edited, claims=claims))])
        at.work.act.facts["found"] = len(claims)
    return len(claims)


def rename_speaker(desk: Desk, recording: Recording, label: str, name: str, remark: Remark = NO_REMARK) -> None:
    """Call a speaker of this recording otherwise; two may be called the same. Raises BadInput, for a name too."""
    wanted = _line(name, LONGEST_LABEL)
    if not wanted or ":" in wanted:
        raise BadInput("A speaker is called something, without a colon.")
    with sitting(desk, recording, remark) as at:
        if names_in(at.work, wanted, at.overlay.raw.language):
            raise BadInput(NAMED)
        pairs = zip(at.overlay.raw.segments, at.overlay.transcript.segments, strict=True)
        labels = {raw.speaker for raw, now_called in pairs if raw.speaker and now_called.speaker == label}
        if not labels:
            raise BadInput("Nobody is called that in this recording. Look with `tillit transcript show`.")
        at.decide((Verb.SPEAKER, Renamed(one, wanted)) for one in sorted(labels))


def see(desk: Desk, recording: Recording, chosen: Collection[int] | None, remark: Remark = NO_REMARK) -> int:
    """Note that what is flagged was looked at, by number, or all of it for None; returns how many. Raises BadInput."""
    with sitting(desk, recording, remark) as at:
        flagged = {flag.number: flag for flag in flags_of(at.overlay) if not flag.seen or chosen is not None}
        if not flagged.keys() >= set(chosen or ()):
            raise BadInput("There is nothing flagged of that number. Look with `tillit review`.")
        places = [
            at.overlay.texts.place(flag.segment, flag.start, flag.end)
            for number, flag in flagged.items()
            if chosen is None or number in chosen
        ]
        if places:
            at.decide((Verb.SEEN, place) for place in places)
    return len(places)


def undo(desk: Desk, recording: Recording, chosen: Collection[int], remark: Remark = NO_REMARK) -> None:
    """Take decisions back, by number; they stay on record, and an undoing can be undone. Raises BadInput."""
    with sitting(desk, recording, remark) as at:
        made = {deed.number: deed for deed in at.overlay.history}
        if not chosen or not made.keys() >= set(chosen):
            raise BadInput("There is no decision of that number. Look with `tillit review --history`.")
        if not at.overlay.standing >= set(chosen):
            raise BadInput("That is undone already. Undo the undoing to bring it back.")
        about = [_about(made, number) for number in chosen]
        for number in about:
            if later := at.overlay.texts.builds_on(number, besides=about):
                raise BadInput(BUILT_ON, later=later)
        at.decide((Verb.UNDO, Undone(number)) for number in sorted(chosen, reverse=True))


def _about(made: Mapping[int, Deed], number: int) -> int:
    """The decision that an undoing, or the undoing of one, is about in the end."""
    while isinstance(what := made[number].what, Undone):
        number = what.number
    return number


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


def _as(at: Sitting, mention: Mention, kind: Kind) -> Claim:
    """A mention as one of this kind, of the entity that its words are then of."""
    find = Find(mention.start, mention.end, kind, mention.score, mention.recognisers)
    (claim,) = linked(at.work, at.overlay, [in_text(at.overlay.texts, mention.segment, find)])
    return claim


def _placed(found: list[Claim], overlay: Overlay) -> list[Claim]:
    """The claims that are new, grown to cover what they overlap."""
    new: list[Claim] = []
    for claim in found:
        span, segment = overlay.texts.span(claim.place), claim.place.segment
        if span is None:
            continue
        touched = [m for m in overlay.replaced if m.segment == segment and m.start < span.end and span.start < m.end]
        if any(old.start <= span.start and span.end <= old.end for old in touched):
            continue
        start, end = min([span.start, *(m.start for m in touched)]), max([span.end, *(m.end for m in touched)])
        new.append(replace(claim, place=overlay.texts.place(segment, start, end)))
    return list({claim.place: claim for claim in new}.values())


def _occurrences(text: str, words: str, kind: Kind) -> list[Find]:
    wanted = words.strip()
    if not wanted or "\n" in wanted:
        raise BadInput("Give the words of one name, as they stand in the transcript.")
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?:['’]?s)?(?!\w)", re.IGNORECASE)
    return [Find(found.start(), found.end(), kind, 1.0, ("person",)) for found in pattern.finditer(text)]


def _around(text: str, words: str, mention: Mention) -> tuple[int, int]:
    """Where the words stand, at the mention. Raises BadInput."""
    for found in re.finditer(re.escape(words), text) if words else ():
        if found.start() < mention.end and mention.start < found.end():
            return found.start(), found.end()
    raise BadInput("Give words that stand in the transcript there, and that share some with the find.")


def _line(text: str, most: int) -> str:
    """One line as it is kept: composed (Unicode NFC), without blanks around it. Raises BadInput."""
    wanted = unicodedata.normalize("NFC", text.strip())
    if len(wanted) > most:
        raise BadInput("That is too long: at most {most} characters.", most=most)
    if unprintable(wanted):
        raise BadInput("Give one line of text, without tabs or signs that cannot be printed.")
    return wanted
