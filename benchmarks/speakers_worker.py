"""One diariser in a process of its own, so that its memory is its own; also run by the peers' Python, without Tillit.

    python speakers_worker.py tillit|senko|resemblyzer

Reads jobs from standard input, each a line of JSON (`bytes`, `count` or null, `times`) and so many bytes of 16 kHz
mono s16le to be heard so many times on end, and answers each with a line: turns, seconds taken, peak MB so far. A
first second of noise warms up what loads late.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import pairwise, repeat
from typing import Any

import numpy as np

RATE = 16_000
MERGED = 1.0
"""Seconds: pauses of one speaker that are closed for resemblyzer, which has no opinion of its own."""

Turns = list[tuple[float, float, str]]
Engine = Callable[[bytes, int | None, int], Turns]


def tillit() -> Engine:
    """Ours."""
    from ingest.speakers.diarise import Diariser  # noqa: PLC0415 - the peers' Python has no Tillit

    def run(pcm: bytes, count: int | None, times: int) -> Turns:
        turns = Diariser().diarise(repeat(pcm, times), count, lambda _seconds: None).turns
        return [(turn.start, turn.end, str(turn.speaker)) for turn in turns]

    return run


def senko() -> Engine:
    """Senko as it comes: it finds the number of speakers itself and cannot be told."""
    import senko as library  # noqa: PLC0415 - only the peers' Python has it

    diarizer = library.Diarizer(device="cpu", warmup=False, quiet=True)

    def run(pcm: bytes, _count: int | None, times: int) -> Turns:
        found = diarizer.diarize_samples(np.frombuffer(pcm * times, "<i2").copy())
        rows = found["merged_segments"] if found else []
        return [(row["start"], row["end"], str(row["speaker"])) for row in rows]

    return run


def resemblyzer() -> Engine:
    """Resemblyzer's voices of 1.6 s every 0.5 s of what Silero calls speech, and spectral clustering; count given."""
    import torch  # noqa: PLC0415 - only the peers' Python has these
    from resemblyzer import VoiceEncoder  # noqa: PLC0415
    from silero_vad import get_speech_timestamps, load_silero_vad  # noqa: PLC0415
    from sklearn.cluster import SpectralClustering  # noqa: PLC0415

    encoder, detector = VoiceEncoder("cpu", verbose=False), load_silero_vad()

    def run(pcm: bytes, count: int | None, times: int) -> Turns:
        sound = np.frombuffer(pcm * times, "<i2").astype(np.float32) / 32_768
        speech = get_speech_timestamps(torch.from_numpy(sound), detector, return_seconds=True)
        spans = [span for one in speech for span in _pieces(one["start"], one["end"])]
        if len(spans) < (count or 2):
            return []
        voices = np.stack([encoder.embed_utterance(_around(sound, *span)) for span in spans])
        model = SpectralClustering(count or 2, affinity="precomputed", random_state=0)
        labels = model.fit_predict(np.maximum(voices @ voices.T, 0))
        return _merged([(*span, str(label)) for span, label in zip(spans, labels, strict=True)])

    return run


def _pieces(start: float, end: float) -> list[tuple[float, float]]:
    edges = np.linspace(start, end, max(1, round((end - start) / 0.5)) + 1).tolist()
    return list(pairwise(edges))


def _around(sound: Any, start: float, end: float) -> Any:  # noqa: ANN401 - numpy's types are not wanted by the peers' Python
    middle = (start + end) / 2
    return sound[int(max(0.0, middle - 0.8) * RATE) : int((middle + 0.8) * RATE)]


def _merged(rows: Turns) -> Turns:
    merged: Turns = []
    for start, end, label in rows:
        if merged and merged[-1][2] == label and start - merged[-1][1] <= MERGED:
            merged[-1] = (merged[-1][0], end, label)
        else:
            merged.append((start, end, label))
    return merged


def main() -> None:
    """Answer jobs until there are no more."""
    engine = {"tillit": tillit, "senko": senko, "resemblyzer": resemblyzer}[sys.argv[1]]()
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print
    engine(np.random.default_rng(1).integers(-300, 300, RATE, np.int16).tobytes(), 1, 1)
    while line := sys.stdin.buffer.readline():
        job = json.loads(line)
        pcm = sys.stdin.buffer.read(job["bytes"])
        began = time.perf_counter()
        turns = engine(pcm, job["count"], job["times"])
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"turns": turns, "seconds": took, "mb": peak}), file=answers, flush=True)


if __name__ == "__main__":
    main()
