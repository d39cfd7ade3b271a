"""Who listens in benchmarks.listen, benchmarks.wer and benchmarks.hotwords: one module a program, one process a row.

All have the same weights (the packaged Whisper base) and the same decoded sound, so that only the listening differs.
Nothing of the house is imported here: the rows of other programs run in environments of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is called, and the module of this package that listens."""

    title: str
    module: str


TILLIT: Final = "tillit"
PLAIN: Final = "plain"
BATCHED: Final = "batched"
CPP_BEAM: Final = "cpp-beam"
CPP_GREEDY: Final = "cpp-greedy"
ROWS: Final = {
    TILLIT: Row("Tillit", "tillit"),
    PLAIN: Row("faster-whisper, defaults", "faster"),
    BATCHED: Row("BatchedInferencePipeline", "faster"),
    "noscribe": Row("noScribe's parameters", "faster"),
    "atrain": Row("aTrain's parameters", "faster"),
    "whisperx": Row("whisperX's parameters", "faster"),
    CPP_BEAM: Row("whisper.cpp, beam 5", "cpp"),
    CPP_GREEDY: Row("whisper.cpp, greedy", "cpp"),
}
CAPTION: Final = (
    "The rows of noScribe, aTrain and whisperX are their parameters inside faster-whisper, not the applications. "
    "whisper.cpp is PyPI's wheel (AVX2, no more), 16-bit weights made of the same file."
)
