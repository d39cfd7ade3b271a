"""What the house costs: the whole pipeline beside bare faster-whisper with the same weights, VAD and word times.

    python -m benchmarks.pipeline [AUDIO] [--language no] [--rounds 3]

Bare: load the weights, decode with faster-whisper's own decoder, transcribe. Ours: the same and everything around it
(sealing, the sandbox, the door, the ledger, the job engine, the listening copy, names, pseudonyms). The two take
turns, so that a noisy machine hurts both; the ratio is of each pair. Reach: at most 1.05.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio
from rich.console import Console
from rich.table import Table

from ingest import intake, pipeline
from ingest.transcription import models, weights
from tests.house_fixtures import build

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "interview.opus"


def bare(audio: Path, language: str) -> tuple[float, float]:
    """Seconds of wall time for faster-whisper alone, and seconds of sound."""
    began = time.perf_counter()
    weights.shut_the_network()
    model = WhisperModel("base", files=dict(models.packaged_files()), compute_type="int8", local_files_only=True)
    samples = decode_audio(str(audio))
    segments, about = model.transcribe(samples, language=language, vad_filter=True, word_timestamps=True)
    for _ in segments:
        pass
    return time.perf_counter() - began, float(about.duration)


def ours(audio: Path, language: str) -> tuple[float, dict[str, float]]:
    """Seconds for the pipeline from a queued recording to its pseudonymised draft, and for each stage."""
    with tempfile.TemporaryDirectory() as folder:
        house = build(Path(folder) / "vault", language=language)
        held = house.participant("P01")
        intake.take_in_file(house.desk("ivar"), held, audio)
        clock = Clock()
        began = time.perf_counter()
        with pipeline.at_work(house.vault, clock) as desk:
            for recording in pipeline.waiting(house.vault):
                if problem := pipeline.finish(desk, recording):
                    raise problem
            clock.stop()
        took = time.perf_counter() - began
        house.vault.close()
    return took, {**clock.spent, "engine start and stop": took - sum(clock.spent.values())}


class Clock:
    """Listens to the pipeline and adds up the time between the stages' beginnings."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._stage, self._since = "", time.perf_counter()

    def __call__(self, _recording: str, stage: str, done: float, total: float) -> None:
        """A stage has begun when nothing of it is done."""
        if not done and not total:
            self.stop()
            self._stage = stage

    def stop(self) -> None:
        """Close the stage that is running."""
        now = time.perf_counter()
        if self._stage:
            self.spent[self._stage] += now - self._since
        self._since = now


def rounds(audio: Path, language: str, count: int) -> Iterator[tuple[float, float, dict[str, float], float]]:
    """Each pair (bare, ours, ours by stage, seconds of sound), after one run that warms the disk's cache."""
    bare(SAMPLE, "en")
    for number in range(count):
        if number % 2:
            whole, stages = ours(audio, language)
            alone, sound = bare(audio, language)
        else:
            alone, sound = bare(audio, language)
            whole, stages = ours(audio, language)
        yield alone, whole, stages, sound


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--language", default="en")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    measured = list(rounds(given.audio, given.language, given.rounds))
    sound = measured[0][3]
    table = Table(
        "", "seconds", "times real time", "of the whole", title=f"{given.audio.name}, {sound:.0f} s of sound"
    )
    alone = statistics.median(row[0] for row in measured)
    whole = statistics.median(row[1] for row in measured)
    table.add_row("faster-whisper alone", f"{alone:.2f}", f"{sound / alone:.1f}", "")
    table.add_row("the pipeline", f"{whole:.2f}", f"{sound / whole:.1f}", "100 %", end_section=True)
    for stage in measured[0][2]:
        took = statistics.median(row[2][stage] for row in measured)
        table.add_row(f"  {stage}", f"{took:.2f}", "", f"{took / whole:.1%}")
    Console().print(table)
    ratios = sorted(row[1] / row[0] for row in measured)
    middle = statistics.median(ratios)
    print(f"ratio, paired: median {middle:.3f}, from {ratios[0]:.3f} to {ratios[-1]:.3f} (reach: at most 1.05)")


if __name__ == "__main__":
    main()
