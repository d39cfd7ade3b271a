"""An hour in flat memory, on both sides of the pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

HOUR = """
import json, resource, sys
from ingest.audio import decode
from tests.ingest.audio.making import endless, wav_header

def peak(whose):
    return resource.getrusage(whose).ru_maxrss / 1024

size = 3600 * 48_000 * 2 * 3
source = endless(wav_header(size), size, bytes(range(256)) * 4096)
decode.check([endless(wav_header(96_000), 96_000)])
before = peak(resource.RUSAGE_SELF)
facts = decode.check([source])
samples = sum(map(len, decode.pcm([source])))
print(json.dumps({
    "seconds": facts.duration,
    "samples": samples,
    "growth": peak(resource.RUSAGE_SELF) - before,
    "decoder": peak(resource.RUSAGE_CHILDREN),
}))
"""


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    """60 minutes of 48 kHz 24-bit stereo, a gigabyte: below 150 MB in the decoder, 30 MB of growth in Tillit."""
    # Without bubblewrap on the path the decoder is our own child, and the kernel accounts for it to us.
    alone = {**os.environ, "PATH": ""}
    done = subprocess.run([sys.executable, "-c", HOUR], capture_output=True, check=True, timeout=300, env=alone)
    told = json.loads(done.stdout)
    assert told["seconds"] == 3600
    assert told["samples"] == 3600 * 32_000
    assert 40 < told["decoder"] < 150
    assert told["growth"] < 30
