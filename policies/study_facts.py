"""What an ethics office asks about a study, and what is to be told it when that changes.

A change of date, sample, data type, method, controller or legal basis has to be notified (to REK or Sikt) before it is
acted on. Each is kept with what was before, and stands as due until somebody writes down that it was sent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from policies.actions import Action, Purpose
from policies.typed import unprintable
from storage.errors import BadInput, NotFound, NotReady
from storage.records import Participant, Person, Study, Voice, now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk

SORTS: Final[dict[str, str]] = {
    "title": "",
    "approval": "",
    "starts": "date",
    "ends": "date",
    "sample": "sample",
    "cohorts": "sample",
    "special_categories": "data type",
    "offence_data": "data type",
    "voices": "data type",
    "model": "method",
    "processors": "method",
    "controller": "controller",
    "legal_basis": "legal basis",
}
"""What can be changed, and the sort of change that is notified; "" is not."""
BASES = ("consent", "public task", "legitimate interest")
SPECIAL = ("ethnicity", "politics", "religion", "union", "genetic", "biometric", "health", "sex life")
"""The special categories of GDPR article 9(1)."""
LONGEST = 200
DUE = "A change of {sort} is to be notified to REK or Sikt: {field} (number {number}). Then: tillit study notified"
MORE = "There are {there} participants, and the study was approved for {sample}: a change of sample is to be notified."
SENSITIVE = "Special categories or offence data: consult the data protection officer, also where participants consent."
VOICES_THERE = "Voices are kept in this study still. Forget each first, with `tillit voice forget`."
NOTHING = "That changes nothing. Say what is to be otherwise."
BACKWARDS = "The study ends before it starts. Check --starts and --ends."
NO_CHANGE = "There is no change of that number that is to be notified. Look with `tillit study show`."
ODD = "Type it in 1 to {most} characters, on one line."


@dataclass(frozen=True)
class Changed:
    """One change, `before` and `after` as kept; `sort` is "" if nobody is told, `notified` a day, "" if not yet."""

    number: int
    on: str
    by: str
    field: str
    before: Any
    after: Any
    sort: str
    notified: str


@dataclass(frozen=True)
class Facts:
    """A study as an ethics office asks for it; days in ISO 8601. `due` says what is still to be done, in sentences."""

    study: str
    title: str
    approval: str
    starts: str
    ends: str
    controller: str
    legal_basis: str
    special_categories: list[str]
    offence_data: bool
    processors: list[dict[str, str]]
    sample: int | None
    participants: int
    cohorts: list[str]
    voices: str
    model: str
    changes: list[Changed]
    due: list[str]
    advice: list[str]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def seen(desk: Desk, study: Study) -> Facts:
    """What is kept of a study. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        stored = act.one(sa.select(Study).where(Study.id == study.id)) or study
        handles = {person.id: person.handle for person in act.all(sa.select(Person))}
        there = len(act.all(sa.select(Participant.id).where(Participant.study_id == study.id)))
    changes = [replace(one, by=handles.get(one.by, "?")) for one in _changes(stored)]
    return Facts(
        stored.code, stored.title, stored.approval, stored.starts.isoformat(), stored.ends.isoformat(),
        stored.controller, stored.legal_basis, stored.special_categories, stored.offence_data, stored.processors,
        stored.sample, there, stored.cohorts, stored.voices, stored.model, changes, due(stored, there),
        [SENSITIVE] if stored.special_categories or stored.offence_data else [],
    )  # fmt: skip


def due(study: Study, participants: int) -> list[str]:
    """What is still to be notified, a sentence each."""
    standing = [one for one in _changes(study) if one.sort and not one.notified]
    told = [DUE.format(sort=one.sort, field=one.field.replace("_", " "), number=one.number) for one in standing]
    more = study.sample is not None and participants > study.sample
    return [f"{one} {study.code} NUMBER --on DATE." for one in told] + (
        [MORE.format(there=participants, sample=study.sample)] if more else []
    )


