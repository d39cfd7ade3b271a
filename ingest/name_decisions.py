"""What people decided about a study's names: the names stay as the finder made them, and decisions are laid over them.

Each decision is a row of the link key that is never changed; an undo is one too. So everything can be undone, an undo
as well, and a mention that was found before a decision (it says whose it is in a sealed artefact) is followed through
all of them to the name it is of now.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ingest.pseudonyms.corrections import told
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.index import key
from ingest.pseudonyms.titles import title
from storage.errors import NotFound, NotReady

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ingest.pseudonyms.linking import Entity
    from storage.link import Naming, StudyNames

FIRST = "Decision {later} was made later about the same name. Undo that first, with `tillit names undo`."
REST = "~"  # in the id of what a split left of a name, before the number of the decision
NONE = "There is no such decision to undo. Look with `tillit names history`."


class Verb(StrEnum):
    """What can be decided; `extend` is the finder's: a name that was renamed has turned out to be longer."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    EXTEND = "extend"
    UNDO = "undo"


@dataclass(frozen=True)
class Step:
    """One decision about the name with id `name`.

    A merge takes `other` into it. A split gives `other` some of its `forms`, or all that is said of it in one
    `interview`, and what is left has the id `rest`, so that a mention somebody links to it afterwards is told from one
    that was there before. A rename or extend says its `surrogate`, and what that `was`.
    """

    verb: Verb
    name: str
    other: str = ""
    forms: tuple[str, ...] = ()
    interview: str = ""
    surrogate: str = ""
    was: str = ""
    number: int = 0
    in_force: bool = True

    @property
    def rest(self) -> str:
        """The id of what a split leaves of the name."""
        return f"{row_of(self.name)}{REST}{self.number}" if self.verb is Verb.SPLIT else ""

    @property
    def names(self) -> set[str]:
        """The ids of the names it is about."""
        return {self.name, self.other, self.rest} - {""}


def related(names: StudyNames, about: set[str]) -> set[str]:
    """The ids of some names, and of all that were ever made of them or put together with them."""
    found, before = set(about), set[str]()
    while found != before:
        before = set(found)
        found.update(*(step.names for step in steps(names) if not step.names.isdisjoint(before)))
    return found


def row_of(entity: str) -> str:
    """The id of the row that a name is kept in."""
    return entity.partition(REST)[0]


def steps(names: StudyNames) -> list[Step]:
    """Every decision but the undoings, oldest first, each with whether it is in force."""
    rows = names.namings()
    gone = undone(rows)
    return [replace(step_of(row), in_force=row.number not in gone) for row in rows if row.undoes is None]


def decide(names: StudyNames, step: Step, why: str, by: str) -> Step:
    """Write a decision down; from now on it is in force. Returned with its number."""
    kept = {name: value for name, value in asdict(step).items() if name not in {"verb", "number", "in_force"}}
    row = names.decide(step.verb, json.dumps(kept, ensure_ascii=False, sort_keys=True), why, by)
    return replace(step, number=row.number)


def undo(names: StudyNames, number: int | None, why: str, by: str) -> Step:
    """Take back a decision, the newest in force for None; returns it. An undoing is undone in the same way.

    Raises NotFound if there is none, NotReady if a later decision builds on it.
    """
    number, step = undoable(names, number)
    names.decide(Verb.UNDO, "{}", why, by, undoes=number)
    return step


def undoable(names: StudyNames, number: int | None) -> tuple[int, Step]:
    """The decision that `undo` would take back: what is to be undone, by number, and what that is about in the end."""
    taken, rows = steps(names), {row.number: row for row in names.namings()}
    if number is None:
        number = max((step.number for step in taken if step.in_force and step.verb is not Verb.EXTEND), default=0)
    if number not in rows or number in undone(list(rows.values())):
        raise NotFound(NONE)
    about = rows[number]
    while about.undoes is not None:
        about = rows[about.undoes]
    step = next(one for one in taken if one.number == about.number)
    _unless_built_on(step, taken)
    return number, step


def undone(rows: Sequence[Naming]) -> set[int]:
    """The numbers of what was undone, and not done again since; `rows` are all there are, oldest first."""
    found = set[int]()
    for row in reversed(rows):
        if row.undoes is not None and row.number not in found:
            found.add(row.undoes)
    return found


