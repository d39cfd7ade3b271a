"""Other implementations of age that tests call: the stock command, and typage in node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AGE = shutil.which("age")
SETSID = shutil.which("setsid")  # from util-linux; gives the command a terminal of its own
NODE = shutil.which("node")
MODULES = REPO / ".venv" / "node"
SCRIPT = REPO / "tests" / "node" / "age.mjs"
TYPAGE = MODULES / "node_modules" / "age-encryption"

needs_age = pytest.mark.skipif(AGE is None, reason="the stock age command is not installed")
needs_terminal = pytest.mark.skipif(
    AGE is None or SETSID is None, reason="the stock age command, or setsid to give it a terminal, is not installed"
)
needs_typage = pytest.mark.skipif(
    NODE is None or not TYPAGE.is_dir(), reason="node, or the npm package age-encryption in .venv/node, is missing"
)


def knows_post_quantum() -> bool:
    """Whether the stock command is 1.3 or newer, which has the post-quantum recipients."""
    if AGE is None:
        return False
    said = subprocess.run([AGE, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v?(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= (1, 3)


needs_new_age = pytest.mark.skipif(
    not knows_post_quantum(), reason="the stock age command is not installed or older than 1.3"
)


def stock(arguments: list[str], data: bytes) -> bytes:
    """What the stock command makes of `data`."""
    assert AGE is not None
    return subprocess.run([AGE, *arguments], input=data, capture_output=True, check=True).stdout


def stock_with_passphrase(arguments: list[str], passphrase: bytes, folder: Path, data: bytes) -> bytes:
    """The same, with the passphrase typed at the terminal the command insists on; `folder` keeps both files."""
    assert AGE is not None
    assert SETSID is not None
    source, result = folder / "in", folder / "out"
    source.write_bytes(data)
    result.unlink(missing_ok=True)
    master, terminal = os.openpty()
    try:
        os.write(master, passphrase + b"\n" + passphrase + b"\n")
        subprocess.run(
            [SETSID, "--ctty", "--wait", AGE, *arguments, "-o", str(result), str(source)],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            timeout=60,
            check=True,
        )
    finally:
        os.close(master)
        os.close(terminal)
    return result.read_bytes()


def typage(do: str, data: bytes, keys: Sequence[str] = (), passphrase: bytes = b"", *, armour: bool = False) -> bytes:
    """What typage makes of `data`: `do` is "encrypt", "decrypt" or "recipient"."""
    assert NODE is not None
    request = json.dumps({"do": do, "keys": list(keys), "passphrase": passphrase.decode(), "armour": armour})
    given = request.encode() + b"\n" + data
    return subprocess.run(
        [NODE, str(SCRIPT), str(MODULES)], input=given, capture_output=True, check=True, timeout=60
    ).stdout
