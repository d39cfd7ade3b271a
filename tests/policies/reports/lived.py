"""A house in which something happened: read and refused, handed off, withdrawn, held, destroyed, broken into."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import break_glass, holds, people, study_facts, withdrawal
from policies.actions import Action, Purpose, Role
from policies.withdrawal import Ground, Scope
from storage.errors import Denied
from storage.records import Handoff
from tests.policies.keeping import artefacts, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.reports.facts import Report
    from storage.records import Participant, Recording
    from tests.house_fixtures import House

KINDS = ("transcript", "original", "released")
RECIPIENT = "Statistisk sentralbyrå"


@dataclass(frozen=True)
class Lived:
    """The house, and its participants: one withdrew, one was read by broken glass, one is held, one destroyed."""

    house: House
    withdrew: Participant
    read: Participant
    held: Participant
    destroyed: Participant


def lived(house: House) -> Lived:
    """Let it all happen."""
    astrid = house.desk("astrid")
    study_facts.change(astrid, house.study, {"controller": "Universitetet i Nord", "special_categories": ["health"]})
    withdrew, read, held, destroyed = (house.participant(code) for code in ("P01", "P02", "P03", "P04"))
    recordings = {one.code: keep(house, one, KINDS) for one in (withdrew, read, held, destroyed)}
    for code in ("P01", "P02", "P02"):
        reading(house, recordings[code], "ragna")
    with suppress(Denied):
        reading(house, recordings["P01"], "ivar")
    _hand_off(house, [recordings["P01"], recordings["P02"]])
    holds.add(astrid, house.study, held, "legal", "REK 2026/17 wants it kept.", date(2999, 1, 1))
    for one in (withdrew, held):
        withdrawal.withdraw(astrid, one, Scope.ALL, Ground.PARTICIPANT, Pipeline())
    house.shred(destroyed)
    break_glass.open_(house.desk("ivar"), house.study, "A hospital waits.")
    reading(house, recordings["P02"], "ivar")
    people.add(astrid, house.study, "olav", [Role.AUDITOR])
    people.remove(astrid, house.study, "ragna")
    return Lived(house, withdrew, read, held, destroyed)


def reading(house: House, recording: Recording, who: str) -> None:
    """One reading of a transcript, to its end."""
    with house.desk(who).act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        act.read(artefacts(house, recording)[0])


def _hand_off(house: House, recordings: list[Recording]) -> None:
    row = Handoff(
        study_id=house.study.id, recipient=RECIPIENT, purpose=Purpose.SHARE_TEXT,
        recordings=[one.id for one in recordings], manifest={"P01-1.docx": "0" * 64},
        by_person_id=house.desk("ragna").who.id,
    )  # fmt: skip
    with Session(house.vault.database.writer) as session, session.begin():
        session.add(row)


def values(report: Report) -> Iterator[object]:
    """Every value of a report, one by one."""
    for section in report.sections:
        for row in section.rows:
            for value in row.values():
                yield from value if isinstance(value, tuple) else (value,)
