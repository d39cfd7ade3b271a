"""A transcript as people corrected it: raw underneath, edits that stand on top, and the way from one to the other."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.pseudonyms.rewriting import rewritten
from ingest.reviewing.deeds import Edited, Renamed
from ingest.reviewing.lines import Line, Shown, Span, untouched
from ingest.reviewing.places import RAW, Place, Run, raw

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Set as AbstractSet

    from ingest.reviewing.deeds import Deed
    from storage.transcript import Segment, Transcript


class Texts:
    """The segments' texts under the decisions that stand, of all that were made."""

    def __init__(self, transcript: Transcript, deeds: Sequence[Deed], standing: AbstractSet[int]) -> None:
        self._raw = transcript
        self._standing = standing
        self._names = {
            deed.what.label: deed.what.name
            for deed in deeds
            if deed.number in standing and isinstance(deed.what, Renamed)
        }
        self._edits = {deed.number: deed.what for deed in deeds if isinstance(deed.what, Edited)}
        self._lines: dict[int, Line] = {}
        for number, edit in self._edits.items():
            if 0 <= edit.segment < len(transcript.segments):
                line = self._lines.setdefault(edit.segment, Line(transcript.segments[edit.segment].text))
                line.edit(number, edit.hunks)
        self._shown = {segment: line.shown(standing) for segment, line in self._lines.items()}

    @property
    def edited(self) -> list[int]:
        """The segments that do not read as they were heard."""
        return [at for at, shown in sorted(self._shown.items()) if shown.text != shown.raw]

    def text(self, segment: int) -> str:
        """A segment as it reads now."""
        return self._shown[segment].text if segment in self._shown else self._raw.segments[segment].text

    def shown(self, segment: int) -> Shown:
        """The same with where each code point comes from."""
        return self._shown.get(segment) or untouched(self._raw.segments[segment].text)

    def place(self, segment: int, start: int, end: int) -> Place:
        """What code points `start` to `end` of a segment, as it reads now, are."""
        if segment not in self._shown:
            return raw(segment, start, end)
        return Place(segment, self._shown[segment].runs(start, end))

    def span(self, place: Place) -> Span | None:
        """Where a place stands now; None when nothing of it is left, or there never was such a place."""
        if place.segment in self._shown:
            return self._shown[place.segment].span(place)
        if not 0 <= place.segment < len(self._raw.segments) or any(run.owner != RAW for run in place.runs):
            return None
        return _span(place.runs, len(self._raw.segments[place.segment].text))

    def said(self, place: Place) -> str:
        """The words a decision pointed at, whether or not they still stand."""
        return "".join(self._typed(place.segment, run.owner)[run.start : run.end] for run in place.runs)

    def builds_on(self, number: int, besides: Collection[int] = ()) -> int | None:
        """A later edit that stands, none of `besides`, and changed once more what edit `number` changed."""
        edit = self._edits.get(number)
        if edit is None or edit.segment not in self._lines:
            return None
        later = {other for other in self._edits if other > number and other in self._standing}
        return self._lines[edit.segment].builds_on(later - {*besides}, number, edit.hunks)

    @cached_property
    def transcript(self) -> Transcript:
        """The whole, corrected; words that were typed share the time of those they replace."""
        return replace(
            self._raw, segments=tuple(self._segment(at, segment) for at, segment in enumerate(self._raw.segments))
        )

    def _typed(self, segment: int, owner: int) -> str:
        if owner == RAW:
            return self._raw.segments[segment].text if 0 <= segment < len(self._raw.segments) else ""
        return "".join(hunk.new for hunk in self._edits[owner].hunks) if owner in self._edits else ""

    def _segment(self, at: int, segment: Segment) -> Segment:
        speaker = segment.speaker and self._names.get(segment.speaker, segment.speaker)
        edited = self.text(at) != segment.text
        corrected = rewritten(segment, self._shown[at].edits()) if edited else segment
        return corrected if speaker == segment.speaker else replace(corrected, speaker=speaker)


def _span(runs: Sequence[Run], size: int) -> Span | None:
    """Of a place in a text nobody edited; it is the raw text's own."""
    one = len(runs) == 1 and 0 <= runs[0].start < runs[0].end <= size
    return Span(runs[0].start, runs[0].end, whole=True) if one else None