def change(desk: Desk, study: Study, wanted: Mapping[str, Any]) -> Facts:
    """Change what `SORTS` names, and keep what was before. Raises Denied, BadInput, NotReady."""
    checked(wanted)
    with desk.act(Action.CHANGE_STUDY, study, Purpose.STEWARDSHIP) as act:

        def write(session: Session) -> None:
            stored = session.get_one(Study, study.id)
            fresh = {name: value for name, value in wanted.items() if getattr(stored, name) != value}
            if not fresh:
                raise BadInput(NOTHING)
            if fresh.get("starts", stored.starts) > fresh.get("ends", stored.ends):
                raise BadInput(BACKWARDS)
            _refuse_kept_voices(session, study, fresh)
            _write(act, stored, fresh)

        act.later(write)
    return seen(desk, study)


def notified(desk: Desk, study: Study, number: int, day: date) -> Facts:
    """Write down that a change was notified on that day. Raises Denied, BadInput, NotFound."""
    if day > now().astimezone().date():
        raise BadInput("That day is yet to come. Write it down when it is sent, and check --on.")
    with desk.act(Action.CHANGE_STUDY, study, Purpose.STEWARDSHIP) as act:

        def write(session: Session) -> None:
            stored = session.get_one(Study, study.id)
            if not any(one.number == number and one.sort for one in _changes(stored)):
                raise NotFound(NO_CHANGE)
            stored.changes = [
                {**one, "notified": day.isoformat()} if one["number"] == number else one for one in stored.changes
            ]

        act.later(write)
        act.facts.update(notified=number)
    return seen(desk, study)


def checked(wanted: Mapping[str, Any]) -> None:
    """Raise BadInput for what cannot be kept: empty or odd lines, a basis or category there is not, no sample."""
    lines = [value for name, value in wanted.items() if name in {"title", "approval", "controller"}]
    lines += [*wanted.get("cohorts", ()), *(text for one in wanted.get("processors", ()) for text in one.values())]
    if any(not text.strip() or len(text) > LONGEST or unprintable(text) for text in lines):
        raise BadInput(ODD, most=LONGEST)
    if wanted.get("legal_basis", BASES[0]) not in BASES:
        raise BadInput("The legal basis is one of {known}.", known=", ".join(BASES))
    if not set(wanted.get("special_categories", ())) <= set(SPECIAL):
        raise BadInput("Special categories are {known}.", known=", ".join(SPECIAL))
    if wanted.get("sample", 1) < 1:
        raise BadInput("A sample is of one participant at least.")


def _refuse_kept_voices(session: Session, study: Study, fresh: Mapping[str, Any]) -> None:
    if fresh.get("voices") == "never" and session.scalar(sa.select(Voice.id).where(Voice.study_id == study.id)):
        raise NotReady(VOICES_THERE)


def _write(act: Act, stored: Study, fresh: Mapping[str, Any]) -> None:
    """In the ledger are the names of the fields and the numbers of the changes: what they say is with the study."""
    first = len(stored.changes) + 1
    rows = [
        {
            "number": number, "on": now().date().isoformat(), "by": act.actor.id, "field": name,
            "before": _kept(getattr(stored, name)), "after": _kept(value), "sort": SORTS[name], "notified": "",
        }
        for number, (name, value) in enumerate(fresh.items(), first)
    ]  # fmt: skip
    for name, value in fresh.items():
        setattr(stored, name, value)
    stored.changes = [*stored.changes, *rows]
    act.facts.update(changed=list(fresh), numbers=[row["number"] for row in rows])


def _kept(value: Any) -> Any:  # noqa: ANN401  # whatever a fact is
    return value.isoformat() if hasattr(value, "isoformat") else value


def _changes(study: Study) -> list[Changed]:
    return [Changed(**one) for one in study.changes]