def _unless_built_on(step: Step, taken: Iterable[Step]) -> None:
    """Later merges and splits of the same names would not mean the same without this one."""
    if step.verb not in {Verb.MERGE, Verb.SPLIT}:
        return
    for later in taken:
        shares = later.verb in {Verb.MERGE, Verb.SPLIT} and later.names & step.names
        if later.in_force and later.number > step.number and shares:
            raise NotReady(FIRST, later=later.number)


def step_of(row: Naming) -> Step:
    """A decision as it was made; not for an undoing."""
    found = json.loads(row.what)
    return Step(**found | {"verb": Verb(row.verb), "forms": tuple(found["forms"]), "number": row.number})


def fold(entities: Iterable[Entity], taken: Sequence[Step]) -> tuple[dict[str, Entity], dict[str, str]]:
    """The entities as decided, by id; and for each id that is no entity any more, the one it is part of.

    Decisions about a name that is not in the link key any more are passed over.
    """
    kept, gone, renamed = {entity.id: entity for entity in entities}, dict[str, str](), set[str]()
    age = {name: at for at, name in enumerate(kept)}
    for step in taken:
        applies = step.in_force and step.surrogate and step.name in kept
        if applies and (step.verb is not Verb.EXTEND or step.name in renamed):
            kept[step.name].surrogate = step.surrogate
            renamed.add(step.name)
        if (step.verb is Verb.MERGE and step.in_force) or (step.verb is Verb.SPLIT and not step.in_force):
            _join(kept, gone, step)
        elif step.verb is Verb.SPLIT and (whole := kept.pop(_now(gone, step.name), None)):
            kept[step.rest] = _left(whole, step)
            gone[whole.id] = step.rest
    in_order = sorted(kept.values(), key=lambda entity: age[row_of(entity.id)])
    return {entity.id: entity for entity in in_order}, {old: _now(gone, old) for old in gone}


def _join(kept: dict[str, Entity], gone: dict[str, str], step: Step) -> None:
    """Put two names together, as a merge does, or what a split had made before it was undone.

    The forms that were split off are still in the row they came from; only what was learnt since has to come back.
    """
    gone |= {step.rest: step.name} if step.rest else {}
    into, other = _now(gone, step.name), _now(gone, step.other)
    if into != other and into in kept and other in kept:
        one, two = kept[into], kept.pop(other)
        parted = {key(form, one.kind) for form in step.forms}
        one.forms |= {form for form in two.forms if key(form, one.kind) not in parted}
        one.gender, one.cohort = one.gender or two.gender, one.cohort or two.cohort
        one.interview = one.interview if two.interview else ""
        gone[other] = into


def _left(whole: Entity, step: Step) -> Entity:
    """What a split leaves, which tells no more than its own forms do; one by interview leaves the name as it is."""
    if step.interview:
        return replace(whole, id=step.rest)
    parted = {key(form, whole.kind) for form in step.forms}
    forms = {form for form in whole.forms if key(form, whole.kind) not in parted}
    gender, cohort = told(whole.kind, forms)
    return replace(whole, id=step.rest, forms=forms, gender=gender, cohort=cohort)


def _now(gone: dict[str, str], name: str) -> str:
    while name in gone:
        name = gone[name]
    return name


def whose(taken: Sequence[Step], entity: str, said: Collection[str], kind: Kind, recording: str) -> str:
    """The id of the name that a mention is of now.

    `entity` is whose it was found to be, `said` are keys (ingest/pseudonyms/index.py) of what its words may be.
    """
    for step in taken:
        if step.verb is Verb.MERGE and step.in_force:
            entity = step.name if entity == step.other else entity
        elif step.verb is Verb.SPLIT and not step.in_force:
            entity = step.name if entity in {step.other, step.rest} else entity
        elif step.verb is Verb.SPLIT and step.interview and entity in {step.name, step.rest}:
            # as a whole, and what is found or linked there later too
            entity = step.other if step.interview == recording else step.rest
        elif step.verb is Verb.SPLIT and entity == step.name:
            entity = step.other if any(key(form, kind) in said for form in step.forms) else step.rest
    return entity


def readings(surface: str, kind: Kind) -> set[str]:
    """The keys of what a surface may be without its title, and with or without a genitive."""
    before, blank, last = surface.removeprefix(title(surface) if kind is Kind.PER else "").rpartition(" ")
    return {key(f"{before}{blank}{stem}", kind) for stem, _ in ways(last)}
