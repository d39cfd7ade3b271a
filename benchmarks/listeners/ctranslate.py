"""Reading the variables of a CTranslate2 model.bin, so that other programs can be given the same weights.

The layout is what CTranslate2's `ModelSpec` writes, version 6, little-endian: the version, the name of the
specification, its revision; the number of variables, and for each its name, number of dimensions (one byte), its
dimensions, type (one byte), size in bytes and content. Names are preceded by their length in 16 bits and end in NUL.
Aliases come last and are not read: for Whisper they say that the projection is the embedding.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION: Final = 6
_TYPES: Final = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}


def variables(model: bytes) -> dict[str, NDArray[Any]]:
    """Every variable by its name; a view of `model`. Raises ValueError for another version or a quantised kind."""
    reader = _Reader(model)
    if (version := reader.number("I")) != VERSION:
        message = f"model.bin is of version {version}, not {VERSION}"
        raise ValueError(message)
    reader.name()
    reader.number("I")
    return dict(reader.variable() for _ in range(reader.number("I")))


class _Reader:
    def __init__(self, model: bytes) -> None:
        self._model, self._at = model, 0

    def number(self, kind: str) -> int:
        value: int = struct.unpack_from(f"<{kind}", self._model, self._at)[0]
        self._at += struct.calcsize(f"<{kind}")
        return value

    def name(self) -> str:
        return self._bytes(self.number("H"))[:-1].decode("ascii")

    def variable(self) -> tuple[str, NDArray[Any]]:
        name = self.name()
        dimensions = [self.number("I") for _ in range(self.number("B"))]
        kind = self.number("B")
        if kind not in _TYPES:
            message = f"{name} is of a type that is not read here"
            raise ValueError(message)
        content = self._bytes(self.number("I"))
        return name, np.frombuffer(content, dtype=_TYPES[kind]).reshape(dimensions)

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._model[self._at - count : self._at]
