"""The end of a study: it is closed first, then what is to go is destroyed, and a certificate says what became of all.

From the first act on the door lets nothing in and nothing out. Each participant is an act, or several, of their own,
so that a stop between two leaves less than there was and never more; the same again goes on from there. What is left
under a hold is destroyed by the same again, once the hold is lifted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import closing_end, holds, shredding, withdrawal
from policies.actions import Action, Purpose
from policies.closing_anonymous import anonymise, is_left
from policies.closing_plan import WHOLE, Fate, How, closing_of, fates_of, keeps_names, living, others
from policies.in_two import Second
from policies.retention import PARTICIPANT
from policies.typed import needed_reason
from storage import certificates, lookup
from storage.closings import Closing
from storage.errors import BadInput, NotFound, StorageFailed
from storage.inbox import Inbox
from storage.records import LedgerHead, Participant, Study, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies.act import Act
    from policies.desk import Desk
    from policies.withdrawal import Beyond

ANOTHER_WAY = "This study is being closed already, by another way: {how}. Go on with that."
OPEN = "This study is not closed. Close it with `tillit study close`."


@dataclass(frozen=True)
class Done:
    """What became of a study, counted by kind; `waits` is whether a hold keeps some of it. `certificate` is text."""

    how: str
    destroyed: dict[str, int]
    kept: dict[str, int]
    held: dict[str, int]
    waits: bool
    certificate: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def under_way(desk: Desk, study: Study) -> Closing | None:
    """How a study was closed, if it is; for whoever may plan that."""
    with Session(desk.vault.database.reader) as session:
        return closing_of(session, study.id)


def begin(desk: Desk, study: Study, how: How, why: str, request: str | None = None) -> None:
    """Close the door, and write down what there is; once that is done it does nothing.

    Before its time is over it takes two, the id of an approved `request`. Raises Denied, TakesTwo, BadInput.
    """
    action, second = Action.CLOSE_STUDY, None
    if request is not None:
        action, second = Action.CLOSE_STUDY_EARLY, Second(request, terms=terms(how))
    reason, inbox = needed_reason(why), Inbox(desk.vault.folder, study.code)
    with desk.act(action, study, Purpose.STEWARDSHIP, second) as act:
        entries = sum(len(name.forms) for name in act.names().all())

        def write(session: Session) -> None:
            there = closing_of(session, study.id)
            if there is not None:
                check(there, how)
                return
            before = living(session, study.id)
            before[WHOLE] += others(entries, inbox)
            session.add(
                Closing(
                    id=new_id(), study_id=study.id, how=how, why=reason, by_person_id=desk.who.id,
                    before={owner: dict(counts) for owner, counts in before.items()}, position=None,
                    since=session.scalars(sa.select(LedgerHead.size)).one(), destroyed={}, kept={}, held={},
                )
            )  # fmt: skip

        act.later(write)
        act.after(inbox.shut)
        act.facts["how"] = how.value


def terms(how: How) -> dict[str, str]:
    """What another has to approve of a closing before its time: how."""
    return {"how": how.value}


def check(row: Closing, how: How) -> None:
    """Raise BadInput where a study is being closed otherwise."""
    if row.how != how:
        raise BadInput(ANOTHER_WAY, how=row.how)


def go_on(desk: Desk, study: Study, beyond: Beyond, tell: Callable[[int, int], None] = lambda *_: None) -> Done:
    """Destroy what is to go and is there still, and certify it. Raises Denied, NotFound, NotReady, StorageFailed.

    `tell` is told how many participants are done, and how many there are.
    """
    with Session(desk.vault.database.reader) as session:
        row = closing_of(session, study.id)
        if row is None:
            raise NotFound(OPEN)
        how, stored = How(row.how), session.get_one(Study, study.id)
        fates = fates_of(session, study.id, how)
        nameless = not holds.in_study(session, study.id) and not keeps_names(session, stored, how)
    Inbox(desk.vault.folder, study.code).shut()  # a stop may have come before
    if nameless:
        closing_end.forget_names(desk, study)
        beyond = _Nameless(beyond)
    for number, (one, fate) in enumerate(fates.items()):
        tell(number, len(fates))
        _one(desk, lookup.by_id(desk.vault.database, Participant, one), fate, how, beyond)
    tell(len(fates), len(fates))
    closing_end.end(desk, study)
    return _done(desk, study)


def _one(desk: Desk, participant: Participant, fate: Fate, how: How, beyond: Beyond) -> None:
    if fate is Fate.DESTROYED:
        withdrawal.retire(desk, participant, PARTICIPANT, None, beyond)
        return
    if fate is Fate.GONE and not _held(desk, participant):
        shredding.shred(desk, participant)  # clears away what a stop left behind
    beyond.stop(desk, participant)
    if fate is Fate.KEPT and how is How.ANONYMISE and _left(desk, participant):
        anonymise(desk, participant)


def _left(desk: Desk, participant: Participant) -> bool:
    with Session(desk.vault.database.reader) as session:
        return is_left(session, participant.id)


def _held(desk: Desk, participant: Participant) -> bool:
    with Session(desk.vault.database.reader) as session:
        return bool(holds.standing(session, participant.id))


def _done(desk: Desk, study: Study) -> Done:
    row = under_way(desk, study)
    if row is None or row.position is None:
        raise StorageFailed("What became of the study is not written down. Run the same command again.")
    made = certificates.make(desk.vault.ledger, row.position)
    return Done(row.how, dict(row.destroyed), dict(row.kept), dict(row.held), row.ended is None, made)


@dataclass(frozen=True)
class _Nameless:
    """The floors above, where the names of the whole study are destroyed already: none has to be looked for."""

    whole: Beyond

    def jobs(self, desk: Desk, participant: Participant) -> Sequence[str]:
        return self.whole.jobs(desk, participant)

    def stop(self, desk: Desk, participant: Participant) -> int:
        return self.whole.stop(desk, participant)

    @staticmethod
    def names(_desk: Desk, _act: Act, _participant: Participant) -> Sequence[object]:
        return ()

    @staticmethod
    def forget(_desk: Desk, _act: Act, _participant: Participant) -> int:
        return 0
