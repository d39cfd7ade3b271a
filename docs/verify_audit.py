"""Check a Tillit ledger without Tillit, with Python's standard library and the openssl command alone.

    python3 verify_audit.py VKEYFILE ENTRIES.jsonl CHECKPOINT [OLDER ...]

VKEYFILE: the ledger's verifier key, got when the vault was made. ENTRIES.jsonl: the ledger, one entry a line.
CHECKPOINT: the newest; the ledger must be just that. OLDER: kept away from the vault; it must have been that once.
Exit code 0: it is as it was signed. 1, REFUSED: something was changed. 2, NOT CHECKED: something needed is missing.
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
        said = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).stdout
    if b"Signature Verif" not in said:
        raise OSError("openssl cannot use this key; it takes version 3 or newer, and a verifier key")
    return b"Verified Successfully" in said


def read_checkpoint(note: str, name: str, public: bytes) -> tuple[int, bytes]:
    """The size and root a checkpoint states, if the ledger's key signed it (c2sp.org/signed-note, tlog-checkpoint)."""
    text, _, below = note.rpartition("\n\n")
    origin, size, root = text.split("\n")
    signed = [base64.b64decode(line.split(" ")[2])[4:] for line in below.split("\n") if line.startswith(f"— {name} ")]
    if origin != name or not any(signature_holds(public, f"{text}\n".encode(), one) for one in signed):
        raise ValueError("a checkpoint is not signed by the ledger's key, or was edited")
    return int(size), base64.b64decode(root)


def root_of(leaves: list[bytes]) -> bytes:
    """The RFC 6962 root: hash neighbours in pairs, level by level; an odd one at the end goes up as it is."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [hashlib.sha256().digest()]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in pairs] + level[len(level) // 2 * 2 :]
    return level[0]


def refuse(code: int, why: object) -> None:
    """End with this exit code."""
    print(f"{'REFUSED' if code == 1 else 'NOT CHECKED'}: {why}", file=sys.stderr)
    sys.exit(code)


try:
    vkey, entries, newest, *older = (Path(path).read_bytes() for path in sys.argv[1:])
    name, key_id, key = vkey.decode().strip().split("+", 2)
    public = base64.b64decode(key)
except (ValueError, OSError) as error:
    refuse(2, f"{error}\n{__doc__}")
if hashlib.sha256(f"{name}\n".encode() + public).hexdigest()[:8] != key_id or public[:1] != b"\x01":
    refuse(2, "the first file is not a verifier key")
try:
    stated = [read_checkpoint(note.decode(), name, public[1:]) for note in (newest, *older)]
except OSError as error:
    refuse(2, error)
except ValueError as error:
    refuse(1, error)
leaves = entries.removesuffix(b"\n").split(b"\n") if entries else []
good = [0 <= size <= len(leaves) and root_of(leaves[:size]) == root for size, root in stated]
if not all(good) or stated[0][0] != len(leaves):
    refuse(1, f"{len(leaves)} entries here, signed for were {[size for size, _ in stated]}; good: {good}")
print(f"The {len(leaves)} entries are the ones that were signed, in {len(stated)} checkpoints.")
