"""Looks at this machine and this vault, and says in a sentence what is well and what to do about the rest."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.audio import sandbox
from ingest.transcription import models
from storage.blobs import Folder
from storage.errors import TillitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SWAPS = Path("/proc/swaps")
LITTLE_SPACE = 5_000_000_000  # bytes; some ten hours of uncompressed recordings, with what is made of them
USE = os.R_OK | os.W_OK
ENTER = USE | os.X_OK


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, and what to do if not."""

    name: str
    well: bool
    sentence: str


def examine(vault: Path) -> list[Finding]:
    """Everything worth looking at before one trusts this machine with an interview; needs no passphrase."""
    checks: tuple[Callable[[Path], Iterator[Finding]], ...] = (_versions, _sandbox, _weights, _swap, _space, _vault)
    return [finding for check in checks for finding in check(vault)]


def _versions(_vault: Path) -> Iterator[Finding]:
    names = ("tillit", "faster-whisper", "ctranslate2", "av", "cryptography", "sqlcipher3", "dbos", "cedarpy")
    yield Finding("versions", True, ", ".join(f"{name} {version(name)}" for name in names))


def _sandbox(_vault: Path) -> Iterator[Finding]:
    kind = sandbox.kind()
    yield Finding("sandbox", kind == "bubblewrap", sandbox.sentence())


def _weights(_vault: Path) -> Iterator[Finding]:
    try:
        models.check(models.packaged())
        yield Finding("weights", True, "The packaged recogniser weights are unchanged.")
    except TillitError as error:
        yield Finding("weights", False, error.sentence)


def _swap(_vault: Path) -> Iterator[Finding]:
    if not SWAPS.exists():
        yield Finding("swap", False, "Whether memory is swapped to disk cannot be seen here. Use an encrypted disk.")
        return
    plain = [line.split()[0] for line in SWAPS.read_text().splitlines()[1:] if not _encrypted(line.split()[0])]
    if plain:
        yield Finding(
            "swap", False, "Swap is not encrypted: what is open in memory may reach the disk. Encrypt it, or swapoff."
        )
    else:
        yield Finding("swap", True, "No unencrypted swap.")


def _encrypted(device: str) -> bool:
    """dm-crypt says so in its uuid; zram never reaches a disk."""
    name = Path(device).resolve().name
    uuid = Path("/sys/class/block") / name / "dm" / "uuid"
    return name.startswith("zram") or (uuid.exists() and uuid.read_text().startswith("CRYPT-"))


def _space(vault: Path) -> Iterator[Finding]:
    """The disk the vault is on, or would be made on."""
    place = next(folder for folder in (vault.absolute(), *vault.absolute().parents) if os.access(folder, os.F_OK))
    free = shutil.disk_usage(place).free
    advice = "." if free >= LITTLE_SPACE else ": little for sound. Make room before the next interview."
    yield Finding("space", free >= LITTLE_SPACE, f"{free / 1e9:.1f} GB are free where the vault is{advice}")


def _vault(vault: Path) -> Iterator[Finding]:
    if not (_shut(vault, ENTER) or os.access(vault / "vault.toml", os.F_OK)):
        yield Finding("vault", False, "There is no vault here. Make one with `tillit init`, or name one with --vault.")
        return
    if shut := _shut(vault, ENTER) or _shut_inside(vault):
        sentence = f"This user cannot read and write {shut:d} folders or files of the vault: see to owner and rights."
        yield Finding("access", False, sentence)
        return
    yield Finding("access", True, "This user can read and write all of the vault.")
    private = stat.S_IMODE(vault.stat().st_mode) == 0o700
    advice = (
        "Only its owner can enter the vault's folder."
        if private
        else "Others can enter the vault's folder: chmod 700."
    )
    yield Finding("folder", private, advice)
    unfinished = len(list(Folder(vault / "blobs").unfinished()))
    left = f"{unfinished} sealed files were cut off while being written; they hold nothing that opens."
    yield Finding("blobs", unfinished == 0, left if unfinished else "No sealed file was cut off while being written.")
    together = (vault / "link" / "names.db").exists()
    advice = (
        "The link key lies in the vault's folder: back the two up to different places."
        if together
        else "The link key lies apart."
    )
    yield Finding("link key", True, advice)


def _shut_inside(vault: Path) -> int:
    """How many folders and files below `vault` this user cannot both read and write; nothing is opened."""
    return sum(
        sum(_shut(Path(folder, name), ENTER) for name in folders)
        + sum(_shut(Path(folder, name), USE) for name in files)
        for folder, folders, files in os.walk(vault)
    )


def _shut(path: Path, way: int) -> bool:
    """There, and not ours to use; a file that has gone meanwhile is not."""
    return os.access(path, os.F_OK) and not os.access(path, way)
