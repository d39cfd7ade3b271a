"""What a reviewer is shown: every find in its sentence, what it becomes, why it was found and why to look at it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest import naming
from ingest.decisions import settled
from ingest.pseudonyms.finds import Find
from ingest.pseudonyms.indirect import flags
from ingest.pseudonyms.rendering import render
from ingest.pseudonyms.rules import Way, rules_of
from ingest.pseudonyms.why import why, why_flagged
from ingest.reviewing.ranking import Needs
from ingest.reviewing.sitting import sitting
from storage import lookup
from storage.records import Study

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.pseudonyms.apply import Mention
    from ingest.pseudonyms.indirect import Flag
    from ingest.pseudonyms.linking import Book
    from ingest.pseudonyms.rules import Rules
    from ingest.reviewing.fold import Overlay
    from policies.desk import Desk
    from storage.records import Recording

AROUND = 32


@dataclass(frozen=True)
class Item:
    """One find as a reviewer sees it; `number` stays the same when others are added.

    `surrogate` is its entity's in the study, `becomes` what stands in its place in a release, by the study's rules.
    `line` is its segment, counted from 0, which begins at `seconds`; `start` is where in it the find does. `why` says
    who found it, `look` why it needs a look.
    """

    number: int
    kind: str
    before: str
    form: str
    after: str
    surrogate: str
    becomes: str
    verdict: str
    line: int
    start: int
    seconds: float
    speaker: str
    entity: str
    score: float
    why: str
    look: tuple[str, ...]


@dataclass(frozen=True)
class Flagged:
    """Something that may tell who somebody is without a name, at code points of a segment; nothing replaces it."""

    number: int
    segment: int
    start: int
    end: int
    sort: str
    why: str
    before: str
    form: str
    after: str
    seen: bool


@dataclass(frozen=True)
class Looked:
    """A recording as its reviewer sees it; `last` is the newest decision, for `Remark.as_of`.

    `items` are in the order of the text, `ranked` those undecided, what most needs a look first; `lines` the segments,
    `told` what the text as a whole was flagged for.
    """

    items: list[Item]
    ranked: list[Item]
    flags: list[Flagged]
    lines: list[str]
    told: list[Flag]
    last: int


def look(desk: Desk, recording: Recording, around: int = AROUND, before: Looked | None = None) -> Looked:
    """The finds with `around` code points on either side. Raises Denied, NotReady.

    A look `before` at the same words saves looking for what is to be flagged, which takes longest.
    """
    with sitting(desk, recording) as at:
        lines = [segment.text for segment in at.overlay.transcript.segments]
        told = before.told if before and before.lines == lines else _told(at.overlay)
        flagged = flags_of(at.overlay, told, around)
        book = naming.load(at.work.act.names())
        known = {name.id for name in at.work.act.names().all() if name.confirmed}
        overlay = settled(at.work, at.overlay)
    needs = Needs(overlay, {flag.segment for flag in flagged if not flag.seen}, known)
    rules = rules_of(lookup.by_id(desk.vault.database, Study, recording.study_id))
    made = {m.id: _item(overlay, m, _named(overlay, m, book, rules), needs, around) for m in overlay.mentions}
    ranked = [made[mention.id] for mention in needs.ranked(overlay.open)]
    return Looked([*made.values()], ranked, flagged, lines, told, overlay.last)


def items(desk: Desk, recording: Recording) -> list[Item]:
    """Every find of a recording that stands, in the order of the text. Raises Denied, NotReady."""
    return look(desk, recording).items


def flags_of(overlay: Overlay, told: Iterable[Flag] | None = None, around: int = AROUND) -> list[Flagged]:
    """What is flagged in the corrected text, numbered in its order, but for what is replaced anyhow."""
    starts, seen, found = _starts(overlay), overlay.seen, list[Flagged]()
    for flag in _told(overlay) if told is None else told:
        segment = bisect_right(starts, flag.start) - 1
        start, end = flag.start - starts[segment], flag.end - starts[segment]
        if any(m.segment == segment and m.start <= start and end <= m.end for m in overlay.replaced):
            continue
        words = _in_sentence(overlay.texts.text(segment), start, end, around)
        looked_at = (segment, start, end) in seen
        found.append(Flagged(len(found) + 1, segment, start, end, flag.sort, why_flagged(flag.why), *words, looked_at))
    return found


def _told(overlay: Overlay) -> list[Flag]:
    """What the corrected text is flagged for, by code points of the whole."""
    starts = _starts(overlay)
    names = [
        Find(starts[one.segment] + one.start, starts[one.segment] + one.end, one.kind, one.score, one.recognisers)
        for one in overlay.replaced
    ]
    found = flags(overlay.transcript.text, overlay.transcript.language, names)
    return sorted(found, key=lambda flag: (flag.start, flag.end, flag.why))


def _starts(overlay: Overlay) -> list[int]:
    """Where each segment begins in the corrected text."""
    return list(accumulate((len(one.text) + 1 for one in overlay.transcript.segments), initial=0))[:-1]


def _named(overlay: Overlay, mention: Mention, book: Book, rules: Rules) -> tuple[str, str]:
    """The surrogate of its entity, and what stands in its place in a release; what the rules keep stays as it is."""
    form, entity = overlay.form(mention), book[mention.entity]
    kept = rules.way(entity) is Way.KEEP
    return entity.surrogate, form if kept else render(entity, form, overlay.raw.language, rules)


def _item(overlay: Overlay, mention: Mention, named: tuple[str, str], needs: Needs, around: int) -> Item:
    segment = overlay.transcript.segments[mention.segment]
    before, form, after = _in_sentence(segment.text, mention.start, mention.end, around)
    return Item(
        number=overlay.numbers[mention.id], kind=mention.kind, before=before, form=form, after=after,
        surrogate=named[0], becomes=named[1], verdict=overlay.verdicts.get(mention.id, ""), line=mention.segment,
        start=mention.start, seconds=segment.start, speaker=segment.speaker or "", entity=mention.entity,
        score=round(mention.score, 3), why=why(mention.recognisers, mention.score), look=tuple(needs.reasons(mention)),
    )  # fmt: skip


def _in_sentence(text: str, start: int, end: int, around: int) -> tuple[str, str, str]:
    return text[max(0, start - around) : start], text[start:end], text[end : end + around]
