"""Between the pseudonym engine, which knows no database, and the link key, which knows no engine."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from storage.link import Form, Name, names_of, seed_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

ENGINE = version("tillit")


def load(session: Session, study: str) -> Book:
    """The study's names as the engine's book, oldest first, so that old names keep their surrogates."""
    entities = [
        Entity(name.id, Kind(name.kind), {form.form for form in name.forms}, name.surrogate, name.gender)
        for name in names_of(session, study)
    ]
    return Book(entities, seed=seed_of(session, study))


def save(session: Session, study: str, book: Book) -> None:
    """Write what the engine added to the book: new names, and new forms and longer surrogates of old ones."""
    known = {name.id: name for name in names_of(session, study)}
    for entity in (*book.new, *book.changed):
        name = known.get(entity.id)
        if name is None:
            name = Name(
                id=entity.id, study_id=study, kind=entity.kind, surrogate=entity.surrogate, gender=entity.gender
            )
            session.add(name)
        name.surrogate, name.gender = entity.surrogate, entity.gender
        have = {form.form for form in name.forms}
        name.forms.extend(Form(form=form) for form in sorted(entity.forms - have))


def confirm(session: Session, study: str, entities: Iterable[str]) -> None:
    """Mark names that a person, or the study's policy, took for real."""
    wanted = set(entities)
    for name in names_of(session, study):
        if name.id in wanted:
            name.confirmed = True
