"""Text as every importer takes it: NFC, one line a turn, nothing that XML 1.0 forbids, a time mark in front.

All formats write the same characters, so that a position counted in one is a position in the others.
"""

from __future__ import annotations

import re
import unicodedata

# What str.splitlines, Word or QualCoder take for the end of a line; inside a turn it would cut the turn in two.
_LINE_ENDS = re.compile("[\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029]+")
# The complement of XML 1.0's Char (§2.2), and U+FEFF, which importers eat as a byte order mark wherever it stands.
_FORBIDDEN = re.compile("[^\x20-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LONGEST_LABEL = 63  # MAXQDA takes no longer name before the colon


def clean(text: str) -> str:
    """One line in NFC: line ends and tabs become a space, characters illegal in XML 1.0 are removed."""
    spaced = _LINE_ENDS.sub(" ", text)
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", spaced)).strip()


def label(speaker: str | None) -> str | None:
    """A speaker's label as it may stand before a colon: no colon in it, at most 63 characters."""
    if speaker is None:
        return None
    return clean(speaker.replace(":", " "))[:_LONGEST_LABEL].strip() or None


def clock(seconds: float) -> str:
    """Seconds as `hh:mm:ss`, cut rather than rounded, so that a jump to the mark never misses the first word."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"
