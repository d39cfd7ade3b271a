"""Backups and restores through the door: the drill, what a shred leaves, and a vault that grows."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import safekeeping, studies
from policies.actions import Action, Purpose
from policies.safekeeping import Plan
from storage import age, backup, keys
from storage.errors import AlreadyThere, BadInput, Damaged, Denied, Locked, NotFound
from storage.link import Form
from storage.records import Artefact, Key, Person, new_id
from tests.faults import canaries
from tests.house_fixtures import KNOWN, House, Known, reopen
from tests.policies.keeping import FILE_NAME, WORDS, artefacts, filename, keep, opened

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Recording


def silent(_done: int, _total: int) -> None:
    """Hears how far it is."""


class Archive:
    """Two backup folders, apart, and a place to restore to."""

    def __init__(self, root: Path) -> None:
        self.records, self.link, self.again = root / "backup", root / "link-backup", root / "again"

    def back_up(self, house: House) -> backup.Report:
        """Back up both halves as the steward."""
        safekeeping.back_up_link(house.desk("astrid"), self.link, silent)
        return safekeeping.back_up(house.desk("astrid"), self.records, silent)

    def restore(self, house: House, plan: Plan | None = None) -> House:
        """A house made again from the backup."""
        safekeeping.restore(self.again, plan or Plan(self.records, self.link), KNOWN, KNOWN, silent)
        return House(reopen(self.again), house.study)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Nothing backed up yet."""
    return Archive(tmp_path)


def test_the_drill(house: House, archive: Archive) -> None:
    """Vault lost, backup restored: every artefact, name and row is back, the ledger adds up, and work goes on."""
    held = house.participant("P01")
    recording = keep(house, held)
    kept, people = house.vault.ledger.checkpoint(), _count(house, Person)
    archive.back_up(house)
    house.vault.close()
    shutil.rmtree(house.vault.folder)
    again = archive.restore(house, Plan(archive.records, archive.link, kept=kept))
    assert opened(again, recording) == [WORDS, WORDS]
    assert filename(again, recording) == FILE_NAME
    assert _count(again, Person) == people
    assert opened(again, keep(again, again.participant("P02"))) == [WORDS, WORDS]
    assert safekeeping.examine(again.desk("astrid"), silent) == []


def test_a_restored_link_key_still_says_who_is_who(house: House, archive: Archive) -> None:
    """Names and decisions are sealed with the database's key, so a restore keeps that one: they open as before."""
    _say(house, "Zebulona Qvistmo", "Kari")
    with house.desk("ragna").act(Action.SET_NAMES, house.study, Purpose.ANALYSE) as act:
        act.names().decide("rename", "Kari", "Zebulona asked for it", act.actor.id)
    archive.back_up(house)
    again = archive.restore(house)
    assert _said(again) == ["Kari is Zebulona Qvistmo"]
    with again.desk("ragna").act(Action.SEE_NAMES, again.study, Purpose.ANALYSE) as act:
        assert [(row.what, row.why) for row in act.names().namings()] == [("Kari", "Zebulona asked for it")]
    _say(again, "Kvitbotunet", "Lund")
    assert _said(House(reopen(archive.again), house.study)) == ["Kari is Zebulona Qvistmo", "Lund is Kvitbotunet"]


def _say(house: House, real: str, surrogate: str) -> None:
    with house.desk("astrid").act(Action.SET_ROSTER, house.study, Purpose.STEWARDSHIP) as act:
        act.names().add(new_id(), "PER", surrogate).forms.append(Form(form=real))


def _said(house: House) -> list[str]:
    with house.desk("astrid").act(Action.SET_ROSTER, house.study, Purpose.STEWARDSHIP) as act:
        return sorted(f"{name.surrogate} is {form.form}" for name in act.names().all() for form in name.forms)


def _count(house: House, kind: type) -> int:
    with Session(house.vault.database.reader) as session:
        return len(session.scalars(sa.select(kind)).all())


def test_yesterdays_backup_does_not_bring_back_who_was_shredded(house: House, archive: Archive) -> None:
    """An untouched copy of it, restored with the vault's tombstones: no artefact of theirs opens, another's do."""
    one, two = house.participant("P01"), house.participant("P02")
    gone, stays = keep(house, one), keep(house, two)
    archive.back_up(house)
    house.shred(one)
    again = archive.restore(house, Plan(archive.records, archive.link, [house.vault.folder / "tombstones"]))
    with pytest.raises(NotFound, match="destroyed"):
        opened(again, gone)
    assert opened(again, stays) == [WORDS, WORDS]
    with Session(again.vault.database.reader) as session:
        owners = session.scalars(sa.select(Key.owner_id)).all()
        headers = session.scalars(sa.select(Artefact.header).where(Artefact.participant_id == one.id)).all()
    assert one.id not in owners
    assert headers == [b"", b""]
    assert not {a.blob for a in artefacts(again, gone)} & set(again.vault.blobs.names())
    assert safekeeping.examine(again.desk("astrid"), silent) == []


