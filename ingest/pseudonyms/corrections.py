"""What a person says about the entities of a study: two are one, one is two, another surrogate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.pseudonyms import cohorts, persons, surrogates
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.index import key
from ingest.pseudonyms.known import with_parts, words
from storage.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ingest.pseudonyms.linking import Book, Entity

_LONGEST = 80  # code points of a surrogate
ODD = "That pseudonym has a control character in it, or another that cannot be printed. Type it anew."


def merge(book: Book, into: str, gone: str) -> Entity:
    """Unite the forms; surrogate and number of `into` stay. Who was spoken of in an interview is so still."""
    kept, other = _entity(book, into), _entity(book, gone)
    if kept is other:
        raise BadInput("A name cannot be merged with itself.")
    if kept.kind is not other.kind:
        raise BadInput("Only two persons, two places or two organisations can be merged. Retype the finds first.")
    interviews = book.index.interviews(other)
    book.remove(other, kept.id)
    book.let_go(kept)
    kept.forms |= other.forms
    kept.gender, kept.cohort = kept.gender or other.gender, kept.cohort or other.cohort
    kept.interview = kept.interview if other.interview else ""
    book.keep(kept)
    for interview in interviews:
        book.index.hear(kept, interview)
    book.note(kept)
    return kept


def split(  # noqa: PLR0913, PLR0917  # as `Book.split`
    book: Book, entity: str, forms: Collection[str], new_id: Callable[[], str], language: str, interview: str
) -> Entity:
    """Give some forms to a new entity; both learn anew what their forms tell. What is all forms, both have."""
    whole = _entity(book, entity)
    wanted = {key(form, whole.kind) for form in forms}
    apart = {form for form in whole.forms if key(form, whole.kind) in wanted}
    if not apart:
        raise BadInput("Only forms that a name has can be split off. Look which those are.")
    if apart != whole.forms:
        book.let_go(whole)
        whole.forms -= apart
        whole.gender, whole.cohort = told(whole.kind, whole.forms)
        book.keep(whole)
        book.note(whole)
    gender, cohort = told(whole.kind, apart)
    bound = (interview or whole.interview) if whole.kind is Kind.PER and not _any_full(apart) else ""
    made = type(whole)(new_id(), whole.kind, apart, "", gender, cohort, 0, bound)
    return book.make(made, language, shared=False)


def rename(book: Book, entity: str, surrogate: str | None, language: str) -> None:
    """Give another surrogate, the next best for None; the sentence of a refusal never says the name."""
    renamed = _entity(book, entity)
    new = _next(book, renamed, language) if surrogate is None else surrogate
    if not new.isprintable():
        raise BadInput(ODD)
    if not _fits_a_line(new):
        raise BadInput(
            "A pseudonym is one line of at most {most} characters, with a letter or digit among them, and without "
            "blanks at its ends.",
            most=_LONGEST,
        )
    if _is_real(book, new):
        raise BadInput("That is, or holds, somebody's real name in this study. Choose another pseudonym.")
    if words(new) != words(renamed.surrogate) and book.taken.is_used(new):
        raise BadInput("That pseudonym stands for somebody else in this study. Choose another.")
    book.let_go(renamed)
    renamed.surrogate = new
    book.keep(renamed)
    book.note(renamed)


def _next(book: Book, entity: Entity, language: str) -> str:
    """What a name like this one would get now that its surrogate is taken."""
    return (
        surrogates.choose(book, entity, language, shared=False)
        if entity.kind in {Kind.PER, Kind.LOC}
        else entity.surrogate
    )


def _fits_a_line(text: str) -> bool:
    return any(map(str.isalnum, text)) and len(text) <= _LONGEST and text == text.strip()


def told(kind: Kind, forms: Iterable[str]) -> tuple[str | None, int | None]:
    """The gender and the decade of birth that a person's forms tell."""
    firsts = [persons.name_of(form)[0] for form in sorted(forms) if kind is Kind.PER]
    gender = next((one for one in map(persons.gender, firsts) if one), None)
    return gender, next((one for one in map(cohorts.cohort, firsts) if one), None)


def _any_full(forms: Iterable[str]) -> bool:
    return any(persons.is_full(persons.name_of(form)) for form in forms)


def _is_real(book: Book, surrogate: str) -> bool:
    """Whether a real form, or a word that tells a person, stands in a surrogate."""
    said = words(surrogate)
    runs = {said[start:end] for start in range(len(said)) for end in range(start + 1, len(said) + 1)}
    return any(
        words(part) in runs for entity in book for form in entity.forms for part, _ in with_parts(form, entity.kind)
    )


def _entity(book: Book, entity_id: str) -> Entity:
    if entity_id not in book:
        raise NotFound("There is no such name in this study. Look with `tillit names list`.")
    return book[entity_id]
