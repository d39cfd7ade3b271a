"""What people type: a reason in their words, and the signs that no line of text may hold."""

from __future__ import annotations

import unicodedata
from typing import Final

from storage.errors import BadInput

LONGEST_REASON: Final = 1000
"""Code points of a reason."""
UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode's general categories of what steers a terminal, parts a name unseen, ends a line or is no character."""
NO_REASON = "Say why, in a sentence: whoever looks later has to understand it."
TOO_LONG = "Say why in at most {most} characters."
ODD_REASON = "The reason has control characters in it. Type it anew, without them."


def unprintable(text: str) -> bool:
    """Whether a sign is in a text that cannot stand in a line."""
    return any(unicodedata.category(character) in UNPRINTABLE for character in text)


def reason(why: str) -> str:
    """A reason as it is kept: composed (Unicode NFC), on one line, with single blanks; empty if none was given.

    Raises BadInput for one that is too long, or has control characters in it.
    """
    kept = unicodedata.normalize("NFC", " ".join(why.split()))
    if len(kept) > LONGEST_REASON:
        raise BadInput(TOO_LONG, most=LONGEST_REASON)
    if unprintable(kept):
        raise BadInput(ODD_REASON)
    return kept


def needed_reason(why: str) -> str:
    """The same where one has to be given. Raises BadInput for one without a letter or digit, too."""
    kept = reason(why)
    if not any(map(str.isalnum, kept)):
        raise BadInput(NO_REASON)
    return kept
