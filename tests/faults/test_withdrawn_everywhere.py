"""Whoever withdraws, at whatever stage, is in no copy any more: not live, not in a backup from before, not by name.

What the attacker has: every root, every key that is left, the databases with their keys, the payloads as they once
were, and a backup from before with its passphrase. What they lack is a key that nobody has. `make soak` tries 500.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.decisions import keep, overlay
from ingest.pseudonyms.apply import Mention, to_bytes
from ingest.pseudonyms.finds import Kind
from ingest.reviewing.deeds import Verb
from ingest.reviewing.places import raw
from ingest.withdrawing import Pipeline
from ingest.work import LISTENING, MENTIONS, PSEUDONYMISED, RELEASED, TRANSCRIPT, Work
from policies import studies, withdrawal, withdrawal_plan
from policies.actions import Action, Purpose
from policies.in_two import Second
from policies.withdrawal import Ground, Scope
from storage import age, certificates, places, tombstones
from storage.link import Form
from storage.records import Artefact, Decision, Handoff, Recording, new_id
from tests.faults import tables
from tests.faults.canaries import Hunt
from tests.ingest.interview import transcript
from tests.ingest.withdrawn import forms
from tests.listened import heard, participants_voice
from tests.storage.backups import MADE_BY, back_up, made_again
from tests.storage.opening import every_key, opens, rows_in, rows_of, theirs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.age import Identity
    from storage.records import Participant
    from tests.house_fixtures import House

STAGES = ("none", "received", "decode", "transcribe", "find names", "apply pseudonyms", "review", "release", "bleep")
MANY = 25 if os.environ.get("TILLIT_SOAK") else 12
ROUNDS = 20 if os.environ.get("TILLIT_SOAK") else 1


def secret(number: int) -> str:
    """What only this one said: a name nobody else has."""
    return f"Canary{new_id()[:12]} Nr{number}"


def told(house: House, number: int, stage: str, words: str) -> Participant:
    """Somebody whose interview has come as far as `stage`, with `words` in all there is of it."""
    participant = house.participant(f"P{number}")
    studies.set_attributes(house.desk("ivar"), participant, {"said": words})
    if stage == "none":
        return participant
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256=new_id() * 2, size=5,
        facts={"duration": 5.0}, model="base", language="en", by_person_id=house.desk("ivar").who.id,
        stage="release" if stage == "bleep" else stage,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording.sealed_origin = act.seal_text(participant.id, places.origin(recording), words)
        act.add(recording)
        act.add(participants_voice(act, participant))
        for kind in ("original", LISTENING, PSEUDONYMISED, RELEASED, "bleeped")[: STAGES.index(stage)]:
            act.seal(recording, kind, words.encode() * 50, MADE_BY)
        if stage == "decode":
            act.add(heard(act, recording))
        if STAGES.index(stage) >= STAGES.index("transcribe"):
            act.seal(recording, TRANSCRIPT, transcript((words,)).to_bytes(), MADE_BY)
    if STAGES.index(stage) >= STAGES.index("find names"):
        _named(house, recording, words)
    if STAGES.index(stage) >= STAGES.index("release"):
        _handed(house, recording)
    return participant


def _named(house: House, recording: Recording, words: str) -> None:
    with house.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        name = act.names().add(new_id(), Kind.PER, f"Somebody {new_id()}")
        name.forms.append(Form(form=words))
        mention = Mention(new_id(), 0, 0, len(words), Kind.PER, 1.0, ("person",), name.id)
        act.seal(recording, MENTIONS, to_bytes([mention]), MADE_BY)
    with house.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, house.vault.database)
        keep(work, overlay(work), [(Verb.SEEN, raw(0, 0, 3))], words)


def _handed(house: House, recording: Recording) -> None:
    """In the register; by two, for so many are there."""
    terms = {"recipient": "ragna"}
    request = house.approved(Action.HAND_OFF_BULK, house.study, terms, "ragna")
    row = Handoff(study_id=house.study.id, recipient="ragna", purpose="analyse", recordings=[recording.id],
                  manifest={"a.txt": "0" * 64}, by_person_id=house.desk("ragna").who.id)  # fmt: skip
    second = Second(request, terms=terms)
    with house.desk("ragna").act(Action.HAND_OFF_BULK, house.study, Purpose.ANALYSE, second) as act:
        act.add(row)


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_nothing_of_anybody_who_withdrew_comes_back(house: House, tmp_path: Path, attempt: int) -> None:
    """Each at another stage; then every value and payload of every copy is tried with every key that is left."""
    words = {number: secret(number) for number in range(MANY)}
    people = {n: told(house, n, STAGES[(n + attempt) % len(STAGES)], words[n]) for n in words}
    stays = told(house, MANY, "bleep", secret(MANY))
    ids = {one.id: theirs(house.vault, one.id) for one in people.values()}
    payloads = list(_payloads(house, set(ids)))
    back_up(house.vault, tmp_path / "backup")
    shutil.copytree(tmp_path / "backup", yesterday := tmp_path / "yesterday")
    held = rows_of(house.vault)
    found = every_key(held, root := house.vault.keys._root)
    assert all(opens(held, found, ids[one]) for one in ids)  # what is tried below works before
    assert all(
        any(_opened(*payload, found) for payload in payloads if payload[0] == one) for one in {p[0] for p in payloads}
    )

    vkey = house.vault.ledger.signer.vkey
    for one in people.values():
        planned = withdrawal_plan.plan(house.desk("astrid"), one, Pipeline())
        done = withdrawal.withdraw(house.desk("astrid"), one, Scope.ALL, Ground.PARTICIPANT, Pipeline())
        said = certificates.read(vkey, done.certificate)
        assert (said.destroyed["artefacts"], said.destroyed["names"]) == (planned.artefacts, planned.names)
        assert one.id not in done.certificate
    back_up(house.vault, tmp_path / "backup")
    stones = tombstones.found(house.vault.folder / tombstones.FOLDER)
    again = made_again(yesterday, tmp_path / "again", tombstones=stones)
    copies = [rows_of(house.vault), rows_of(again), rows_in(tmp_path / "backup", root)]
    keys = [key for copy in copies for key in every_key(copy, root)]
    assert [opens(copy, keys, ids[one]) for copy in copies for one in ids if opens(copy, keys, ids[one])] == []
    headers = [row["header"] for copy in copies for name, row in copy if name == "artefact" and row["header"]]
    assert not any(_opened(owner, header, sealed, keys) for owner, _, sealed in payloads for header in headers[:8])
    assert not forms(house) & set(words.values())
    assert forms(house)
    hunt = Hunt(text.encode() for text in words.values())
    assert [place for place, value in tables.values(house.vault) if hunt.within(value)] == []
    with Session(house.vault.database.reader) as session:
        gone = sa.select(Decision.sealed_payload).join(Recording).where(Recording.participant_id.in_(ids))
        assert set(session.scalars(gone)) <= {None}
    assert opens(rows_of(house.vault), keys, theirs(house.vault, stays.id))
    assert house.vault.ledger.verify().size > 0
    again.close()


def _payloads(house: House, owners: set[str]) -> Iterator[tuple[str, bytes, bytes]]:
    """Whose, header and payload of each sealed file, as somebody who copied the disk has them."""
    with Session(house.vault.database.reader) as session:
        for one in session.scalars(sa.select(Artefact).where(Artefact.participant_id.in_(owners))):
            with house.vault.blobs.open(one.blob) as file:
                yield one.participant_id, one.header, file.read()


def _opened(_owner: str, header: bytes, sealed: bytes, keys: list[Identity]) -> bool:
    try:
        return bool(age.decrypt(header + sealed, keys))
    except age.AgeError:
        return False
