"""Every other write of the vault's own files, failed at each call: a vault, a deposit, a seal, a change of keeper.

Objects, the ledger's file, backups, restores, rotations and shreds are tried in the same way beside their rooms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import deposits
from policies import ceremonies, studies
from policies.actions import Action, Purpose
from storage import age, blobs, files, new_vault, roots, settings, tombstones
from storage.ceremony import Seat
from storage.errors import NotFound, StorageFailed
from storage.inbox import Inbox
from storage.roots import Keeper
from tests.faults.failing import PAIR, WAYS, Way, at_every_call, at_every_statement
from tests.house_fixtures import FAST, KNOWN, House, Known, reopen
from tests.policies.keeping import WORDS, keep, opened
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

OTHER = Known(b"another passphrase")


def _told(error: BaseException | None) -> None:
    """A failure of the disk is a sentence, without the path it happened at."""
    assert error is None or isinstance(error, StorageFailed)
    assert "secret" not in str(error)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_vault_is_made_whole_or_can_be_made_again(tmp_path: Path, way: Way) -> None:
    """Whichever call fails, what is left is no vault or a whole one, and the same folder can be used again."""
    folder = tmp_path / "vault"

    def make() -> None:
        with new_vault.made(folder, KNOWN, work_factor=FAST) as vault:
            studies.found(vault, "astrid")

    def check(error: BaseException | None) -> None:
        _told(error)
        if (folder / settings.ABOUT).exists():
            reopen(folder).close()
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
        else:
            assert error is not None

    assert at_every_call(make, check, [files, new_vault, blobs], way) > 20


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_deposit_has_a_receipt_or_is_not_there(house: House, tmp_path: Path, way: Way) -> None:
    """Whichever call fails, whoever got a receipt has a deposit that opens; without one nothing waits half kept."""
    (tmp_path / "a.wav").write_bytes(opening(0.5))
    sealed = deposits.seal_file(tmp_path / "a.wav", house.vault.keys.recipient(house.study.id))
    inbox, held = Inbox(house.vault.folder, "rus"), house.participant("P01")
    receipts: list[deposits.DepositReceipt] = []

    def deposit() -> None:
        receipts.append(deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed))

    def check(error: BaseException | None) -> None:
        _told(error)
        with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
            letters = [letter for _, letter in inbox.letters(act.sealed_for_study()) if letter is not None]
        assert {receipt.id for receipt in receipts} <= {letter.file for letter in letters}
        assert all(inbox.open(letter).read() == sealed.read_bytes() for letter in letters)

    assert at_every_call(deposit, check, [files, blobs], way) > 10
    assert receipts


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_deposit_that_cannot_be_taken_in_is_not_lost(house: House, tmp_path: Path, way: Way) -> None:
    """Whichever statement fails while it is taken in, it waits or is kept, and in the end it is there once."""
    held = house.participant("P01")
    (tmp_path / "a.wav").write_bytes(opening(0.5))
    sealed = deposits.seal_file(tmp_path / "a.wav", house.vault.keys.recipient(house.study.id))
    deposits.deposit(house.vault.folder, "rus/P01", "ivar", sealed)

    def check(_error: BaseException | None) -> None:
        kept = len(list(house.vault.blobs.names()))
        assert kept + len(Inbox(house.vault.folder, "rus").waiting()) >= 1

    at_every_statement(lambda: list(deposits.admit(house.vault)), check, way)
    assert [one.problem for one in deposits.admit(house.vault)] == []
    assert not Inbox(house.vault.folder, "rus").waiting()
    assert held.id


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_file_is_sealed_whole_or_not_at_all(house: House, tmp_path: Path, way: Way) -> None:
    """Whichever call fails on the device, the recording stays, and a sealed file that is there is a whole one."""
    source, sealed = tmp_path / "a.wav", tmp_path / "a.wav.age"
    source.write_bytes(opening(0.5))
    identity = age.HybridIdentity.generate()

    def check(error: BaseException | None) -> None:
        _told(error)
        assert source.read_bytes() == opening(0.5)
        assert sealed.exists() or error is not None
        if sealed.exists():
            assert age.decrypt(sealed.read_bytes(), [identity]) == opening(0.5)
            sealed.unlink()

    assert at_every_call(lambda: deposits.seal_file(source, identity.recipient()), check, [files], way) > 4
    assert house.vault.id


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_change_of_passphrase_leaves_the_old_or_the_new(house: House, way: Way) -> None:
    """Whichever call fails, one of the two passphrases opens everything."""
    recording = keep(house, house.participant("P01"))
    folder = house.vault.folder

    def change() -> None:
        seat = Seat(folder, house.vault.settings, _that_opens(folder), "root", FAST)
        ceremonies.protect(house.desk("astrid"), seat, Keeper(), OTHER)

    def check(error: BaseException | None) -> None:
        _told(error)
        vault = reopen(folder, _that_opens(folder))
        assert opened(House(vault, house.study), recording) == [WORDS, WORDS]
        vault.close()

    assert at_every_call(change, check, [files], way) > 5
    assert _that_opens(folder) is OTHER


def _that_opens(folder: Path) -> Known:
    for secrets in (OTHER, KNOWN):
        try:
            roots.read(folder, Keeper(), secrets, "root")
        except Exception:  # noqa: BLE001, S112  # the other one is tried; none is a failure of the test
            continue
        return secrets
    pytest.fail("neither passphrase opens the vault")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_tombstone_is_there_whole_or_not_at_all(tmp_path: Path, way: Way) -> None:
    """Whichever call fails, no half of one lies where restores look for them."""
    stone = "a stone\n" * 50

    def check(error: BaseException | None) -> None:
        _told(error)
        folder = tmp_path / tombstones.FOLDER
        assert not folder.exists() or set(tombstones.found(folder)) <= {stone}

    assert at_every_call(lambda: tombstones.publish(tmp_path, "ab" * 16, stone), check, [files], way) > 4
    assert tombstones.found(tmp_path / tombstones.FOLDER) == [stone]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """A folder without a vault has no settings and no inbox."""
    with pytest.raises(NotFound):
        settings.read(tmp_path)
    assert len(Inbox(tmp_path, "rus").waiting()) == 0
