"""Many files through one decoder: its own code in its own box, file after file instead of one process each.

A process takes a tenth of a second to start, a hostile file a hundredth to be refused. What one file does to the
process, the files after it meet as well, so a herd is a harder test than a file alone.
"""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.audio import sandbox
from ingest.audio.believed import mapping, sequence
from ingest.audio.decode import Checked, DecoderFailed, check
from ingest.audio.errors import refusal
from ingest.audio.talk import Hung, Line, Most, answers
from storage.errors import BadRecording

if TYPE_CHECKING:
    from ingest.audio.limits import Limits

PROGRAM = """
import importlib, sys
sys.path += sys.argv[1:3]
from inside import main
from inside.bounds import bind
from inside.order import Order
from inside.source import Line

class Shifted(Line):
    part = 0
    def ask(self, part, offset, length):
        return super().ask(part + self.part, offset, length)
    def give(self, data):
        pass
    def measured(self, data):
        pass

for module in main.LATE:
    importlib.import_module(module)
sizes, seconds, memory = [int(word) for word in sys.argv[3].split(",")], float(sys.argv[4]), int(sys.argv[5])
bind(memory, 60)
line, told = Shifted(sys.stdin.buffer, sys.stdout.buffer), []
for line.part, size in enumerate(sizes):
    status = main.status(Order("facts", (size,), seconds), line)
    if status["code"] == "ok":
        heard = main.status(Order("listening", (size,), seconds), line)
        status = status if heard["code"] == "ok" else heard
    told.append(status)
line.done({"code": "ok", "each": told})
"""
MOST = 25  # files a process


@dataclass(frozen=True)
class Herd:
    """How many went through together, and how each file ended: what it is, or why it was refused."""

    together: int
    ends: list[Checked | BadRecording]


def driven(files: list[bytes], limits: Limits, box: sandbox.Kind) -> Herd:
    """Every file through decoders in this box; those of a process that died go through one of their own each."""
    ends: list[Checked | BadRecording] = []
    together = 0
    for start in range(0, len(files), MOST):
        some = files[start : start + MOST]
        told = _together(some, limits, box)
        together += len(some) if told else 0
        ends += told or [_alone(data, limits) for data in some]
    return Herd(together, ends)


def _together(files: list[bytes], limits: Limits, box: sandbox.Kind) -> list[Checked | BadRecording] | None:
    sizes = ",".join(str(len(data)) for data in files)
    words = [str(sandbox.INSIDE.parent), str(sandbox._site()), sizes, str(limits.max_seconds), str(limits.memory)]
    with subprocess.Popen(
        [*sandbox.python(box), PROGRAM, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=sandbox.ENVIRONMENT,
        start_new_session=True,
    ) as process:
        try:
            talking = answers(Line(process, 60, 120), [io.BytesIO(data) for data in files], Most())
            next(talking)
        except StopIteration as end:
            return [_end(mapping(told)) for told in sequence(end.value.status["each"], len(files))]
        except Hung:
            return None
        finally:
            sandbox._end(process)
    return None


def _end(told: dict[str, object]) -> Checked | BadRecording:
    facts = mapping(told.get("facts"))
    if told["code"] != "ok":
        return refusal(
            str(told["code"]), {key: value for key, value in facts.items() if isinstance(value, (int, float))}
        )
    try:
        return Checked.believed(facts, 1)
    except ValueError:
        return DecoderFailed("The facts of this recording are none.")


def _alone(data: bytes, limits: Limits) -> Checked | BadRecording:
    try:
        return check([io.BytesIO(data)], limits)
    except BadRecording as refused:
        return refused
