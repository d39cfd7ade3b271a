"""The search for plaintext finds what it is meant to find."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.faults import canaries

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "Ingrid Sandvik i Bergen"


@pytest.mark.parametrize(
    "planted",
    [
        HIDDEN.encode(),
        HIDDEN.encode("utf-16-le"),
        base64.b64encode(HIDDEN.encode()),
        base64.b64encode(b"x" + HIDDEN.encode() + b"yz"),
        base64.b64encode(b"xy" + HIDDEN.encode() + b"z"),
    ],
)
def test_a_planted_secret_is_found_in_every_guise(tmp_path: Path, planted: bytes) -> None:
    """Plain, UTF-16 and base64 at any alignment, in the middle of noise, are all hits."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "x.bin").write_bytes(bytes(100) + planted + bytes(100))
    assert canaries.found([tmp_path], [HIDDEN.encode()])


def test_a_secret_in_a_file_name_is_found(tmp_path: Path) -> None:
    """A name that leaks through a file's name is a hit too."""
    (tmp_path / f"{HIDDEN}.tmp").touch()
    assert canaries.found([tmp_path], [HIDDEN.encode()])


def test_noise_is_no_hit(tmp_path: Path) -> None:
    """A folder without the secret has none."""
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 100)
    assert canaries.found([tmp_path], [HIDDEN.encode()]) == []
