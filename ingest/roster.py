"""A study's roster: names somebody wrote down because they will be said, so that the recogniser spells them right.

They are real names, and live in the link key alone. Each is a name like those that finding makes: it has its pseudonym
at once, the same in the whole study, and is looked for in every interview from the first on.
"""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.known import words
from ingest.pseudonyms.titles import title
from ingest.reviewing.deeds import NAMING
from ingest.work import MENTIONS
from policies.actions import Action, Purpose
from policies.typed import unprintable
from storage.errors import BadInput, NotFound
from storage.link import Form
from storage.records import Artefact, Decision, Recording, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from policies.desk import Desk
    from storage.link import Name, StudyNames
    from storage.records import Study

LONGEST = 80  # characters of a name
MOST = 500  # names of a study
TOLD = 60
"""Names the recogniser is told: Whisper reads at most 223 tokens before the sound, and a name takes about four.

The newest win: they were written down for the interviews to come."""
CLOCKS = timedelta(minutes=10)  # by how much the clocks of two machines on one vault may differ
KINDS = (Kind.PER, Kind.LOC, Kind.ORG)
ONE_A_LINE = "Give one name a line; nothing was added."
TOO_LONG = "Line {number} is longer than {most} characters."
ODD = "Line {number} has control characters in it."
NO_LETTER = "Line {number} has no letter in it."


@dataclass(frozen=True)
class Given:
    """A name of the roster, what it is of, and the day it was written down."""

    name: str
    kind: str
    since: str

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Added:
    """How many names came into the roster, and how many are in it now."""

    new: int
    total: int


def add(desk: Desk, study: Study, names: Iterable[str], kind: Kind) -> Added:
    """Write names into the roster; those that are there already stay as they are. Blank ones are passed over.

    Raises Denied, Locked, BadInput.
    """
    wanted = {_bare(name, kind): name for name in cleaned(names)}
    with desk.act(Action.SET_ROSTER, study, Purpose.STEWARDSHIP) as act:
        new = _give(act.names(), wanted, kind, study.language)
        total = len(_roster(act.names()))
        _not_too_many(total)
        act.facts.update(new=new, names=total)
    return Added(new, total)


def listed(desk: Desk, study: Study) -> list[Given]:
    """The names of the roster, oldest first. Raises Denied, Locked."""
    with desk.act(Action.SEE_ROSTER, study, Purpose.STEWARDSHIP) as act:
        found = [Given(form.form, name.kind, given.date().isoformat()) for given, name, form in _roster(act.names())]
        act.facts["names"] = len(found)
    return found


def remove(desk: Desk, study: Study, name: str) -> bool:
    """Take a name out of the roster, in whatever case and of whatever kind it is there.

    Returns whether it is gone from the link key too. Where a mention may be of it, it stays there, looked for and
    hidden as before. Raises Denied, Locked, BadInput, NotFound.
    """
    wanted = {words(_bare(one, kind)) for one in cleaned([name]) for kind in KINDS}
    with desk.act(Action.SET_ROSTER, study, Purpose.STEWARDSHIP) as act:
        found = [form for _, _, form in _roster(act.names()) if words(form.form) in wanted]
        if not found:
            raise NotFound("The roster of this study has no such name. Look with `tillit roster list`.")
        for form in found:
            form.given = None
        kept: list[Form] = []
        act.later(lambda session: kept.extend(_forget(session, study, act.names(), found)))
        act.facts["removed"] = len(found)
    return not kept


def hotwords(desk: Desk, recording: Recording) -> tuple[str, ...]:
    """What the recogniser is told before it hears a recording: the newest `TOLD` names of its study, oldest first.

    Asks at the door each time, for the consent to transcribe. Raises Denied, Locked.
    """
    with desk.act(Action.KNOW_ROSTER, recording, Purpose.TRANSCRIBE) as act:
        names = dict.fromkeys(form.form for _, _, form in _roster(act.names()))
        told = tuple(names)[-TOLD:]
        act.facts["names"] = len(told)
    return told


