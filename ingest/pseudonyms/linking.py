"""Which mentions speak of the same person or place: one study's link key, in memory.

A real form belongs to one entity of its kind for the whole study. Beyond the same form, in the genitive or with a
title, persons are put together only when a surname or a middle name leaves no other choice; two who share a first name
are never put together here. A reviewer can split and merge.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.pseudonyms import genitive, surrogates, titles
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.known import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(slots=True)
class Entity:
    """A person, place, organisation or number of the study; `forms` are real, `gender` is `f`, `m` or None."""

    id: str
    kind: Kind
    forms: set[str]
    surrogate: str
    gender: str | None = None


def fresh_id() -> str:
    """An id that says nothing."""
    return secrets.token_hex(8)


class Book:
    """The entities of one study by their real forms.

    `seed` is the study's secret from which surrogates are drawn; it belongs with the link key. `new` holds the
    entities made since loading, `changed` the loaded ones that gained a form or a longer surrogate: keep both.
    """

    def __init__(self, entities: Iterable[Entity] = (), *, seed: bytes) -> None:
        self.seed = seed
        self.new: list[Entity] = []
        self.changed: list[Entity] = []
        self.expected: set[str] = set()
        self._whole: set[tuple[str, ...]] = set()
        self._entities: dict[str, Entity] = {}
        self._by_form: dict[tuple[Kind, str], Entity] = {}
        for entity in entities:
            self._keep(entity)

    def __getitem__(self, entity_id: str) -> Entity:
        return self._entities[entity_id]

    def __contains__(self, entity_id: str) -> bool:
        return entity_id in self._entities

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities.values())

    def forms(self) -> Iterator[str]:
        """Every real form of every entity."""
        for entity in self:
            yield from sorted(entity.forms)

    def names(self) -> Iterator[tuple[str, Kind]]:
        """Every real form with its kind, but for numbers: what `KnownNames` looks for in the next interview."""
        yield from (
            (form, entity.kind) for entity in self if entity.kind is not Kind.ID for form in sorted(entity.forms)
        )

    def clashes(self) -> list[str]:
        """Ids of entities whose surrogate, chosen earlier, has since turned out to be somebody's real form."""
        real = {words(form) for form in self.forms()}
        return [entity.id for entity in self if words(entity.surrogate) in real]

    def expect(self, surfaces: Iterable[str], *, whole: bool = False) -> None:
        """Name forms about to be resolved, so that no surrogate chosen from now on is one of them.

        `whole` says that they are names as they stand, so that nothing at their ends is taken for a genitive.
        """
        names = [words(surface) for surface in surfaces]
        self.expected.update(word for name in names for word in name)
        self._whole.update(names if whole else ())

    def resolve(
        self,
        surface: str,
        kind: Kind,
        new_id: Callable[[], str] = fresh_id,
        *,
        language: str = "no",
        sort: str = "",
    ) -> Entity:
        """The entity a surface form speaks of, made when there is none.

        `language` decides what counts as a genitive and how a surrogate looks; `sort` is an ID's, such as `phone`.
        """
        form = self.form(surface, kind, language)
        gender = _gender(surface, form) if kind is Kind.PER else None
        entity = self._by_form.get((kind, _key(form, kind)))
        if entity is None and kind is Kind.PER:
            entity = self._only_candidate(form, gender)
        if entity is None:
            entity = self._make(Entity(new_id(), kind, {form}, "", gender), language, sort)
        else:
            self._learn(entity, form, gender, language)
        return entity

    def form(self, surface: str, kind: Kind, language: str) -> str:
        """A surface without titles, surplus blanks and genitive."""
        text = " ".join(surface.split())
        if kind is Kind.ID:
            return text
        if kind is Kind.PER:
            text = text.removeprefix(titles.title(text))
        if words(text) in self._whole or (kind, _key(text, kind)) in self._by_form:
            return text
        before, blank, last = text.rpartition(" ")
        stem, _ = genitive.part(last, language, lambda word: self._knows(f"{before}{blank}{word}", word, kind))
        return f"{before}{blank}{stem}"

    def _knows(self, form: str, word: str, kind: Kind) -> bool:
        return (kind, _key(form, kind)) in self._by_form or lists().knows(word)

    def _make(self, entity: Entity, language: str, sort: str) -> Entity:
        entity.surrogate = surrogates.choose(self, entity, language, sort)
        self.new.append(entity)
        return self._keep(entity)

    def _keep(self, entity: Entity) -> Entity:
        self._entities[entity.id] = entity
        for form in entity.forms:
            self._by_form.setdefault((entity.kind, _key(form, entity.kind)), entity)
        return entity

    def _learn(self, entity: Entity, form: str, gender: str | None, language: str) -> None:
        key = _key(form, entity.kind)
        if any(_key(known, entity.kind) == key for known in entity.forms):
            return
        entity.surrogate = surrogates.extended(self, entity, form, language)
        entity.forms.add(form)
        entity.gender = entity.gender or gender
        self._keep(entity)
        if all(entity is not other for other in (*self.new, *self.changed)):
            self.changed.append(entity)

    def _only_candidate(self, form: str, gender: str | None) -> Entity | None:
        name = words(form)
        if not name:
            return None
        persons = [entity for entity in self if entity.kind is Kind.PER]
        found = [entity for entity in persons if _may_be(entity, name)]
        namesakes = [entity for entity in persons if _bears(entity, name[-1:])]
        if len(found) != 1 or (len(words(form)) > 1 and any(other is not found[0] for other in namesakes)):
            return None
        return None if {found[0].gender, gender} == {"f", "m"} else found[0]


def _key(form: str, kind: Kind) -> str:
    if kind is Kind.ID:
        return "".join(character for character in form.casefold() if character.isalnum())
    return " ".join(words(form))


def _gender(surface: str, form: str) -> str | None:
    return titles.gender(surface) or lists().gender(form.partition(" ")[0])


def _bears(entity: Entity, surname: tuple[str, ...]) -> bool:
    """Whether the entity has a name of several words that ends in the surname."""
    return any(len(name) > 1 and name[-1:] == surname for name in map(words, entity.forms))


def _may_be(entity: Entity, name: tuple[str, ...]) -> bool:
    """Surname and full name, or full names that differ by a middle name; a first name alone never."""
    forms = [words(form) for form in entity.forms]
    if len(name) == 1:
        return name[0] not in lists().first_names and _bears(entity, name)
    if all(len(form) == 1 for form in forms):
        return name[-1] not in lists().first_names and (name[-1],) in forms
    return any(_differ_in_the_middle(form, name) for form in forms)


def _differ_in_the_middle(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    ends = len(one) > 1 and (one[0], one[-1]) == (other[0], other[-1])
    return ends and (set(one) <= set(other) or set(other) <= set(one))
