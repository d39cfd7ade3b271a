"""Who got what: gathers what is released, packs it, and keeps a row of it before the door closes.

The study is asked for once, and every interview again by itself: one without consent for this purpose is left out
and said so, it does not stop the others.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff import sound
from handoff.package import laid_down, pack
from handoff.source import Case, Interview
from handoff.source import Study as Packable
from policies import bulk, consent, studies
from policies.actions import Action, Purpose, Role
from policies.facts import RELEASED
from policies.in_two import Second
from storage import lookup
from storage.errors import Damaged, Denied, NotReady
from storage.records import Artefact, Handoff, Membership, Participant, Person, Recording, new_id
from storage.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from handoff.package import Look, Packed
    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

    Scan: TypeAlias = Callable[[Desk, Sequence[Recording], Purpose], Look]

NONE_RELEASED = "No interview of this study is released. Review, then `tillit release`."
NOT_RELEASED_NOW = (
    "An interview was set back or released anew meanwhile, so nothing was handed off. Release it and run it again."
)
OUTSIDER = (
    "For analysis a hand-off goes to a researcher of this study or its investigator: name their handle with --for. "
    "Anybody else needs --purpose share_text or archive, which the participants must have consented to."
)


@dataclass(frozen=True)
class Order:
    """What is asked for: where to, in which formats, for whom, why, and in which language the recipient reads."""

    folder: Path
    formats: Sequence[str]
    recipient: str
    purpose: Purpose
    language: str


@dataclass(frozen=True)
class Handed:
    """What was handed off: the register's id, the files, how many interviews; `left_out` has a count by reason."""

    id: str
    files: list[Packed]
    interviews: int
    left_out: Mapping[str, int]


def terms(desk: Desk, study: Study, order: Order) -> dict[str, str]:
    """What another has to approve of a hand-off in bulk: to whom, why, in what form, and which interviews."""
    return _terms(order, _going(desk, study))


def _going(desk: Desk, study: Study) -> dict[str, str]:
    with Session(desk.vault.database.reader) as session:
        return bulk.going(session, study.id)


def _terms(order: Order, going: Mapping[str, str]) -> dict[str, str]:
    formats, interviews = ", ".join(sorted(order.formats)), f"{len(going)}: {', '.join(going.values())}"
    return {"recipient": order.recipient, "purpose": order.purpose.value, "formats": formats, "interviews": interviews}


def hand_off(desk: Desk, study: Study, order: Order, scan: Scan, request: str | None = None) -> Handed:
    """Pack every released interview the door lets through; in bulk that takes two, the id of an approved `request`.

    Raises Denied, TakesTwo, NotReady, AlreadyThere, BadInput. `scan` looks for real names in the released interviews,
    and gives what looks for them in the files made.

    The interviews' acts stay open while they are packed and are asked again when they close, before the register is
    written; only then, last of all, the folder gets its name (see handoff.package.laid_down).
    """
    action, second, going = Action.HAND_OFF, None, _going(desk, study)
    if request is not None:
        action, second = Action.HAND_OFF_BULK, Second(request, terms=_terms(order, going))
    with ExitStack() as last, desk.act(action, study, order.purpose, second) as act:
        _check_recipient(act, study, order)
        place = last.enter_context(laid_down(order.folder))
        with ExitStack() as doors:
            taken, left_out = _gather(desk, _released(act, study), order.purpose, doors)
            if request is not None and any(held.recording.id not in going for held in taken):
                raise NotReady(NOT_RELEASED_NOW)  # of what was approved, not one more
            if sound.NAME in order.formats:
                taken = _with_sound(taken, sound.Door(desk, order.purpose, doors, left_out), order.formats)
            row = _row(desk, study, order, taken)
            _keep_if_unchanged(act, row, taken)
            look = scan(desk, [held.recording for held in taken], order.purpose)
            files = pack(_packable(study, taken, order.language), place, order.formats, _about(row, taken), look)
        row.manifest = {file.name: file.sha256 for file in files}
        act.facts.update(handoff=row.id, recordings=row.recordings, left_out=left_out.total())
    return Handed(row.id, files, len(taken), left_out)


def _check_recipient(act: Act, study: Study, order: Order) -> None:
    """Analysis is what the study's own researchers do; whoever else gets the text, it is shared with them."""
    if order.purpose is not Purpose.ANALYSE:
        return
    known = sa.select(Membership).join(Person, Person.id == Membership.person_id)
    analyses = Membership.role.in_((Role.RESEARCHER, Role.INVESTIGATOR))
    researcher = known.where(Person.handle == order.recipient, Membership.study_id == study.id, analyses)
    if act.one(researcher) is None:
        raise Denied(OUTSIDER)


