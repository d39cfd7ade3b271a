"""Everybody hears the same sound with the same weights."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.listeners import PLAIN, child, ctranslate, ggml, sound
from benchmarks.listeners.bench import Bench, Sound
from benchmarks.wer import word_error_rate
from ingest.transcription import models
from tests.sound import opening, samples

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TENSORS = 245  # as whisper.cpp counts them when it loads base


def test_a_longer_sound_begins_with_the_recording_and_is_always_the_same(tmp_path: Path) -> None:
    """It is as long as asked for, whole first, and written twice it has the same bytes."""
    recording = tmp_path / "opening.wav"
    recording.write_bytes(opening(3))
    for name in ("one", "two"):
        assert sound.write([recording], tmp_path / name, minutes=0.2) == 12
    content = (tmp_path / "one").read_bytes()
    assert content == (tmp_path / "two").read_bytes()
    assert content.startswith(samples(3))
    assert len(content) == 12 * sound.RATE * 2


def test_pieces_lose_nothing_and_are_cut_where_it_is_quiet() -> None:
    """Put together again they are the recording; the cut lies in the only silence there is."""
    loud = np.full(100 * sound.RATE, 1000, dtype=np.int16)
    loud[55 * sound.RATE : 56 * sound.RATE] = 0
    parts = list(sound.pieces(loud))
    assert np.array_equal(np.concatenate(parts), loud)
    assert [len(part) // sound.RATE for part in parts] == [55, 45]


def test_floats_are_the_samples(tmp_path: Path) -> None:
    """Made a piece at a time, they are what dividing everything at once gives."""
    (tmp_path / "pcm").write_bytes(samples(2))
    expected = np.frombuffer(samples(2), dtype="<i2").astype(np.float32) / np.float32(32_768)
    assert np.array_equal(child.floats(tmp_path / "pcm"), expected)


def test_a_process_reports_its_own_turn(shared_audio: Path, tmp_path: Path) -> None:
    """A row in a process of its own hears eleven seconds right and says what that took."""
    with Bench() as bench:
        sound.write([shared_audio / "jfk.flac"], tmp_path / "pcm")
        turn = bench.turn(PLAIN, [Sound(tmp_path / "pcm", "en")])
    assert word_error_rate((shared_audio / "jfk.txt").read_text(), turn.heard[0].text) <= 0.1
    assert turn.load > 0
    assert turn.heard[0].cpu > 0
    assert turn.peak > models.PACKAGED_SIZE / 2


def test_whisper_cpp_is_given_the_same_weights(tmp_path: Path) -> None:
    """Read back, the tensors are CTranslate2's, those taken apart too, and every name is there once."""
    files = models.packaged_files()
    ggml.write(files, tmp_path / "ggml.bin")
    weights = ctranslate.variables(files["model.bin"])
    found = tensors(BytesIO((tmp_path / "ggml.bin").read_bytes()))
    assert len(found) == TENSORS
    assert np.array_equal(found["decoder.token_embedding.weight"], weights["decoder/embeddings/weight"])
    fused = [found[f"encoder.blocks.2.attn.{part}.weight"] for part in ("query", "key", "value")]
    assert np.array_equal(np.concatenate(fused), weights["encoder/layer_2/self_attention/linear_0/weight"])
    assert np.array_equal(found["decoder.blocks.5.mlp_ln.bias"], weights["decoder/layer_5/ffn/layer_norm/beta"])


def tensors(file: BytesIO) -> dict[str, NDArray[Any]]:
    """The tensors of a file as whisper.cpp reads it, after the parameters, the filters and the vocabulary."""
    assert struct.unpack("<12i", file.read(48)) == (ggml.MAGIC, 51865, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 1)
    bands, bins = struct.unpack("<2i", file.read(8))
    file.seek(4 * bands * bins, 1)
    for _ in range(struct.unpack("<i", file.read(4))[0]):
        file.seek(struct.unpack("<i", file.read(4))[0], 1)
    found = {}
    while head := file.read(12):
        count, length, half = struct.unpack("<3i", head)
        shape = struct.unpack(f"<{count}i", file.read(4 * count))[::-1]
        name, kind = file.read(length).decode(), np.dtype("<f2" if half else "<f4")
        assert name not in found
        found[name] = np.frombuffer(file.read(kind.itemsize * int(np.prod(shape))), kind).reshape(shape)
    return found


def test_no_bias_is_thrown_away_that_says_anything() -> None:
    """Whisper's keys have no bias: what CTranslate2 keeps in its place, and whisper.cpp is not given, is zero."""
    weights = ctranslate.variables(models.packaged_files()["model.bin"])
    keys = [np.split(bias, 3)[1] for name, bias in weights.items() if name.endswith("self_attention/linear_0/bias")]
    keys += [
        np.split(bias, 2)[0]
        for name, bias in weights.items()
        if name.endswith("/attention/linear_1/bias") and "self" not in name
    ]
    assert len(keys) == 18
    assert not any(key.any() for key in keys)


def test_the_letters_of_the_vocabulary_are_all_different() -> None:
    """Each byte has a letter of its own; a blank is written Ġ and a line break Ċ."""
    letters = ggml.byte_letters()
    assert len(set(letters)) == 256
    assert (letters[ord("a")], letters[ord(" ")], letters[ord("\n")]) == ("a", "Ġ", "Ċ")


def test_another_version_of_the_weights_is_not_guessed_at() -> None:
    """A model.bin of version 5 is refused."""
    with pytest.raises(ValueError, match="version 5"):
        ctranslate.variables(struct.pack("<I", 5))
