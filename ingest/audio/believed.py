"""Values that come from the decoder, each held to its type: it has met a stranger's file and is believed in nothing.

Every function raises ValueError, with no word of what came.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1e12  # no number about a recording comes near
A_NAME = re.compile(r"[a-z0-9_]{1,24}")


def finite(value: object) -> float | None:
    """A number of a sane size; neither NaN nor infinity is below the limit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < LARGEST else None


def number(raw: Mapping[str, object], key: str) -> float:
    """A number."""
    value = finite(raw.get(key))
    if value is None:
        raise ValueError(key)
    return value


def count(raw: Mapping[str, object], key: str) -> int:
    """A whole number of at least 0."""
    return whole(number(raw, key))


def whole(value: float) -> int:
    """The same of a value at hand."""
    if value < 0 or value != int(value):
        raise ValueError("whole")
    return int(value)


def numbers(value: object, most: int) -> list[float]:
    """A list of at most `most` numbers."""
    items = sequence(value, most)
    values = [item for item in map(finite, items) if item is not None]
    if len(values) < len(items):
        raise ValueError("numbers")
    return values


def text(raw: Mapping[str, object], key: str) -> str:
    """A text, to be looked up in a list of those there are."""
    value = raw.get(key)
    if not isinstance(value, str):
        raise ValueError(key)  # noqa: TRY004  # every function here raises the same
    return value


def name(raw: Mapping[str, object], key: str) -> str:
    """A short word as FFmpeg names its containers and codecs."""
    value = text(raw, key)
    if not A_NAME.fullmatch(value):
        raise ValueError(key)
    return value


def mapping(value: object) -> dict[str, object]:
    """An object."""
    if not isinstance(value, dict):
        raise ValueError("object")  # noqa: TRY004  # every function here raises the same
    return value


def sequence(value: object, most: int) -> list[object]:
    """A list of at most `most`."""
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("list")
    return value
