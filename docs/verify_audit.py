"""Check a Tillit ledger without Tillit, with Python's standard library and the openssl command alone.

    python3 verify_audit.py VKEYFILE ENTRIES.jsonl CHECKPOINT [OLDER ...]

VKEYFILE: the ledger's verifier key, got when the vault was made. ENTRIES.jsonl: the ledger, one entry a line.
CHECKPOINT: the newest; the ledger must be just that. OLDER: kept away from the vault; it must have been that once.
"""

# ruff: noqa: INP001, T201  # a script for a person: it is no module, and it prints
import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


def signature_holds(public: bytes, text: bytes, signature: bytes) -> bool:
    """Ask openssl whether `signature` is by `public` over `text`."""
    key = bytes.fromhex("302a300506032b6570032100") + public  # the DER form that openssl wants (RFC 8410)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in ("key", key), ("text", text), ("signature", signature):
            Path(folder, name).write_bytes(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


def read_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """The size and root a checkpoint states, if the ledger's key signed it (c2sp.org/signed-note, tlog-checkpoint)."""
    name, key_id, key = vkey.strip().split("+", 2)
    text, _, below = note.rpartition("\n\n")
    origin, size, root = text.split("\n")
    signed = [line.removeprefix(f"— {name} ") for line in below.split("\n") if line.startswith(f"— {name} ")]
    public = base64.b64decode(key)
    if hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] != key_id or public[0] != 1 or origin != name:
        raise ValueError("a checkpoint and the verifier key do not belong together")
    if not any(signature_holds(public[1:], f"{text}\n".encode(), base64.b64decode(line)[4:]) for line in signed):
        raise ValueError("a checkpoint is not signed by the ledger's key, or was edited")
    return int(size), base64.b64decode(root)


def root_of(leaves: list[bytes]) -> bytes:
    """The RFC 6962 root: hash neighbours in pairs, level by level; an odd one at the end goes up as it is."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [hashlib.sha256().digest()]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in pairs] + level[len(level) // 2 * 2 :]
    return level[0]


try:
    vkey, entries, *checkpoints = (Path(name).read_bytes() for name in sys.argv[1:])
    leaves = entries.removesuffix(b"\n").split(b"\n") if entries else []
    stated = [read_checkpoint(checkpoint.decode(), vkey.decode()) for checkpoint in checkpoints]
    good = [0 <= size <= len(leaves) and root_of(leaves[:size]) == root for size, root in stated]
except (ValueError, IndexError, OSError) as error:
    sys.exit(f"REFUSED: {error}\n{__doc__}")
if not stated or not all(good) or stated[0][0] != len(leaves):
    sys.exit(f"REFUSED: {len(leaves)} entries here, signed for were {[size for size, _ in stated]}; good: {good}")
print(f"The {len(leaves)} entries are the ones that were signed, in {len(stated)} checkpoints.")
