"""For tests of backups: a vault with something in it, its backup, and a vault made again from one."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from policies import studies
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage import age, backup, files, places, roots, stores, tombstones
from storage.backup import Report, Source, Target, repository
from storage.backup import manifest as manifests
from storage.blobs import Folder
from storage.note import Signer
from storage.records import Artefact, Recording, Tombstone, new_id
from storage.sqlcipher import Sqlcipher
from storage.transcript import Provenance
from tests.house_fixtures import KNOWN, reopen
from tests.listened import participants_voice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.records import Participant
    from storage.vault import Vault
    from tests.house_fixtures import House

MADE_BY = Provenance("test", "test", "1")
SMALL = ("root.age", "records.key.age", "ledger.key.age", "vault.toml")


def silent(_done: int, _total: int) -> None:
    """Hears how far it is, and says nothing."""


@dataclass(frozen=True)
class Told:
    """Somebody who was interviewed, the recording, and what was said."""

    participant: Participant
    recording: Recording
    words: bytes


def interview(house: House, code: str, words: bytes, filename: str = "DS400012.WAV") -> Told:
    """A participant with attributes and a voice, and a recording with a transcript and a file's name."""
    held = house.participant(code)
    studies.set_attributes(house.desk("ivar"), held, {"sex": "woman"})
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=held.id, number=1, sha256=os.urandom(32).hex(), size=5,
        facts={"duration": 1.5, "wav": True}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        recording.sealed_origin = act.seal_text(held.id, places.origin(recording), filename)
        act.committed["recording"] = recording.sha256
        act.add(recording)
        act.seal(recording, "transcript", words, MADE_BY)
        act.add(participants_voice(act, held))
    return Told(held, recording, words)


def read(vault: Vault, told: Told) -> bytes:
    """What was said, read as a researcher does."""
    ragna = Desk(vault, Gate(vault), studies.actor(vault, "ragna"))
    with ragna.act(Action.READ_TRANSCRIPT, told.recording, Purpose.ANALYSE) as act:
        artefact = act.one(sa.select(Artefact).where(Artefact.recording_id == told.recording.id))
        assert artefact is not None
        return act.read(artefact)


def source(vault: Vault) -> Source:
    """What the records of a vault are backed up from."""
    small = {name: vault.folder / name for name in SMALL}
    return Source(
        backup.RECORDS, vault.id, vault.database.reader, vault.keys.root_recipient(), vault.ledger.signer,
        vault.ledger.checkpoint(), small, vault.blobs,
    )  # fmt: skip


def back_up(vault: Vault, folder: Path, keep: int | None = None) -> Report:
    """Back up the records."""
    return backup.back_up(source(vault), folder, silent, keep=keep)


def rewrite(vault: Vault, folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of the only snapshot, as whoever held the vault's keys could."""
    root, signer = vault.keys._root, vault.ledger.signer
    kept = manifests.parse((folder / "manifest").read_bytes(), signer.vkey)
    [path] = kept.under("snapshots")
    lines = age.decrypt((folder / path).read_bytes(), [root]).splitlines(keepends=True)
    changed = repository.seal(folder, path, change(lines), root.recipient(), kept.newest)
    signed = replace(kept, files={**kept.files, path: changed}).signed(signer)
    (folder / "manifest").write_text(signed, encoding="utf-8")


def root_of(kept: Path) -> roots.Root:
    """The root in a vault's folder, or among a backup's small files."""
    return roots.read(kept, roots.Keeper(), KNOWN, "root")


def make_again(repository_folder: Path, folder: Path, **how: Any) -> Report:
    """Restore into a new vault's folder as the command does: the small files first, vault.toml last."""
    folder.mkdir(mode=0o700, exist_ok=True)
    small = backup.small_files(repository_folder)
    for name in set(SMALL) - {"vault.toml"}:
        files.write(folder / name, small[name])
    root = root_of(folder)
    vkey = signer_of(folder, repository.read(repository_folder, None).vault_id).vkey
    if not (folder / "records.db").exists():
        stores.new_database(folder / "records.db", key_of(folder, root), "", "records").close()
    database = Sqlcipher(folder / "records.db", key_of(folder, root))
    try:
        target = Target(database, root, vkey, Folder(folder / "blobs"), **how)
        report = backup.restore(repository_folder, target, silent)
    finally:
        database.close()
    (folder / "link").mkdir(exist_ok=True)
    files.write(folder / "vault.toml", small["vault.toml"])
    return report


def made_again(repository_folder: Path, folder: Path, **how: Any) -> Vault:
    """The same, opened."""
    make_again(repository_folder, folder, **how)
    return reopen(folder)


def key_of(folder: Path, root: roots.Root) -> bytes:
    """The key of a vault's records database."""
    return age.decrypt((folder / "records.key.age").read_bytes(), [root])


def signer_of(folder: Path, vault_id: str) -> Signer:
    """The ledger's signer."""
    seed = age.decrypt((folder / "ledger.key.age").read_bytes(), [root_of(folder)])
    return Signer(f"tillit/{vault_id}", Ed25519PrivateKey.from_private_bytes(seed))


def shred(vault: Vault, participant: Participant) -> str:
    """Destroy what opens a participant's, as the act of that name does; returns the tombstone."""
    note = tombstones.make(vault.ledger.signer, vault.id, participant.id, participant.study_id)
    with Session(vault.database.writer) as session, session.begin():
        gone = tombstones.apply(session, participant.id)
        session.add(Tombstone(participant_id=participant.id, study_id=participant.study_id, note=note))
    for name in gone.blobs:
        vault.blobs.remove(name)
    return note
