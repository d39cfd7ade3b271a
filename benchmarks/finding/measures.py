"""What is counted of finds beside gold mentions; benchmarks/names.py says what each figure means."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks.finding.texts import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.finding.texts import Document, Mention
    from ingest.pseudonyms.finds import Find

    Finder = Callable[[str, str], Sequence[Find]]

_ENDINGS: Final = ("'s", "’s", "s", "'", "’")
_NOTHING: Final = float("nan")


@dataclass(slots=True)
class Tally:
    """Counts over documents, by kind where kinds matter; figures are in per cent, not-a-number of nothing at all."""

    gold: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    entities: int = 0
    whole: int = 0
    found_words: int = 0
    right_words: int = 0
    found: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.gold + other.gold,
            self.covered + other.covered,
            self.entities + other.entities,
            self.whole + other.whole,
            self.found_words + other.found_words,
            self.right_words + other.right_words,
            self.found + other.found,
            self.exact + other.exact,
        )

    def cover(self, kind: str = "") -> float:
        """The share of gold mentions wholly found, of one kind or of all."""
        if kind:
            return _share(self.covered[kind], self.gold[kind])
        return _share(self.covered.total(), self.gold.total())

    def entity_recall(self) -> float:
        """The share of entities of which no mention is left in the open."""
        return _share(self.whole, self.entities)

    def precision(self) -> float:
        """The share of words found that belong to a gold mention."""
        return _share(self.right_words, self.found_words)

    def strict(self, kind: str = "") -> float:
        """F1 of finds with the right place and kind, of one kind or of persons, places and organisations together."""
        kinds = (kind,) if kind else KINDS
        gold, found, exact = (sum(counts[one] for one in kinds) for counts in (self.gold, self.found, self.exact))
        return _share(2 * exact, gold + found)


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else _NOTHING


def measure(documents: Iterable[Document], finder: Finder) -> Tally:
    """Run a finder over documents and count; its finds must not overlap."""
    tally = Tally()
    for document in documents:
        finds = finder(document.text, document.language)
        _count_cover(tally, document, finds)
        _count_words(tally, document, finds)
        _count_exact(tally, document, finds)
    return tally


def _count_cover(tally: Tally, document: Document, finds: Sequence[Find]) -> None:
    masked = _mask(len(document.text), ((find.start, find.end) for find in finds))
    entities: dict[str, bool] = defaultdict(lambda: True)
    for mention in document.mentions:
        covered = _is_covered(document.text, mention, masked)
        tally.gold[mention.kind] += 1
        tally.covered[mention.kind] += covered
        entities[mention.entity] &= covered
    tally.entities += len(entities)
    tally.whole += sum(entities.values())


def _is_covered(text: str, mention: Mention, masked: bytearray) -> bool:
    surface = text[mention.start : mention.end]
    ending = next((one for one in _ENDINGS if len(surface) > len(one) and surface.casefold().endswith(one)), "")
    must = range(mention.start, mention.end - len(ending))
    return all(masked[at] or not text[at].isalnum() for at in must)


def _count_words(tally: Tally, document: Document, finds: Sequence[Find]) -> None:
    named = _mask(len(document.text), ((find.start, find.end) for find in finds if find.kind in KINDS))
    gold = _mask(len(document.text), ((mention.start, mention.end) for mention in document.mentions))
    for start, end in document.words:
        if any(named[start:end]):
            tally.found_words += 1
            tally.right_words += any(gold[start:end])


def _count_exact(tally: Tally, document: Document, finds: Sequence[Find]) -> None:
    begun = {(mention.start, mention.kind): mention.end for mention in document.mentions}
    for find in finds:
        tally.found[find.kind] += 1
        end = begun.get((find.start, str(find.kind)))
        if end is not None and document.text[min(end, find.end) : max(end, find.end)].casefold() in {"", *_ENDINGS}:
            tally.exact[find.kind] += 1


def _mask(length: int, spans: Iterable[tuple[int, int]]) -> bytearray:
    masked = bytearray(length)
    for start, end in spans:
        masked[start:end] = b"\x01" * (end - start)
    return masked
