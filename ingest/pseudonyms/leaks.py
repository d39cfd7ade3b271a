"""A last look at a text that is about to leave: does any real form still stand in it?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.generalise import veiled
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.known import with_parts, words
from ingest.pseudonyms.rules import DEFAULT, Way
from ingest.pseudonyms.tokens import is_cased, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.linking import Book
    from ingest.pseudonyms.rules import Rules
    from ingest.pseudonyms.tokens import Token

_LONG = 5  # letters from which on a form one letter off counts as well
_FEWEST_DIGITS = 6
_ALIKE = str.maketrans("cwz", "kvs")  # letters that a recogniser of speech mixes up at the head of a name


@dataclass(slots=True)
class _Sought:
    """Real forms by their words, with the entities they belong to; the surrogates' words, which are no leak.

    `nearly` remembers what came of comparing, since words come again and again.
    """

    forms: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    numbers: dict[str, re.Pattern[str]] = field(default_factory=dict)
    harmless: set[str] = field(default_factory=set)
    nearly: dict[tuple[tuple[str, ...], bool], set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """Code points `start` to `end` of a text that hold a real form, and the ids of the entities it may be, sorted."""

    start: int
    end: int
    kind: Kind
    entities: tuple[str, ...]


def left_at(text: str, book: Book, rules: Rules = DEFAULT) -> list[Left]:
    """Where a real form stands in the text, in order and without overlap; what replaces forms is never reported.

    Forms count as whole words whatever their case, in the genitive too, and so does each word of a person's name. From
    five letters on a form counts with one letter added, lost or changed: anywhere inside a sentence when it has a
    capital, and where capitals say nothing (at its head, in lines without any) when it begins alike. A form that is an
    everyday word counts only with a capital. Where a surrogate equals a real form (`Book.clashes`) it is let through.
    What the rules keep is not looked for.
    """
    kept: list[Left] = []
    for left in sorted(_everywhere(text, book, rules), key=lambda left: (left.start, -left.end)):
        if not kept or kept[-1].end <= left.start:
            kept.append(left)
    return kept


def left_behind(text: str, book: Book) -> list[str]:
    """Ids of the entities a real form of which stands in the text, sorted; see `left_at`."""
    return sorted({entity for left in _everywhere(text, book, DEFAULT) for entity in left.entities})


def _everywhere(text: str, book: Book, rules: Rules) -> Iterator[Left]:
    sought, text = _sought(book, rules), veiled(text)
    for entity, match in _numbers(text, sought):
        yield _left(match.start(), match.end(), {entity}, book)
    for tokens in lines(text):
        for start, end, entities in _in_line(tokens, sought):
            yield _left(start, end, entities, book)


def _left(start: int, end: int, entities: set[str], book: Book) -> Left:
    first, *others = sorted(entities)
    return Left(start, end, book[first].kind, (first, *others))


def _numbers(text: str, sought: _Sought) -> Iterator[tuple[str, re.Match[str]]]:
    for entity, form in sought.numbers.items():
        for match in form.finditer(text):
            yield entity, match


def _sought(book: Book, rules: Rules) -> _Sought:
    sought = _Sought()
    for entity in book:
        way = rules.way(entity)
        sought.harmless.update(words(entity.surrogate) if way is Way.SURROGATE else ())
        for form in () if way is Way.KEEP else entity.forms:
            if entity.kind is Kind.ID:
                sought.numbers[entity.id] = _number(form, sought.numbers.get(entity.id))
                continue
            for part, _ in with_parts(form, entity.kind):
                sought.forms.setdefault(words(part), set()).add(entity.id)
    sought.forms.pop((), None)
    return sought


def _number(form: str, before: re.Pattern[str] | None) -> re.Pattern[str]:
    """The form as it stands or, when it is mostly digits, with other blanks and marks between them."""
    digits = [character for character in form if character.isdigit()]
    only_digits = len(digits) >= _FEWEST_DIGITS and not any(character.isalpha() for character in form)
    core = r"[^\w\n]{0,2}".join(digits) if only_digits else re.escape(form)
    either = f"{before.pattern}|" if before else ""
    return re.compile(rf"{either}(?<!\w){core}(?!\w)", re.IGNORECASE)


def _in_line(tokens: Sequence[Token], sought: _Sought) -> Iterator[tuple[int, int, set[str]]]:
    cased = is_cased(list(tokens))
    for length in {len(form) for form in sought.forms}:
        for at in range(len(tokens) - length + 1):
            run = tokens[at : at + length]
            if entities := _at(run, sought, cased=cased):
                yield run[0].start, run[-1].end, entities


def _at(run: Sequence[Token], sought: _Sought, *, cased: bool) -> set[str]:
    found: set[str] = set()
    for form in _readings(run):
        if sought.harmless.issuperset(form) or (_is_word(form) and not run[0].text[0].isupper()):
            continue
        found |= sought.forms.get(form, set())
        if run[0].text[0].isupper() or not cased:
            key = (form, run[0].opens or not cased)
            if key not in sought.nearly:
                sought.nearly[key] = _nearly(form, sought, alike=key[1])
            found |= sought.nearly[key]
    return found


def _readings(run: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """The run as a form, with and without a genitive."""
    *firsts, _ = (token.text.casefold() for token in run)
    for stem, _ in ways(run[-1].text):
        yield (*firsts, stem.casefold())


def _is_word(form: tuple[str, ...]) -> bool:
    return len(form) == 1 and form[0] in lists().words


def _nearly(form: tuple[str, ...], sought: _Sought, *, alike: bool) -> set[str]:
    """Entities with a long form one letter away; `alike` asks for the same first sound."""
    text = " ".join(form)
    if len(text) < _LONG - 1 or _is_word(form):
        return set()
    return {
        entity
        for other, entities in sought.forms.items()
        if len(other) == len(form) and _one_off(text, " ".join(other)) and (not alike or _alike(text, other[0]))
        for entity in entities
    }


def _one_off(text: str, form: str) -> bool:
    return (
        len(form) >= _LONG and abs(len(form) - len(text)) < 2 and Levenshtein.distance(text, form, score_cutoff=1) < 2
    )


def _alike(one: str, other: str) -> bool:
    return one[0].translate(_ALIKE) == other[0].translate(_ALIKE)
