"""Sealed objects on disk: whole or not at all, whatever fails."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from storage import blobs
from storage.blobs import Folder
from storage.errors import AlreadyThere, StorageFailed
from tests.faults.failing import PAIR, WAYS, Way, at_every_call, failing_os

if TYPE_CHECKING:
    from pathlib import Path

PIECES = (b"first " * 1000, b"second " * 1000)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of objects."""
    return Folder(tmp_path / "blobs")


def write(folder: Folder) -> str:
    """Write one object in two pieces; returns its name."""
    with folder.writer() as writing:
        for piece in PIECES:
            writing.write(piece)
    return writing.name


def contents(folder: Folder) -> list[bytes]:
    """Every whole object's bytes."""
    return [folder.open(name).read() for name in folder.names()]


def empty(folder: Folder) -> None:
    """Clear the folder for the next attempt."""
    for name in list(folder.names()):
        folder.remove(name)
    folder.sweep()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_failed_call_leaves_nothing_or_everything(folder: Folder, way: Way) -> None:
    """Whichever call to the system fails, the writer says so, and no object is there in part."""

    def check(error: BaseException | None) -> None:
        found = contents(folder)
        if error is None:
            assert found == [b"".join(PIECES)]
            return
        assert isinstance(error, StorageFailed)
        assert errno.errorcode[way.code] in error.sentence
        assert "secret" not in error.sentence
        assert found in ([], [b"".join(PIECES)])
        assert way.lasts or (found == [] and list(folder.unfinished()) == [])
        empty(folder)

    assert at_every_call(lambda: write(folder), check, [blobs], way) > 6


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_failed_restore_leaves_nothing_or_everything(folder: Folder, way: Way) -> None:
    """Whichever call to the system fails while one object is restored, it is there whole or not at all."""
    name, whole = folder.new_name(), b"".join(PIECES)

    def check(error: BaseException | None) -> None:
        assert contents(folder) in ([[whole]] if error is None else [[], [whole]])
        assert error is None or isinstance(error, StorageFailed)
        folder.put(name, io.BytesIO(whole))
        assert contents(folder) == [whole]
        assert list(folder.unfinished()) == []
        empty(folder)

    assert at_every_call(lambda: folder.put(name, io.BytesIO(whole)), check, [blobs], way) > 6


def test_failed_removal_is_told_and_can_be_repeated(folder: Folder) -> None:
    """A removal that the system fails, persisted or not, is told; asking again removes the object."""
    for at in (1, 2, 3, 4):
        for way in PAIR:
            name = write(folder)
            with failing_os([blobs], at, way), pytest.raises(StorageFailed):
                folder.remove(name)
            folder.remove(name)
            assert contents(folder) == []


def test_a_write_whose_failure_nobody_minds_still_leaves_nothing(folder: Folder) -> None:
    """A caller that goes on after a failed write does not get half an object under a name."""

    def careless() -> None:
        with folder.writer() as writing, suppress(StorageFailed), failing_os([blobs], 1, PAIR[0]):
            writing.write(PIECES[0])

    with pytest.raises(StorageFailed):
        careless()
    assert contents(folder) == []
    assert list(folder.unfinished()) == []


def test_short_writes_are_carried_on(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a few bytes at a time still gets the whole object."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:100]))
    name = write(folder)
    assert folder.open(name).read() == b"".join(PIECES)


def test_only_the_owner_can_read(folder: Folder) -> None:
    """Folders are 0700 and objects 0600, whatever the umask allows."""
    before = os.umask(0)
    try:
        fresh = Folder(folder.root / "deeper")
        name = write(fresh)
    finally:
        os.umask(before)
    shard = fresh.root / name[:2]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (fresh.root, shard, shard / name)]
    assert modes == [0o700, 0o700, 0o600]


def test_killed_writer_leaves_only_a_part(folder: Folder) -> None:
    """A process killed while it writes leaves no object, and a part that can be found and swept."""
    script = (
        "import pathlib, sys, storage.blobs as b\n"
        "with b.Folder(pathlib.Path(sys.argv[1])).writer() as w:\n"
        "    w.write(b'half'); print('ready', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folder.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.kill()
    assert contents(folder) == []
    assert len(list(folder.unfinished())) == 1


def test_link_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    """A symbolic link planted among the objects does not lead out of the vault."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"not ours")
    name = write(folder)
    folder.remove(name)
    (folder.root / name[:2] / name).symlink_to(outside)
    with pytest.raises(StorageFailed):
        folder.open(name)


def test_names_lists_whole_objects_only(folder: Folder) -> None:
    """Listing gives every object once and leaves out parts and strangers."""
    names = {write(folder) for _ in range(5)}
    (folder.root / next(iter(names))[:2] / "stranger").write_bytes(b"")
    (folder.root / "stray").write_bytes(b"")
    with folder.writer():
        assert sorted(names) == list(folder.names())


def test_unreadable_root_is_a_sentence(tmp_path: Path) -> None:
    """A root that cannot be made is an error with a sentence, not a traceback with a path."""
    with pytest.raises(StorageFailed):
        Folder(tmp_path / "missing" / "blobs")


def test_a_sweep_removes_what_a_killed_writer_left_and_spares_a_living_one(tmp_path: Path) -> None:
    """A part whose writer is gone goes; one that is being written stays and becomes whole."""
    folder = Folder(tmp_path / "blobs")
    dead = folder.root / "ab" / ("ab" * 16 + ".part")
    dead.parent.mkdir()
    dead.write_bytes(b"half")
    with folder.writer() as living:
        living.write(b"whole")
        assert folder.sweep() == 1
        assert not dead.exists()
    with folder.open(living.name) as kept:
        assert kept.read() == b"whole"


def test_a_restore_waits_for_who_writes_the_same_and_takes_over_from_the_dead(folder: Folder) -> None:
    """A name that a living process is writing is left to it; the part of a dead one is replaced."""
    name, whole = folder.new_name(), b"".join(PIECES)

    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with pytest.raises(AlreadyThere):
                folder.put(name, io.BytesIO(whole))
            assert list(folder.unfinished()) == [name]
            return super().read(size)

    part = folder.root / name[:2] / f"{name}.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    folder.put(name, Meanwhile(whole))
    assert contents(folder) == [whole]


def test_an_object_in_the_wrong_place_is_not_listed(folder: Folder) -> None:
    """What lies in another's subfolder would not open under its name, so it is not there."""
    name = write(folder)
    other = folder.root / ("00" if name[:2] != "00" else "01")
    other.mkdir()
    (folder.root / name[:2] / name).rename(other / name)
    assert list(folder.names()) == []
