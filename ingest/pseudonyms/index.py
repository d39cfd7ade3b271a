"""Where in a study's book a word of a name stands, and who is spoken of in an interview."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.known import words
from ingest.pseudonyms.persons import is_full, name_of
from ingest.pseudonyms.spelling import hints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.linking import Entity
    from ingest.pseudonyms.persons import Name

_ACCENTS = str.maketrans("éèêáàü", "eeeaay")
_HEAD = 3  # letters of a word by which its unlisted short forms are looked up


def key(form: str, kind: Kind) -> str:
    """What two forms that are one have in common: letters and digits of a number, words of a name."""
    if kind is Kind.ID:
        return "".join(character for character in form.casefold() if character.isalnum())
    if kind is Kind.PER:
        return " ".join(name_of(form))
    return " ".join(words(form)).translate(_ACCENTS).replace("aa", "å")


def joined(form: str, kind: Kind) -> str:
    """A form's key without blanks: what a recogniser that hears two words in one (tor stein) cannot change."""
    return key(form, kind).replace(" ", "")


def initials(name: Name) -> str:
    """The first letters of a person's names: T. M. B."""
    return "".join(word[0] + "." for word in name)


class Index:
    """Entities by form and, for persons, by word; in the order they were added."""

    def __init__(self) -> None:
        self.names: dict[str, list[Name]] = {}
        self.full: dict[str, list[Name]] = {}
        self._forms: dict[tuple[Kind, str], dict[str, Entity]] = defaultdict(dict)
        self._words: dict[str, dict[str, Entity]] = defaultdict(dict)
        self._hints: dict[str, dict[str, Entity]] = defaultdict(dict)
        self._apart: set[tuple[str, Name]] = set()
        self._interviews: dict[str, dict[str, Entity]] = defaultdict(dict)

    def add(self, entity: Entity) -> None:
        """Take in an entity with all its forms."""
        self.names[entity.id] = [name_of(form) for form in sorted(entity.forms)] if entity.kind is Kind.PER else []
        self.full[entity.id] = [name for name in self.names[entity.id] if is_full(name)]
        for table, entry in self._entries(entity):
            table[entry][entity.id] = entity
        if entity.interview:
            self._interviews[entity.interview][entity.id] = entity

    def drop(self, entity: Entity) -> None:
        """Forget an entity whose forms are those it was added with; who is spoken of where is kept."""
        for table, entry in self._entries(entity):
            table[entry].pop(entity.id, None)

    def _entries(self, entity: Entity) -> Iterator[tuple[dict[object, dict[str, Entity]], object]]:
        tables: tuple[dict[object, dict[str, Entity]], ...] = (self._forms, self._words, self._hints)  # type: ignore[assignment]  # each by its own sort of entry
        forms, by_word, by_hint = tables
        for form in entity.forms:
            yield forms, (entity.kind, key(form, entity.kind))
        heard = {word for name in self.names[entity.id] for word in name}
        for word in heard:
            yield by_word, word
            yield by_word, word[:_HEAD] + "…"
        yield from ((by_word, initials(name)) for name in self.names[entity.id] if len(name) > 1)
        heard |= {joined(form, entity.kind) for form in entity.forms if entity.kind is not Kind.ID}
        yield from ((by_hint, f"{entity.kind} {hint}") for word in heard for hint in hints(word))

    def hear(self, entity: Entity, interview: str) -> None:
        """Note that an entity is spoken of in an interview."""
        self._interviews[interview][entity.id] = entity

    def forget(self, entity: Entity) -> None:
        """Take an entity out for good, from the interviews too."""
        self.drop(entity)
        for spoken_of in self._interviews.values():
            spoken_of.pop(entity.id, None)

    def interviews(self, entity: Entity) -> list[str]:
        """The interviews an entity is known to be spoken of in."""
        return [interview for interview, spoken_of in self._interviews.items() if entity.id in spoken_of]

    def is_in(self, entity: Entity, interview: str) -> bool:
        """Whether an entity is spoken of in an interview, as far as is known; in "" everybody is."""
        return not interview or entity.id in self._interviews.get(interview, {})

    def named(self, form_key: str, kind: Kind) -> list[Entity]:
        """Entities that have a form with this key, the oldest first."""
        return sorted(self._forms.get((kind, form_key), {}).values(), key=lambda entity: entity.number)

    def tell_apart(self, name: Name, interview: str) -> None:
        """Note that a first name is said in an interview of somebody who is told apart from others of that name."""
        self._apart.add((interview, name))

    def is_apart(self, name: Name, interview: str) -> bool:
        """Whether a first name was told apart in an interview."""
        return (interview, name) in self._apart

    def heard(self, interview: str, kind: Kind) -> list[Entity]:
        """Entities of a kind that are known to be spoken of in an interview."""
        return [entity for entity in self._interviews.get(interview, {}).values() if entity.kind is kind]

    def bearing(self, word: str) -> list[Entity]:
        """Persons with this word in a name."""
        return list(self._words.get(word, {}).values())

    def beginning(self, word: str) -> list[Entity]:
        """Persons with a word in a name that begins as this one does."""
        return self.bearing(word[:_HEAD] + "…")

    def sounding(self, word: str, kind: Kind) -> list[Entity]:
        """Entities with a word (persons) or a whole form (the rest) that may be this one misheard."""
        found = {one.id: one for hint in hints(word) for one in self._hints.get(f"{kind} {hint}", {}).values()}
        return list(found.values())
