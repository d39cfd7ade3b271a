"""How much one recording may ask for before decoding it is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of sound, seconds of processor time, bytes of address space, seconds without a sign of life.

    Decoding runs at hundreds of times real time and the listening copy at about eighty, so six hours take some five
    minutes; half an hour leaves room for a slow machine. Libraries take 200 MB of address space, most of it never
    touched, and the listening copy 13 MB an hour.
    """

    max_seconds: float = 6 * 3600
    cpu_seconds: int = 30 * 60
    memory: int = 1 << 30
    stall_seconds: float = 120
