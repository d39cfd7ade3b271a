"""Handling keys, behind the door: who rotates, divides, hands over or destroys one stands in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from policies import studies
from policies.actions import Action, Purpose
from policies.in_two import Second
from storage import ceremony, escrow, lookup, rotation, warden
from storage.errors import BadInput, NotReady
from storage.inbox import Inbox
from storage.ledger import Entry
from storage.records import Participant, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from policies.desk import Desk
    from storage.ceremony import Seat
    from storage.records import Study
    from storage.roots import Keeper, Secrets
    from storage.vault import Vault


def rotate_participant(desk: Desk, participant: Participant) -> int:
    """A new key for one participant; returns how many artefacts were handed to it. Raises Denied, NotFound."""
    with desk.act(Action.ROTATE_KEY, participant, Purpose.STEWARDSHIP) as act:
        act.rotate_participant(participant.id)
    return int(act.facts["handed_over"])


def rotate_study(desk: Desk, study: Study, *, forget: bool = False) -> int:
    """A new key for a study; returns how many participants' keys were handed to it. Raises Denied."""
    if forget and Inbox(desk.vault.folder, study.code).waiting():
        raise NotReady("Deposits wait that may need the study's former keys. Take them in first: tillit run.")
    with desk.act(Action.ROTATE_STUDY_KEY, study, Purpose.STEWARDSHIP) as act:
        act.rotate_study()
        if forget:
            act.later(lambda session: act.facts.update(forgotten=rotation.forget_retired(session, study.id)))
        act.after(lambda: studies.publish(desk.vault, study))
    return int(act.facts["handed_over"])


def rotate_participants(desk: Desk, study: Study) -> Iterator[tuple[int, int]]:
    """New keys for all participants whose keys are older than the study's; yields how many are done, of how many.

    Each is an act of its own. Stopped, it goes on with those that are left.
    """
    with Session(desk.vault.database.reader) as session:
        owners = rotation.waiting(session, study.id)
    yield 0, len(owners)
    for done, owner in enumerate(owners, 1):
        rotate_participant(desk, lookup.by_id(desk.vault.database, Participant, owner))
        yield done, len(owners)


def rotate_root(desk: Desk, seat: Seat) -> int:
    """A new root; returns how many studies' keys were handed to it. Again, it ends one that was stopped."""
    if seat.keeper.kind == "credential":
        raise BadInput(
            "A root that a credential holds cannot be rotated there. Hand it to a passphrase, `tillit key protect`, "
            "rotate it, and then make the credential anew."
        )
    with ceremony.alone(seat.folder), desk.act(Action.ROTATE_ROOT, desk.vault.id, Purpose.STEWARDSHIP) as act:
        seat = seat.anew()
        held = act.ceremony(lambda permit: ceremony.begin_rotation(permit, seat))
        act.facts.update(root=seat.name, handed_over=0)
        if seat.name == "root":
            act.later(
                lambda session: act.facts.update(handed_over=rotation.under_root(session, held, held.recipient()))
            )
        act.after(lambda: ceremony.end_rotation(seat, held))
        act.after(lambda: _stop(desk.vault))
    return int(act.facts["handed_over"])


def protect(desk: Desk, seat: Seat, keeper: Keeper, secrets: Secrets) -> None:
    """Another keeper, or another passphrase, for a root. Raises Denied, Locked, BadInput."""
    with ceremony.alone(seat.folder), desk.act(Action.PROTECT_ROOT, desk.vault.id, Purpose.STEWARDSHIP) as act:
        seat = seat.anew()
        act.ceremony(lambda permit: ceremony.protect(permit, seat, keeper, secrets))
        act.facts.update(root=seat.name, keeper=keeper.kind)


def division(seat: Seat, need: int, of: int) -> dict[str, str]:
    """What another has to approve of dividing a root: which, and into what."""
    return {"root": seat.name, "need": str(need), "of": str(of)}


def divide(  # noqa: PLR0913, PLR0917  # what is divided, how, and by whose approval
    desk: Desk, seat: Seat, need: int, of: int, told: Callable[[int, int], None], request: str | None = None
) -> list[str]:
    """Sheets to print, one a share, after every way to put them together was tried; takes two.

    Raises Denied, TakesTwo, BadInput.
    """
    second = Second(request, terms=division(seat, need, of)) if request else None
    with desk.act(Action.ESCROW_ROOT, desk.vault.id, Purpose.STEWARDSHIP, second) as act:
        mnemonics, identity = act.ceremony(lambda permit: ceremony.shares(permit, seat, need, of))
        tried = escrow.rehearse(mnemonics, identity, told)
        act.facts.update(root=seat.name, need=need, of=of, rehearsed=tried)
    mark = escrow.fingerprint(identity.recipient())
    return [escrow.sheet(mnemonic, number, need, of, mark, seat.name) for number, mnemonic in enumerate(mnemonics, 1)]


def unlock(desk: Desk, seats: Sequence[Seat], seconds: int) -> None:
    """Leave a warden that opens what these roots open, until its time is over or `lock`. Raises Denied, Locked."""
    with desk.act(Action.UNLOCK, desk.vault.id, Purpose.STEWARDSHIP) as act:
        held = {seat.name: act.ceremony(seat.read) for seat in seats}
        act.facts.update(roots=sorted(held), seconds=seconds)
        act.after(lambda: warden.start(desk.vault.id, held, seconds))


def recovered(vault: Vault, name: str) -> None:
    """Write into the ledger that a root was made from shares."""
    vault.ledger.record(Entry("recovered", new_id(), {"root": name}))


def _stop(vault: Vault) -> None:
    """A warden holds the root that was; whoever wants one unlocks anew."""
    warden.stop(vault.id)
