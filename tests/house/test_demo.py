"""What `make demo` tells people to try next."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scripts import demo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["demo-vault", "Kari's own demo"])
def test_what_is_printed_works_from_another_folder(tmp_path: Path, name: str) -> None:
    """Somebody who copies the exports into a shell elsewhere has the demo's vault, its passphrase and the command."""
    for part in ("vault", "credentials", "elsewhere"):
        (tmp_path / name / part).mkdir(parents=True)
    lines = [line.strip() for line in demo.ending(tmp_path / name).splitlines()]
    exports = [line for line in lines if line.startswith("export ")]
    script = "\n".join([*exports, 'cd "$TILLIT_VAULT" && cd "$CREDENTIALS_DIRECTORY" && command -v tillit'])
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=tmp_path / name / "elsewhere", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(demo.TILLIT)), done.stderr


def test_another_demo_is_made_from_another_folder(tmp_path: Path) -> None:
    """The command that makes one of one's own recording says where the house is."""
    assert f"make -C {demo.ROOT} demo AUDIO=" in demo.ending(tmp_path)
