"""The ASCII form of a sealed file, read strictly: one spelling of each file, whitespace only around it.

Source: c2sp.org/age, "ASCII armor"; RFC 7468 §3, Figure 3.
"""

from __future__ import annotations

import base64
import binascii

from storage.age.errors import BadArmour

FIRST_LINE = b"-----BEGIN AGE ENCRYPTED FILE-----"
LAST_LINE = b"-----END AGE ENCRYPTED FILE-----"
COLUMNS = 64
_WHITESPACE = b" \t\r\n"


def is_armoured(data: bytes) -> bool:
    """Whether `data` sets out as an armoured file does."""
    return data.lstrip(_WHITESPACE).startswith(FIRST_LINE)


def unarmour(data: bytes) -> bytes:
    """The sealed file inside. Raises BadArmour."""
    first, *lines = [line.removesuffix(b"\r") for line in data.strip(_WHITESPACE).split(b"\n")]
    last = lines.pop() if lines else b""
    if (first, last) != (FIRST_LINE, LAST_LINE) or not _well_broken(lines):
        raise BadArmour
    text = b"".join(lines)
    try:
        sealed = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadArmour from None
    if base64.b64encode(sealed) != text:
        raise BadArmour
    return sealed


def _well_broken(lines: list[bytes]) -> bool:
    """Whether every line but the last is full, and the last is not empty."""
    return not lines or (all(len(line) == COLUMNS for line in lines[:-1]) and 0 < len(lines[-1]) <= COLUMNS)
