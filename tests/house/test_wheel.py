"""What is in the wheel: the rooms, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPO

if TYPE_CHECKING:
    from pathlib import Path

OWNED = {"cli.py", "ingest", "handoff", "policies", "storage", "web"}
DATA = (".py", ".cedar", ".cedarschema", ".toml", ".mako")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree with the build backend that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(REPO),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("tillit-*.whl"))


def test_the_wheel_owns_exactly_its_rooms(wheel: Path) -> None:
    """Top-level names in the wheel are the rooms and the wheel's own metadata."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == OWNED


def test_the_wheel_carries_every_file_the_rooms_need(wheel: Path) -> None:
    """Rules, schemas, texts and migrations that lie in the rooms are in the wheel too."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(REPO).as_posix()
        for room in OWNED
        for path in (REPO / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= packed
