"""Keys are rotated by rewriting headers: everything opens before and after, and nothing with the key that was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import ceremonies, studies
from policies.actions import Action, Purpose
from storage import age, files, keys, places, roots
from storage.ceremony import Seat
from storage.errors import Denied, StorageFailed
from storage.records import Key, LedgerEntry, Participant, RetiredKey
from tests import listened as listening
from tests.conftest import REPO
from tests.faults.failing import PAIR, Way, at_every_call, at_every_statement
from tests.house_fixtures import FAST, KNOWN, House, build, reopen
from tests.policies.keeping import FILE_NAME, WORDS, artefacts, filename, keep, listened, opened

if TYPE_CHECKING:
    from pathlib import Path

HEARD = [listening.WORDS, json.dumps(listening.VOICE)]


def _key(house: House, owner: str) -> Key:
    with Session(house.vault.database.reader) as session:
        return keys.row(session, owner)


def _identity(house: House, participant: Participant) -> age.HybridIdentity:
    root = house.vault.keys._root
    study = keys.opened(_key(house, participant.study_id).sealed_identity, root)
    return keys.opened(_key(house, participant.id).sealed_identity, study)


def test_a_participants_new_key_opens_everything_and_the_old_one_nothing(house: House) -> None:
    """Artefacts, file name, attributes, words heard, voice and openings are handed over; payloads are not touched."""
    held = house.participant("P01")
    studies.set_attributes(house.desk("ivar"), held, {"sex": "woman"})
    recording = keep(house, held)
    old, payloads = (
        _identity(house, held),
        {name: house.vault.blobs.open(name).read() for name in house.vault.blobs.names()},
    )
    assert ceremonies.rotate_participant(house.desk("astrid"), held) == 2
    assert opened(house, recording) == [WORDS, WORDS]
    assert filename(house, recording) == FILE_NAME
    assert listened(house, recording) == HEARD
    with Session(house.vault.database.reader) as session:
        stored = session.get_one(Participant, held.id)
        sealed = session.scalars(
            sa.select(LedgerEntry.sealed_openings).where(LedgerEntry.sealed_openings.is_not(None))
        ).one()
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        assert studies.attributes(act, stored) == {"sex": "woman"}
    assert json.loads(age.decrypt(sealed or b"", [_identity(house, held)]))["sha256"][1] == "0" * 64
    for artefact in artefacts(house, recording):
        with pytest.raises(age.NoMatch):
            age.open_header(artefact.header, [old])
    assert {name: house.vault.blobs.open(name).read() for name in house.vault.blobs.names()} == payloads


def test_a_file_name_from_before_there_were_parts_is_handed_over_too(house: House) -> None:
    """It was sealed under the column's former name, for which it opens before a rotation and after it."""
    held = house.participant("P01")
    recording = keep(house, held)
    recording.origin_version = 1
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        older = act.seal_text(held.id, places.origin(recording), "older.wav")
        act.change(recording, origin_version=1, sealed_origin=older)
    ceremonies.rotate_participant(house.desk("astrid"), held)
    assert filename(house, recording) == "older.wav"


def test_a_studys_new_key_opens_its_participants_and_still_what_was_sealed_to_the_old(house: House) -> None:
    """After a rotation every participant's key opens; the former key is kept for what is on its way, or forgotten."""
    held = house.participant("P01")
    recording = keep(house, held)
    before = _key(house, house.study.id)
    assert ceremonies.rotate_study(house.desk("astrid"), house.study) == 1
    assert opened(house, recording) == [WORDS, WORDS]
    after = _key(house, house.study.id)
    assert after.recipient != before.recipient
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        known = {str(identity.recipient()) for identity in act.sealed_for_study()}
    assert known == {before.recipient, after.recipient}
    ceremonies.rotate_study(house.desk("astrid"), house.study, forget=True)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(RetiredKey)).all() == []
    assert opened(house, recording) == [WORDS, WORDS]


