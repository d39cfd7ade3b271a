"""Changing a study's names, all of it at once and for good reasons: merge, split, rename, undo, and what was done.

Each change is a decision laid over the names (ingest/name_decisions.py). Interviews that were released with a name as
it was have to be released again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.entities import opened
from ingest.entities_checked import said_in, two
from ingest.name_decisions import Step, Verb, decide, readings, related, row_of, step_of, undone
from ingest.name_decisions import undo as take_back
from ingest.names_said import set_back
from ingest.pseudonyms.index import key
from ingest.pseudonyms.known import words
from policies.actions import Action
from policies.typed import reason
from storage.errors import AlreadyThere, BadInput
from storage.records import Person

if TYPE_CHECKING:
    from collections.abc import Collection

    from ingest.entities import Opened, Which
    from ingest.pseudonyms.linking import Entity
    from policies.desk import Desk
    from storage.link import Naming
    from storage.records import Recording, Study

NOT_A_FORM = "That is not among the forms of this name. Look with `tillit names list`."
ALL_FORMS = "Those are all its forms, and nothing would be left of it. Leave one."
ANOTHERS = "That pseudonym is another's in this study, or was and stands in released texts. Choose another."
HAS_IT = "It has that pseudonym already. Nothing was changed."
NO_OTHER = "There is no other to draw for a name of this kind. Leave --redraw out, and type one."


@dataclass(frozen=True)
class Changed:
    """The number of the name that came of it, and how many interviews have to be released again."""

    number: int
    set_back: int


@dataclass(frozen=True)
class Done:
    """One decision as it is told; `undone` says that it does not count any more. Real names may be in it."""

    number: int
    when: str
    who: str
    what: str
    why: str
    undone: bool

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def merge(desk: Desk, study: Study, into: Which, gone: int, why: str) -> Changed:
    """Make two names one, called as the first. Raises Denied, Locked, NotFound, BadInput."""
    with opened(desk, study, Action.SET_NAMES) as names:
        one, other = two(names, into, gone)
        return _decided(names, one, Step(Verb.MERGE, one.id, other.id), why)


def split(desk: Desk, study: Study, which: Which, forms: Collection[str], why: str) -> Changed:
    """Make another name of some forms of one; returns the new one. Raises Denied, Locked, NotFound, BadInput."""
    with opened(desk, study, Action.SET_NAMES) as names:
        whole, wanted = names.numbered(which), {key(form, which.kind) for form in forms}
        parted = {form for form in whole.forms if key(form, which.kind) in wanted}
        if wanted != {key(form, which.kind) for form in parted} or not parted:
            raise BadInput(NOT_A_FORM)
        if parted == whole.forms:
            raise BadInput(ALL_FORMS)
        return _parted(names, whole, names.book.split(whole.id, parted, language=study.language), why)


def split_off(desk: Desk, study: Study, which: Which, recording: Recording, why: str) -> Changed:
    """Make another name of what one interview calls by this one. Raises Denied, Locked, NotFound, BadInput."""
    with opened(desk, study, Action.SET_NAMES) as names:
        whole = names.numbered(which)
        said = said_in(names, whole, recording)
        heard = {reading for surface in said for reading in readings(surface, which.kind)}
        parted = {form for form in whole.forms if key(form, which.kind) in heard} or whole.forms
        made = names.book.split(whole.id, parted, language=study.language, interview=recording.id)
        return _parted(names, whole, made, why, recording.id)


def rename(desk: Desk, study: Study, which: Which, surrogate: str | None, why: str) -> Changed:
    """Call a name otherwise, or by the next pseudonym for None. Raises Denied, Locked, NotFound, BadInput.

    AlreadyThere if it is called so, or if there is no next one.
    """
    with opened(desk, study, Action.SET_NAMES) as names:
        entity = names.numbered(which)
        was = entity.surrogate
        if surrogate is not None and words(surrogate) in naming.had_by_others(names.act.names(), entity.id):
            raise BadInput(ANOTHERS)
        names.book.rename(entity.id, surrogate, language=study.language)
        if entity.surrogate == was:
            raise AlreadyThere(NO_OTHER if surrogate is None else HAS_IT)
        return _decided(names, entity, Step(Verb.RENAME, entity.id, surrogate=entity.surrogate, was=was), why)


def undo(desk: Desk, study: Study, number: int | None, why: str) -> Changed:
    """Take back a decision, the newest for None; its number is returned. Raises Denied, Locked, NotFound, NotReady."""
    with opened(desk, study, Action.SET_NAMES) as names:
        step = take_back(names.act.names(), number, reason(why), names.act.actor.id)
        names.act.facts.update(verb="undo", decision=step.number, names=sorted(step.names))
        return Changed(step.number, set_back(names.act, names.where, related(names.act.names(), step.names)))


def history(desk: Desk, study: Study) -> list[Done]:
    """Every decision about the names of a study, oldest first; real names. Raises Denied, Locked.

    What was decided about names that are not shown is not told, nor why.
    """
    with opened(desk, study, Action.SEE_NAMES) as names:
        who = {person.id: person.handle for person in names.act.all(sa.select(Person))}
        told = _Telling(names)
        found = [
            Done(
                row.number, row.created.isoformat(), who.get(row.by_person_id, "tillit"), told.what(row),
                told.why(row), undone=row.number in told.undone,
            )
            for row in told.rows.values()
        ]  # fmt: skip
        names.act.facts["decisions"] = len(found)
    return found


class _Telling:
    """Says what was decided, with names by kind and number, where they are shown."""

    def __init__(self, names: Opened) -> None:
        self.rows = {row.number: row for row in names.act.names().namings()}
        self.undone = undone(list(self.rows.values()))
        self._numbers = {row.id: f"{row.kind} {row.number}" for row in names.act.names().all()}
        self._names, self._book = names, names.book
        self._shown = {entity.id for entity in names.shown}

    def what(self, row: Naming) -> str:
        if row.undoes is not None:
            return f"undid {row.undoes}"
        if not self._may(row):
            return f"{row.verb} of names that are not shown"
        step = step_of(row)
        name, other = (self._numbers.get(row_of(one), "") for one in (step.name, step.other))
        told = {
            Verb.MERGE: f"merged {other} into {name}",
            Verb.SPLIT: f"split {other} from {name}: {', '.join(self._forms(step))}",
            Verb.RENAME: f"renamed {name} from {step.was} to {step.surrogate}",
            Verb.EXTEND: f"{name} was {step.was} and turned out longer: {step.surrogate}",
        }
        return told[step.verb]

    def _forms(self, step: Step) -> list[str]:
        """What was split off, without the forms that only closed interviews say."""
        there = [self._book[one] for one in (step.name, step.other) if one in self._book]
        open_ = {key(form, one.kind) for one in there for form in self._names.forms(one)}
        told = [form for form in step.forms if any(key(form, one.kind) in open_ for one in there)]
        return [*told, *(["forms that are not shown"] if len(told) < len(step.forms) else [])]

    def why(self, row: Naming) -> str:
        about = row
        while about.undoes is not None:
            about = self.rows[about.undoes]
        return row.why if self._may(about) else ""

    def _may(self, row: Naming) -> bool:
        """Whether all the names it is about are shown, as what they are now."""
        step = step_of(row)
        return all(
            name in self._book and self._book[name].id in self._shown for name in (step.name, *{step.other} - {""})
        )


def _parted(names: Opened, whole: Entity, made: Entity, why: str, interview: str = "") -> Changed:
    """Make the new name a row of its own, as sure as the one it comes from, so that it stays whatever is undone."""
    names.book.changed.clear()  # what is left of the whole is laid over its row, which stays as it is
    naming.save(names.act.names(), names.book)
    rows = {row.id: row for row in names.act.names().all()}
    rows[made.id].confirmed = rows[row_of(whole.id)].confirmed
    step = Step(Verb.SPLIT, whole.id, made.id, tuple(sorted(made.forms)), interview)
    return _decided(names, made, step, why)


def _decided(names: Opened, entity: Entity, step: Step, why: str) -> Changed:
    made = decide(names.act.names(), step, reason(why), names.act.actor.id)
    names.act.facts.update(verb=made.verb.value, decision=made.number, names=sorted(made.names))
    return Changed(entity.number, set_back(names.act, names.where, related(names.act.names(), made.names)))
