"""Forgetting a participant: their key is destroyed, and with it everything that is theirs, here and in each backup.

What happened stays in the ledger, by ids. A tombstone, signed, goes with every backup, so that a restore forgets
again. Forgetting a part, such as the sound, gives them another key instead, under which the rest is, and leaves an
erasure where tombstones lie: the next backup lets go of the former key, and a restore destroys that part again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from policies.in_two import Second
from storage import erasures, lookup, tombstones
from storage.erasures import Erasure, Inscription
from storage.errors import Damaged
from storage.inbox import Inbox
from storage.records import Artefact, Study, Tombstone, Voice, now
from storage.tombstones import Destroyed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant
    from storage.vault import Vault

    Then = Callable[[Session, dict[str, int]], None]

SOUND = frozenset({"original", "listening copy", "levels", "bleeped"})
"""The kinds of artefact in which a voice is, or could be told from."""


def shred(
    desk: Desk,
    participant: Participant,
    then: Then = lambda _session, _counts: None,
    request: str | None = None,
) -> int:
    """Destroy a participant's key, headers, sealed columns and payloads; returns how many artefacts that were.

    `then` is told what was destroyed, in the same transaction. While their consent holds it takes two, the id of an
    approved `request`. Again, it finishes what a stop left. Raises Denied, TakesTwo; StorageFailed if it is destroyed
    but not yet cleared away.
    """
    vault = desk.vault
    study = lookup.by_id(vault.database, Study, participant.study_id)
    inbox = Inbox(vault.folder, study.code)
    action, second = (Action.SHRED_EARLY, Second(request)) if request else (Action.SHRED, None)
    with desk.act(action, participant, Purpose.STEWARDSHIP, second) as act:
        letters = deposits(act, inbox, f"{study.code}/{participant.code}")
        act.facts.update(shredded=participant.id, letters=len(letters))

        def destroy(session: Session) -> None:
            gone = tombstones.apply(session, participant.id)
            act.facts["artefacts"] = gone.artefacts
            stone = _stone(session, vault, participant)
            act.after(lambda: tombstones.publish(vault.folder, participant.id, stone))
            act.after(lambda: _clear(vault, gone.blobs))
            then(session, _counts(gone) | {"deposits": len(letters)})

        act.later(destroy)
        act.after(lambda: _take_out(inbox, letters))
        act.after(vault.database.scrub)
    return int(act.facts["artefacts"])


def erase(
    desk: Desk, participant: Participant, kinds: Collection[str], then: Then = lambda _session, _counts: None
) -> int:
    """Destroy a participant's artefacts of some kinds, and their key with them: the rest is sealed to a new one.

    Where the sound goes, their voice goes too. `then` is as above. Raises Denied, NotFound if there is no key.
    """
    vault = desk.vault
    with desk.act(Action.ERASE, participant, Purpose.STEWARDSHIP) as act:

        def destroy(session: Session) -> None:
            gone, said = _delete(session, participant, kinds)
            act.facts["artefacts"] = gone.artefacts
            if said.artefacts or said.voices:
                note = erasures.make(vault.ledger.signer, vault.id, said)
                session.add(Erasure(participant_id=participant.id, study_id=participant.study_id, note=note))
            then(session, _counts(gone))

        act.later(destroy)
        act.rotate_participant(participant.id)
        act.facts["kinds"] = sorted(kinds)
        act.after(lambda: settle(vault, participant))
        act.after(vault.database.scrub)
    return int(act.facts["artefacts"])


def settle(vault: Vault, participant: Participant) -> None:
    """Lay the notes of what was destroyed alone where tombstones lie, and remove its payloads, which nobody can open.

    Again, it ends what a stop left. Raises StorageFailed.
    """
    with Session(vault.database.reader) as session:
        notes = session.scalars(sa.select(Erasure.note).where(Erasure.participant_id == participant.id)).all()
    vkey = vault.ledger.signer.vkey
    for note in notes:
        with suppress(Damaged):  # somebody wrote into the row: fsck names it, and others are settled all the same
            said, name = erasures.read(vkey, note), erasures.name(vkey, note)
            tombstones.publish(vault.folder, name, note)
            _clear(vault, list(said.artefacts.values()))


def deposits(act: Act, inbox: Inbox, theirs: str) -> list[str]:
    """What waits in the inbox and is said to be theirs; nothing where a key of the study is damaged."""
    if not inbox.waiting():
        return []
    try:
        found = list(inbox.letters(act.sealed_for_study()))
    except Damaged:  # theirs is destroyed all the same, and the ledger has that nobody looked into the inbox
        act.facts["inbox"] = "unread"
        return []
    return [name for name, letter in found if letter is not None and letter.participant == theirs]


def _delete(session: Session, participant: Participant, kinds: Collection[str]) -> tuple[Destroyed, Inscription]:
    of_kinds = sa.select(Artefact).where(Artefact.participant_id == participant.id, Artefact.kind.in_(kinds))
    artefacts = session.scalars(of_kinds).all()
    theirs = sa.select(Voice).where(Voice.participant_id == participant.id)
    voices = session.scalars(theirs).all() if not SOUND.isdisjoint(kinds) else []
    for row in (*artefacts, *voices):
        session.delete(row)
    session.flush()
    size, blobs = sum(artefact.size for artefact in artefacts), {one.id: one.blob for one in artefacts}
    said = Inscription(participant.id, participant.study_id, blobs, [one.id for one in voices])
    return Destroyed(len(artefacts), list(blobs.values()), size, {"voices": len(voices)}), said


def _counts(gone: Destroyed) -> dict[str, int]:
    return {"artefacts": gone.artefacts, "bytes": gone.size, **gone.others}


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
