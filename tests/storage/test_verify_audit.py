"""The steward's own verifier in docs/, which shares no code with the vault, agrees with it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import merkle
from storage.note import Signer

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_audit.py"
SIGNER = Signer("tillit/v1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("tillit/v1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ENTRIES = [b'{"act":"%d","event":"allow"}' % number for number in range(37)]

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")


def checkpoint(size: int, signer: Signer = SIGNER) -> str:
    """A checkpoint of the log's first `size` entries."""
    return signer.checkpoint(size, merkle.root([merkle.leaf_hash(entry) for entry in ENTRIES[:size]]))


def run(folder: Path, entries: list[bytes], *checkpoints: str, vkey: str = SIGNER.vkey) -> tuple[int, str]:
    """Run the script as a steward would; returns its exit code and what it said."""
    data = {
        "vkey": vkey.encode(errors="surrogateescape") + b"\n",
        "entries": b"".join(entry + b"\n" for entry in entries),
    }
    data |= {f"checkpoint{number}": text.encode() for number, text in enumerate(checkpoints)}
    for name, content in data.items():
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", str(SCRIPT), *data]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("size", [0, 1, 2, 3, 37])
def test_good_log_is_accepted(tmp_path: Path, size: int) -> None:
    """A log of any length is accepted with its own checkpoint."""
    assert run(tmp_path, ENTRIES[:size], checkpoint(size))[0] == 0


def test_kept_checkpoints_are_checked_too(tmp_path: Path) -> None:
    """Checkpoints kept from when the log was shorter are accepted beside the newest."""
    code, said = run(tmp_path, ENTRIES, checkpoint(37), checkpoint(20), checkpoint(1), checkpoint(0))
    assert (code, "37 entries" in said, "4 checkpoints" in said) == (0, True, True)


def test_every_edited_entry_is_found(tmp_path: Path) -> None:
    """An entry edited, dropped, added or moved makes the log refused."""
    edited = [*ENTRIES[:20], ENTRIES[20].replace(b"allow", b"deny"), *ENTRIES[21:]]
    moved = [ENTRIES[1], ENTRIES[0], *ENTRIES[2:]]
    for entries in (edited, moved, ENTRIES[:-1], ENTRIES[1:], [*ENTRIES, ENTRIES[0]], []):
        code, said = run(tmp_path, entries, checkpoint(37))
        assert (code, said.startswith("REFUSED")) == (1, True), said


def test_truncated_log_is_found_by_what_was_kept(tmp_path: Path) -> None:
    """A log cut short and signed anew is refused beside a checkpoint from before the cut."""
    assert run(tmp_path, ENTRIES[:30], checkpoint(30))[0] == 0
    assert run(tmp_path, ENTRIES[:30], checkpoint(30), checkpoint(37))[0] == 1


def test_rewritten_log_is_found_by_what_was_kept(tmp_path: Path) -> None:
    """A log whose past was rewritten and signed anew is refused beside a checkpoint from before."""
    rewritten = [b"{}", *ENTRIES[1:]]
    newest = SIGNER.checkpoint(37, merkle.root([merkle.leaf_hash(entry) for entry in rewritten]))
    assert run(tmp_path, rewritten, newest)[0] == 0
    assert run(tmp_path, rewritten, newest, checkpoint(20))[0] == 1


def test_forged_checkpoint_is_refused(tmp_path: Path) -> None:
    """A size changed by hand, another's signature, another's name or no signature at all is refused."""
    good = checkpoint(37)
    root = base64.b64encode(bytes(32)).decode()
    forged = (
        good.replace("\n37\n", "\n36\n"),
        checkpoint(37, STRANGER),
        good.replace("tillit/v1", "tillit/v2"),
        good[: good.index("—")],
        f"tillit/v1\n37\n{root}\n\n{good[good.index('—') :]}",
        "",
    )
    for text in forged:
        code, said = run(tmp_path, ENTRIES[: 36 if "\n36\n" in text else 37], text)
        assert (code, "REFUSED" in said, "Traceback" in said) == (1, True, False)


def test_what_is_missing_or_unusable_is_not_called_tampering(tmp_path: Path) -> None:
    """Without a checkpoint, with a broken key, a file or openssl missing: exit code 2, and no word of REFUSED."""
    keys = ("", "tillit/v1", "a+b", "a+b+c", SIGNER.vkey[:-4], SIGNER.vkey.replace("v1", "v2"), "a\udcff+b+c")
    answers = [run(tmp_path, ENTRIES), *(run(tmp_path, ENTRIES, checkpoint(37), vkey=vkey) for vkey in keys)]
    assert run(tmp_path, ENTRIES, checkpoint(37))[0] == 0
    for names, path in ((["a", "b", "c"], None), (["vkey", "entries", "checkpoint0"], str(tmp_path))):
        answers.append(_typed(tmp_path, names, path))
    for code, said in answers:
        assert (code, said.startswith("NOT CHECKED"), "Traceback" in said) == (2, True, False)


def test_an_openssl_that_cannot_check_is_not_called_tampering(tmp_path: Path) -> None:
    """An openssl too old for these signatures says nothing about them, and so does the script."""
    run(tmp_path, ENTRIES, checkpoint(37))
    old = tmp_path / "bin" / "openssl"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho unknown option >&2\nexit 1\n")
    old.chmod(0o700)
    code, said = _typed(tmp_path, ["vkey", "entries", "checkpoint0"], str(old.parent))
    assert (code, "version 3" in said) == (2, True)


def _typed(folder: Path, names: list[str], path: str | None) -> tuple[int, str]:
    """Run the script with these files, and its commands from `path` alone."""
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    command = [sys.executable, "-I", str(SCRIPT), *names]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_script_fits_a_page_and_a_bare_machine() -> None:
    """Below its page of usage the script has at most sixty lines, and imports nothing but the standard library."""
    usage, script = SCRIPT.read_text(encoding="utf-8").split('\n"""\n', 1)
    lines = [line for line in script.splitlines() if line]
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert len(lines) <= 60
    assert len(usage.splitlines()) < 10
    assert imported <= sys.stdlib_module_names
