"""Makes a report behind the door: who may see it is asked, and that it was made is in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from policies.reports import access, controls, erasures, extract, processing
from policies.reports.sources import gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.desk import Desk
    from policies.reports.facts import Report
    from policies.reports.sources import Sources
    from storage.records import Participant, Study

OF_STUDY: dict[str, Callable[[Sources], Report]] = {
    one.KIND: one.report for one in (processing, controls, erasures, access)
}


def of_study(desk: Desk, study: Study, kind: str) -> Report:
    """One of the four reports on a study. Raises Denied, Damaged for a ledger that cannot be read."""
    with (
        desk.act(Action.SEE_REPORT, study, Purpose.STEWARDSHIP) as act,
        Session(desk.vault.database.reader) as session,
    ):
        made = OF_STUDY[kind](gather(desk.vault, session, study.id))
        act.facts.update(report=kind, entries=made.position.entries)
    return made


def of_participant(desk: Desk, participant: Participant, *, handles: bool = False) -> Report:
    """A participant's extract of accesses, with the staff's handles only if asked for. Raises Denied, Damaged."""
    with (
        desk.act(Action.SEE_ACCESSES, participant, Purpose.STEWARDSHIP) as act,
        Session(desk.vault.database.reader) as session,
    ):
        made = extract.report(gather(desk.vault, session, participant.study_id), participant, handles=handles)
        act.facts.update(report=extract.KIND, entries=made.position.entries, handles=handles)
    return made
