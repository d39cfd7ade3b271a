"""The last acts of closing a study: its names, inbox and key are destroyed, and everything is accounted for.

What there was when the study was closed has to be what was destroyed, what is kept and what a hold keeps. Of each
participant's artefacts what is gone has to be what acts say they destroyed: one that is missing stops the certificate.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import holds
from policies.actions import Action, Purpose
from policies.closing_anonymous import is_left
from policies.closing_plan import (
    BESIDE,
    DEPOSITS,
    NAMES,
    WHOLE,
    Fate,
    How,
    Split,
    closing_of,
    fates_of,
    keeps_names,
    living,
    split,
)
from policies.retention import LINK_KEY
from policies.withdrawal import Ground, erased
from storage import certificates
from storage.errors import Damaged, NotReady
from storage.inbox import Inbox
from storage.ledger import Entry
from storage.records import Key, Participant, RetiredKey, Study, Tombstone, Voice, new_id, now
from storage.withdrawals import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.act import Act
    from policies.desk import Desk
    from storage.closings import Closing

GROUND: Final = "study end"
FORGOTTEN: Final = f"retention: {LINK_KEY}"
CHANGED = "Something changed while the study was being closed. Run the same command again: it goes on from there."
UNDER_HOLD = "A hold was set meanwhile, so the study's names are not destroyed. Run the same command again."
MISSING = (
    "{count} of this study's artefacts are gone, and no act says that it destroyed them. Run `tillit fsck`, restore "
    "them from a backup, and run the same command again."
)


def forget_names(desk: Desk, study: Study) -> None:
    """Destroy all of the study's link key, where nothing keeps it, and certify that. Raises Denied, NotReady."""
    with desk.act(Action.FORGET_ALL_NAMES, study, Purpose.STEWARDSHIP) as act:
        count = act.names().forget_all()

        def write(session: Session) -> None:
            if holds.in_study(session, study.id):
                raise NotReady(UNDER_HOLD)
            of_names = sa.select(Withdrawal.id).where(Withdrawal.study_id == study.id, Withdrawal.scope == FORGOTTEN)
            if not count and session.scalars(of_names.limit(1)).first() is not None:
                return
            row = Withdrawal(
                id=new_id(), study_id=study.id, participant_id=None, scope=FORGOTTEN, ground=Ground.RETENTION,
                exceptions=[], counts={"names": count}, by_person_id=desk.who.id,
            )  # fmt: skip
            row.position = desk.vault.ledger.append(session, erased(row))
            session.add(row)

        act.later(write)
        act.after(act.scrub_names)
        act.facts["names"] = count


def end(desk: Desk, study: Study) -> None:
    """Clear the inbox, destroy what only the study itself needed, and certify. Raises Denied, NotReady, Damaged."""
    inbox = Inbox(desk.vault.folder, study.code)
    with desk.act(Action.FINISH_CLOSING, study, Purpose.STEWARDSHIP) as act:
        waiting, loose = inbox.waiting(), inbox.loose()
        under_hold, stays = _staying(desk, act, study, inbox)
        entries = sum(len(name.forms) for name in act.names().all())

        def write(session: Session) -> None:
            row, stored = closing_of(session, study.id), session.get_one(Study, study.id)
            held = bool(holds.in_study(session, study.id))
            if row is None or held is not under_hold:
                raise NotReady(CHANGED)
            fates = fates_of(session, study.id, How(row.how))
            _check_done(session, stored, How(row.how), fates, held=held, entries=entries)
            _destroy(session, study.id, fates, held=held)
            session.flush()
            left = living(session, study.id)
            left[WHOLE] += Counter({NAMES: entries, DEPOSITS: len(stays & waiting)})
            _account(session, row, left)
            made = split(row.before, left, fates, held=held)
            _certify(desk, session, row, made, held=held)

        act.later(write)
        for name in sorted((waiting | loose) - stays):
            act.after(partial(inbox.remove, name))
        act.after(desk.vault.database.scrub)


