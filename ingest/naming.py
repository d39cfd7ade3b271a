"""Between the pseudonym engine, which knows no database, and the link key, which knows no engine."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.name_decisions import Step, Verb, decide, fold, readings, row_of, steps, whose
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.index import key
from ingest.pseudonyms.known import words
from ingest.pseudonyms.linking import Book, Entity
from storage.link import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ingest.pseudonyms.apply import Mention
    from storage.link import Name, StudyNames
    from storage.transcript import Transcript

ENGINE = version("tillit")


def load(names: StudyNames) -> Book:
    """The study's names as the engine's book, as people decided about them, oldest first, so that old ones stay."""
    return _book(names, *_folded(names))


def save(names: StudyNames, book: Book) -> None:
    """Write what the engine added to the book: new names, and new forms and longer surrogates of old ones.

    A longer surrogate of a name that has another than it was found with is laid over it too, so that an undo finds the
    first one.
    """
    before, rows = _folded(names)[0], {name.id: name for name in names.all()}
    for entity in (*book.new, *book.changed):
        row = rows.get(row_of(entity.id)) or names.add(entity.id, entity.kind, entity.surrogate, entity.number)
        known = before.get(entity.id)
        if known is None or known.surrogate == row.surrogate:
            row.surrogate = entity.surrogate
        elif known.surrogate != entity.surrogate:
            decide(names, Step(Verb.EXTEND, entity.id, surrogate=entity.surrogate, was=known.surrogate), "", "")
        if known is None or _told(known) != _told(entity):
            row.gender, row.cohort, row.interview = _told(entity)
        have = {form.form for form in row.forms} | (known.forms if known else set())
        row.forms.extend(Form(form=form) for form in sorted(entity.forms - have))


def settled(names: StudyNames, mentions: Iterable[Mention], transcript: Transcript, interview: str) -> list[Mention]:
    """The mentions of an interview, each of the name it is of now: after merges and splits, not as it was found.

    `interview` is the recording's id.
    """
    taken = steps(names)
    if not taken:
        return list(mentions)
    book, segments = load(names), transcript.segments

    def now(mention: Mention) -> str:
        surface = segments[mention.segment].text[mention.start : mention.end]
        form = book.form(surface, mention.kind, transcript.language)
        said = {key(form, mention.kind), *readings(surface, mention.kind)}
        return whose(taken, mention.entity, said, mention.kind, interview)

    return [replace(mention, entity=now(mention)) for mention in mentions]


def expected(names: StudyNames) -> list[tuple[str, Kind]]:
    """The forms of the study's roster, which somebody wrote down because they will be said."""
    return [(form.form, Kind(name.kind)) for name in names.all() for form in name.forms if form.given is not None]


def confirm(names: StudyNames, entities: Iterable[str]) -> None:
    """Mark names that a person, or the study's policy, took for real."""
    wanted = set(map(row_of, entities))
    for name in names.all():
        name.confirmed = name.confirmed or name.id in wanted


def confirmed(names: StudyNames) -> Book:
    """Only the names somebody took for real, to look for in a text that is about to leave."""
    kept, gone = _folded(names)
    real = {gone.get(row.id, row.id) for row in names.all() if row.confirmed}
    return _book(names, {name: entity for name, entity in kept.items() if name in real}, gone)


def clashing(names: StudyNames, entities: Collection[str]) -> list[str]:
    """Kind and number ("PER 3") of those of `entities` whose surrogate has since become somebody's real name.

    In a text they would say a real name, and the scan of what leaves could not tell: they have to be renamed first.
    """
    book = load(names)
    used = {book[entity].id for entity in entities if entity in book}
    clashes = sorted((book[entity] for entity in book.clashes() if entity in used), key=lambda one: one.number)
    return [f"{entity.kind} {entity.number}" for entity in clashes]


def decided(names: StudyNames) -> set[str]:
    """The ids of the rows of names that somebody decided about: what is kept of them belongs to a decision."""
    return {row_of(name) for step in steps(names) for name in step.names}


def had_by_others(names: StudyNames, entity: str) -> set[tuple[str, ...]]:
    """As words, the surrogates that names other than `entity` have or had: an undo could give them back."""
    rows = [(row.surrogate, row.id) for row in names.all()]
    laid_over = [(text, row_of(step.name)) for step in steps(names) for text in (step.surrogate, step.was) if text]
    return {words(text) for text, whose_row in (*rows, *laid_over) if whose_row != row_of(entity)}


def _folded(names: StudyNames) -> tuple[dict[str, Entity], dict[str, str]]:
    return fold([_entity(row) for row in names.all()], steps(names))


def _book(names: StudyNames, kept: Mapping[str, Entity], gone: Mapping[str, str]) -> Book:
    """No surrogate that somebody had and has no longer goes to anybody else: it stands in what was released."""
    rows = names.all()
    numbered = {kind: max((row.number for row in rows if row.kind == kind), default=0) for kind in Kind}
    book = Book(kept.values(), seed=names.seed(), numbered=numbered)
    for old, now in gone.items():
        if now in kept:
            book.alias(old, now)
    for row in rows:  # a merged name is still spoken of where it belonged
        book.hear([gone.get(row.id, "")] if row.interview else [], row.interview)
    had = {row.surrogate for row in rows} | {text for step in steps(names) for text in (step.surrogate, step.was)}
    book.expect(had - {entity.surrogate for entity in kept.values()})
    return book


def _entity(row: Name) -> Entity:
    forms = {form.form for form in row.forms}
    return Entity(
        row.id,
        Kind(row.kind),
        forms,
        row.surrogate,
        row.gender,
        row.cohort,
        number=row.number,
        interview=row.interview,
    )


def _told(entity: Entity) -> tuple[str | None, int | None, str]:
    return entity.gender, entity.cohort, entity.interview
