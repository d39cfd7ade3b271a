"""What a new surrogate must keep away from: every real word of the study, and every surrogate in use."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.known import words
from ingest.pseudonyms.spelling import hints, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ingest.pseudonyms.linking import Entity

_LONG = 3  # letters from which on a surrogate one letter from a real word would be taken for a slip of the pen


class Taken:
    """Counts over the entities of a study, kept up to date as they come, change and go."""

    def __init__(self) -> None:
        self.expected: set[str] = set()
        self._real: Counter[str] = Counter()
        self._used: Counter[str] = Counter()
        self._whole: Counter[tuple[str, ...]] = Counter()
        self._wholly_real: Counter[tuple[str, ...]] = Counter()
        self._near: dict[str, set[str]] = defaultdict(set)
        self._stand_ins: dict[str, Counter[str]] = defaultdict(Counter)

    def expect(self, names: Iterable[tuple[str, ...]]) -> None:
        """Take in names about to come, as casefolded words."""
        for word in {word for name in names for word in name} - self.expected:
            self.expected.add(word)
            self._hint(word)

    def add(self, entity: Entity) -> None:
        """Take in an entity's forms and surrogate."""
        self._count(entity, 1)
        for form in entity.forms:
            for word in words(form):
                self._hint(word)

    def drop(self, entity: Entity) -> None:
        """Let go of what was added with the same forms and surrogate."""
        self._count(entity, -1)

    def _count(self, entity: Entity, one: int) -> None:
        for form in entity.forms:
            self._wholly_real[words(form)] += one
            for word in words(form):
                self._real[word] += one
        self._whole[words(entity.surrogate)] += one
        for word in {*words(entity.surrogate), *_ends(entity.surrogate.casefold())}:
            self._used[word] += one
        for real, new in () if entity.interview else pairs(entity):
            self._stand_ins[real][new] += one

    def _hint(self, word: str) -> None:
        if len(word) >= _LONG and word.isalpha():
            for hint in hints(word):
                self._near[hint].add(word)

    def is_used(self, surrogate: str) -> bool:
        """Whether an entity has this surrogate."""
        return self._whole[words(surrogate)] > 0

    def is_part(self, name: str) -> bool:
        """Whether a surrogate in use is this name or ends in it."""
        return self._used[name.casefold()] > 0

    def is_real(self, surrogate: str) -> bool:
        """Whether a surrogate is somebody's real form."""
        return self._wholly_real[words(surrogate)] > 0

    def has_real(self, word: str) -> bool:
        """Whether a casefolded word is part of a real form, or is expected to be."""
        return self._real[word] > 0 or word in self.expected

    def stand_in(self, real: str) -> str | None:
        """The word that stands for this word in the names of those known throughout the study, if there is one."""
        found = [(-count, new) for new, count in self._stand_ins.get(real.casefold(), Counter()).items() if count > 0]
        return min(found)[1] if found else None

    def is_barred(self, name: str) -> bool:
        """Whether a candidate is, or is a letter from, a real word, or is in use."""
        folded = name.casefold()
        looks = {folded, folded + "s", folded.removesuffix("s"), *words(name), *folded.split("-")}
        if any(self.has_real(look) or self._used[look] > 0 for look in looks):
            return True
        return any(self._is_near(part) for part in {folded, *folded.split("-")})

    def _is_near(self, name: str) -> bool:
        others = {other for hint in hints(name) for other in self._near.get(hint, ())}
        return any(near(name, other) and self.has_real(other) for other in others)


def pairs(entity: Entity) -> Iterator[tuple[str, str]]:
    """Each casefolded word of a person's forms with the word of the surrogate that stands for it."""
    stand_ins = entity.surrogate.split(" ")
    forms = [form.casefold().split(" ") for form in sorted(entity.forms)] if entity.kind is Kind.PER else []
    for form in forms:
        if len(form) == len(stand_ins):
            yield from zip(form, stand_ins, strict=True)


def _ends(surrogate: str) -> Iterator[str]:
    """The whole and what each blank is followed by: a surname may be of two words, once the names have run out."""
    while surrogate:
        yield surrogate
        surrogate = surrogate.partition(" ")[2]
