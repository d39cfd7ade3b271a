"""What follows from all decisions about a recording, taken in order over what the recogniser and the finder made.

Nothing here reads or writes: the same transcript, finds and decisions give the same overlay. Decisions point at places
(ingest/reviewing/places.py), so another list of finds changes none of them: a find at a decided place takes over its
verdict, and where finds and decisions overlap the rules of ingest/reviewing/table.py say what is left. A place that
was edited in part holds an undecided find over what is left of it, and one that was edited away holds none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.pseudonyms.apply import Mention
from ingest.reviewing.deeds import Claim, Deed, Edited, Resized, Undone, Verb
from ingest.reviewing.places import Place
from ingest.reviewing.table import Held, Table, Verdict
from ingest.reviewing.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.transcript import Transcript

DECIDING = {Verb.CONFIRM: Verdict.CONFIRM, Verb.REJECT: Verdict.REJECT}
SAYING = {Verb.ADD, Verb.RETYPE, Verb.LINK}


@dataclass(frozen=True)
class Overlay:
    """A recording as people left it.

    `transcript` is corrected, with speakers renamed, and holds real names; `mentions` stand in it, in order, without
    overlap; `verdicts` and `numbers` are by a mention's id, which is its place's. `history` is every decision,
    `standing` the numbers of those that count, `finds` the finder's list, of which `version` is the newest.
    """

    raw: Transcript
    finds: tuple[Claim, ...]
    history: tuple[Deed, ...]
    standing: frozenset[int]
    texts: Texts
    mentions: tuple[Mention, ...]
    verdicts: dict[str, Verdict]
    numbers: dict[str, int]
    version: int = 0

    @property
    def transcript(self) -> Transcript:
        """The corrected transcript."""
        return self.texts.transcript

    @property
    def last(self) -> int:
        """The number of the newest decision, 0 before the first."""
        return self.history[-1].number if self.history else 0

    @property
    def open(self) -> list[Mention]:
        """Mentions nobody has decided."""
        return [mention for mention in self.mentions if mention.id not in self.verdicts]

    @property
    def replaced(self) -> list[Mention]:
        """Mentions that are replaced: those confirmed and those undecided."""
        return [mention for mention in self.mentions if self.verdicts.get(mention.id) is not Verdict.REJECT]

    @property
    def rejected(self) -> list[Mention]:
        """Mentions a person said are no names."""
        return [mention for mention in self.mentions if self.verdicts.get(mention.id) is Verdict.REJECT]

    @property
    def seen(self) -> set[tuple[int, int, int]]:
        """Segment, start and end of what was flagged and looked at."""
        places = (deed.what for deed in self.history if deed.number in self.standing and deed.verb is Verb.SEEN)
        found = ((place.segment, self.texts.span(place)) for place in places if isinstance(place, Place))
        return {(segment, span.start, span.end) for segment, span in found if span and span.whole}

    def form(self, mention: Mention) -> str:
        """The words a mention covers."""
        return self.texts.text(mention.segment)[mention.start : mention.end]

    def claim(self, mention: Mention) -> Claim:
        """A mention as a decision about it holds it."""
        place = self.texts.place(mention.segment, mention.start, mention.end)
        return Claim(place, mention.kind, mention.entity, mention.score, mention.recognisers)

    def and_then(self, deeds: Iterable[Deed]) -> Overlay:
        """What follows when these decisions come on top."""
        return fold(self.raw, self.finds, (*self.history, *deeds), self.version)


def fold(raw: Transcript, finds: Sequence[Claim], deeds: Sequence[Deed], version: int = 0) -> Overlay:
    """The overlay that follows from the finder's claims and every decision, by number."""
    standing = standing_of(deeds)
    texts = Texts(raw, deeds, standing)
    table = Table(texts.text)
    for claim in finds:
        _offer(table, texts, claim)
    for deed in deeds:
        if deed.number in standing:
            _take_in(table, texts, deed)
    mentions = tuple(_mention(texts, *entry) for entry in table)
    decided = zip(mentions, (held.verdict for _, _, held in table), strict=True)
    verdicts = {mention.id: verdict for mention, verdict in decided if verdict}
    numbers = _numbered(mentions, [*finds, *(claim for deed in deeds for claim in _claims(deed))])
    return Overlay(raw, tuple(finds), tuple(deeds), standing, texts, mentions, verdicts, numbers, version)


def standing_of(deeds: Sequence[Deed]) -> frozenset[int]:
    """The numbers of the decisions that count: those that no undo which counts takes back. An undo only looks back."""
    undone: set[int] = set()
    standing: set[int] = set()
    for deed in sorted(deeds, key=lambda deed: -deed.number):
        if deed.number in undone:
            continue
        standing.add(deed.number)
        if isinstance(deed.what, Undone) and deed.what.number < deed.number:
            undone.add(deed.what.number)
    return frozenset(standing)


def _take_in(table: Table, texts: Texts, deed: Deed) -> None:
    match deed.what:
        case Claim() as claim if deed.verb is Verb.FOUND:
            _offer(table, texts, claim)
        case Claim() as claim if deed.verb in SAYING:
            _put(table, texts, claim, Verdict.CONFIRM, says=True)
        case Claim() as claim if deed.verb in DECIDING:
            _put(table, texts, claim, DECIDING[deed.verb], says=False)
        case Resized(before, claim):
            span = texts.span(before)
            if span and span.whole:
                table.drop(before.segment, (span.start, span.end))
            _put(table, texts, claim, Verdict.CONFIRM, says=True)
        case Edited(claims=claims):
            for claim in claims:
                _offer(table, texts, claim)


def _offer(table: Table, texts: Texts, claim: Claim) -> None:
    span = texts.span(claim.place)
    if span and _has_words(texts.text(claim.place.segment)[span.start : span.end]):
        table.offer(claim.place.segment, (span.start, span.end), claim)


def _put(table: Table, texts: Texts, claim: Claim, verdict: Verdict, *, says: bool) -> None:
    """A verdict on whatever name is there, unless the decision itself says which name that is."""
    span = texts.span(claim.place)
    if span is None:
        return
    if not span.whole:
        _offer(table, texts, claim)
        return
    segment, bounds = claim.place.segment, (span.start, span.end)
    there = table.at(segment, bounds)
    if there and says:
        claim = replace(claim, score=there.claim.score, recognisers=there.claim.recognisers)
    table.put(segment, bounds, Held(there.claim if there and not says else claim, verdict))


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _mention(texts: Texts, segment: int, bounds: tuple[int, int], held: Held) -> Mention:
    name = texts.place(segment, *bounds).id
    claim = held.claim
    return Mention(name, segment, *bounds, claim.kind, claim.score, claim.recognisers, claim.entity)


def _claims(deed: Deed) -> Iterator[Claim]:
    match deed.what:
        case Claim() as claim:
            yield claim
        case Resized(claim=claim):
            yield claim
        case Edited(claims=claims):
            yield from claims


def _numbered(mentions: Sequence[Mention], claims: Iterable[Claim]) -> dict[str, int]:
    """Numbers in the order the places were first spoken of, so that one once shown stays the same; then the rest."""
    numbers: dict[str, int] = {}
    for claim in claims:
        numbers.setdefault(claim.place.id, len(numbers) + 1)
    for mention in mentions:
        numbers.setdefault(mention.id, len(numbers) + 1)
    return {mention.id: numbers[mention.id] for mention in mentions}
