"""`tillit bleep` as a person types it, and what lies on the disk afterwards."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import numpy as np

from tests.command import Terminal
from tests.ingest.bleeping.interviews import artefacts, released

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from storage.transcript import Transcript
    from tests.house_fixtures import House

EBML = bytes.fromhex("1a45dfa3")  # how every WebM begins


def _needles(pcm: bytes) -> list[bytes]:
    """Loud samples that are nobody else's bytes."""
    sound = np.frombuffer(pcm, "<i2")
    loud = [at for at in range(0, len(sound) - 32, 32) if np.abs(sound[at : at + 32]).mean() > 800]
    return [sound[at : at + 32].tobytes() for at in loud[:: max(1, len(loud) // 40)]]


def test_the_command_says_what_it_did_and_leaves_nothing_in_the_clear(
    quick: House,
    speech: bytes,
    said: Transcript,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Counts and versions; no sample of the sound and no WebM is in a file, in the vault or among temporary ones."""
    recording = released(quick, "P01", speech, said, ("Houston", "Texas"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    answer = Terminal(tmp_path, monkeypatch, capsys)("ragna", "bleep", "rus/P01-1", "--voice", "lower")
    assert (answer.code, "is bleeped (version 1, of release 1): 2 mentions" in answer.out) == (0, True)
    assert artefacts(quick, recording, "bleeped")[0].made_by["parameters"]["voice"] == "lower"
    assert list(temporary.iterdir()) == []
    needles = _needles(speech)
    for file in (tmp_path / "vault").rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert not data.startswith(EBML)
        assert not any(needle in data for needle in needles)


def test_help_says_that_a_lower_voice_protects_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In plain words, where somebody chooses it."""
    answer = Terminal(tmp_path, monkeypatch, capsys)("ragna", "bleep", "--help")
    assert "weak protection: a person who knows the voice will know it" in " ".join(answer.out.split())
