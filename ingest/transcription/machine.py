"""What machine this is, as far as a transcript may say."""

from __future__ import annotations

import os
import platform


def machine_class() -> str:
    """The kind of machine, such as `x86_64, 2 cores`; never its name."""
    return f"{platform.machine()}, {usable_cores()} cores"


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
