"""Look for the names of an interview once more, with the finder of today: a new list, under all that was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.decisions import keep, overlay, set_stage, unless_changed
from ingest.pseudonyms.apply import to_bytes
from ingest.reviewing.deeds import Verb
from ingest.reviewing.linked import in_text, linked, names_touching
from ingest.reviewing.sitting import sitting
from ingest.stages import found_by, mentions_in
from ingest.work import MENTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.finds import Find
    from ingest.reviewing.fold import Overlay
    from ingest.work import Work
    from policies.desk import Desk
    from storage.records import Recording


def find_again(desk: Desk, recording: Recording) -> int:
    """Find names again, in what was heard and in what people typed; returns how many finds are undecided then.

    The lists found before are kept, and so is every decision. Raises Denied, NotReady.
    """
    with sitting(desk, recording) as at:
        unless_changed(at.work, at.overlay)
        mentions = mentions_in(at.work)
        fresh = overlay(at.work, mentions)
        at.work.act.seal(recording, MENTIONS, to_bytes(mentions), found_by(at.work), fresh.version)
        typed = linked(at.work, fresh, list(_typed(at.work, fresh)))
        left = keep(at.work, fresh, ((Verb.FOUND, claim) for claim in typed), by_house=True)
        set_stage(at.work, left)
        at.work.act.facts.update(version=fresh.version, mentions=len(mentions), found=len(typed))
    return len(left.open)


def _typed(work: Work, fresh: Overlay) -> Iterator[Find]:
    """Names in what people typed, where none stands yet; offsets in the corrected text."""
    for segment in fresh.texts.edited:
        there = [(one.start, one.end) for one in fresh.mentions if one.segment == segment]
        stretches = fresh.texts.shown(segment).typed()
        for find in names_touching(work, fresh.texts, segment, stretches):
            if not any(find.start < end and start < find.end for start, end in there):
                yield in_text(fresh.texts, segment, find)
