"""Which finds most need a look, and why, in words a reviewer reads.

Weights are points that add up; they were chosen so that any doubt about a find comes before any doubt about its
sentence, and what nobody has decided before all that is decided.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ingest.pseudonyms.apply import Mention
    from ingest.reviewing.fold import Overlay
    from storage.transcript import Segment

UNSURE = 0.8  # a tagger's score below which it is said how sure it is
SURE_ENOUGH = {"person", "roster"}  # somebody said that it is a name
PATTERN = "pattern:"
Reason = tuple[int, str]


class Needs:
    """What makes finds of one recording worth a look.

    `flagged` are the segments with something that may tell who it is without a name, `known` the ids of entities that
    somebody took for real anywhere in the study.
    """

    def __init__(self, overlay: Overlay, flagged: Collection[int], known: Collection[str]) -> None:
        self._overlay = overlay
        self._flagged = set(flagged)
        self._known = set(known)
        self._said = Counter(mention.entity for mention in overlay.mentions)
        self._edited = set(overlay.texts.edited)

    def reasons(self, mention: Mention) -> list[str]:
        """Why it needs a look, the strongest reason first."""
        return [sentence for _, sentence in sorted(self._reasons(mention), reverse=True)]

    def ranked(self, mentions: Iterable[Mention]) -> list[Mention]:
        """Undecided first, then by how much they need a look, then in the order of the text."""
        return sorted(mentions, key=self._rank)

    def _rank(self, mention: Mention) -> tuple[bool, int, int, int]:
        need = sum(points for points, _ in self._reasons(mention))
        return mention.id in self._overlay.verdicts, -need, mention.segment, mention.start

    def _reasons(self, mention: Mention) -> Sequence[Reason]:
        segment = self._overlay.raw.segments[mention.segment]
        return [
            *_about_find(mention),
            *self._about_entity(mention),
            *_about_segment(segment, edited=mention.segment in self._edited),
            *([(1, "something near it may tell who it is")] if mention.segment in self._flagged else []),
        ]

    def _about_entity(self, mention: Mention) -> list[Reason]:
        alone = self._said[mention.entity] == 1 and mention.entity not in self._known
        return [(2, "said once, and known from nowhere else in the study")] if alone else []


def _about_find(mention: Mention) -> list[Reason]:
    if SURE_ENOUGH & set(mention.recognisers):
        return []
    found: list[Reason] = []
    if mention.score < UNSURE:
        found.append((4 + round(8 * (UNSURE - mention.score)), f"the finder is not sure ({mention.score:.0%})"))
    if len(mention.recognisers) == 1 and not mention.recognisers[0].startswith(PATTERN):
        found.append((3, "only one way of looking found it"))
    return found


def _about_segment(segment: Segment, *, edited: bool) -> list[Reason]:
    """Of words a person wrote, what was doubted about the recogniser's says nothing."""
    return [(1, f"its line is doubted: {', '.join(segment.doubts)}")] if segment.doubts and not edited else []