def cleaned(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are kept, each once: composed (Unicode NFC), with single blanks; what is blank is left out.

    Raises BadInput, with the number of the line, for one that cannot be a name.
    """
    found: dict[str, None] = {}
    for number, line in enumerate(names, 1):
        name = unicodedata.normalize("NFC", line.strip())
        if len(name) > LONGEST:
            raise BadInput(f"{TOO_LONG} {ONE_A_LINE}", number=number, most=LONGEST)
        if unprintable(name):
            raise BadInput(f"{ODD} {ONE_A_LINE}", number=number)
        if name and not any(character.isalpha() for character in name):
            raise BadInput(f"{NO_LETTER} {ONE_A_LINE}", number=number)
        found |= {" ".join(name.split()): None} if name else {}
        _not_too_many(len(found))
    return tuple(found)


def _not_too_many(count: int) -> None:
    if count > MOST:
        raise BadInput("A roster has at most {most} names. Leave out those that are seldom said.", most=MOST)


def _roster(names: StudyNames) -> list[tuple[datetime, Name, Form]]:
    """What was given and when, oldest first."""
    found = [(form.given, name, form) for name in names.all() for form in name.forms if form.given is not None]
    return sorted(found, key=lambda one: one[0])


def _bare(name: str, kind: Kind) -> str:
    """A person's name without the title before it, which stays in the text."""
    return name.removeprefix(title(name)) if kind is Kind.PER else name


def _give(names: StudyNames, wanted: Mapping[str, str], kind: Kind, language: str) -> int:
    """Make names for those that are new, and note when each was given; returns how many were not in the roster.

    `wanted` has for each form what was written, which may begin with a title that tells the gender.
    """
    book = naming.load(names)
    book.expect(wanted, whole=True)
    # full names first, so that a surname finds its owner whichever is written first
    linked = {
        form: book.resolve(wanted[form], kind, language=language).id
        for form in sorted(wanted, key=lambda one: -len(one.split()))
    }
    naming.save(names, book)
    rows = {name.id: name for name in names.all()}
    forms = [_form(rows[linked[form]], form) for form in wanted]
    new = [form for form in forms if form.given is None]
    moment = max([now(), *(given for given, _, _ in _roster(names))])
    for at, form in enumerate(new, 1):
        form.given = moment + timedelta(microseconds=at)  # no two at once: their order is that of the lines
    return len(new)


def _forget(session: Session, study: Study, names: StudyNames, forms: list[Form]) -> list[Form]:
    """Delete the forms that no mention can be of, for no interview's names were found since; returns the others.

    What people decided about a name is laid over its row, so that one is kept too.
    Every new mention, whoever made it, is in a new list of mentions or a new decision. Who makes one holds the link
    key until it is in the records, so at the end of an act that holds it too, none is on its way.
    """
    found = sa.select(sa.func.max(Artefact.created)).where(Artefact.kind == MENTIONS)
    lists = found.join(Recording, Recording.id == Artefact.recording_id)
    named = sa.select(sa.func.max(Decision.created)).where(Decision.verb.in_(NAMING))
    decisions = named.join(Recording, Recording.id == Decision.recording_id)
    newest = [session.scalar(query.where(Recording.study_id == study.id)) for query in (lists, decisions)]
    unfound = [form for form in forms if all(moment is None or moment + CLOCKS < form.created for moment in newest)]
    about = naming.decided(names)
    free = [form for form in unfound if form.name_id not in about]
    for form in free:
        names.forget(form)
    return [form for form in forms if form not in free]


def _form(name: Name, form: str) -> Form:
    """The form as it was written, of a name that counts as confirmed from now on."""
    name.confirmed = True
    for known in name.forms:
        if known.form == form:
            return known
    name.forms.append(Form(form=form))
    return name.forms[-1]
