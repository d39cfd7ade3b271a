"""What a participant agreed to from the first form on, as a steward reads it: nothing in it says who they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import consent, consent_evidence
from policies.actions import Action, Purpose
from storage.consents import Consent, Letter
from storage.records import Person, Recording

if TYPE_CHECKING:
    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant


@dataclass(frozen=True)
class Line:
    """One consent. Days in ISO 8601, "" for none; `state` is in force, amended, replaced, withdrawn or expired.

    `amends` is the version it was made from, 0 for none; `evidence` words, "" for none.
    """

    version: int
    purposes: list[str]
    given: str
    expires: str
    embargo: str
    how: str
    evidence: str
    letter: str
    language: str
    sha256: str
    by: str
    recorded: str
    amends: int
    state: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Kept:
    """A participant's consents, oldest first, the letters they name by id, and who recorded them by id."""

    consents: list[Consent]
    letters: dict[str, Letter]
    handles: dict[str, str]


def history(desk: Desk, participant: Participant) -> list[Line]:
    """Every consent of a participant, oldest first. Raises Denied."""
    with desk.act(Action.SEE_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        kept = read(act, participant)
        recordings = act.all(sa.select(Recording).where(Recording.participant_id == participant.id))
    called = {one.id: f"{participant.code}-{one.number}" for one in recordings}
    return [_line(row, kept, called) for row in kept.consents]


def read(act: Act, participant: Participant) -> Kept:
    """What is kept of a participant's consents, for an act that covers them."""
    rows = act.all(sa.select(Consent).where(Consent.participant_id == participant.id).order_by(Consent.version))
    letters = act.all(sa.select(Letter).where(Letter.study_id == participant.study_id))
    act.facts["consents"] = len(rows)
    return Kept(rows, {one.id: one for one in letters}, {one.id: one.handle for one in act.all(sa.select(Person))})


def _line(row: Consent, kept: Kept, called: dict[str, str]) -> Line:
    letter = kept.letters.get(row.letter_id or "")
    versions = {one.id: one.version for one in kept.consents}
    return Line(
        version=row.version,
        purposes=row.purposes,
        given=row.given.isoformat(),
        expires=row.expires.isoformat(),
        embargo=row.embargo.isoformat() if row.embargo else "",
        how=row.how,
        evidence=consent_evidence.told(row.evidence, called),
        letter=row.letter,
        language=letter.language if letter else "",
        sha256=letter.sha256 if letter else "",
        by=kept.handles.get(row.by_person_id, "?"),
        recorded=row.created.date().isoformat(),
        amends=versions.get(row.amends or "", 0),
        state=state(row, kept.consents),
    )


def state(row: Consent, rows: list[Consent]) -> str:
    """What has become of one consent among a participant's, oldest first."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row is not rows[-1]:
        return "amended" if any(one.amends == row.id for one in rows) else "replaced"
    return "in force" if consent.holds(row) else "expired"
