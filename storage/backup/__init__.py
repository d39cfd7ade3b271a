"""Backups: a folder of ciphertext that grows, is read back in full, and from which a vault is made again.

    about.toml                 format, vault, and which half of it: "records" or "link"
    manifest                   what is here, file by file, in a note signed by the ledger's key (manifest.py)
    objects/ab/abcd…           payloads as they are, shared by all snapshots
    snapshots/<UTC time>.age   every row as of one moment, to the root (snapshots.py)
    keys/<participant>/….age   a participant's key and their artefacts' headers, to the root (owned.py)
    tombstones/<participant>   that a participant was shredded, signed (storage.tombstones); with a mark behind it,
                               that some of theirs was destroyed (storage.erasures)
    root/…/<name>              the small sealed files that open the vault, as they are now

Only what is new is written. A shredded participant's keys leave every snapshot at once, since they are in none: the
next backup removes them, and needs no key for it. So do the former keys of whoever some was destroyed of: older
snapshots are then without them. Each snapshot else stays what it was: a key that was rotated later is in it as it was
then. Only a root that was changed is not: older snapshots then open with the root of their time.

The link key is backed up in the same way to another folder, under its own root, so that one backup in the wrong
hands identifies nobody. The job engine's tables are in none: work is taken up again from what a recording says.

    terms       what the functions below are handed, and what they answer
    making      back_up
    checking    check: every byte read, no key needed
    restoring   restore, with every tombstone applied once more
    repository  the folder
    rows, reading, payloads   rows as lines and back; payloads on their way
"""

from __future__ import annotations

from storage.backup.checking import Problem, check
from storage.backup.making import back_up
from storage.backup.repository import small_files, snapshot_names
from storage.backup.restoring import restore
from storage.backup.terms import LINK, RECORDS, Report, Source, Target

__all__ = [
    "LINK",
    "RECORDS",
    "Problem",
    "Report",
    "Source",
    "Target",
    "back_up",
    "check",
    "restore",
    "small_files",
    "snapshot_names",
]
