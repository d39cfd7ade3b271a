"""Retention that happens: says what will be destroyed, destroys what is due and was said, and certifies it.

Run every day. Holds override; what nobody was told of in time is told now and waits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from policies import holds, retention, withdrawal
from policies.actions import Action, Purpose
from policies.retention import LINK_KEY, PARTICIPANT
from storage import certificates, lookup
from storage.errors import NotReady
from storage.records import Participant, new_id
from storage.withdrawals import Notice, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from policies.desk import Desk
    from policies.retention import Due
    from policies.withdrawal import Beyond
    from storage.records import Study

UNDER_HOLD = "A hold stands in this study, so its names are not destroyed. See `tillit hold list`."


@dataclass(frozen=True)
class Ran:
    """What became of one thing that is due or soon will be: "destroyed", "noticed", "waiting" or "held".

    `day` is the first on which it is destroyed, or was; `certificate` text, "" unless it was.
    """

    kind: str
    participant: str
    what: str
    day: str
    certificate: str = ""

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def run(desk: Desk, study: Study, beyond: Beyond, *, dry: bool = False) -> list[Ran]:
    """Give notice of what is due soon, and destroy what is due and was noticed in time. Raises Denied.

    With `dry` it says what it would do. What is due as a whole is not destroyed piece by piece before.
    """
    notice = retention.defaults()[0]
    near = retention.today() + timedelta(days=notice)
    found = [one for one in retention.due(desk, study) if one.due is not None and one.due <= near]
    ready = [one for one in found if (day := one.from_day(notice)) is not None and day <= retention.today()]
    whole = {one.participant for one in ready if one.kind == PARTICIPANT}
    ready = [one for one in ready if one.kind in {PARTICIPANT, LINK_KEY} or one.participant not in whole]
    fresh = [one for one in found if one.noticed is None and not one.held]
    if not dry and fresh:
        _tell(desk, study, fresh)
    told = [_later(one, notice, fresh=one in fresh) for one in found if one not in ready]
    return [*(_do(desk, study, one, beyond, dry=dry) for one in ready), *told]


def _later(one: Due, notice: int, *, fresh: bool) -> Ran:
    if one.held:
        return Ran(one.kind, one.participant, "held", str(one.due))
    since = retention.today() if fresh else one.noticed or retention.today()
    day = max(one.due or since, since + timedelta(days=notice))
    return Ran(one.kind, one.participant, "noticed" if fresh else "waiting", str(day))


def _tell(desk: Desk, study: Study, fresh: Sequence[Due]) -> None:
    """Write down that it was said today."""
    with desk.act(Action.SET_RETENTION, study, Purpose.STEWARDSHIP) as act:
        for one in fresh:
            act.add(Notice(study_id=study.id, participant_id=one.participant_id, kind=one.kind, due=one.due))
        act.facts["noticed"] = len(fresh)


def _do(desk: Desk, study: Study, one: Due, beyond: Beyond, *, dry: bool) -> Ran:
    if dry:
        made = ""
    elif one.participant_id is None:
        made = _forget_names(desk, study)
    else:
        held = lookup.by_id(desk.vault.database, Participant, one.participant_id)
        artefacts = None if one.kind == PARTICIPANT else retention.defaults()[1][one.kind].artefacts
        made = withdrawal.retire(desk, held, one.kind, artefacts, beyond).certificate
    return Ran(one.kind, one.participant, "would be destroyed" if dry else "destroyed", str(retention.today()), made)


def _forget_names(desk: Desk, study: Study) -> str:
    """Destroy the study's whole part of the link key; returns the certificate."""
    with desk.act(Action.FORGET_ALL_NAMES, study, Purpose.STEWARDSHIP) as act:
        count = act.names().forget_all()
        row = Withdrawal(
            id=new_id(), study_id=study.id, participant_id=None, scope=f"retention: {LINK_KEY}",
            ground=withdrawal.Ground.RETENTION, exceptions=[], counts={"names": count}, by_person_id=desk.who.id,
        )  # fmt: skip

        def write(session: Session) -> None:
            if holds.in_study(session, study.id):
                raise NotReady(UNDER_HOLD)
            row.position = desk.vault.ledger.append(session, withdrawal.erased(row))
            session.add(row)

        act.later(write)
        act.after(act.scrub_names)
        act.facts["names"] = count
    return certificates.make(desk.vault.ledger, row.position or 0)