def _staying(desk: Desk, act: Act, study: Study, inbox: Inbox) -> tuple[bool, set[str]]:
    """Whether a hold stands, and what stays in the inbox then: of somebody held, or of nobody knows whom."""
    with Session(desk.vault.database.reader) as session:
        if not holds.in_study(session, study.id):
            return False, set()
        people = session.scalars(sa.select(Participant).where(Participant.study_id == study.id)).all()
        free = {f"{study.code}/{one.code}" for one in people if not holds.standing(session, one.id)}
    if not inbox.waiting():
        return True, inbox.loose()
    letters = inbox.letters(act.sealed_for_study())
    held = {name for name, letter in letters if letter is None or letter.participant not in free}
    return True, held | inbox.loose()


def _check_done(  # noqa: PLR0913  # all that may have changed
    session: Session, study: Study, how: How, fates: Mapping[str, Fate], *, held: bool, entries: int
) -> None:
    """Raise NotReady where something is to go and is there."""
    waits = Fate.DESTROYED in fates.values() or (entries and not held and not keeps_names(session, study, how))
    if how is How.ANONYMISE:
        waits = waits or any(is_left(session, one) for one, fate in fates.items() if fate is Fate.KEPT)
    if waits:
        raise NotReady(CHANGED)


def _destroy(session: Session, study_id: str, fates: Mapping[str, Fate], *, held: bool) -> None:
    """The voices of who worked here and the older keys where no hold stands; the key where no other is under it."""
    rows: list[Voice | RetiredKey | Key] = []
    if not held:
        rows += session.scalars(sa.select(Voice).where(Voice.study_id == study_id, Voice.person_id.is_not(None)))
        rows += session.scalars(sa.select(RetiredKey).where(RetiredKey.owner_id == study_id))
    if not held and not set(fates.values()) & {Fate.KEPT, Fate.HELD}:
        rows += session.scalars(sa.select(Key).where(Key.owner_id == study_id))
    for row in rows:
        session.delete(row)


def _account(session: Session, row: Closing, left: Mapping[str, Mapping[str, int]]) -> None:
    """Raise Damaged unless each artefact there was is there, or was destroyed by an act that said so."""
    buried = set(session.scalars(sa.select(Tombstone.participant_id).where(Tombstone.study_id == row.study_id)))
    missing = sum(
        abs(_artefacts(before) - _artefacts(left.get(owner, {})) - _said(session, owner, row.since))
        for owner, before in row.before.items()
        if owner != WHOLE and owner not in buried
    )
    if missing:
        raise Damaged(MISSING, count=missing)


def _artefacts(counts: Mapping[str, int]) -> int:
    return sum(number for kind, number in counts.items() if kind not in BESIDE)


def _said(session: Session, participant: str, since: int) -> int:
    """How many of a participant's artefacts acts say they destroyed, from this entry of the ledger on."""
    rows = sa.select(Withdrawal.counts).where(Withdrawal.participant_id == participant, Withdrawal.position >= since)
    return sum(int(counts.get("artefacts", 0)) for counts in session.scalars(rows))


def _certify(desk: Desk, session: Session, row: Closing, made: Split, *, held: bool) -> None:
    """A new certificate, unless the newest says this already."""
    destroyed, kept, under = (
        {kind: n for kind, n in sorted(made[name].items()) if n} for name in ("destroyed", "kept", "held")
    )
    if row.position is None or (destroyed, kept, under) != (row.destroyed, row.kept, row.held):
        row.destroyed, row.kept, row.held = destroyed, kept, under
        facts = {
            "study": row.study_id, "scope": f"closing: {row.how}", "ground": GROUND, "destroyed": destroyed,
            "kept": kept, "held": under,
        }  # fmt: skip
        row.position = desk.vault.ledger.append(session, Entry(certificates.EVENT, new_id(), facts))
    row.ended = None if held else row.ended or now()
