"""The manifest: what is in a backup repository, file by file, in a note signed by the ledger's key.

An age file says nothing of who made it, and anybody who has the recipient can make one; so each is named here with
its SHA-256. The text under the signature:

    tillit backup v1
    <vault id>
    <what: records or link>
    <the newest snapshot, or - before the first>
    <sha256> <bytes> <first snapshot> <last snapshot> <path>       one line a file, in the order of paths

A file serves the snapshots from its first to its last. Source of the envelope: c2sp.org/signed-note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storage import note
from storage.errors import Damaged

FIRST_LINE = "tillit backup v1"
NAME = "manifest"
NONE = "-"
_SNAPSHOT = r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z"
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"  # of a path: never a way up
_LINE = re.compile(rf"([0-9a-f]{{64}}) (0|[1-9][0-9]{{0,17}}) ({_SNAPSHOT}) ({_SNAPSHOT}) ({_PART}(?:/{_PART})*)")
_NEWEST = re.compile(rf"{NONE}|{_SNAPSHOT}")
UNSOUND = (
    "The manifest of the backup cannot be trusted: it was edited or cut off, or another vault made it. Take another "
    "copy of the backup, or begin a new one in another folder."
)


@dataclass(frozen=True)
class Entry:
    """A file of the repository: its digest, its size in bytes, and the first and last snapshot it serves."""

    sha256: str
    size: int
    first: str
    last: str

    def serves(self, snapshot: str) -> bool:
        """Whether a restore of `snapshot` may need it."""
        return self.first <= snapshot <= self.last


@dataclass(frozen=True)
class Manifest:
    """Whose backup it is, of what ("records" or "link"), its newest snapshot, and every file by its path."""

    vault_id: str
    what: str
    newest: str = NONE
    files: dict[str, Entry] = field(default_factory=dict)

    def under(self, folder: str) -> dict[str, Entry]:
        """The files in one of the repository's folders."""
        return {path: entry for path, entry in self.files.items() if path.startswith(f"{folder}/")}

    def signed(self, signer: note.Signer) -> str:
        """The manifest as it is written."""
        lines = [FIRST_LINE, self.vault_id, self.what, self.newest]
        for path, entry in sorted(self.files.items()):
            lines.append(f"{entry.sha256} {entry.size} {entry.first} {entry.last} {path}")
        return signer.sign("".join(f"{line}\n" for line in lines))


def parse(data: bytes, vkey: str | None) -> Manifest:
    """Read a manifest; without a verifier key its signature is not looked at. Raises Damaged, BadInput."""
    try:
        text = data.decode()
        body = note.open_note(vkey, text) if vkey else text.rpartition("\n\n")[0] + "\n"
        first, vault_id, what, newest, *lines, end = body.split("\n")
    except (Damaged, ValueError):
        raise Damaged(UNSOUND) from None
    found = [_LINE.fullmatch(line) for line in lines]
    if first != FIRST_LINE or end or None in found or not _NEWEST.fullmatch(newest):
        raise Damaged(UNSOUND)
    files = {match[5]: Entry(match[1], int(match[2]), match[3], match[4]) for match in found if match}
    return Manifest(vault_id, what, newest, files)
