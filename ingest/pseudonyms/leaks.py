"""A last look at a text that is about to leave: does any real form still stand in it?

A form counts as it stands, and as a recogniser of speech may have spelt it; see ingest/pseudonyms/misspellings.py.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.generalise import veiled
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.known import with_parts, words
from ingest.pseudonyms.misspellings import Spellings, everyday, letters
from ingest.pseudonyms.places import compound
from ingest.pseudonyms.rules import DEFAULT, Way
from ingest.pseudonyms.tokens import is_cased, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.linking import Book, Entity
    from ingest.pseudonyms.rules import Rules
    from ingest.pseudonyms.tokens import Token

_FEWEST_DIGITS = 6
_SHORTEST_PLACE = 4  # letters of a place that is looked for inside a longer word
_SHORTEST_REST = {4: 4}  # letters of the rest after a place of so many letters: altan is no word of Alta's
_SHORTEST_HALF = 4  # letters of what stands before or after a hyphen
_BETWEEN = re.compile(r"[\s.,/&'’()\-–]{1,3}")  # what may stand between two words of one name
_JOINT = re.compile(r"\s|\s?[-–]\s?")  # what a recogniser may put into one


@dataclass(frozen=True, slots=True)
class Left:
    """Code points `start` to `end` of a text that hold a real form, and the ids of the entities it may be, sorted."""

    start: int
    end: int
    kind: Kind
    entities: tuple[str, ...]


def left_at(text: str, book: Book, rules: Rules = DEFAULT) -> list[Left]:
    """Where a real form stands in the text, in order and without overlap; what replaces forms is never reported.

    Forms count as whole words whatever their case, in the genitive too, and so does each word of a person's name; a
    place counts at the head of a longer word as well. A form that is an everyday word counts only with a capital.
    A form counts as misspelt, parted or joined anywhere inside a sentence when it has a capital; where capitals say
    nothing (at its head, in lines without any) when it begins alike and is no everyday word. Nor does a word count
    that this text has in small letters at least as often. Where a surrogate equals a real form (`Book.clashes`) it is
    let through. What the rules keep is not looked for.
    """
    return Search(book, rules).left_at(text)


def left_behind(text: str, book: Book) -> list[str]:
    """Ids of the entities a real form of which stands in the text, sorted; see `left_at`."""
    return sorted({entity for left in Search(book).everywhere(text) for entity in left.entities})


class Search:
    """Looks for the real forms of one book, in one text after another."""

    def __init__(self, book: Book, rules: Rules = DEFAULT) -> None:
        self._kinds = {entity.id: entity.kind for entity in book}
        self._spellings = Spellings()
        self._numbers: dict[str, re.Pattern[str]] = {}
        self._places: dict[str, set[str]] = {}
        self._harmless: set[str] = set()
        self._kept: set[str] = set()
        self._seen: dict[tuple[str, bool, bool, bool], set[str]] = {}  # words come again and again
        for entity in book:
            self._take_in(entity, rules.way(entity))

    def left_at(self, text: str) -> list[Left]:
        """See the function of this name."""
        kept: list[Left] = []
        for left in sorted(self.everywhere(text), key=lambda left: (left.start, -left.end)):
            if not kept or kept[-1].end <= left.start:
                kept.append(left)
        return kept

    def everywhere(self, text: str) -> Iterator[Left]:
        """The same, overlaps included, in no order."""
        text = veiled(text)
        for entity, form in self._numbers.items():
            for match in form.finditer(text):
                yield self._left(match.start(), match.end(), {entity})
        every = list(lines(text))
        look = _Look(self._spellings, self._harmless, self._kept, _small(every))
        for tokens in every:
            spoken, cased = [token for token in tokens if token.is_word], is_cased(tokens)
            for token in spoken:
                if found := self._at_word(look, token, text, cased=cased):
                    yield self._left(token.start, token.end, found)
            for run in self._runs(text, spoken):
                if found := look.at(run, text, cased=cased):
                    yield self._left(run[0].start, run[-1].end, found)

    def _at_word(self, look: _Look, token: Token, text: str, *, cased: bool) -> set[str]:
        key = (token.text, token.opens, cased, token.text.casefold() in look.small)
        if key not in self._seen:
            self._seen[key] = look.at((token,), text, cased=cased) | self._inside(token, cased=cased)
        return self._seen[key]

    def _runs(self, text: str, spoken: Sequence[Token]) -> Iterator[Sequence[Token]]:
        """Every run of several words that may be a name, with nothing between them that parts names."""
        said = [letters([token.text.casefold()]) for token in spoken]
        for at in range(len(spoken)):
            for end in range(at + 2, min(at + self._spellings.longest + 1, len(spoken)) + 1):
                if not _BETWEEN.fullmatch(text, spoken[end - 2].end, spoken[end - 1].start):
                    break
                bare = "".join(said[at:end])
                if self._spellings.may_hold(bare, end - at) or self._spellings.may_hold(
                    bare.removesuffix("s"), end - at
                ):
                    yield spoken[at:end]

    def _left(self, start: int, end: int, entities: set[str]) -> Left:
        first, *others = sorted(entities)
        return Left(start, end, self._kinds[first], (first, *others))

    def _take_in(self, entity: Entity, way: Way) -> None:
        self._harmless.update(words(entity.surrogate) if way is Way.SURROGATE else ())
        for form in entity.forms:
            if way is Way.KEEP:
                self._kept.update(words(form))
            elif entity.kind is Kind.ID:
                self._numbers[entity.id] = _number(form, self._numbers.get(entity.id))
            else:
                self._add(form, entity)

    def _add(self, form: str, entity: Entity) -> None:
        for part, _ in with_parts(form, entity.kind):
            if part == form or part not in everyday():  # of a name heard as `odd var`, not every `var`
                self._spellings.add(words(part), entity.id)
        whole = words(form)
        if entity.kind is Kind.PER and len(whole) > 2:
            for start, end in combinations(range(len(whole) + 1), 2):
                if 1 < end - start < len(whole):
                    self._spellings.add(whole[start:end], entity.id, joined_only=True)
        if entity.kind is Kind.LOC and len(whole) == 1 and len(whole[0]) >= _SHORTEST_PLACE and not _is_word(whole):
            self._places.setdefault(whole[0], set()).add(entity.id)

    def _inside(self, token: Token, *, cased: bool) -> set[str]:
        """Entities whose form stands in a part of a word: bergenskvinne, Nordtveit-saken."""
        word = token.text.casefold()
        if any(stem.casefold() in self._harmless for stem, _ in ways(token.text)):
            return set()
        found: set[str] = set()
        for end in range(_SHORTEST_PLACE, len(word) - 2):
            if word[:end] in self._harmless:
                return set()
            place = self._places.get(word[:end], set())
            if place and len(word) - end >= _SHORTEST_REST.get(end, 3) and compound(token.text.lower(), (word[:end],)):
                found |= place
        return found | self._halves(token, cased=cased)

    def _halves(self, token: Token, *, cased: bool) -> set[str]:
        halves = token.text.split("-")
        found: set[str] = set()
        for half in halves if len(halves) > 1 else ():
            bare = half.casefold()
            telling = half[:1].isupper() or not (cased or bare in everyday())
            if len(bare) >= _SHORTEST_HALF and telling and bare not in self._harmless:
                found |= self._spellings.written(bare, 1)
        return found


@dataclass(frozen=True, slots=True)
class _Look:
    """How one text is looked at: `small` are words it has in small letters, `harmless` those of surrogates."""

    spellings: Spellings
    harmless: set[str]
    kept: set[str]
    small: set[str]

    def at(self, run: Sequence[Token], text: str, *, cased: bool) -> set[str]:
        """Entities with a form that this run of words may be, as it stands or misspelt."""
        found: set[str] = set()
        readings = list(_readings(run))
        if self.harmless.issuperset(readings[0]):
            return found
        for form in readings:
            if not self.harmless.issuperset(form) and (run[0].text[0].isupper() or not _is_word(form)):
                found |= self.spellings.written(letters(form), len(run))
        if not any(self.harmless.intersection(form) or self.kept.intersection(form) for form in readings):
            for form in readings:
                found |= self._misspelt(run, form, text, cased=cased)
        return found

    def _misspelt(self, run: Sequence[Token], form: tuple[str, ...], text: str, *, cased: bool) -> set[str]:
        bare, capital = letters(form), run[0].text[0].isupper()
        if cased and not capital:
            return self.spellings.joined(bare, len(run)) if bare not in everyday() else set()
        unsure = not cased or run[0].opens
        if self._says_nothing(form, unsure=unsure):
            return set()
        found = self.spellings.joined(bare, len(run)) | self.spellings.misspelt(bare, len(run), alike=unsure)
        return found | self.spellings.parted(bare, len(run)) if _is_jointed(run, text) else found

    def _says_nothing(self, form: tuple[str, ...], *, unsure: bool) -> bool:
        """Whether a form is everyday words, as far as one can see; of a parted one the first half tells."""
        if all(word in lists().functions or word in lists().calendar for word in form):
            return True
        if len(form) == 1 and form[0] in self.small:
            return True
        return unsure and form[0] in everyday() and not (len(form) > 1 and form[0] in lists().first_names)


def _small(every: Sequence[Sequence[Token]]) -> set[str]:
    """Words that stand in small letters, in lines that have capitals, at least as often as with one in a sentence."""
    small, large = Counter[str](), Counter[str]()
    for tokens in every:
        if is_cased(list(tokens)):
            small.update(token.text for token in tokens if token.text[0].islower())
            large.update(token.text.casefold() for token in tokens if token.text[0].isupper() and not token.opens)
    return {word for word, count in small.items() if count >= large[word]}


def _is_jointed(run: Sequence[Token], text: str) -> bool:
    return all(_JOINT.fullmatch(text, one.end, other.start) for one, other in pairwise(run))


def _readings(run: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """The run as a form, with and without a genitive."""
    *firsts, _ = (token.text.casefold() for token in run)
    for stem, _ in ways(run[-1].text):
        yield (*firsts, stem.casefold())


def _number(form: str, before: re.Pattern[str] | None) -> re.Pattern[str]:
    """The form as it stands or, when it is mostly digits, with other blanks and marks between them."""
    digits = [character for character in form if character.isdigit()]
    only_digits = len(digits) >= _FEWEST_DIGITS and not any(character.isalpha() for character in form)
    core = r"[^\w\n]{0,2}".join(digits) if only_digits else re.escape(form)
    either = f"{before.pattern}|" if before else ""
    return re.compile(rf"{either}(?<!\w){core}(?!\w)", re.IGNORECASE)


def _is_word(form: tuple[str, ...]) -> bool:
    return len(form) == 1 and form[0] in lists().words
