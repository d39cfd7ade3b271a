"""From what a person types (a study's code, "study/P07", "study/P07-1") to the row it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.errors import BadInput, NotFound
from storage.records import Membership, Participant, Person, Recording, Row, Study, Weights
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.database import Database

T = TypeVar("T", bound=Row)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
HANDLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}")
NOWHERE = "There is no {what} {reference}. Look with `tillit {look}`."
NUMBER = re.compile(r"[0-9]{1,9}")  # no participant is interviewed a thousand million times


def code(text: str) -> str:
    """`text` if it can be a code: letters, digits, - and _, 32 at most. Raises BadInput."""
    if not CODE.fullmatch(text):
        raise BadInput(
            "A code is 1 to 32 of the letters A to Z (no æ, ø, å), digits, - and _, and starts with a letter or digit."
        )
    return text


def handle(text: str) -> str:
    """`text` if it can be who somebody is here, such as a login name or an address. Raises BadInput."""
    if not HANDLE.fullmatch(text):
        raise BadInput(
            "Who somebody is here is written with 1 to 64 of the letters a to z, digits and . _ - @, and does not "
            "start with . - or @. Choose with --as."
        )
    return text


def study(database: Database, study_code: str) -> Study:
    """The study with this code. Raises NotFound."""
    return _one(database, sa.select(Study).where(Study.code == study_code), "study", study_code)


def participant(database: Database, reference: str) -> Participant:
    """The participant "study/P07". Raises NotFound, BadInput."""
    of_study, name = _split(reference, "study/participant, such as rus/P07")
    query = sa.select(Participant).where(
        Participant.study_id == study(database, of_study).id, Participant.code == name
    )
    return _one(database, query, "participant", reference)


def recording(database: Database, reference: str) -> Recording:
    """The recording "study/P07-1". Raises NotFound, BadInput."""
    head, _, number = reference.rpartition("-")
    if not head or not NUMBER.fullmatch(number):
        raise BadInput("Name a recording as study/participant-number, such as rus/P07-1.")
    held = participant(database, head)
    query = sa.select(Recording).where(Recording.participant_id == held.id, Recording.number == int(number))
    return _one(database, query, "recording", reference)


def request(database: Database, reference: str) -> Request:
    """The request "study/3" for what takes two, or the vault's "3". Raises NotFound, BadInput."""
    of_study, slash, number = reference.rpartition("/")
    if not NUMBER.fullmatch(number) or (slash and not of_study):
        raise BadInput("Name a request as study/number, such as rus/3; one on the vault is a number alone.")
    whose = study(database, of_study).id if slash else None
    query = sa.select(Request).where(Request.study_id == whose, Request.number == int(number))
    return _one(database, query, "request", reference, look="request list")


def weights(database: Database, name: str) -> Weights:
    """The registered weights of this name. Raises NotFound."""
    found = _first(database, sa.select(Weights).where(Weights.name == name))
    if found is None:
        raise NotFound("There is no model of that name, and no folder there. Look with `tillit model list`.")
    return found


def person(database: Database, handle: str) -> Person | None:
    """Who has this handle, if anybody."""
    return _first(database, sa.select(Person).where(Person.handle == handle))


def by_id(database: Database, kind: type[T], row_id: str) -> T:
    """The row with this id. Raises NotFound."""
    return _one(database, sa.select(kind).where(kind.id == row_id), kind.__name__.lower(), row_id)


def references(database: Database, recordings: Iterable[str]) -> tuple[str, ...]:
    """What people call these recordings, by their ids: "rus/P07-1", in order."""
    query = sa.select(Study.code, Participant.code, Recording.number)
    joined = query.join(Participant, Recording.participant_id == Participant.id).join(
        Study, Recording.study_id == Study.id
    )
    with Session(database.reader) as session:
        found = session.execute(joined.where(Recording.id.in_(list(recordings)))).tuples()
        return tuple(sorted(f"{study}/{participant}-{number}" for study, participant, number in found))


def studies_of(database: Database, person_id: str) -> list[Study]:
    """The studies somebody has a role in, by code."""
    mine = sa.select(Membership.study_id).where(Membership.person_id == person_id)
    with Session(database.reader) as session:
        return list(session.scalars(sa.select(Study).where(Study.id.in_(mine)).order_by(Study.code)))


def _split(reference: str, shape: str) -> tuple[str, str]:
    first, slash, second = reference.partition("/")
    if not (slash and first and second):
        raise BadInput("Name it as {shape}.", shape=shape)
    return first, second


def _one(database: Database, query: sa.Select[T], what: str, reference: str, look: str = "status") -> T:
    found = _first(database, query)
    if found is None:
        raise NotFound(NOWHERE, what=what, reference=reference, look=look)
    return found


def _first(database: Database, query: sa.Select[T]) -> T | None:
    try:
        with Session(database.reader) as session:
            return session.scalars(query.limit(1)).first()
    except UnicodeEncodeError:  # typed bytes that are no text are in no row
        return None
