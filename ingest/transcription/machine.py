"""What machine this is, as far as a transcript may say, and its memory, given back."""

from __future__ import annotations

import ctypes
import os
import platform
from contextlib import suppress


def machine_class() -> str:
    """The kind of machine, such as `x86_64, 2 cores`; never its name."""
    return f"{platform.machine()}, {usable_cores()} cores"


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def give_back() -> None:
    """Give free memory back to the system, where the C library has a way to (glibc's malloc_trim(3)).

    Batches are of many lengths and leave holes: without it three hours take 150 MB more than ten minutes.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
