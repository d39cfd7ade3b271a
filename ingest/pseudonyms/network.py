"""The tuned transformer on onnxruntime: for each word the chances of what it may be.

The graph and its weights are `data/tagger.onnx`, its pieces `data/tagger.json`; both are made by `training/names`, and
`training/names/MODEL_CARD.md` says from what. One is loaded a process, when it is first asked.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ingest.pseudonyms.pieces import FIRST, LAST, PAD, cut
from ingest.pseudonyms.windows import windows
from storage.errors import BadModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.pseudonyms.windows import Window

LABELS: Final = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")
GRAPH: Final = "tagger.onnx"
PIECES: Final = "tagger.json"

TOGETHER: Final = 8
"""Windows read at once: more are no faster and take more memory."""

Chances = Any
"""A numpy array of 32-bit floats, (words, labels)."""


class Network:
    """A loaded graph and its tokenizer. Any number of threads may ask; each call computes on one."""

    def __init__(self, graph: Path, pieces: Path) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import: it would tell its makers that it was used
        import onnxruntime  # noqa: PLC0415 - half a second that who finds no names need not wait
        from tokenizers import Tokenizer  # noqa: PLC0415 - the same

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(pieces))

    def chances(self, words: Sequence[str]) -> Chances:
        """For each word of a text, in its order, the chances of `LABELS`."""
        pieces = cut(self._tokenizer, words)
        found = np.zeros((len(words), len(LABELS)), np.float32)
        spans = list(windows([len(piece) for piece in pieces]))
        for at in range(0, len(spans), TOGETHER):
            self._read(pieces, spans[at : at + TOGETHER], found)
        return found

    def _read(self, pieces: Sequence[Sequence[int]], spans: Sequence[Window], found: NDArray[np.float32]) -> None:
        rows = [[FIRST, *_flat(pieces[one.start : one.end]), LAST] for one in spans]
        ids = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
        (scores,) = self._session.run(None, {"ids": ids})
        for number, one in enumerate(spans):
            starts = 1 + np.cumsum([0, *(len(piece) for piece in pieces[one.start : one.end])])
            judged = starts[one.first - one.start : one.last - one.start]
            found[one.first : one.last] = _softmax(scores[number, judged])


@cache
def packaged() -> Network:
    """The network that ships. Raises BadModel if its files are not those of `data/tagger.sha256`."""
    data = files("ingest.pseudonyms") / "data"
    with as_file(data / GRAPH) as graph, as_file(data / PIECES) as pieces:
        if [_sha256(graph), _sha256(pieces)] != [_pinned(GRAPH), _pinned(PIECES)]:
            raise BadModel("The files of the tagger of names are not those that ship. Install Tillit again.")
        return Network(graph, pieces)


def digest() -> str:
    """The SHA-256 of the graph that ships, in hex: it stands in the provenance of what was found with it."""
    return _pinned(GRAPH)


def _pinned(name: str) -> str:
    lines = (files("ingest.pseudonyms") / "data" / "tagger.sha256").read_text(encoding="utf-8").splitlines()
    return {name: sha256 for sha256, name in map(str.split, lines)}[name]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flat(pieces: Iterable[Sequence[int]]) -> list[int]:
    return [number for piece in pieces for number in piece]


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float32)
