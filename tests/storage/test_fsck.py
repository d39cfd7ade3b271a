"""Sealed files that are missing, extra, cut short or altered are found and named, and nothing else is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from storage import fsck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.blobs import Folder
    from storage.s3 import Bucket
    from tests.storage.spoiling import Filled, Spoilt

DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a byte less": ("truncated", lambda data: data[:-1]),
    "half": ("truncated", lambda data: data[: len(data) // 2]),
    "nothing left": ("truncated", lambda _: b""),
    "a byte more": ("altered", lambda data: data + b"\0"),
    "first bit": ("altered", lambda data: bytes([data[0] ^ 0x80]) + data[1:]),
    "a middle bit": ("altered", lambda data: data[:100_000] + bytes([data[100_000] ^ 1]) + data[100_001:]),
    "last bit": ("altered", lambda data: data[:-1] + bytes([data[-1] ^ 1])),
    "chunks swapped": ("altered", lambda data: data[:16] + data[65568:131120] + data[16:65568] + data[131120:]),
    "another's": ("altered", lambda data: bytes(len(data))),
}


@pytest.fixture
def vault(filled: Filled, tmp_path: Path, keeper: Folder | Bucket) -> Iterator[Spoilt]:
    """A vault whose sealed files are in a folder, then in a bucket."""
    with filled.copy(tmp_path / "vault", keeper) as copied:
        yield copied


def test_a_sound_vault_has_no_findings(vault: Spoilt) -> None:
    """Nothing is said of a vault that is as it was kept, and the progress told ends where it should."""
    told: list[tuple[int, int]] = []
    ours = vault.house.vault
    assert fsck.examine(ours.database, vault.keeper, ours.ledger, lambda *now: told.append(now)) == []
    total = sum(len(vault.bytes_of(name)) for name in vault.keeper.names())
    assert (told[0], told[-1]) == ((0, total), (total, total))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(("kind", "damage"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_named_by_its_row(vault: Spoilt, kind: str, damage: Callable[[bytes], bytes]) -> None:
    """Cut short by a byte or altered by a bit anywhere, the file is found and named, and no other."""
    artefact = vault.artefact()
    sound = vault.bytes_of(artefact.blob)
    assert damage(sound) != sound
    vault.put(artefact.blob, damage(sound))
    assert vault.examine() == {(kind, f"artefact/{artefact.id}")}


def test_a_missing_file_is_named_by_its_row(vault: Spoilt) -> None:
    """A file that is gone is found and named, also one of hardly any bytes."""
    gone = [vault.artefact(0), vault.artefact(1, "empty")]
    for artefact in gone:
        vault.keeper.remove(artefact.blob)
    assert vault.examine() == {("missing", f"artefact/{artefact.id}") for artefact in gone}


def test_an_extra_file_is_named_and_stays(vault: Spoilt) -> None:
    """What a killed act left has no row: it is listed by its name with its size, and never removed."""
    with vault.keeper.writer() as left:
        left.write(b"left")
    ours = vault.house.vault
    (finding,) = fsck.examine(ours.database, vault.keeper, ours.ledger, lambda *_: None)
    assert (finding.kind, finding.what) == ("extra", left.name)
    assert "4 bytes" in finding.sentence
    assert vault.bytes_of(left.name) == b"left"


def test_swapped_files_are_both_named(vault: Spoilt) -> None:
    """Two files put in each other's place are two findings, of the same size or not, that say whose they are."""
    for one, other in ((vault.artefact(0), vault.artefact(1)), (vault.artefact(0), vault.artefact(0, "transcript"))):
        first, second = vault.bytes_of(one.blob), vault.bytes_of(other.blob)
        vault.put(one.blob, second)
        vault.put(other.blob, first)
        ours = vault.house.vault
        found = fsck.examine(ours.database, vault.keeper, ours.ledger, lambda *_: None)
        assert {(finding.kind, finding.what) for finding in found} == {
            ("altered", f"artefact/{one.id}"),
            ("altered", f"artefact/{other.id}"),
        }
        assert any(other.id in finding.sentence for finding in found if finding.what == f"artefact/{one.id}")
        vault.put(one.blob, first)
        vault.put(other.blob, second)


def test_damages_of_every_kind_are_told_at_once(vault: Spoilt) -> None:
    """One damage hides no other."""
    gone, short, altered = vault.artefact(0), vault.artefact(1), vault.artefact(1, "transcript")
    vault.keeper.remove(gone.blob)
    vault.put(short.blob, vault.bytes_of(short.blob)[:70_000])
    vault.put(altered.blob, bytes(altered.size))
    vault.put("ab" * 16, b"extra")
    assert vault.examine() == {
        ("missing", f"artefact/{gone.id}"),
        ("truncated", f"artefact/{short.id}"),
        ("altered", f"artefact/{altered.id}"),
        ("extra", "ab" * 16),
    }


def test_nothing_is_changed_by_looking(vault: Spoilt) -> None:
    """Every file of the vault and every sealed file is as it was, byte for byte, damaged or not."""

    def all_there_is() -> dict[str, str]:
        folder = vault.house.vault.folder
        files = {path.as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        files |= {name: vault.bytes_of(name) for name in vault.keeper.names()}
        return {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if not name.endswith("-shm")}

    vault.keeper.remove(vault.artefact(0).blob)
    vault.put("ab" * 16, b"extra")
    vault.put(vault.artefact(1).blob, b"short")
    vault.delete("artefact", vault.artefact(1, "empty").id)
    before = all_there_is()
    assert len(vault.examine()) == 5
    assert all_there_is() == before
