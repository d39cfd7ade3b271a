"""kill -9 in the middle of a root's rotation: the vault opens, and doing it again ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from policies import ceremonies
from storage import roots
from storage.ceremony import Seat
from tests.conftest import REPO
from tests.house_fixtures import FAST, KNOWN, House, build, reopen
from tests.policies.keeping import WORDS, keep, opened

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import os, pathlib, signal, sys
import sqlalchemy as sa
from policies import ceremonies, studies
from policies.desk import Desk
from policies.gate import Gate
from storage.ceremony import Seat
from tests.house_fixtures import FAST, KNOWN, reopen
vault, left = reopen(pathlib.Path(sys.argv[1])), int(sys.argv[2])
desk = Desk(vault, Gate(vault), studies.actor(vault, "astrid"))
def counted(real):
    def call(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)
    return call
os.fsync, os.rename = counted(os.fsync), counted(os.rename)
sa.event.listen(sa.Engine, "commit", lambda *_: counted(lambda: None)())
ceremonies.rotate_root(desk, Seat(vault.folder, vault.settings, KNOWN, "root", FAST))
"""


@pytest.mark.parametrize("at", [2, 4, 5, 7, 9, 10, 12, 14, 15, 16])
def test_a_kill_in_a_roots_rotation_leaves_everything_readable(tmp_path: Path, at: int) -> None:
    """Killed at a rename, a sync or a commit, the vault opens with its passphrase and the next rotation ends it."""
    house = build(tmp_path / "vault")
    recording = keep(house, house.participant("P01"))
    house.vault.close()
    command = [sys.executable, "-c", KILLED, str(tmp_path / "vault"), str(at)]
    assert subprocess.run(command, cwd=REPO, check=False).returncode == -signal.SIGKILL
    house = House(reopen(tmp_path / "vault"), house.study)
    assert opened(house, recording) == [WORDS, WORDS]
    seat = Seat(house.vault.folder, house.vault.settings, KNOWN, "root", FAST)
    ceremonies.rotate_root(house.desk("astrid"), seat)
    house.vault.close()
    house = House(reopen(tmp_path / "vault"), house.study)
    assert opened(house, recording) == [WORDS, WORDS]
    assert len(roots.read(house.vault.folder, roots.Keeper(), KNOWN, "root").identities) == 1
    assert house.vault.ledger.verify().size > 0
    house.vault.close()
