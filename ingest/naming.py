"""Between the pseudonym engine, which knows no database, and the link key, which knows no engine."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from storage.link import Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.link import StudyNames

ENGINE = version("tillit")


def load(names: StudyNames) -> Book:
    """The study's names as the engine's book, oldest first, so that old names keep their surrogates."""
    entities = [
        Entity(name.id, Kind(name.kind), {form.form for form in name.forms}, name.surrogate, name.gender)
        for name in names.all()
    ]
    return Book(entities, seed=names.seed())


def save(names: StudyNames, book: Book) -> None:
    """Write what the engine added to the book: new names, and new forms and longer surrogates of old ones."""
    known = {name.id: name for name in names.all()}
    for entity in (*book.new, *book.changed):
        name = known.get(entity.id) or names.add(entity.id, entity.kind, entity.surrogate)
        name.surrogate, name.gender = entity.surrogate, entity.gender
        have = {form.form for form in name.forms}
        name.forms.extend(Form(form=form) for form in sorted(entity.forms - have))


def confirm(names: StudyNames, entities: Iterable[str]) -> None:
    """Mark names that a person, or the study's policy, took for real."""
    wanted = set(entities)
    for name in names.all():
        name.confirmed = name.confirmed or name.id in wanted


def confirmed(names: StudyNames) -> Book:
    """Only the names somebody took for real, to look for in a text that is about to leave."""
    real = {name.id for name in names.all() if name.confirmed}
    return Book([entity for entity in load(names) if entity.id in real], seed=names.seed())
