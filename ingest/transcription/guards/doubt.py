"""The reasons to doubt what a recogniser wrote, worst first, and where in a chunk they lie."""

from __future__ import annotations

from enum import StrEnum

Span = tuple[int, int]
"""Words of a chunk by their places: from the first up to, not including, the second."""


class Doubt(StrEnum):
    """Why a reviewer should look. Worst first: what nobody said comes before what is written wrongly."""

    INVENTED = "a phrase recognisers invent"
    REPEATS = "repeats itself"
    NO_SPEECH = "may not be speech"
    TOO_FAST = "faster than anyone speaks"
    OTHER_LANGUAGE = "another language may be spoken"
    SPARSE = "more may be said than is written"
    LOW_CONFIDENCE = "low confidence"
    UNPUNCTUATED = "punctuation stops"


def joined(spans: list[Span]) -> list[Span]:
    """The same words in as few spans as they take, in order."""
    whole: list[Span] = []
    for first, last in sorted(spans):
        if whole and first <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(last, whole[-1][1]))
        else:
            whole.append((first, last))
    return whole
