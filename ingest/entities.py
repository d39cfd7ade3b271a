"""A study's names as its researchers see them: what each is called, where it is said, and what to look at.

This is the map from real names to pseudonyms. It is shown to those who review the study's interviews, and see the same
names there. What is shown, and can be changed, are names said in interviews that open, and those of the roster.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from ingest import naming
from ingest.name_decisions import Step, Verb, readings, steps
from ingest.names_said import Interviews, interviews
from ingest.pseudonyms.index import key
from policies import consent
from policies.actions import Action, Purpose
from storage.errors import NotFound, NotReady
from storage.records import Participant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from ingest.pseudonyms.finds import Kind
    from ingest.pseudonyms.linking import Book, Entity, Suggestion
    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

WITHDRAWN = "A participant's consent was withdrawn meanwhile, so nothing is shown or changed. Run it again."
NO_NAME = "There is no {kind} {number} among the names of this study. Look with `tillit names list`."


class Which(NamedTuple):
    """What people call a name of a study by."""

    kind: Kind
    number: int


@dataclass(frozen=True)
class Line:
    """A name as it is listed: the interviews that say it, the one it belongs to, and what is to be looked at.

    `clash` says that its pseudonym is somebody's real name, `like` which numbers may be the same.
    """

    number: int
    kind: str
    forms: list[str]
    surrogate: str
    interviews: list[str]
    only_in: str
    confirmed: bool
    clash: bool
    like: list[int]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Listed:
    """The names that are shown; and how many interviews are closed, whose names are not."""

    names: list[Line]
    closed: int


@dataclass(frozen=True)
class Like:
    """Two names of a kind that may be one, by number, with their forms; and why."""

    kind: str
    one: int
    other: int
    forms: list[str]
    other_forms: list[str]
    why: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Known:
    """An entity of the study as a reviewer may choose it: its kind, real forms, and surrogate."""

    id: str
    kind: str
    forms: tuple[str, ...]
    surrogate: str


@dataclass
class Opened:
    """The names of a study, open: the act, the book as decided, and where each name is said."""

    act: Act
    book: Book
    where: Interviews
    shown: list[Entity]

    def numbered(self, which: Which) -> Entity:
        """A name that is shown. Raises NotFound."""
        for entity in self.shown:
            if (entity.kind, entity.number) == which:
                return entity
        raise NotFound(NO_NAME, kind=which.kind.value, number=which.number)

    def forms(self, entity: Entity) -> list[str]:
        """The forms of a name that are said in interviews that open, or stand in the roster; others are closed."""
        heard = {
            reading
            for one in self.where.of(entity.id)
            for surface in one.forms[entity.id]
            for reading in readings(surface, entity.kind)
        }
        given = {form.form for name in self.act.names().all() for form in name.forms if form.given is not None}
        return sorted(form for form in entity.forms if form in given or key(form, entity.kind) in heard)

    def suggestions(self) -> list[Suggestion]:
        """What the engine suggests about names that are shown, but for what somebody has decided otherwise."""
        apart = [_apart(step) for step in steps(self.act.names())]
        shown = {entity.id for entity in self.shown}
        pairs = ((like, {like.one, like.other}) for like in self.book.suggestions())
        return [like for like, pair in pairs if pair <= shown and pair not in apart]


def _apart(step: Step) -> set[str]:
    """The two names that a split made, or a merge that was undone had put together."""
    if step.verb is Verb.SPLIT and step.in_force:
        return {step.rest, step.other}
    return {step.name, step.other} if step.verb is Verb.MERGE and not step.in_force else set()


@contextmanager
def opened(desk: Desk, study: Study, action: Action) -> Iterator[Opened]:
    """Open the names of a study for as long as the body runs. Raises Denied, Locked."""
    with desk.act(action, study, Purpose.ANALYSE) as act:
        _unless_withdrawn(act, study)
        where = interviews(desk, act, study)
        book = naming.load(act.names())
        rostered = {name.id for name in act.names().all() if any(form.given for form in name.forms)}
        wanted = {book[name].id for name in rostered if name in book} | {
            name for one in where.said for name in one.forms
        }
        shown = sorted((one for one in book if one.id in wanted), key=lambda one: (one.kind, one.number))
        yield Opened(act, book, where, shown)


def _unless_withdrawn(act: Act, study: Study) -> None:
    """Let the act show and keep nothing if a consent that stood before the interviews were read is gone then."""
    theirs = act.all(sa.select(Participant).where(Participant.study_id == study.id))
    standing = consent.standing([one.id for one in theirs])
    before = set(act.all(standing))

    def check(session: Session) -> None:
        if before - set(session.scalars(standing)):
            raise NotReady(WITHDRAWN)

    act.later(check)


def listed(desk: Desk, study: Study) -> Listed:
    """The names of a study by kind and number; real names. Raises Denied, Locked."""
    with opened(desk, study, Action.SEE_NAMES) as names:
        sure = {entity.id for entity in naming.confirmed(names.act.names())}
        clashes, likes = set(names.book.clashes()), names.suggestions()
        found = [_line(names, entity, sure, clashes, likes) for entity in names.shown]
        names.act.facts["names"] = len(found)
    return Listed(found, names.where.closed)


def suggested(desk: Desk, study: Study) -> list[Like]:
    """Names that may be the same; real names. Raises Denied, Locked."""
    with opened(desk, study, Action.SEE_NAMES) as names:
        pairs = [(names.book[like.one], names.book[like.other], like.why) for like in names.suggestions()]
        names.act.facts["pairs"] = len(pairs)
        return [
            Like(one.kind.value, one.number, other.number, names.forms(one), names.forms(other), why)
            for one, other, why in pairs
        ]


def known(desk: Desk, study: Study) -> list[Known]:
    """The names of a study that a mention may be linked to; real names. Raises Denied, Locked."""
    with opened(desk, study, Action.SEE_NAMES) as names:
        names.act.facts["names"] = len(names.shown)
        return [Known(one.id, one.kind, tuple(names.forms(one)), one.surrogate) for one in names.shown]


def _line(names: Opened, entity: Entity, sure: set[str], clashes: set[str], likes: list[Suggestion]) -> Line:
    said = names.where.of(entity.id)
    pairs = [{like.one, like.other} for like in likes]
    alike = [names.book[other].number for pair in pairs if entity.id in pair for other in pair - {entity.id}]
    return Line(
        number=entity.number,
        kind=entity.kind.value,
        forms=names.forms(entity),
        surrogate=entity.surrogate,
        interviews=[one.reference for one in said],
        only_in=next((one.reference for one in said if one.recording.id == entity.interview), ""),
        confirmed=entity.id in sure,
        clash=entity.id in clashes,
        like=sorted(alike),
    )