def test_the_next_backup_forgets_with_every_other_key_in_hand(house: House, archive: Archive) -> None:
    """After a shred and a backup, no file of the repository opens to anything of theirs, whatever keys one has."""
    one, two = house.participant("P01"), house.participant("P02")
    keep(house, one)
    keep(house, two)
    archive.back_up(house)
    identity = _identity(house, one.id)
    assert _mentions(house, archive, str(identity))
    house.shred(one)
    archive.back_up(house)
    assert not _mentions(house, archive, str(identity))
    assert not list(archive.records.rglob(f"keys/{one.id}*"))


def _identity(house: House, participant: str) -> age.HybridIdentity:
    with Session(house.vault.database.reader) as session:
        row = keys.row(session, participant)
        study = keys.opened(keys.row(session, str(row.parent_id)).sealed_identity, house.vault.keys._root)
        return keys.opened(row.sealed_identity, study)


def _mentions(house: House, archive: Archive, secret: str) -> bool:
    """Whether an identity can be had from the repository with the root: any age file inside any age file."""
    root = house.vault.keys._root
    with Session(house.vault.database.reader) as session:
        studies_ = [
            keys.opened(row.sealed_identity, root)
            for row in session.scalars(sa.select(Key).where(Key.parent_id.is_(None)))
        ]
    for path in archive.records.rglob("*.age"):
        try:
            plain = age.decrypt(path.read_bytes(), [root])
        except age.AgeError:
            continue
        for sealed in _sealed_in(plain):
            try:
                if age.decrypt(sealed, studies_).decode() == secret:
                    return True
            except (age.AgeError, UnicodeDecodeError):
                continue
    return False


def _sealed_in(plain: bytes) -> list[bytes]:
    """Every age file that stands somewhere as base64."""
    start = base64.b64encode(b"age-encryption")[:18]
    return [base64.b64decode(found) for found in re.findall(start + rb"[A-Za-z0-9+/]+={0,2}", plain)]


def test_nothing_lies_open_in_a_backup(house: House, archive: Archive) -> None:
    """Words, file names and attributes are in no byte of either folder."""
    held = house.participant("P01")
    studies.set_attributes(house.desk("ivar"), held, {"sex": "woman-of-Bergen"})
    keep(house, held)
    archive.back_up(house)
    assert canaries.found([archive.records, archive.link], [WORDS, FILE_NAME.encode(), b"woman-of-Bergen"]) == []


def test_the_two_halves_do_not_lie_together(house: House, archive: Archive) -> None:
    """The link key cannot be backed up into the folder of the rest."""
    archive.back_up(house)
    with pytest.raises(BadInput):
        safekeeping.back_up_link(house.desk("astrid"), archive.records, silent)


def test_only_the_steward_backs_up(house: House, archive: Archive) -> None:
    """A researcher takes no copy of the vault, of either half."""
    for act in (safekeeping.back_up, safekeeping.back_up_link):
        with pytest.raises(Denied):
            act(house.desk("ragna"), archive.records, silent)
    assert not archive.records.exists()


def test_a_restore_that_cannot_be_leaves_no_vault(house: House, archive: Archive) -> None:
    """A full folder, a wrong passphrase, a folder that is no backup and a changed file are each refused in words."""
    recording: Recording = keep(house, house.participant("P01"))
    archive.back_up(house)
    plan = Plan(archive.records, archive.link)
    with pytest.raises(AlreadyThere):
        safekeeping.restore(house.vault.folder, plan, KNOWN, KNOWN, silent)
    with pytest.raises(Locked):
        safekeeping.restore(archive.again, plan, Known(b"another passphrase"), KNOWN, silent)
    with pytest.raises(NotFound):
        safekeeping.restore(archive.again, replace(plan, records=archive.link), KNOWN, KNOWN, silent)
    (path, *_) = [path for path in (archive.records / "objects").rglob("*") if path.is_file()]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged):
        safekeeping.restore(archive.again, plan, KNOWN, KNOWN, silent)
    assert not archive.again.exists()
    assert opened(house, recording) == [WORDS, WORDS]
