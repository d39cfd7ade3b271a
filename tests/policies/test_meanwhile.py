"""Keys that change while something else goes on: nothing is kept that would not open, and nobody is told otherwise."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import deposits, intake
from policies import ceremonies, safekeeping, studies
from policies.actions import Action, Purpose
from storage import age, ceremony, roots
from storage.ceremony import Seat
from storage.consents import Consent
from storage.errors import BadInput, Locked, NotFound, NotReady
from storage.inbox import Inbox
from storage.records import Participant, Recording
from storage.roots import Keeper
from tests.house_fixtures import FAST, KNOWN, LATER, TODAY, House, Known, reopen
from tests.policies.keeping import MADE_BY, WORDS, keep, opened
from tests.sound import opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def silent(_done: int, _total: int) -> None:
    """Hears how far it is."""


def _overtaken(house: House, recording: Recording, by: Callable[[], object]) -> None:
    """An act that seals something, during which something else is done."""
    with house.desk("ivar").act(Action.TAKE_IN, _held(house, recording), Purpose.RECORD) as act:
        act.seal(recording, "mentions", WORDS, MADE_BY)
        by()


def _held(house: House, recording: Recording) -> Participant:
    with Session(house.vault.database.reader) as session:
        return session.get_one(Participant, recording.participant_id)


def test_what_was_sealed_to_a_key_that_is_rotated_meanwhile_is_not_kept(house: House) -> None:
    """An act that a rotation overtook says so and keeps nothing; done again, it keeps what opens."""
    held = house.participant("P01")
    recording = keep(house, held)
    before = set(house.vault.blobs.names())
    with pytest.raises(NotReady, match="again"):
        _overtaken(house, recording, lambda: ceremonies.rotate_participant(house.desk("astrid"), held))
    assert set(house.vault.blobs.names()) == before
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        act.seal(recording, "mentions", WORDS, MADE_BY)
    assert opened(house, recording) == [WORDS, WORDS, WORDS]


def test_what_goes_on_during_a_shred_keeps_nothing(house: House) -> None:
    """A stage that began before the key was destroyed leaves neither a row nor a payload behind."""
    held = house.participant("P01")
    recording = keep(house, held)
    with pytest.raises(NotFound, match="destroyed"):
        _overtaken(house, recording, lambda: house.shred(held))
    assert list(house.vault.blobs.names()) == []


def test_one_ceremony_at_a_time(house: House) -> None:
    """While somebody changes a root, nobody else can, and both roots open as before."""
    seat = Seat(house.vault.folder, house.vault.settings, KNOWN, "root", FAST)
    with ceremony.alone(house.vault.folder):
        with pytest.raises(NotReady, match="right now"):
            ceremonies.rotate_root(house.desk("astrid"), seat)
        with pytest.raises(NotReady, match="right now"):
            ceremonies.protect(house.desk("astrid"), seat, Keeper(), Known(b"another passphrase"))
    assert roots.read(house.vault.folder, Keeper(), KNOWN, "root")


def test_whoever_opened_the_vault_before_its_root_was_rotated_seals_nothing_to_the_old_one(
    house: House, tmp_path: Path
) -> None:
    """A backup and a new study from such a process are refused, for they would open for nobody."""
    vault = reopen(house.vault.folder)
    ceremonies.rotate_root(
        House(vault, house.study).desk("astrid"), Seat(vault.folder, vault.settings, KNOWN, "root", FAST)
    )
    vault.close()
    with pytest.raises(Locked, match="rotated"):
        safekeeping.back_up(house.desk("astrid"), tmp_path / "backup", silent)
    with pytest.raises(Locked, match="rotated"):
        studies.create(house.desk("astrid"), studies.NewStudy("ny", "New", "REK 2", TODAY, LATER, "no"))


def test_former_keys_are_not_forgotten_while_deposits_wait(house: House, tmp_path: Path) -> None:
    """`--forget` is refused until what was sealed to them is taken in."""
    house.participant("P01")
    (tmp_path / "a.wav").write_bytes(opening(0.5))
    sealed = deposits.seal_file(tmp_path / "a.wav", house.vault.keys.recipient(house.study.id))
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    with pytest.raises(NotReady, match="tillit run"):
        ceremonies.rotate_study(house.desk("astrid"), house.study, forget=True)
    list(deposits.admit(house.vault))
    ceremonies.rotate_study(house.desk("astrid"), house.study, forget=True)


@pytest.mark.parametrize("note", [b"{}", b"[]", b"not JSON", b'{"file": 1}'])
def test_a_note_that_says_nonsense_stops_nobody_else(house: House, tmp_path: Path, note: bytes) -> None:
    """Anybody can seal to the public recipient: a junk note is told, the others are taken in, and a shred goes on."""
    one, two = house.participant("P01"), house.participant("P02")
    recipient, inbox = house.vault.keys.recipient(house.study.id), Inbox(house.vault.folder, "rus")
    inbox._notes().put("ab" * 16, io.BytesIO(age.encrypt(note, [recipient])))
    inbox._notes().put("cd" * 16, io.BytesIO(b"no age file at all"))
    (tmp_path / "a.wav").write_bytes(opening(0.5))
    sealed = deposits.seal_file(tmp_path / "a.wav", recipient)
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    assert sorted(admitted.receipt is None for admitted in deposits.admit(house.vault)) == [False, True, True]
    assert house.shred(two) == 0
    assert one.id


def test_a_deposit_for_somebody_shredded_leaves_the_inbox(house: House, tmp_path: Path) -> None:
    """It came after the shred, so it is refused and not left lying under the study's key."""
    held = house.participant("P01")
    (tmp_path / "a.wav").write_bytes(opening(0.5))
    sealed = deposits.seal_file(tmp_path / "a.wav", house.vault.keys.recipient(house.study.id))
    house.shred(held)
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)
    assert [admitted.receipt for admitted in deposits.admit(house.vault)] == [None]
    assert not Inbox(house.vault.folder, "rus").waiting()


def test_a_consent_that_was_put_back_shows(house: House) -> None:
    """A database administrator who undoes a withdrawal, or makes somebody a steward, is found by fsck."""
    held = house.participant("P01")
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Consent).where(Consent.participant_id == held.id).values(letter="letter v9"))
    found = safekeeping.examine(house.desk("astrid"), silent)
    assert [one.kind for one in found] == ["row altered"]
    assert found[0].what.startswith("consent/")


def test_a_root_in_a_credential_is_not_rotated_in_place(house: House) -> None:
    """It says how to, and nothing is changed."""
    about = house.vault.settings.__class__(house.vault.id, root=Keeper("credential"))
    with pytest.raises(BadInput, match="key protect"):
        ceremonies.rotate_root(house.desk("astrid"), Seat(house.vault.folder, about, KNOWN, "root", FAST))


def test_a_shredded_recordings_hash_is_gone(house: House) -> None:
    """Whoever has the same sound can no longer tell from the records that it was here."""
    held = house.participant("P01")
    receipt = intake.take_in(house.desk("ivar"), held, io.BytesIO(opening(0.5)), "a.wav")
    house.shred(held)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Recording).where(Recording.sha256 == receipt.sha256)).all() == []
