"""Memory while hearing: as much for fifty minutes as for ten."""

from __future__ import annotations

import json
import subprocess
import sys

from ingest.transcription.stretches import RATE

# The kernel counts a child's memory from before it became another program: so a shell stands between.
SMALL = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
MEASURE = """
import json, resource, sys
from ingest.transcription import models
from ingest.transcription.engine import Whisper

minutes, words = int(sys.argv[1]), sys.stdin.buffer.read()
pcm = (piece for _ in range(minutes // 5) for piece in (words, *[bytes(32_000)] * 297, bytes(96_000 - len(words))))
heard = Whisper(models.packaged(), cores=1).transcribe(pcm, "en", lambda done, total: None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak": peak, "duration": heard.duration, "segments": len(heard.segments)}))
"""
GROWN = 50
"""Megabytes that two runs may differ by, as threads meet; forty minutes of sound are 77 as samples, 154 as floats."""


def measured(minutes: int, words: bytes) -> dict[str, float]:
    """The most memory a process held that heard so many minutes, with a few words in every five of them."""
    child = subprocess.run(
        [*SMALL, sys.executable, "-c", MEASURE, str(minutes)], input=words, capture_output=True, check=True
    )
    told: dict[str, float] = json.loads(child.stdout)
    return told


def test_memory_does_not_grow_with_the_recording(jfk: bytes) -> None:
    """Five times the sound, heard to its end, takes no more memory."""
    words = jfk[: int(2.2 * RATE) * 2]
    short, long = (measured(minutes, words) for minutes in (10, 50))
    assert (short["duration"], long["duration"]) == (600, 3_000)
    assert long["segments"] == 5 * short["segments"] > 0
    assert long["peak"] - short["peak"] < GROWN
