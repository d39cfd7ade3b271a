"""What is left of somebody in a study that was made anonymous: the released text, their description, and no more.

Whether that is anonymous is not for a machine to say: nobody may be told from it, by any means somebody is likely to
use (GDPR recital 26). What can still tell somebody is named to whoever closes the study.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from policies import withdrawal
from policies.actions import Action, Purpose
from policies.closing_plan import released
from storage import erasures, tombstones
from storage.consents import Scan
from storage.erasures import Erasure, Inscription
from storage.records import Artefact, Decision, Heard, LedgerEntry, Recording, Voice, new_id
from storage.requests import Request
from storage.withdrawals import Withdrawal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant, Row

SCOPE: Final = "study end: anonymised"
STILL_TELLS: Final = (
    "what is told in the text: events, places, work and families that few share, and a way of speaking",
    "descriptions of participants (`tillit participant describe`), the more so several together",
    "the participants' codes, wherever a list of codes and people is kept outside of Tillit",
    "when interviews were taken in, how long they are, and which consent stands behind them",
    "hand-offs that are still with somebody, and backups from before: these are not anonymous",
)
"""What may tell somebody indirectly once a study was made anonymous."""


def is_left(session: Session, participant: str) -> bool:
    """Whether there is more of somebody's than the newest released texts, beside what is kept of everybody."""
    return bool(_going(session, participant))


def anonymise(desk: Desk, participant: Participant) -> None:
    """Destroy all but the released text, and the key with it: the text is sealed to a new one. Raises Denied."""
    with desk.act(Action.ERASE, participant, Purpose.STEWARDSHIP) as act:

        def destroy(session: Session) -> None:
            going = _going(session, participant.id)
            artefacts = [row for row in going if isinstance(row, Artefact)]
            counts = {"artefacts": len(artefacts), "bytes": sum(row.size for row in artefacts)}
            counts["others"] = len(going) - len(artefacts)
            for row in going:
                _empty(session, row)
            _close_openings(session, participant)
            session.flush()
            made = Withdrawal(
                id=new_id(), study_id=participant.study_id, participant_id=participant.id, scope=SCOPE,
                ground=withdrawal.Ground.RETENTION, exceptions=[], counts=counts, by_person_id=desk.who.id,
            )  # fmt: skip
            made.position = desk.vault.ledger.append(session, withdrawal.erased(made))
            session.add(made)
            act.facts.update(counts)
            _inscribe(session, desk, act, participant, going)
            for row in artefacts:
                act.after(partial(desk.vault.blobs.remove, row.blob))

        act.later(destroy)
        act.rotate_participant(participant.id)
        act.after(desk.vault.database.scrub)


def _going(session: Session, participant: str) -> list[Row]:
    """Every row of theirs in which there is something that is not the newest released text."""
    stays = released(session, participant)
    of_theirs = Recording.participant_id == participant
    rows: list[Row] = [
        *(row for row in session.scalars(sa.select(Artefact).where(Artefact.participant_id == participant))
          if row.id not in stays),
        *session.scalars(sa.select(Decision).join(Recording).where(of_theirs)),
        *session.scalars(sa.select(Recording).where(of_theirs, Recording.sha256 != Recording.id)),
        *session.scalars(sa.select(Voice).where(Voice.participant_id == participant)),
        *session.scalars(sa.select(Scan).where(Scan.participant_id == participant)),
        *session.scalars(sa.select(Heard).where(Heard.participant_id == participant)),
        *session.scalars(sa.select(Request).where(
            Request.participant_id == participant, Request.sealed_payload.is_not(None))),
    ]  # fmt: skip
    return rows


def _empty(session: Session, row: Row) -> None:
    """Delete it; an interview and a request stay as that they were, saying nothing."""
    if isinstance(row, Recording):
        row.sealed_origin, row.sha256 = None, row.id
    elif isinstance(row, Request):
        row.sealed_payload = None
    else:
        session.delete(row)


def _inscribe(session: Session, desk: Desk, act: Act, participant: Participant, going: list[Row]) -> None:
    """Keep a signed note of it where tombstones lie, so that no backup brings sound, texts or voice back."""
    payloads = {row.id: row.blob for row in going if isinstance(row, Artefact)}
    voices = [row.id for row in going if isinstance(row, Voice)]
    vault, said = desk.vault, Inscription(participant.id, participant.study_id, payloads, voices)
    text = erasures.make(vault.ledger.signer, vault.id, said)
    session.add(Erasure(participant_id=participant.id, study_id=participant.study_id, note=text))
    act.after(partial(tombstones.publish, vault.folder, erasures.name(vault.ledger.signer.vkey, text), text))


def _close_openings(session: Session, participant: Participant) -> None:
    """What the ledger committed itself to about them, such as the hash of their sound, opens no more."""
    session.execute(
        sa.update(LedgerEntry)
        .where(LedgerEntry.participant_id == participant.id, LedgerEntry.sealed_openings.is_not(None))
        .values(sealed_openings=None)
        .execution_options(synchronize_session=False)
    )
