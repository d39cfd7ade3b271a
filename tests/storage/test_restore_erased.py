"""What of somebody's was destroyed alone stays so: in the next backup, and after restoring one made before."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import shredding
from policies.withdrawal import Scope
from storage import backup, erasures, tombstones
from storage.errors import Damaged
from storage.records import Artefact, Recording, Voice
from tests.ingest.withdrawn import withdraw
from tests.policies.keeping import keep
from tests.storage.backups import back_up, made_again, silent
from tests.storage.opening import every_key, opens, rows_in, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Participant
    from storage.vault import Vault
    from tests.house_fixtures import House

SOUNDS = {"artefact.header", "artefact.sealed_blob", "voice.sealed_voice"}


@pytest.fixture
def gone(house: House) -> Participant:
    """Whose sound is going to be destroyed, and nothing else of theirs."""
    participant = house.participant("P01")
    keep(house, participant)
    return participant


@pytest.fixture
def folder(house: House, gone: Participant, tmp_path: Path) -> Path:
    """A repository from before, with somebody else in it too."""
    keep(house, house.participant("P02"))
    back_up(house.vault, tmp_path / "backup")
    assert gone.code == "P01"
    return tmp_path / "backup"


def sounds(vault: Vault, participant: Participant) -> set[str]:
    """The ids of what is, or tells of, a participant's voice."""
    with Session(vault.database.reader) as session:
        of_sound = sa.select(Artefact.id).where(
            Artefact.participant_id == participant.id, Artefact.kind.in_(shredding.SOUND)
        )
        voices = sa.select(Voice.id).where(Voice.participant_id == participant.id)
        return {*session.scalars(of_sound), *session.scalars(voices)}


def erase(house: House, participant: Participant) -> None:
    """As the data steward withdraws the sound alone."""
    shredding.erase(house.desk("astrid"), participant, shredding.SOUND)


def test_after_the_next_backup_no_snapshot_opens_the_sound(house: House, folder: Path, gone: Participant) -> None:
    """With the root, in every file of the repository: older snapshots have no key to it any more, nor its payload."""
    root, ids = house.vault.keys._root, sounds(house.vault, gone)
    with Session(house.vault.database.reader) as session:
        blobs = set(session.scalars(sa.select(Artefact.blob).where(Artefact.id.in_(ids))))
    before = rows_in(folder, root)
    assert opens(before, every_key(before, root), ids) == SOUNDS
    erase(house, gone)
    back_up(house.vault, folder)
    after = rows_in(folder, root)
    assert opens(after, every_key(after, root), ids) == set()
    assert blobs
    assert not blobs & {path.name for path in folder.rglob("*")}
    assert backup.check(folder, house.vault.ledger.signer.vkey, silent) == []
    assert len(list((folder / "keys" / gone.id).iterdir())) == 1


def test_the_newest_snapshot_restores_what_was_kept(
    house: House, folder: Path, gone: Participant, tmp_path: Path
) -> None:
    """Of the one whose sound is gone the rest opens from the newest backup, and later ones keep their older keys."""
    erase(house, gone)
    with Session(house.vault.database.reader) as session:
        recording = session.scalars(sa.select(Recording).where(Recording.participant_id == gone.id)).one()
    back_up(house.vault, folder)
    house.shred(house.participant("P09"))
    back_up(house.vault, folder)
    again = made_again(folder, tmp_path / "again")
    held = rows_of(again)
    rest = {row["id"] for name, row in held if name == "artefact" and row["recording_id"] == recording.id}
    assert rest
    assert opens(held, every_key(held, again.keys._root), rest) == {"artefact.header", "artefact.sealed_blob"}
    again.close()


def test_yesterdays_backup_forgets_the_sound_again(
    house: House, folder: Path, gone: Participant, tmp_path: Path
) -> None:
    """An untouched copy from before, restored with the notes at hand, has no sound of theirs, and it has the rest."""
    ids = sounds(house.vault, gone)
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    erase(house, gone)
    notes = tombstones.found(house.vault.folder / tombstones.FOLDER)
    assert list(map(erasures.is_one, notes)) == [True]
    again = made_again(yesterday, tmp_path / "again", tombstones=notes)
    held = rows_of(again)
    assert not ids & {row["id"] for _, row in held}
    kept = {row["id"] for name, row in held if name == "artefact" and row["participant_id"] == gone.id}
    assert kept
    assert opens(held, every_key(held, again.keys._root), kept) == {"artefact.header", "artefact.sealed_blob"}
    again.close()


def test_without_the_note_it_would_have_opened_and_is_not_backed_up_again(
    house: House, folder: Path, gone: Participant, tmp_path: Path
) -> None:
    """A copy restored without notes has the sound; the repository that knows better refuses it and says what to do."""
    ids = sounds(house.vault, gone)
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    erase(house, gone)
    back_up(house.vault, folder)
    again = made_again(yesterday, tmp_path / "again")
    held = rows_of(again)
    assert opens(held, every_key(held, again.keys._root), ids) == SOUNDS
    with pytest.raises(Damaged, match="only sound"):
        back_up(again, folder)
    again.close()


def test_an_edited_note_is_refused(house: House, gone: Participant) -> None:
    """What this vault did not sign, or signed as something else, destroys nothing."""
    erase(house, gone)
    signer = house.vault.ledger.signer
    (text,) = tombstones.found(house.vault.folder / tombstones.FOLDER)
    stone = tombstones.make(signer, house.vault.id, gone.id, gone.study_id)
    for other in (text.replace("artefact ", "artefacts "), text.replace("voice ", "artefact "), stone):
        with pytest.raises(Damaged):
            erasures.read(signer.vkey, other)


def test_sound_of_nobody_leaves_no_note(house: House) -> None:
    """Where there was nothing to destroy there is nothing to remember."""
    erase(house, house.participant("P03"))
    assert not (house.vault.folder / tombstones.FOLDER).exists() or not tombstones.found(
        house.vault.folder / tombstones.FOLDER
    )


def test_a_stop_before_the_note_is_laid_out_is_settled_by_the_same_again(house: House, gone: Participant) -> None:
    """Where the disk was full, the note and the payloads come to their end with the same withdrawal, run once more."""
    first = withdraw(house, gone, Scope.SOUND)
    (stone,) = (house.vault.folder / tombstones.FOLDER).iterdir()
    said = erasures.read(house.vault.ledger.signer.vkey, stone.read_text(encoding="utf-8"))
    stone.unlink()
    (blob,) = said.artefacts.values()
    left = house.vault.folder / "blobs" / blob[:2] / blob
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"noise")
    again = withdraw(house, gone, Scope.SOUND)
    assert (stone.exists(), left.exists(), again.counts) == (True, False, first.counts)
