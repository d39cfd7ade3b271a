"""Names that people cut out of the text by writing a line anew. They were said all the same, and the sound has them.

What stood in the line may itself have been typed, over words that the recogniser had written otherwise: the name was
said where those words were heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.pseudonyms.apply import Mention
from ingest.reviewing.deeds import Claim, Edited, Resized, Verb
from ingest.reviewing.places import RAW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.reviewing.deeds import Deed, Hunk
    from ingest.reviewing.fold import Overlay
    from ingest.reviewing.places import Run


def gone(seen: Overlay) -> Iterator[Mention]:
    """Names found, added, resized or typed that do not stand whole in the text any more, as places of what was heard.

    Of a name typed where nothing was heard only the line is known: the whole of it is its place.
    """
    standing = [deed for deed in seen.history if deed.number in seen.standing]
    edits = {deed.number: deed.what.hunks for deed in standing if isinstance(deed.what, Edited)}
    claims = {(claim.place, claim.entity): claim for claim in (*seen.finds, *_claimed(standing))}
    for number, claim in enumerate(claims.values()):
        place, span = claim.place, seen.texts.span(claim.place)
        if (span and span.whole) or not edits.keys() | {RAW} >= {run.owner for run in place.runs}:
            continue  # it stands there, or was typed by an edit that was undone
        under = list(_heard(place.runs, edits)) or range(len(seen.raw.segments[place.segment].text))
        bounds = place.segment, min(under), max(under) + 1
        yield Mention(f"gone {number}", *bounds, claim.kind, claim.score, claim.recognisers, claim.entity)


def _claimed(standing: Sequence[Deed]) -> Iterator[Claim]:
    """What people and the house said is a name, and did not take back."""
    for deed in standing:
        match deed.what:
            case Claim() as claim if deed.verb is not Verb.REJECT:
                yield claim
            case Resized(claim=claim):
                yield claim
            case Edited(claims=claims):
                yield from claims


def _heard(runs: Sequence[Run], edits: Mapping[int, Sequence[Hunk]]) -> Iterator[int]:
    """Offsets in the raw text of what stands in these runs, or stood there before it was typed over."""
    for run in runs:
        if run.owner == RAW:
            yield from range(run.start, run.end)
        for hunk in _typed(run, edits.get(run.owner, ())):
            yield from _heard(hunk.gone, edits)


def _typed(run: Run, hunks: Sequence[Hunk]) -> Iterator[Hunk]:
    """Those of an edit's hunks that typed some of a run."""
    end = 0
    for hunk in hunks:
        start, end = end, end + len(hunk.new)
        if start < run.end and run.start < end:
            yield hunk
