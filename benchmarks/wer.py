"""Word error rate of the packaged model on every recording of ../shared/audio that has a reference text.

`python benchmarks/wer.py [FOLDER]` prints a table: words in the reference, errors in percent, times real time.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Final

import av
from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from ingest.transcription.blocks import RATE
from ingest.transcription.engine import Whisper
from ingest.transcription.models import packaged

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "audio"
LANGUAGES: Final = {"king": "no", "sv": "sv"}
"""The language of a recording by the first part of its name; English otherwise."""


def word_error_rate(reference: str, heard: str) -> float:
    """Insertions, deletions and substitutions of words for each word of the reference; case and marks not counted."""
    wanted = _words(reference)
    return Levenshtein.distance(wanted, _words(heard)) / len(wanted)


def _words(text: str) -> list[str]:
    return re.findall(
        r"\w+(?:'\w+)*", unicodedata.normalize("NFC", text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def decode(path: Path) -> bytes:
    """A trusted file as 16 kHz mono s16le. Interviews go through the sandbox instead."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return b"".join(frame.to_ndarray().tobytes() for frame in frames)


def measure(reference: Path) -> tuple[str, ...]:
    """The table's row for one reference text and the recording beside it."""
    sound = next(path for path in sorted(reference.parent.glob(f"{reference.stem}.*")) if path != reference)
    language = LANGUAGES.get(reference.stem.partition("-")[0], "en")
    transcript = Whisper(packaged()).transcribe([decode(sound)], language, lambda _done, _total: None)
    wanted = reference.read_text(encoding="utf-8")
    errors = 100 * word_error_rate(wanted, transcript.text)
    speed = transcript.duration / transcript.made_by.took
    return reference.stem, language, str(len(_words(wanted))), f"{errors:.1f}", f"{speed:.1f}"


def main(folder: Path = SHARED) -> None:
    """Print the table."""
    references = [path for path in sorted(folder.glob("*.txt")) if len(list(folder.glob(f"{path.stem}.*"))) > 1]
    table = Table("recording", "language", "words", "WER %", "x real time", title="whisper-base, int8, beam 5, VAD")
    for reference in references:
        table.add_row(*measure(reference))
    Console().print(table)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
