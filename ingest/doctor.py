"""Looks at this machine and this vault, and says in a sentence what is well and what to do about the rest."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, and what to do if not."""

    name: str
    well: bool
    sentence: str


def examine(vault: Path) -> list[Finding]:
    """Everything worth looking at before one trusts this machine with an interview; needs no passphrase."""
    checks: tuple[Callable[[Path], Iterator[Finding]], ...] = (_versions, _sandbox, _weights, _swap, _vault)
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


def _vault(vault: Path) -> Iterator[Finding]:
    if not (vault / "vault.toml").exists():
        yield Finding("vault", False, "There is no vault here. Make one with `tillit init`, or name one with --vault.")
        return
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
