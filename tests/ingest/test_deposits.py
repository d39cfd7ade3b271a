"""Recordings sealed on a device: deposited while the vault is locked, taken in when it is open."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ingest import deposits
from policies import ceremonies, consent, studies
from policies.actions import Action, Purpose
from storage import age
from storage.errors import AlreadyThere, BadInput, BadRecording, Damaged, Denied, NotFound
from storage.inbox import Inbox
from storage.records import Recording
from tests.house_fixtures import House, build, reopen
from tests.policies.keeping import artefacts
from tests.sound import opening

SOUND = opening(2.0)
NAME = "Kari Nordmann.wav"


@pytest.fixture
def sealed(house: House, tmp_path: Path) -> Path:
    """A recording sealed on a device that has only the study's recipient."""
    (tmp_path / "rus.recipient").write_text(studies.recipient(house.desk("ivar"), house.study) + "\n")
    (tmp_path / NAME).write_bytes(SOUND)
    return deposits.seal_file(tmp_path / NAME, deposits.read_recipient(tmp_path / "rus.recipient"))


def _original(house: House, recording: str) -> bytes:
    with Session(house.vault.database.reader) as session:
        row = session.get_one(Recording, recording)
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, row, Purpose.ANALYSE) as act:
        return act.read(artefacts(house, row)[0])


def test_what_was_sealed_on_a_device_is_taken_in_as_if_it_had_been_added(house: House, sealed: Path) -> None:
    """Deposited to a locked vault and admitted when it opens: the same sound, hash and door; the inbox is empty."""
    house.participant("P01")
    folder = house.vault.folder
    house.vault.close()
    receipt = deposits.deposit(folder, "rus/P01", "ivar", sealed)
    assert receipt.sha256 == hashlib.sha256(sealed.read_bytes()).hexdigest()
    house.vault = reopen(folder)
    (admitted,) = deposits.admit(house.vault)
    assert admitted.receipt is not None
    assert admitted.receipt.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert _original(house, admitted.receipt.id) == SOUND
    assert not Inbox(folder, "rus").waiting()
    assert list(deposits.admit(house.vault)) == []


def test_the_payload_is_never_touched(house: House, sealed: Path) -> None:
    """What stands in the vault is byte for byte what the device made, behind a header for the participant."""
    house.participant("P01")
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    list(deposits.admit(house.vault))
    (name,) = house.vault.blobs.names()
    with sealed.open("rb") as file:
        age.read_header(file)
        assert house.vault.blobs.open(name).read() == file.read()


def test_who_brought_it_is_asked_about_at_the_door(house: House, sealed: Path) -> None:
    """A stranger's deposit, and one without consent, wait with the reason; they are taken in once it is put right."""
    held = house.participant("P01", [])
    deposits.deposit(house.vault.folder, "rus/P01", "somebody", sealed)
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    assert all(isinstance(one.problem, Denied) for one in deposits.admit(house.vault))
    assert len(Inbox(house.vault.folder, "rus").waiting()) == 2
    given = consent.Given((Purpose.RECORD,), held.created.date(), "in writing", "v1", house.study.ends)
    consent.record(house.desk("astrid"), held, given)
    assert sorted(one.receipt is None for one in deposits.admit(house.vault)) == [False, True]


def test_a_rotated_study_still_opens_what_was_on_its_way(house: House, sealed: Path) -> None:
    """A device that has the old recipient loses nothing; once that key is forgotten, its deposit says so and waits."""
    house.participant("P01")
    ceremonies.rotate_study(house.desk("astrid"), house.study)
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    assert [one.problem for one in deposits.admit(house.vault)] == [None]
    ceremonies.rotate_study(house.desk("astrid"), house.study, forget=True)
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    (admitted,) = deposits.admit(house.vault)
    assert isinstance(admitted.problem, BadRecording)
    assert len(Inbox(house.vault.folder, "rus").waiting()) == 1


def test_a_shred_takes_deposits_with_it(house: House, sealed: Path) -> None:
    """What waits for a participant who is forgotten leaves the inbox; another's stays."""
    one, _ = house.participant("P01"), house.participant("P02")
    for reference in ("rus/P01", "rus/P02"):
        deposits.deposit(house.vault.folder, reference, "ivar", sealed)
    house.shred(one)
    (left,) = deposits.admit(house.vault)
    assert left.letter is not None
    assert left.letter.participant == "rus/P02"


def test_only_sealed_files_are_deposited(house: House, tmp_path: Path) -> None:
    """A plain recording, a text and an unknown study are refused in words, and leave nothing behind."""
    plain = tmp_path / NAME
    plain.write_bytes(SOUND)
    with pytest.raises(BadRecording, match="tillit seal"):
        deposits.deposit(house.vault.folder, "rus/P01", "ivar", plain)
    with pytest.raises(NotFound):
        deposits.deposit(house.vault.folder, "other/P01", "ivar", plain)
    with pytest.raises(BadInput):
        deposits.deposit(house.vault.folder, "rus/../P01", "ivar", plain)
    assert not Inbox(house.vault.folder, "rus").waiting()


def test_a_deposit_that_changed_on_the_disk_is_said_to_be_damaged(house: House, sealed: Path) -> None:
    """One flipped byte in a file of the inbox is found before anything is made of it."""
    house.participant("P01")
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    (path,) = (path for path in (house.vault.folder / "inbox" / "rus" / "files").rglob("*") if path.is_file())
    spoilt = bytearray(path.read_bytes())
    spoilt[-1] ^= 1
    path.write_bytes(spoilt)
    (admitted,) = deposits.admit(house.vault)
    assert isinstance(admitted.problem, Damaged)


def test_no_name_lies_open_in_the_inbox(house: House, sealed: Path) -> None:
    """Neither the file's name nor whose recording it is can be read from the inbox."""
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    for path in (house.vault.folder / "inbox").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"Kari" not in content + path.name.encode()
        assert b"P01" not in content


def test_a_file_is_sealed_once(house: House, sealed: Path, tmp_path: Path) -> None:
    """Sealing again does not write over what was sealed, and a file that is no recipient is refused."""
    to = deposits.read_recipient(tmp_path / "rus.recipient")
    with pytest.raises(AlreadyThere):
        deposits.seal_file(tmp_path / NAME, to)
    with pytest.raises(BadInput):
        deposits.read_recipient(sealed)
    assert house.vault.id


def test_the_command_needs_no_passphrase(tmp_path: Path) -> None:
    """`tillit deposit` in a process without any secret gives a receipt."""
    house = build(tmp_path / "vault")
    to = age.parse_recipient(studies.recipient(house.desk("ivar"), house.study))
    house.vault.close()
    (tmp_path / "a.wav").write_bytes(SOUND)
    sealed = deposits.seal_file(tmp_path / "a.wav", to)
    command = ["tillit", "--vault", str(tmp_path / "vault"), "--as", "ivar", "deposit", "rus/P01", str(sealed)]
    command[0] = str(Path(sys.executable).with_name("tillit"))
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    assert "DEPOSIT  rus/P01" in done.stdout
