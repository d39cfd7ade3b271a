"""How fast the whole stack finds names, and what it takes: measured in a process of its own.

python -m benchmarks.finding.speed      that process: reads a text, prints one line of JSON
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Final

from benchmarks.passages import passages

ROOT: Final = Path(__file__).resolve().parents[2]
WORDS: Final = 10_000
"""What is said in an hour's interview."""

REACHES: Final = {"seconds": 30.0, "peak MB": 600.0, "seconds to load": 3.0, "MB of model": 80.0}
_MB: Final = 1_000_000


def interview(words: int = WORDS) -> str:
    """So many words of the dev passages, over and over, each time in another order."""
    told = [line for passage in passages("dev") for line in passage.text.split("\n") if line.strip()]
    order = random.Random(0)  # noqa: S311 - the order of what is measured is no secret
    lines, left = list[str](), words
    while left > 0:
        for line in order.sample(told, len(told)):
            lines.append(" ".join(line.split()[:left]))
            left -= len(lines[-1].split())
            if not left:
                break
    return "\n".join(lines)


def measured() -> dict[str, float]:
    """What each of `REACHES` came to."""
    child = [sys.executable, "-m", "benchmarks.finding.speed"]
    answer = subprocess.run(child, input=interview().encode(), capture_output=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def _told(text: str) -> dict[str, float]:
    began = time.perf_counter()
    from ingest.pseudonyms.finder import find_names  # noqa: PLC0415 - importing it is a part of loading

    find_names("Kari bor i Oslo.", "no")
    loaded = time.perf_counter()
    find_names(text, "no")
    took = time.perf_counter() - loaded
    model = sum(
        Path(str(one)).stat().st_size
        for one in (files("ingest.pseudonyms") / "data").iterdir()
        if one.name.startswith("tagger.")
    )
    return dict(zip(REACHES, (took, _peak() / _MB, loaded - began, model / _MB), strict=True))


def _peak() -> int:
    """Bytes of memory this process held at most: /proc tells it without what its parent held before the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(json.dumps(_told(sys.stdin.read())))
