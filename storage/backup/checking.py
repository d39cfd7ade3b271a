"""Reading a backup back in full: every byte of every file against the signed manifest, and no key needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.backup import manifest as manifests
from storage.backup import repository
from storage.backup.repository import ALTERED, MISSING, UNREADABLE
from storage.errors import Damaged

if TYPE_CHECKING:
    from pathlib import Path

    from storage.backup.manifest import Manifest
    from storage.backup.terms import Told

EXTRA = "extra"
SENTENCES = {
    MISSING: "{path} is missing.",
    ALTERED: "{path} is not what was written: it was edited or cut off.",
    UNREADABLE: "{path} cannot be read: it is no file, or the disk is failing.",
    EXTRA: "{path} belongs to no backup. One that was cut off left it, and the next one removes it.",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one file of a repository; "extra" harms no restore, the other kinds do."""

    path: str
    kind: str

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(path=self.path)


def check(folder: Path, vkey: str | None, told: Told) -> list[Problem]:
    """Everything wrong with the repository in `folder`; `told` hears (bytes read, of all).

    Without a verifier key the manifest itself is taken at its word. A repository that was put back whole to an
    earlier state is sound: only a checkpoint of the ledger kept elsewhere tells. Raises NotFound if none is there.
    """
    with repository.usable(), repository.undisturbed(folder):
        try:
            manifest = repository.read(folder, vkey)
        except (Damaged, OSError) as error:
            return [Problem(manifests.NAME, ALTERED if isinstance(error, Damaged) else UNREADABLE)]
        extra = [Problem(path, EXTRA) for path in repository.stray(folder, manifest)]
        return [*wrong(folder, manifest, told), *extra]


def wrong(folder: Path, manifest: Manifest, told: Told) -> list[Problem]:
    """Every file that is not as the manifest says."""
    done, total = 0, sum(entry.size for entry in manifest.files.values())
    problems = _about(folder, manifest)
    told(done, total)
    for path, entry in manifest.files.items():
        kind = repository.judge(folder, path, entry.sha256)
        problems += [Problem(path, kind)] if kind else []
        done += entry.size
        told(done, total)
    return problems


def _about(folder: Path, manifest: Manifest) -> list[Problem]:
    """The one file that the manifest does not name: every word in it follows from the manifest."""
    data = repository.about(manifest.vault_id, manifest.what)
    kind = repository.judge(folder, repository.ABOUT, hashlib.sha256(data).hexdigest())
    return [Problem(repository.ABOUT, kind)] if kind else []
