"""What every report is told from: a study's rows as they are now, and the part of the ledger that is about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from policies.facts import PIPELINE
from policies.reports import ledger
from policies.reports.facts import Report, Term
from storage.broken_glass import BrokenGlass
from storage.records import Participant, Person, Recording, Study

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from policies.reports.facts import Section
    from policies.reports.ledger import Doing, Position
    from storage.vault import Vault

VAULT_WORK = frozenset({
    "back_up", "back_up_link", "check_store", "protect_root", "rotate_root", "escrow_root", "read_ledger",
})  # fmt: skip
"""What is done to the vault as a whole and protects each study in it."""
STRANGER = "stranger"


@dataclass(frozen=True)
class Sources:
    """A study and its part of the ledger; `handles` by person, `codes` by participant, `called` by "Recording/<id>".

    `doings` are the acts on the study and all in it, `upkeep` those on the vault that protect it.
    """

    vault: Vault
    session: Session
    study: Study
    position: Position
    doings: tuple[Doing, ...]
    upkeep: tuple[Doing, ...]
    erased: dict[int, dict[str, Any]]
    handles: dict[str, str]
    codes: dict[str, str]
    called: dict[str, str]

    @property
    def today(self) -> date:
        """The day of the report: that of the ledger's last entry, so that the same ledger tells the same."""
        return datetime.fromisoformat(self.position.at).date()

    def who(self, person: str) -> str | Term:
        """Somebody's handle; the pipeline and strangers, who have none, by what they are."""
        if person == PIPELINE:
            return Term("role", PIPELINE)
        return self.handles.get(person) or Term("role", STRANGER)

    def report(self, kind: str, about: str, sections: list[Section]) -> Report:
        """These sections as a report."""
        return Report(kind, about, self.study.title, self.position, tuple(sections))


def gather(vault: Vault, session: Session, study_id: str) -> Sources:
    """All that a report on a study is told from, read with `session`. Raises Damaged."""
    study = session.get_one(Study, study_id)
    codes = {one.id: one.code for one in session.scalars(_of(Participant, study_id))}
    heard = list(session.scalars(_of(Recording, study_id)))
    glass = session.scalars(sa.select(BrokenGlass.id).where(BrokenGlass.study_id == study_id))
    about = {f"Study/{study_id}", *(f"Participant/{one}" for one in codes), *(f"BrokenGlass/{one}" for one in glass)}
    about |= {f"Recording/{one.id}" for one in heard}
    of_vault = f"Vault/{vault.id}"

    def wanted(leaf: dict[str, Any]) -> bool:
        if leaf["resource"] == of_vault:
            return leaf["action"] in VAULT_WORK
        return leaf["resource"] in about or leaf.get("participant") in codes

    found = ledger.read(vault.ledger, wanted)
    upkeep = tuple(one for one in found.doings if one.resource == of_vault)
    return Sources(
        vault, session, study, found.position, tuple(one for one in found.doings if one.resource != of_vault), upkeep,
        {number: leaf for number, leaf in found.erased.items() if leaf["study"] == study_id},
        {one.id: one.handle for one in session.scalars(sa.select(Person))}, codes,
        {f"Recording/{one.id}": f"{codes[one.participant_id]}-{one.number}" for one in heard},
    )  # fmt: skip


def _of(kind: type[Participant | Recording], study_id: str) -> sa.Select[Any]:
    return sa.select(kind).where(kind.study_id == study_id).order_by(kind.created, kind.id)