def test_a_stopped_rotation_of_all_participants_goes_on_with_the_rest(house: House) -> None:
    """After the study's key all participants' are due; stopped after one, the next run does the others, once each."""
    held = [house.participant(f"P{number}") for number in range(4)]
    recordings = [keep(house, one) for one in held]
    ceremonies.rotate_study(house.desk("astrid"), house.study)
    before = {one.id: _key(house, one.id).recipient for one in held}
    running = ceremonies.rotate_participants(house.desk("astrid"), house.study)
    assert [next(running), next(running)] == [(0, 4), (1, 4)]
    del running
    assert list(ceremonies.rotate_participants(house.desk("astrid"), house.study))[-1] == (3, 3)
    assert list(ceremonies.rotate_participants(house.desk("astrid"), house.study)) == [(0, 0)]
    assert not set(before.values()) & {_key(house, one.id).recipient for one in held}
    assert all(opened(house, recording) == [WORDS, WORDS] for recording in recordings)


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_rotation_that_fails_at_any_statement_leaves_everything_readable(house: House, way: Way) -> None:
    """Whichever statement or commit fails, before or after it took effect, what was kept opens with what is kept."""
    held = house.participant("P01")
    recording = keep(house, held)

    def check(_error: BaseException | None) -> None:
        assert opened(house, recording) == [WORDS, WORDS]
        assert filename(house, recording) == FILE_NAME
        assert listened(house, recording) == HEARD

    assert at_every_statement(lambda: ceremonies.rotate_participant(house.desk("astrid"), held), check, way) > 5


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_root_whose_rotation_fails_anywhere_still_opens_the_vault(house: House, way: Way) -> None:
    """Whichever call to the disk fails, before or after it took effect, the vault opens; doing it again ends it."""
    recording = keep(house, house.participant("P01"))

    def rotate() -> None:
        vault = reopen(house.vault.folder)
        try:
            desk = House(vault, house.study).desk("astrid")
            ceremonies.rotate_root(desk, Seat(vault.folder, vault.settings, KNOWN, "root", FAST))
        finally:
            vault.close()

    def check(error: BaseException | None) -> None:
        vault = reopen(house.vault.folder)
        assert opened(House(vault, house.study), recording) == [WORDS, WORDS]
        vault.close()
        assert error is None or isinstance(error, StorageFailed)

    assert at_every_call(rotate, check, [files], way) > 10
    assert len(roots.read(house.vault.folder, roots.Keeper(), KNOWN, "root").identities) == 1


KILLED = """
import os, signal, sys, pathlib
import sqlalchemy as sa
from policies import ceremonies, studies
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from tests.house_fixtures import reopen
vault = reopen(pathlib.Path(sys.argv[1]))
desk = Desk(vault, Gate(vault), studies.actor(vault, "astrid"))
held, left = lookup.participant(vault.database, "rus/P01"), int(sys.argv[2])
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(sa.Engine, "before_cursor_execute", count)
sa.event.listen(sa.Engine, "commit", count)
ceremonies.rotate_study(desk, lookup.study(vault.database, "rus"))
ceremonies.rotate_participant(desk, held)
"""


@pytest.mark.parametrize("at", [6, 11, 14, 17, 22, 26, 30])
def test_a_kill_in_a_rotation_leaves_everything_readable(tmp_path: Path, at: int) -> None:
    """Killed at a statement of a study's or a participant's rotation, everything opens and a rotation can be done."""
    house = build(tmp_path / "vault")
    held = house.participant("P01")
    recording = keep(house, held)
    house.vault.close()
    command = [sys.executable, "-c", KILLED, str(tmp_path / "vault"), str(at)]
    assert subprocess.run(command, cwd=REPO, check=False).returncode == -signal.SIGKILL
    house = House(reopen(tmp_path / "vault"), house.study)
    assert opened(house, recording) == [WORDS, WORDS]
    ceremonies.rotate_participant(house.desk("astrid"), held)
    assert opened(house, recording) == [WORDS, WORDS]
    assert house.vault.ledger.verify().size > 0
    house.vault.close()


@pytest.mark.parametrize("who", ["ivar", "ragna", "nobody"])
def test_only_the_steward_handles_keys(house: House, who: str) -> None:
    """Interviewers, researchers and strangers may rotate and destroy nothing, and the ledger says that they tried."""
    held = house.participant("P01")
    with pytest.raises(Denied):
        ceremonies.rotate_participant(house.desk(who), held)
    with pytest.raises(Denied):
        ceremonies.rotate_study(house.desk(who), house.study)
    assert json.loads(list(house.vault.ledger.leaves())[-1])["allow"] is False
