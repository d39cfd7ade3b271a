"""Writing Whisper's weights as whisper.cpp reads them, 16 bits a number.

The layout is that of `whisper_model_load` in whisper.cpp (ggml-org/whisper.cpp at 233fe1f): a magic number; eleven
parameters; the mel filters; the vocabulary as bytes, without the special tokens; and then every tensor: number of
dimensions, length of its name, type, dimensions from the fastest to the slowest, name, content. Vectors, the biases of
the convolutions and the positions are 32 bits wide, everything else 16.

    python -m benchmarks.listeners.ggml TARGET      the packaged weights; onnxruntime's telemetry has to be off
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

from benchmarks.listeners.ctranslate import variables
from ingest.transcription import models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

MAGIC: Final = 0x67676D6C
HALF: Final = 1
END_OF_TEXT: Final = "<|endoftext|>"
WIDTH_OF_A_HEAD: Final = 64
"""In every Whisper."""

_LAYER: Final = {
    "self_attention/layer_norm": "attn_ln",
    "attention/layer_norm": "cross_attn_ln",
    "ffn/layer_norm": "mlp_ln",
    "ffn/linear_0": "mlp.0",
    "ffn/linear_1": "mlp.2",
}
_OUTSIDE: Final = {
    "encoder/conv1": "encoder.conv1",
    "encoder/conv2": "encoder.conv2",
    "encoder/layer_norm": "encoder.ln_post",
    "decoder/layer_norm": "decoder.ln",
}
_ALONE: Final = {
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
}
_ENDS: Final = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
_FUSED: Final = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
}
"""CTranslate2 keeps what is multiplied with the same thing in one matrix, the parts below each other."""


def write(files: Mapping[str, bytes], target: Path) -> None:
    """Make whisper.cpp's file of a CTranslate2 folder's `model.bin` and `vocabulary.txt`."""
    weights = variables(files["model.bin"])
    with target.open("wb") as file:
        file.write(struct.pack("<12i", MAGIC, *_parameters(weights)))
        filters = FeatureExtractor(feature_size=_mels(weights)).mel_filters
        file.write(struct.pack("<2i", *filters.shape) + filters.astype("<f4").tobytes())
        _write_vocabulary(files["vocabulary.txt"].decode().split("\n"), file)
        for name, content in weights.items():
            for part, piece in _tensors(name, content):
                _write_tensor(part, piece, file)


def _mels(weights: Mapping[str, NDArray[Any]]) -> int:
    return int(weights["encoder/conv1/weight"].shape[1])


def _parameters(weights: Mapping[str, NDArray[Any]]) -> list[int]:
    """Tokens; for encoder and decoder positions, width, heads and layers; mel bands; the type."""
    made = [len(weights["decoder/embeddings/weight"])]
    for side in ("encoder", "decoder"):
        positions, width = weights[f"{side}/position_encodings/encodings"].shape
        layers = len(
            {name.split("/")[1] for name in weights if name.startswith(f"{side}/layer_") and name[14].isdigit()}
        )
        made += [positions, width, width // WIDTH_OF_A_HEAD, layers]
    return [*made, _mels(weights), HALF]


def _write_vocabulary(tokens: list[str], file: BinaryIO) -> None:
    """The tokens before the special ones; whisper.cpp knows those."""
    plain = tokens[: tokens.index(END_OF_TEXT)]
    file.write(struct.pack("<i", len(plain)))
    letters = {letter: byte for byte, letter in enumerate(byte_letters())}
    for token in plain:
        content = bytes(letters[letter] for letter in token)
        file.write(struct.pack("<i", len(content)) + content)


def byte_letters() -> list[str]:
    """The letter of each byte in a GPT-2 vocabulary: itself if it prints, otherwise the next from 256 on."""
    itself = [33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174 for byte in range(256)]
    return [chr(byte) if itself[byte] else chr(256 + itself[:byte].count(False)) for byte in range(256)]


def _tensors(name: str, content: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """What a variable is called in whisper.cpp, with its content; in parts where CTranslate2 has fused several."""
    if name in _ALONE:
        yield _ALONE[name], content
        return
    place, _, end = name.rpartition("/")
    if place in _OUTSIDE:
        column = place.startswith("encoder/conv") and end == "bias"
        yield f"{_OUTSIDE[place]}.{_ENDS[end]}", content.reshape(-1, 1) if column else content
    elif "/layer_" in place:
        side, layer, inside = place.split("/", 2)
        yield from _of_layer(f"{side}.blocks.{layer.removeprefix('layer_')}", inside, end, content)


def _of_layer(block: str, place: str, end: str, content: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    if place in _LAYER:
        yield f"{block}.{_LAYER[place]}.{_ENDS[end]}", content
        return
    parts = _FUSED[place]
    for part, piece in zip(parts, np.split(content, len(parts)), strict=True):
        if not (end == "bias" and part.endswith(".key")):  # Whisper's keys have none; fused, it is all zeros
            yield f"{block}.{part}.{_ENDS[end]}", piece


def _write_tensor(name: str, content: NDArray[Any], file: BinaryIO) -> None:
    narrow = content.ndim > 1 and not name.endswith((".bias", "positional_embedding"))
    file.write(struct.pack("<3i", content.ndim, len(name), HALF if narrow else 0))
    file.write(struct.pack(f"<{content.ndim}i", *reversed(content.shape)) + name.encode("ascii"))
    file.write(content.astype("<f2" if narrow else "<f4").tobytes())


if __name__ == "__main__":
    write(models.packaged_files(), Path(sys.argv[1]))
