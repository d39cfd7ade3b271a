"""Limits the decoder puts on itself before it sees the first byte of a recording.

They are set here rather than between fork and exec, where Python code may deadlock in a program with threads.
"""

from __future__ import annotations

import os
import resource
from contextlib import suppress

PIPES = 3  # stdin, stdout, stderr


def bind(memory: int, cpu_seconds: int) -> None:
    """Limit memory (bytes) and processor time (seconds); no new file, socket, process or core dump from here on."""
    os.closerange(PIPES, 1024)
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_NPROC, 0, 0),  # root is not held to it; in bubblewrap what root starts dies with the box
        (resource.RLIMIT_NOFILE, PIPES, PIPES),  # all descriptors there may be are taken: nothing can be opened
    ):
        # macOS refuses some of these; what it refuses is left as it was.
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (soft, hard))
