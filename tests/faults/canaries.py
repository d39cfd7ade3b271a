"""Looks for plaintext in every byte under a folder, in the guises and wrappings it could take."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.faults.guises import guises
from tests.faults.needles import Needles
from tests.faults.wrappings import unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Hunt:
    """A search for the same secrets in many places."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self._known: defaultdict[bytes, set[int]] = defaultdict(set)
        for number, secret in enumerate(secrets):
            for guise in guises(secret):
                self._known[guise].add(number)
        self._needles = Needles(self._known)

    def within(self, data: bytes) -> set[int]:
        """The numbers of the secrets that are in `data`, in the open or wrapped up."""
        seen = {guise for layer in unwrapped(data) for guise in self._needles.within(layer)}
        return {number for guise in seen for number in self._known[guise]}

    def under(self, folder: Path) -> Iterator[tuple[str, int]]:
        """Each (file, number) under a folder; names of files, and what links point to, are looked at too."""
        for path in sorted(folder.rglob("*")):
            for data in _shown_by(path, folder):
                yield from ((path.name, number) for number in sorted(self.within(data)))


def _shown_by(path: Path, folder: Path) -> Iterator[bytes]:
    yield bytes(path.relative_to(folder))
    if path.is_symlink():
        yield bytes(path.readlink())
    elif path.is_file():
        yield path.read_bytes()


def found(folders: Iterable[Path], secrets: Iterable[bytes]) -> list[str]:
    """Each "file: secret number" that lies in the clear under one of the folders."""
    hunt = Hunt(secrets)
    return [f"{name}: secret {number}" for folder in folders for name, number in hunt.under(folder)]
