"""Studies that are to be closed: people at every stage of their interviews, and everything there may be of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ingest.withdrawing import Pipeline
from policies import closing, holds, studies
from policies.actions import CONSENTED, Action, Purpose
from storage import age, places
from storage.inbox import Inbox
from storage.link import Form
from storage.records import Recording, new_id
from storage.transcript import Provenance
from tests.listened import participants_voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.closing import Done
    from policies.closing_plan import How
    from storage.records import Participant
    from tests.house_fixtures import House

MADE_BY = Provenance("test", "tillit", "1")
KINDS = ("original", "transcript", "pseudonymised", "released")
NO_ARCHIVE = tuple(purpose for purpose in CONSENTED if purpose is not Purpose.ARCHIVE)


def interviewed(
    house: House, code: str, purposes: Iterable[Purpose] = CONSENTED, stage: str = "release"
) -> Participant:
    """Somebody with an interview, of which there is an artefact of each kind, a description, a voice, a name."""
    held = house.participant(code, purposes)
    studies.set_attributes(house.desk("ivar"), held, {"sex": "woman"})
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=held.id, number=1, sha256=new_id() * 2, size=5,
        facts={"duration": 5.0}, model="base", by_person_id=house.desk("ivar").who.id, stage=stage,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        recording.sealed_origin = act.seal_text(held.id, places.origin(recording), "Kari i Bergen.wav")
        act.committed["sha256"] = recording.sha256
        act.add(recording)
        for kind in KINDS:
            act.seal(recording, kind, f"{kind} of {code}".encode(), MADE_BY)
        act.add(participants_voice(act, held))
    return held


def named(house: House, *said: str) -> None:
    """Names in the link key that nobody's mentions point to."""
    with house.desk("ragna").act(Action.SET_NAMES, house.study, Purpose.ANALYSE) as act:
        for one in said:
            act.names().add(new_id(), "PER", f"Somebody {one}").forms.append(Form(form=one))


def deposited(house: House, code: str) -> None:
    """Something of somebody's that waits in the inbox."""
    inbox = Inbox(house.vault.folder, house.study.code)
    sealed = age.encrypt(b"sound", [inbox.recipient()])
    inbox.put(io.BytesIO(sealed), f"{house.study.code}/{code}", "ivar", "a.wav", "2026-01-01T00:00:00+00:00")


def close(house: House, how: How) -> Done:
    """As two data stewards do it before its time; once it was begun, as one does."""
    desk = house.desk("astrid")
    if closing.under_way(desk, house.study) is None:
        approved = house.approved(Action.CLOSE_STUDY_EARLY, house.study, closing.terms(how))
        closing.begin(desk, house.study, how, "The study is over.", approved)
    return closing.go_on(desk, house.study, Pipeline())


def hold(house: House, held: Participant) -> int:
    """Somebody wants that kept."""
    return holds.add(house.desk("astrid"), house.study, held, "legal", "A court wants it.", None)
