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
        self._real: set[str] = set()
        self._blocked: set[str] = set()
        self._used: Counter[str] = Counter()
        self._whole: Counter[tuple[str, ...]] = Counter()
        self._wholly_real: Counter[tuple[str, ...]] = Counter()
        self._near: dict[str, set[str]] = defaultdict(set)
        self._stand_ins: dict[str, Counter[str]] = defaultdict(Counter)

    def expect(self, names: Iterable[tuple[str, ...]]) -> None:
        """Take in real names, also such as are about to come, as casefolded words; what was real once stays so."""
        for word in {word for name in names for word in name} - self._real:
            self._real.add(word)
            if len(word) >= _LONG and word.isalpha():
                for hint in hints(word):
                    self._near[hint].add(word)

    def add(self, entity: Entity) -> None:
        """Take in an entity's forms and surrogate."""
        self._count(entity, 1)
        self.expect(map(words, entity.forms))

    def drop(self, entity: Entity) -> None:
        """Let go of what was added with the same forms and surrogate."""
        self._count(entity, -1)

    def _count(self, entity: Entity, one: int) -> None:
        for form in entity.forms:
            self._wholly_real[words(form)] += one
        self._whole[words(entity.surrogate)] += one
        for word in {*words(entity.surrogate), *_ends(entity.surrogate.casefold())}:
            self._used[word] += one
        for real, new in () if entity.interview else pairs(entity):
            self._stand_ins[real][new] += one

    def is_used(self, surrogate: str) -> bool:
        """Whether an entity has this surrogate."""
        return self._whole[words(surrogate)] > 0

    def is_part(self, name: str) -> bool:
        """Whether a surrogate in use is this name or ends in it."""
        return self._used[name.casefold()] > 0

    def is_real(self, surrogate: str) -> bool:
        """Whether a surrogate is somebody's real form."""
        return self._wholly_real[words(surrogate)] > 0

    def stand_in(self, real: str) -> str | None:
        """The word that stands for this word in the names of those known throughout the study, if there is one."""
        found = [(-count, new) for new, count in self._stand_ins.get(real.casefold(), Counter()).items() if count > 0]
        return min(found)[1] if found else None

    def is_barred(self, name: str) -> bool:
        """Whether a candidate is, or is a letter from, a real word, or is in use."""
        if name in self._blocked:
            return True
        folded = name.casefold()
        looks = folded, folded + "s", folded.removesuffix("s")
        if any(self._used.get(look, 0) > 0 for look in looks):
            return True
        parts = {folded, *folded.replace("-", " ").split()}
        if self._real.isdisjoint({*looks, *parts}) and not any(map(self._is_near, parts)):
            return False
        self._blocked.add(name)
        return True

    def _is_near(self, name: str) -> bool:
        others = {other for hint in hints(name) for other in self._near.get(hint, ())}
        return any(near(name, other) for other in others)


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
