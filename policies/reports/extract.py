"""Every access to what is one participant's, with date and purpose: what art. 15(1) GDPR gives them.

The Court of Justice (C-579/21, Pankki S, 22 June 2023) counts when and why somebody's data were consulted among what
that person is told; who among the controller's own staff did it is not, unless they need it to make use of their
rights, and then with regard to the staff's. So the extract says in which role, and handles only if they are asked for.
Whoever outside got something is a recipient (art. 15(1)(c)) and is named.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from policies.actions import ACTIONS, Action
from policies.reports import standing
from policies.reports.access import memberships
from policies.reports.facts import Moment, Term, facts, table
from policies.reports.processing import stated
from storage.records import Recording, Tombstone

if TYPE_CHECKING:
    from policies.reports.facts import Report, Row, Section, Value
    from policies.reports.ledger import Doing
    from policies.reports.sources import Sources
    from storage.records import Participant

KIND = "accesses"
SEEN = ("entry", "at", "action", "purpose", "on", "role")
HANDLE = ("who",)
ENDED = ("by_broken_glass", "outcome")
HANDED = ("day", "recipient", "purpose", "interviews")


def report(sources: Sources, participant: Participant, *, handles: bool = False) -> Report:
    """The extract for one participant, also where their key is destroyed: it is told from ids alone."""
    theirs = [one for one in sources.doings if one.participant == participant.id]
    whole = [one for one in sources.doings if _opens_names(one) and one.at >= participant.created.isoformat()]
    seen = Seen(sources, participant, handles=handles)
    columns = SEEN + (HANDLE if handles else ())
    sections = [
        _about(sources, participant),
        table("accesses", columns + ENDED, [seen.row(one) for one in theirs if one.allowed]),
        table("handed_off", HANDED, _handed(sources, participant)),
        table("names", columns + ENDED, [seen.row(one) for one in whole]),
        table("refused", columns, [seen.row(one) for one in theirs if not one.allowed]),
    ]  # fmt: skip
    return sources.report(KIND, f"{sources.study.code}/{participant.code}", sections)


def _about(sources: Sources, participant: Participant) -> Section:
    stone = sources.session.query(Tombstone).filter_by(participant_id=participant.id).one_or_none()
    return facts(
        "about", participant=participant.code, study=sources.study.title,
        controller=stated(sources, sources.study.controller, "--controller NAME"),
        since=Moment(participant.created.isoformat()), destroyed=Moment(stone.created.isoformat()) if stone else None,
    )  # fmt: skip


def _opens_names(doing: Doing) -> bool:
    """Whether an act opened the names behind the pseudonyms of the whole study."""
    known = doing.action in set(Action) and doing.resource.startswith("Study/")
    return known and doing.allowed and ACTIONS[Action(doing.action)].link


def _handed(sources: Sources, participant: Participant) -> list[Row]:
    of_theirs = sources.session.query(Recording).filter_by(participant_id=participant.id)
    called = {one.id: f"{participant.code}-{one.number}" for one in of_theirs}
    found = [
        (row, tuple(sorted(called[one] for one in row.recordings if one in called)))
        for row in standing.handed_off(sources)
    ]
    return [standing.handed(sources, row) | {"interviews": names} for row, names in found if names]


class Seen:
    """How acts are shown to one participant."""

    def __init__(self, sources: Sources, participant: Participant, *, handles: bool) -> None:
        self._sources = sources
        self._participant = participant
        self._handles = handles
        self._memberships = memberships(sources)

    def row(self, doing: Doing) -> Row:
        """One act, as a row of every column."""
        return {
            "entry": doing.number, "at": Moment(doing.at), "action": Term("action", doing.action),
            "purpose": Term("purpose", doing.purpose), "on": self._on(doing), "role": self._role(doing),
            "by_broken_glass": bool(doing.broken), "outcome": Term("outcome", doing.outcome),
            **({"who": self._sources.who(doing.actor)} if self._handles else {}),
        }  # fmt: skip

    def _on(self, doing: Doing) -> Value:
        called = self._sources.called.get(doing.resource)
        if called is not None:
            return called
        kind = doing.resource.partition("/")[0]
        return Term("resource", kind.lower())

    def _role(self, doing: Doing) -> Value:
        """What they were then: their roles in the study, or in the vault if they had none in it."""
        if isinstance(known := self._sources.who(doing.actor), Term):
            return (known,)
        at = datetime.fromisoformat(doing.at)
        held = [
            row for row, since, until in self._memberships
            if row.person_id == doing.actor and since <= at and (until is None or at <= until)
        ]  # fmt: skip
        there = [row for row in held if row.study_id] or held
        return tuple(Term("role", role) for role in sorted({row.role for row in there})) or (Term("role", "none"),)
