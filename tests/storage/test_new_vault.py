"""Making a vault: whole or not at all, and again after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest

from policies import studies
from storage import lookup, new_vault
from storage.errors import AlreadyThere, BadInput, StorageFailed
from tests.conftest import REPO
from tests.house_fixtures import FAST, KNOWN, Known, reopen

if TYPE_CHECKING:
    from pathlib import Path

KILLED_AT_FSYNC = """
import os, signal, sys
from pathlib import Path
from policies import studies
from storage import new_vault
from tests.house_fixtures import Known
real, left = os.fsync, int(sys.argv[2])
def fsync(descriptor):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)
os.fsync = fsync
with new_vault.made(Path(sys.argv[1]), Known(b"another passphrase"), work_factor=4) as vault:
    studies.found(vault, "astrid")
    if left > 100:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _make(folder: Path) -> None:
    with new_vault.made(folder, KNOWN, work_factor=FAST) as vault:
        studies.found(vault, "astrid")


@pytest.mark.parametrize("fsync", [1, 2, 9, 12, 1000])
def test_after_a_kill_the_same_folder_can_be_used_again(tmp_path: Path, fsync: int) -> None:
    """Killed at any point before its end, what is left is no vault, and making it again gives one with a steward."""
    folder = tmp_path / "vault"
    command = [sys.executable, "-c", KILLED_AT_FSYNC, str(folder), str(fsync)]
    assert subprocess.run(command, cwd=REPO, check=False).returncode == -signal.SIGKILL
    assert not (folder / "vault.toml").exists()
    _make(folder)
    vault = reopen(folder)
    assert lookup.person(vault.database, "astrid") is not None
    assert vault.ledger.verify().size == 1
    vault.close()
    assert list(folder.rglob("*.part")) == []


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    """A founder who is refused leaves neither a vault nor a folder; a folder that was there stays, empty."""
    for there in (False, True):
        folder = tmp_path / f"vault{there}"
        if there:
            folder.mkdir()
        with pytest.raises(BadInput), new_vault.made(folder, KNOWN, work_factor=FAST) as vault:
            studies.found(vault, "Astrid Aas")
        assert folder.exists() == there
        assert not there or list(folder.iterdir()) == []


def test_the_passphrase_is_asked_for_last(tmp_path: Path) -> None:
    """Nobody thinks of a passphrase, twice, only to hear that the folder is not empty."""

    class Asked(Known):
        def passphrase(self) -> NoReturn:
            pytest.fail("asked for the passphrase")

    (tmp_path / "thesis.docx").touch()
    with pytest.raises(AlreadyThere), new_vault.made(tmp_path, Asked()):
        pass


@pytest.mark.parametrize("also", ["thesis.docx", "vault.toml"])
def test_what_is_not_half_made_is_never_cleared(tmp_path: Path, also: str) -> None:
    """A folder that looks half made but holds something else, or a whole vault, is left as it is."""
    for name in ("vault.toml.part", "root.age", also):
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(AlreadyThere):
        _make(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"vault.toml.part", "root.age", also}


def test_two_makings_do_not_meet(tmp_path: Path) -> None:
    """While one vault is being made a second one in the same folder is refused, and the first comes to its end."""
    folder = tmp_path / "vault"
    with new_vault.made(folder, KNOWN, work_factor=FAST) as vault:
        with pytest.raises(AlreadyThere, match="right now"):
            _make(folder)
        studies.found(vault, "astrid")
    reopen(folder).close()


def test_where_no_folder_can_be_made_the_sentence_says_so(tmp_path: Path) -> None:
    """A path that leads through a file is StorageFailed, with the system's code and no path."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match="ENOTDIR") as caught:
        _make(tmp_path / "file" / "vault")
    assert os.fspath(tmp_path) not in str(caught.value)
