"""Which weights are right, and what is said of those that are not."""

from __future__ import annotations

import hashlib
import os
import struct
from typing import TYPE_CHECKING

import pytest

from ingest.transcription import models, weights
from storage.errors import BadModel

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = struct.pack("<IH", 6, 12) + b"WhisperSpec\0" + bytes(500)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a CTranslate2 Whisper model, too small to hear anything."""
    place = tmp_path / "tiny-model"
    place.mkdir()
    (place / "model.bin").write_bytes(WEIGHTS)
    for name in ("config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json"):
        (place / name).write_text("{}")
    return place


def refused(path: Path) -> str:
    """The sentence with which this is refused; it never holds the user's path."""
    with pytest.raises(BadModel) as caught:
        models.from_folder(path)
    assert path.name not in caught.value.sentence
    return caught.value.sentence


def test_the_packaged_model_is_whisper_base() -> None:
    """What is installed has the bytes of Systran's conversion, joined from its two packages."""
    content = models.packaged_files()["model.bin"]
    published = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert hashlib.sha256(content).hexdigest() == published
    models.check(models.packaged())


def test_one_model_has_one_hash_wherever_it_lies(base_folder: Path) -> None:
    """The packaged model copied to a folder has the packaged model's hash."""
    assert models.from_folder(base_folder).sha256 == models.packaged().sha256


def test_the_hash_is_that_of_sha256sums_list(folder: Path) -> None:
    """Anyone can compute a model's hash with sha256sum alone."""
    listing = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    )
    assert models.from_folder(folder).sha256 == hashlib.sha256(listing.encode()).hexdigest()


def test_a_folder_is_named_after_itself_or_as_asked(folder: Path) -> None:
    """A model's name is the folder's unless another is given."""
    assert models.from_folder(folder).name == "tiny-model"
    assert models.from_folder(folder, "nb-whisper").name == "nb-whisper"


def test_other_files_do_not_count(folder: Path) -> None:
    """A README beside the weights changes nothing the model hears, so the hash stays."""
    before = models.from_folder(folder)
    (folder / "README.md").write_text("about")
    models.check(before)


def test_hashing_tells_how_far_it_is(folder: Path) -> None:
    """The caller hears of bytes done and bytes in all, and the last call says all."""
    seen: list[tuple[int, int]] = []
    models.from_folder(folder, on_progress=lambda done, total: seen.append((done, total)))
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json"]
)
def test_one_flipped_bit_in_any_file_is_found(folder: Path, name: str) -> None:
    """A single bit changed after registration, in any file that counts, is refused."""
    registered = models.from_folder(folder)
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BadModel, match="changed since it was registered"):
        models.check(registered)


def test_a_changed_folder_is_not_loaded(folder: Path) -> None:
    """Loading checks first: changed weights never reach the recogniser."""
    registered = models.from_folder(folder)
    (folder / "config.json").write_text("{ }")
    with pytest.raises(BadModel, match="changed since it was registered"):
        weights.load(registered, workers=1, precision="int8")


def test_weights_that_do_not_load_are_a_bad_model(folder: Path) -> None:
    """Registered files that are no working model end in our error, without the library's text."""
    with pytest.raises(BadModel, match="could not read the model") as caught:
        weights.load(models.from_folder(folder), workers=1, precision="int8")
    assert caught.value.__cause__ is None


def test_a_missing_preprocessor_file_is_noticed(base_folder: Path, tmp_path: Path) -> None:
    """A folder whose features do not fit its weights is refused when loaded, not when it hears nonsense."""
    for file in base_folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "preprocessor_config.json").write_text('{"feature_size": 128}')
    with pytest.raises(BadModel, match=r"wants 80 mel bands but its folder says 128"):
        weights.load(models.from_folder(tmp_path), workers=1, precision="int8")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """The sentence says which file the folder lacks."""
    (folder / name).unlink()
    assert f"lacks {name}" in refused(folder)


def test_a_missing_place_is_said_to_be_missing(tmp_path: Path) -> None:
    """A path where nothing is gives its own sentence."""
    assert "no model folder" in refused(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"lmgg" + bytes(60), "whisper.cpp"), (b"GGUF", "whisper.cpp"), (b"PK\x03\x04", "PyTorch"), (b"?", "model.bin,")],
)
def test_a_bare_file_is_told_from_a_folder(tmp_path: Path, content: bytes, said: str) -> None:
    """One file is no model folder, and the sentence says what the file seems to be."""
    (tmp_path / "brought").write_bytes(content)
    sentence = refused(tmp_path / "brought")
    assert "one file" in sentence
    assert said in sentence


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model.safetensors", "ct2-transformers-converter"),
        ("pytorch_model-00001-of-00002.bin", "ct2-transformers-converter"),
        ("large-v3.pt", "ct2-transformers-converter"),
        ("ggml-large-v3.bin", "whisper.cpp"),
        ("readme.txt", "no model.bin"),
    ],
)
def test_a_folder_of_another_kind_is_told_how_to_become_one(tmp_path: Path, name: str, said: str) -> None:
    """Weights for another program are recognised, with the command that converts them."""
    (tmp_path / name).write_bytes(b"weights")
    assert said in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"lmgg" + bytes(60), "whisper.cpp"),
        (struct.pack("<IH", 6, 16) + b"TransformerSpec\0", "not a Whisper model"),
        (b"", "not a Whisper model"),
    ],
)
def test_a_model_bin_of_another_kind_is_refused(folder: Path, content: bytes, said: str) -> None:
    """A pointer, another program's weights, a translation model and an empty file are not Whisper."""
    (folder / "model.bin").write_bytes(content)
    assert said in refused(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_bad_model(folder: Path) -> None:
    """Files the user may not read give a sentence, not a traceback."""
    (folder / "config.json").chmod(0)
    assert "could not be read" in refused(folder)


def test_a_packaged_model_that_is_not_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages, or with other bytes in them, the packaged model is refused."""
    monkeypatch.setattr(models, "_SECOND_PART", "no_such_package")
    with pytest.raises(BadModel, match="not installed whole"):
        models.check(models.packaged())
    monkeypatch.setattr(models, "_SECOND_PART", models._FIRST_PART)
    with pytest.raises(BadModel, match="not installed whole"):
        models.check(models.packaged())
    monkeypatch.undo()
    monkeypatch.setitem(models._PACKAGED, "config.json", "0" * 64)
    with pytest.raises(BadModel, match="not the one Tillit was made with"):
        models.check(models.packaged())
