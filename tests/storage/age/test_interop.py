"""Other people's age: what we seal they open, and what they seal we open."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pyrage
import pytest

from storage import age
from storage.age.chunks import CHUNK_SIZE

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [0, 1, 1000, CHUNK_SIZE, 2 * CHUNK_SIZE + 1]
PASSPHRASE = b"correct horse battery"
AGE = shutil.which("age")
SETSID = shutil.which("setsid")  # from util-linux; gives the command a terminal of its own

needs_age = pytest.mark.skipif(AGE is None, reason="the stock age command is not installed")


def knows_post_quantum() -> bool:
    """Whether the stock command is 1.3 or newer, which has the post-quantum recipients."""
    if AGE is None:
        return False
    said = subprocess.run([AGE, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v?(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= (1, 3)


def run(arguments: list[str], data: bytes) -> bytes:
    """What the stock command makes of `data`."""
    assert AGE is not None
    return subprocess.run([AGE, *arguments], input=data, capture_output=True, check=True).stdout


def run_with_passphrase(arguments: list[str], folder: Path, data: bytes) -> bytes:
    """The same, with the passphrase typed at the terminal the command insists on."""
    assert AGE is not None
    assert SETSID is not None
    (folder / "in").write_bytes(data)
    master, terminal = os.openpty()
    try:
        os.write(master, PASSPHRASE + b"\n" + PASSPHRASE + b"\n")
        subprocess.run(
            [SETSID, "--ctty", "--wait", AGE, *arguments, "-o", str(folder / "out"), str(folder / "in")],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            timeout=60,
            check=True,
        )
    finally:
        os.close(master)
        os.close(terminal)
    return (folder / "out").read_bytes()


@needs_age
@pytest.mark.parametrize("size", SIZES)
def test_stock_age_x25519(tmp_path: Path, size: int) -> None:
    """The stock command and we open each other's X25519 files, of every length around a chunk."""
    identity, data = age.X25519Identity.generate(), os.urandom(size)
    (tmp_path / "identity").write_text(f"{identity}\n")
    sealed = age.encrypt(data, [identity.recipient()])
    assert run(["-d", "-i", str(tmp_path / "identity")], sealed) == data
    assert age.decrypt(run(["-r", str(identity.recipient())], data), [identity]) == data
    assert age.decrypt(run(["-a", "-r", str(identity.recipient())], data), [identity]) == data


@needs_age
@pytest.mark.skipif(SETSID is None, reason="the setsid command is not installed")
def test_stock_age_passphrase(tmp_path: Path) -> None:
    """The stock command and we open each other's files under a passphrase, which is how a vault's root is kept."""
    sealed = age.encrypt(b"the root", [age.ScryptRecipient(PASSPHRASE, 10)])
    assert run_with_passphrase(["-d"], tmp_path, sealed) == b"the root"
    (tmp_path / "out").unlink()
    theirs = run_with_passphrase(["-p"], tmp_path, b"the root")
    assert age.decrypt(theirs, [age.ScryptIdentity(PASSPHRASE)]) == b"the root"


@pytest.mark.skipif(not knows_post_quantum(), reason="the stock age command is not installed or older than 1.3")
def test_stock_age_post_quantum(tmp_path: Path) -> None:
    """The stock command and we open each other's post-quantum files."""
    identity = age.HybridIdentity.generate()
    (tmp_path / "identity").write_text(f"{identity}\n")
    sealed = age.encrypt(b"for a lifetime", [identity.recipient()])
    assert run(["-d", "-i", str(tmp_path / "identity")], sealed) == b"for a lifetime"
    assert age.decrypt(run(["-r", str(identity.recipient())], b"for a lifetime"), [identity]) == b"for a lifetime"


@pytest.mark.parametrize("size", SIZES)
def test_rage_x25519(size: int) -> None:
    """The Rust implementation and we open each other's X25519 files, of every length around a chunk."""
    theirs, data = pyrage.x25519.Identity.generate(), os.urandom(size)
    ours = age.X25519Identity.from_string(str(theirs))
    assert str(ours.recipient()) == str(theirs.to_public())
    assert pyrage.decrypt(age.encrypt(data, [ours.recipient()]), [theirs]) == data
    assert age.decrypt(pyrage.encrypt(data, [theirs.to_public()]), [ours]) == data


def test_rage_passphrase() -> None:
    """The Rust implementation opens what we seal under a passphrase."""
    sealed = age.encrypt(b"the root", [age.ScryptRecipient(PASSPHRASE, 10)])
    assert pyrage.passphrase.decrypt(sealed, PASSPHRASE.decode()) == b"the root"
