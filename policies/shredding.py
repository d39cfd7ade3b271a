"""Forgetting a participant: their key is destroyed, and with it everything that is theirs, here and in each backup.

What happened stays in the ledger, by ids. A tombstone, signed, goes with every backup, so that a restore forgets
again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import Action, Purpose
from storage import lookup, tombstones
from storage.inbox import Inbox
from storage.records import Study, Tombstone, now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant
    from storage.vault import Vault


def shred(desk: Desk, participant: Participant) -> int:
    """Destroy a participant's key, headers, sealed columns and payloads; returns how many artefacts that were.

    Again, it finishes what a stop left. Raises Denied; StorageFailed if it is destroyed but not yet cleared away.
    """
    vault = desk.vault
    study = lookup.by_id(vault.database, Study, participant.study_id)
    inbox = Inbox(vault.folder, study.code)
    with desk.act(Action.SHRED, participant, Purpose.STEWARDSHIP) as act:
        letters = _letters(act, inbox, f"{study.code}/{participant.code}")
        act.facts.update(shredded=participant.id, letters=len(letters))

        def destroy(session: Session) -> None:
            gone = tombstones.apply(session, participant.id)
            act.facts["artefacts"] = gone.artefacts
            stone = _stone(session, vault, participant)
            act.after(lambda: tombstones.publish(vault.folder, participant.id, stone))
            act.after(lambda: _clear(vault, gone.blobs))

        act.later(destroy)
        act.after(lambda: _take_out(inbox, letters))
        act.after(vault.database.scrub)
    return int(act.facts["artefacts"])


def _stone(session: Session, vault: Vault, participant: Participant) -> str:
    """The tombstone there is, or a new one."""
    there = session.scalars(sa.select(Tombstone).where(Tombstone.participant_id == participant.id)).first()
    if there is not None:
        return there.note
    note = tombstones.make(vault.ledger.signer, vault.id, participant.id, participant.study_id, now())
    session.add(Tombstone(participant_id=participant.id, study_id=participant.study_id, note=note))
    return note


def _clear(vault: Vault, blobs: list[str]) -> None:
    for name in blobs:
        vault.blobs.remove(name)


def _take_out(inbox: Inbox, names: list[str]) -> None:
    for name in names:
        inbox.remove(name)


def _letters(act: Act, inbox: Inbox, theirs: str) -> list[str]:
    """What waits in the inbox and is said to be theirs."""
    found = inbox.letters(act.sealed_for_study()) if inbox.waiting() else ()
    return [name for name, letter in found if letter is not None and letter.participant == theirs]
