"""Three hours in flat memory, on both sides of the pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

# The kernel counts a child's memory from before it became another program: so nothing large is imported here, and a
# shell stands between this and the tests' own process.
SMALL = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
MEASURE = """
import json, resource, sys
from random import Random
from ingest.audio import decode
from tests.ingest.audio.endless import endless, wav_header

job, seconds, rate, channels, bits = sys.argv[1], *map(int, sys.argv[2:])
size = seconds * rate * channels * bits // 8
source = endless(wav_header(size, rate, channels, bits), size, Random(1).randbytes(1 << 20))
told = {"check": lambda: [decode.check([source]).duration], "pcm": lambda: decode.pcm([source]),
        "copy": lambda: decode.listening_copy([source])}[job]()
made = sum(len(piece) if job != "check" else piece for piece in told)
peaks = [resource.getrusage(whose).ru_maxrss / 1024 for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"made": made, "tillit": peaks[0], "decoder": peaks[1]}))
"""
SOAK = bool(os.environ.get("TILLIT_SOAK"))
TEN_MINUTES, HOUR = 600, 3_600


def _measured(job: str, seconds: int, rate: int = 16_000, channels: int = 2, bits: int = 16) -> dict[str, float]:
    """What was made in bytes or seconds, and the most memory either side ever held, in MB."""
    # Without bubblewrap on the path the decoder is our own child, and the kernel accounts for it to us.
    alone = {**os.environ, "PATH": ""}
    words = [str(number) for number in (seconds, rate, channels, bits)]
    done = subprocess.run(
        [*SMALL, sys.executable, "-c", MEASURE, job, *words], capture_output=True, check=True, timeout=900, env=alone
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("job", ["check", "pcm"])
def test_three_hours_take_no_more_memory_than_ten_minutes(job: str) -> None:
    """Facts and samples of three hours grow neither Tillit nor the decoder by more than 4 MB over ten minutes."""
    short, long = _measured(job, TEN_MINUTES), _measured(job, 3 * HOUR)
    assert long["made"] == 18 * short["made"]
    for side in ("tillit", "decoder"):
        assert long[side] - short[side] < 4
        assert 10 < long[side] < 80


def test_a_gigabyte_takes_no_more_memory_than_any() -> None:
    """60 minutes of 48 kHz 24-bit stereo, a gigabyte: below 80 MB in the decoder, 50 MB in Tillit."""
    told = _measured("check", HOUR, 48_000, 2, 24)
    assert told["made"] == HOUR
    assert 40 < told["decoder"] < 80
    assert told["tillit"] < 50


def test_the_copy_is_all_the_decoder_keeps() -> None:
    """The listening copy and its levels grow the decoder by what they weigh, some 13 MB an hour, and Tillit by 2."""
    minutes = (10, 180) if SOAK else (1, 10)
    short, long = (_measured("copy", 60 * some, channels=1) for some in minutes)
    weight = (long["made"] - short["made"]) / (1 << 20)
    assert weight > 1
    assert long["decoder"] - short["decoder"] < 1.5 * weight + 4
    assert long["tillit"] - short["tillit"] < (4 if SOAK else 2)
