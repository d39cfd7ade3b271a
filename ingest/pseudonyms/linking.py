"""Which mentions speak of the same person or place: one study's link key, in memory.

A full name is one person throughout the study. A person known by a first name alone belongs to the interview it was
said in, and within an interview a first name, surname, pet name or misspelling leads to the only person it can be. Two
who share a first name are never put together here; who might be one is suggested, and a reviewer merges and splits.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.pseudonyms import (
    candidates,
    cohorts,
    corrections,
    genitive,
    organisations,
    persons,
    places,
    surrogates,
    titles,
)
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.index import Index, key
from ingest.pseudonyms.known import words
from ingest.pseudonyms.suggestions import Suggestion, suggestions
from ingest.pseudonyms.taken import Taken
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

__all__ = ["Book", "Entity", "Suggestion", "fresh_id"]


@dataclass(slots=True)
class Entity:
    """A person, place, organisation or number of the study; `forms` are real, `gender` is `f`, `m` or None.

    `cohort` is the decade of birth the first name suggests; `number` counts within the kind, from 1; `interview` is
    the recording a person known by one name alone belongs to, "" for the whole study.
    """

    id: str
    kind: Kind
    forms: set[str]
    surrogate: str
    gender: str | None = None
    cohort: int | None = None
    number: int = 0
    interview: str = ""


def fresh_id() -> str:
    """An id that says nothing."""
    return secrets.token_hex(8)


class Book:
    """The entities of one study by their real forms.

    `seed` is the study's secret from which surrogates are drawn; it belongs with the link key. `new` holds the
    entities made since loading, `changed` the loaded ones that gained a form, a longer surrogate or a decision, `gone`
    the ids of loaded ones that were merged, each with the id it became part of: keep all three. `numbered` is the
    highest number ever given, by kind, where that is higher than any of the entities'.
    """

    def __init__(
        self, entities: Iterable[Entity] = (), *, seed: bytes, numbered: Mapping[Kind, int] | None = None
    ) -> None:
        self.seed = seed
        self.new: list[Entity] = []
        self.changed: list[Entity] = []
        self.gone: dict[str, str] = {}
        self.taken = Taken()
        self.index = Index()
        self._aliases: dict[str, str] = {}
        self._numbers: Counter[Kind] = Counter(numbered or {})
        self._whole: set[tuple[str, ...]] = set()
        self._entities: dict[str, Entity] = {}
        for entity in entities:
            self.keep(entity)

    def __getitem__(self, entity_id: str) -> Entity:
        return self._entities[self._aliases.get(entity_id, entity_id)]

    def __contains__(self, entity_id: str) -> bool:
        return self._aliases.get(entity_id, entity_id) in self._entities

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
        return [entity.id for entity in self if self.taken.is_real(entity.surrogate)]

    def suggestions(self) -> list[Suggestion]:
        """Pairs of entities that may be one, the likeliest first; only a person can say so."""
        return suggestions(self)

    def expect(self, surfaces: Iterable[str], *, whole: bool = False) -> None:
        """Name forms about to be resolved, so that no surrogate chosen from now on is one of them.

        `whole` says that they are names as they stand, so that nothing at their ends is taken for a genitive.
        """
        names = [words(surface) for surface in surfaces]
        self.taken.expect(names)
        self._whole.update(names if whole else ())

    def alias(self, old: str, entity: str) -> None:
        """Let an id that is nobody's any more lead to the entity it has become part of."""
        self._aliases = {known: entity if now == old else now for known, now in self._aliases.items()} | {old: entity}

    def hear(self, entities: Iterable[str], interview: str) -> None:
        """Say who is already known to be spoken of in an interview, so that their bare names lead to them."""
        for entity_id in entities:
            if entity_id in self:
                self.index.hear(self[entity_id], interview)

    def resolve(  # noqa: PLR0913  # what a mention is known by
        self,
        surface: str,
        kind: Kind,
        new_id: Callable[[], str] = fresh_id,
        *,
        language: str = "no",
        sort: str = "",
        interview: str = "",
    ) -> Entity:
        """The entity a surface form speaks of, made when there is none.

        `language` decides what counts as a genitive and how a surrogate looks; `sort` is an ID's, such as `phone`;
        `interview` is the recording's id, "" where none is meant. Raises BadInput for a surface that says nothing.
        """
        if not any(character.isalnum() for character in surface):
            raise BadInput("A name needs a letter or a digit.")
        form = self.form(surface, kind, language)
        name = persons.name_of(form) if kind is Kind.PER else ()
        gender = _gender(surface, name) if kind is Kind.PER else None
        entity = self._meant(form, kind, candidates.Said(name, gender, interview, titles.gender(surface) is not None))
        if entity is None:
            bound = interview if kind is Kind.PER and not persons.is_full(name) else ""
            made = Entity(new_id(), kind, {form}, "", gender, cohorts.cohort(name[0]) if name else None, 0, bound)
            entity = self.make(made, language, sort)
        else:
            self._learn(entity, form, gender, language)
        self.index.hear(entity, interview)
        return entity

    def form(self, surface: str, kind: Kind, language: str) -> str:
        """A surface without titles, surplus blanks and genitive; of a place's compound the place."""
        text = " ".join(surface.split())
        if kind is Kind.ID:
            return text
        if kind is Kind.PER:
            text = text.removeprefix(titles.title(text))
        if words(text) in self._whole or self._has(text, kind):
            return text
        if kind is Kind.LOC:
            place, rest = places.stem_of(text, language, lambda name: self._has(name, kind) or _is_place(name))
            return place[:1].upper() + place[1:] if len(rest) > 2 else place
        if kind is Kind.ORG:
            text = organisations.stem_of(text, lambda name: self._has(name, kind))
        before, blank, last = text.rpartition(" ")
        stem, _ = genitive.part(
            last, language, lambda word: self._has(f"{before}{blank}{word}", kind) or _is_name(word)
        )
        return f"{before}{blank}{stem}"

    def merge(self, into: str, gone: str) -> Entity:
        """Make two entities one, under the surrogate of the first; raises BadInput if their kinds differ."""
        return corrections.merge(self, into, gone)

    def split(
        self,
        entity: str,
        forms: Collection[str],
        new_id: Callable[[], str] = fresh_id,
        *,
        language: str = "no",
        interview: str = "",
    ) -> Entity:
        """Make some forms of an entity a new entity with a surrogate of its own.

        All its forms are those of both afterwards: in some interview they are somebody else's. `interview` is where
        the forms were said, which counts if they are a first name alone. Raises BadInput if it has none of the forms.
        """
        return corrections.split(self, entity, forms, new_id, language, interview)

    def rename(self, entity: str, surrogate: str | None, *, language: str = "no") -> None:
        """Give an entity another surrogate, the next best for None.

        Raises BadInput if it is real, in use, or cannot stand in a text.
        """
        corrections.rename(self, entity, surrogate, language)

    def has_namesake(self, entity: Entity, part: str) -> bool:
        """Whether somebody else known throughout the study bears this word and is spoken of in the same interview."""
        others = (other for word in persons.name_of(part) for other in self.index.bearing(word))
        return any(
            other.id != entity.id and not other.interview and self.index.is_in(other, entity.interview)
            for other in others
        )

    def make(self, entity: Entity, language: str, sort: str = "", *, shared: bool = True) -> Entity:
        """Take in a new entity, with the next number of its kind and a surrogate."""
        entity.number = self._numbers[entity.kind] + 1
        self.taken.expect(map(words, entity.forms))
        entity.surrogate = surrogates.choose(self, entity, language, sort, shared=shared)
        self.new.append(entity)
        return self.keep(entity)

    def keep(self, entity: Entity) -> Entity:
        """Take in an entity as it is."""
        self._entities[entity.id] = entity
        self._numbers[entity.kind] = max(self._numbers[entity.kind], entity.number)
        self.index.add(entity)
        self.taken.add(entity)
        return entity

    def let_go(self, entity: Entity) -> None:
        """Take an entity out before it changes; `keep` brings it back, in its old place."""
        self.index.drop(entity)
        self.taken.drop(entity)

    def remove(self, entity: Entity, into: str) -> None:
        """Take an entity out for good, for it is part of another now."""
        self.taken.drop(entity)
        self.index.forget(entity)
        del self._entities[entity.id]
        self.alias(entity.id, into)
        if all(entity is not other for other in self.new):
            self.gone[entity.id] = into
        self.new = [other for other in self.new if other is not entity]
        self.changed = [other for other in self.changed if other is not entity]

    def note(self, entity: Entity) -> None:
        """Remember that a loaded entity has changed."""
        if all(entity is not other for other in (*self.new, *self.changed)):
            self.changed.append(entity)

    def _meant(self, form: str, kind: Kind, said: candidates.Said) -> Entity | None:
        if kind is Kind.PER:
            return candidates.person(self.index, said)
        known = self.index.named(key(form, kind), kind)
        if known:
            return known[0]
        looks = {Kind.LOC: candidates.place, Kind.ORG: candidates.organisation}
        return looks[kind](self.index, form, said.interview) if kind in looks else None

    def _learn(self, entity: Entity, form: str, gender: str | None, language: str) -> None:
        """Add a form, and what it tells; the first name of somebody known by a surname tells an age."""
        known = {key(one, entity.kind) for one in entity.forms}
        told = entity.gender or gender
        if key(form, entity.kind) in known and told == entity.gender:
            return
        self.taken.expect([words(form)])
        self.let_go(entity)
        if key(form, entity.kind) not in known:
            entity.surrogate = surrogates.extended(self, entity, form, language)
            entity.forms.add(form)
        entity.gender = told
        if entity.kind is Kind.PER:
            entity.cohort = entity.cohort or cohorts.cohort(persons.name_of(form)[0])
            entity.interview = "" if persons.is_full(persons.name_of(form)) else entity.interview
        self.keep(entity)
        self.note(entity)

    def _has(self, form: str, kind: Kind) -> bool:
        return bool(self.index.named(key(form, kind), kind))


def _is_name(word: str) -> bool:
    return lists().knows(word) or persons.is_first(word.casefold())


def _is_place(name: str) -> bool:
    return name.casefold() in lists().places


def _gender(surface: str, name: persons.Name) -> str | None:
    """What a title tells, else the first name; a surname alone tells nothing."""
    return titles.gender(surface) or (persons.gender(name[0]) if name else None)
