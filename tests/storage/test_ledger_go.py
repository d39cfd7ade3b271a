"""Go's sumdb/note and tlog, written by others for Go's checksum database, read what the ledger gives out."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import merkle
from tests.storage.ledgers import SIGNER, Place, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.ledger import Ledger

SOURCE = Path(__file__).parents[1] / "go" / "check_ledger.go"
GO = shutil.which("go")
LIBRARY = Path("/usr/share/gocode")  # where Debian keeps the sources of Go's packages
SIZES = [1, 2, 3, 255, 256, 257, 600]

pytestmark = pytest.mark.skipif(
    GO is None or not (LIBRARY / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="needs Go and its sumdb packages (Debian: golang-go, golang-golang-x-mod-dev)",
)


@dataclass
class Checker:
    """The Go program, and a folder for what it is given."""

    program: Path
    folder: Path

    def accepts(self, what: str, *contents: bytes | str, vkey: str = SIGNER.vkey) -> bool:
        """Whether it finds nothing wrong with these files."""
        paths = []
        for number, content in enumerate(contents):
            paths.append(self.folder / f"{number}")
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        done = subprocess.run([self.program, vkey, what, *paths], capture_output=True, check=False)
        return done.returncode == 0


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """The program, built with nothing but what Debian's packages hold."""
    folder = tmp_path_factory.mktemp("go")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(LIBRARY),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    subprocess.run(
        [str(GO), "build", "-o", folder / "check", SOURCE], env=environment, check=True, capture_output=True
    )
    return Checker(folder / "check", folder)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, dict[int, str]]]:
    """A ledger of 600 entries, and its checkpoints from when it was shorter."""
    place = Place(tmp_path_factory.mktemp("go-ledger") / "ledger")
    ledger, kept = place.make(), {}
    for before, size in zip([0, *SIZES], SIZES, strict=False):
        fill(place.database, ledger, size - before)
        kept[size] = ledger.checkpoint()
    yield ledger, kept
    place.close()


def test_go_reads_our_checkpoints(checker: Checker, grown: tuple[Ledger, dict[int, str]]) -> None:
    """Every checkpoint opens under the verifier key; an edited one, or one under another key, does not."""
    _, kept = grown
    assert all(checker.accepts("checkpoint", text) for text in kept.values())
    assert checker.accepts("checkpoint", SIGNER.checkpoint(0, merkle.EMPTY_ROOT))
    assert not checker.accepts("checkpoint", kept[256].replace("\n256\n", "\n257\n"))
    assert not checker.accepts("checkpoint", kept[256], vkey=SIGNER.vkey.replace("test", "tset"))


@pytest.mark.parametrize("position", [0, 1, 2, 254, 255, 256, 511, 512, 598, 599])
def test_go_accepts_our_proofs_of_entries(
    checker: Checker, grown: tuple[Ledger, dict[int, str]], position: int
) -> None:
    """A proof holds for its entry in Go, and for no other bytes."""
    proof = grown[0].prove(position)
    assert checker.accepts("entry", proof.leaf, proof.text())
    assert not checker.accepts("entry", proof.leaf + b" ", proof.text())


@pytest.mark.parametrize("size", SIZES)
def test_go_accepts_our_proofs_of_growth(checker: Checker, grown: tuple[Ledger, dict[int, str]], size: int) -> None:
    """Growth since every kept checkpoint holds in Go, and not since a checkpoint of other entries."""
    ledger, kept = grown
    text = ledger.consistent(kept[size]).text()
    assert checker.accepts("growth", kept[size], text)
    assert not checker.accepts("growth", SIGNER.checkpoint(size, bytes(32)), text)
