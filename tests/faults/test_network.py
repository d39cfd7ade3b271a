"""The pipeline needs no network and looks for none."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ingest import intake
from tests.conftest import REPO
from tests.house_fixtures import build
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

WATCHED = """
import sys
tried = []
def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        tried.append(event)
        raise PermissionError(event)
sys.addaudithook(watch)
from pathlib import Path
from tests.faults.worker import main
main(Path(sys.argv[1]), "-", "-", 0)
assert not tried, tried
"""


def test_a_recording_goes_all_the_way_without_a_network(tmp_path: Path) -> None:
    """In an empty network namespace, with every connection attempt refused and counted, all stages are done."""
    unshare = shutil.which("unshare")
    probe = unshare and subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode == 0
    if not probe:
        pytest.skip("network namespaces are not to be had here")
    house = build(tmp_path / "vault")
    intake.take_in(house.desk("ivar"), house.participant("P01"), io.BytesIO(opening(8.0)), "a.wav")
    command = [str(unshare), "-rn", sys.executable, "-c", WATCHED, str(house.vault.folder)]
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["problems"] == []
    house.vault.close()
