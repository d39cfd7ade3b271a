"""Trying the recogniser on a file, without a vault."""

from __future__ import annotations

import os
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from ingest.transcribe_commands import transcribe
from storage.errors import BadInput, BadModel
from tests.sound import RATE, decoded, opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_two_channels_are_labelled_in_the_language_that_was_found(
    tmp_path: Path, shared: Callable[[str], Path]
) -> None:
    """Nobody said that it is Swedish, and still nobody is called Speaker."""
    first, second = (np.frombuffer(decoded(shared(name)), "<i2") for name in ("sv-1.wav", "sv-2.wav"))
    sides = np.concatenate([np.stack([first, first // 50]), np.stack([second // 50, second])], axis=1)
    with wave.open(str(tmp_path / "two.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sides.T.astype("<i2").tobytes())
    said = CliRunner().invoke(transcribe, [str(tmp_path / "two.wav"), "--speakers", "2"], catch_exceptions=False)
    assert "Talare 2: " in said.stdout
    assert "Speaker" not in said.stdout


@pytest.mark.parametrize(
    ("given", "error"),
    [(["{folder}/none.wav"], BadInput), (["{folder}"], BadInput), (["{wav}", "--names", "{folder}"], BadInput),
     (["{wav}", "--language", "klingon"], BadInput), (["{wav}", "--model", "{folder}"], BadModel)],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path, given: list[str], error: type[Exception]) -> None:
    """A missing file, a folder, no names, an unknown language, no weights: a typed error without the path."""
    wav = tmp_path / "a.wav"
    wav.write_bytes(opening(2.0))
    arguments = [one.format(folder=tmp_path, wav=wav) for one in given]
    with pytest.raises(error) as raised:
        CliRunner().invoke(transcribe, arguments, catch_exceptions=False)
    assert tmp_path.name not in str(raised.value)


def test_a_pipe_is_refused() -> None:
    """A recording is gone through more than once, which a pipe does not let itself be."""
    reader, writer = os.pipe()
    os.close(writer)
    with pytest.raises(BadInput, match="pipe"):
        CliRunner().invoke(transcribe, [f"/dev/fd/{reader}"], catch_exceptions=False)
    os.close(reader)