def _keep_if_unchanged(act: Act, row: Handoff, taken: list[_Held]) -> None:
    """Add the register's row, unless a consent or a release changed after the rules were last asked about it."""
    standing = consent.standing({held.case.id for held in taken})
    before = set(act.all(standing))

    def write(session: Session) -> None:
        if set(session.scalars(standing)) != before:
            raise Denied("A participant's consent changed meanwhile, so nothing was handed off. Run it again.")
        if not all(_stands(session, held) for held in taken):
            raise NotReady(NOT_RELEASED_NOW)
        session.add(row)

    act.later(write)


def _stands(session: Session, held: _Held) -> bool:
    """Whether the interview is released still, and by the release that was packed."""
    now = session.get_one(Recording, held.recording.id)
    return now.stage == RELEASED and session.scalars(_releases(now).limit(1)).one().id == held.release.id


def _releases(recording: Recording) -> sa.Select[Artefact]:
    """The newest first."""
    of_it = sa.select(Artefact).where(Artefact.recording_id == recording.id, Artefact.kind == "released")
    return of_it.order_by(Artefact.version.desc())


def _row(desk: Desk, study: Study, order: Order, taken: list[_Held]) -> Handoff:
    return Handoff(
        id=new_id(),
        study_id=study.id,
        recipient=order.recipient,
        purpose=order.purpose,
        recordings=[held.interview.id for held in taken],
        by_person_id=desk.who.id,
    )


@dataclass(frozen=True)
class _Held:
    interview: Interview
    case: Case
    release: Artefact
    recording: Recording


def _released(act: Act, study: Study) -> list[Recording]:
    of_study = sa.select(Recording).where(Recording.study_id == study.id, Recording.stage == RELEASED)
    return act.all(of_study.order_by(Recording.created, Recording.id))


def _gather(
    desk: Desk, recordings: list[Recording], purpose: Purpose, doors: ExitStack
) -> tuple[list[_Held], Counter[str]]:
    """The interviews whose door opens, each act left open in `doors`; and why the others' did not."""
    taken, left_out = [], Counter[str]()
    for recording in recordings:
        try:
            act = doors.enter_context(desk.act(Action.HAND_OFF_RECORDING, recording, purpose))
        except Denied as denied:
            left_out[denied.sentence] += 1
        else:
            taken.append(_read(desk, act, recording))
    if not taken:
        raise Denied(" ".join(left_out)) if left_out else NotReady(NONE_RELEASED)
    return taken, left_out


def _read(desk: Desk, act: Act, recording: Recording) -> _Held:
    participant = lookup.by_id(desk.vault.database, Participant, recording.participant_id)
    artefact = act.one(_releases(recording))
    if artefact is None:
        raise Damaged("A released interview has lost its text. Restore the vault from a backup.")
    transcript = Transcript.from_bytes(act.read(artefact))
    case = Case(participant.id, participant.code, dict(studies.attributes(act, participant)))
    act.facts["version"] = artefact.version
    title = f"{participant.code}-{recording.number}"
    interview = Interview(
        recording.id, participant.code, title, transcript.language, transcript.duration, transcript, None
    )
    return _Held(interview, case, artefact, recording)


def _with_sound(taken: list[_Held], door: sound.Door, formats: Sequence[str]) -> list[_Held]:
    """The same with their sound; where nothing else is asked for, those that have none are not handed off."""
    found = [replace(held, interview=door.beside(held.interview, held.release)) for held in taken]
    if set(formats) != {sound.NAME}:
        return found
    if heard := [held for held in found if held.interview.sound is not None]:
        return heard
    raise Denied(" ".join(door.left_out))


def _packable(study: Study, taken: list[_Held], language: str) -> Packable:
    cases = {held.case.id: held.case for held in taken}
    return Packable(study.id, study.code, language, tuple(cases.values()), tuple(held.interview for held in taken))


def _about(register: Handoff, taken: list[_Held]) -> dict[str, str]:
    made_by = {held.interview.title: _recogniser(held.interview.transcript) for held in taken}
    return {
        "handoff": register.id,
        "recipient": register.recipient,
        "purpose": register.purpose,
        "releases": json.dumps({held.interview.title: _version(held.release) for held in taken}, sort_keys=True),
        "recogniser": json.dumps(made_by, sort_keys=True),
    }


def _version(release: Artefact) -> str:
    return f"{release.id} v{release.version}"


def _recogniser(transcript: Transcript) -> str:
    made = transcript.made_by
    return f"{made.engine} {made.version}, {made.model} (sha256 {made.model_sha256})"
