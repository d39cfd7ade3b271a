"""A segment with stretches of its text replaced, and its words with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.errors import BadInput
from storage.transcript import Segment, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `new` in the place of code points `start` to `end`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Words whose places in the text run from `start` to `end` and that change together."""

    start: int
    end: int
    words: tuple[Word, ...]


def rewritten(segment: Segment, edits: Sequence[Edit]) -> Segment:
    """The segment with all edits made. Words that no edit touches stay; the rest share the time of those they replace.

    Where the words do not add up to the text, all are made anew over the segment's time: a word that cannot be placed
    might be the very name to be replaced.
    """
    ordered = sorted(edits, key=lambda edit: edit.start)
    if any(one.end > other.start for one, other in pairwise(ordered)):
        raise BadInput("Two mentions overlap in one segment; find names again.")
    text = _edited(segment.text, 0, len(segment.text), ordered)
    if not segment.words:
        return replace(segment, text=text)
    groups = _groups(segment, ordered)
    if groups is None:
        whole = Word(segment.start, segment.end, "", min(word.probability for word in segment.words))
        return replace(segment, text=text, words=tuple(_spread(text, (whole,))))
    words = (word for group in groups for word in _changed(segment.text, group, ordered))
    return replace(segment, text=text, words=tuple(words))


def _edited(text: str, start: int, end: int, edits: Sequence[Edit]) -> str:
    """`text[start:end]` with the edits that lie in it."""
    pieces, at = [], start
    for edit in edits:
        if start <= edit.start and edit.end <= end:
            pieces += [text[at : edit.start], edit.new]
            at = edit.end
    return "".join([*pieces, text[at:end]])


def _groups(segment: Segment, edits: Sequence[Edit]) -> list[_Group] | None:
    """The words in their places, those joined that one edit touches; None when words and text do not agree."""
    groups: list[_Group] = []
    at = 0
    waiting = list(edits)
    for word in segment.words:
        start = segment.text.find(word.text, at)
        if start < 0 or segment.text[at:start].strip():
            return None
        at = start + len(word.text)
        while waiting and waiting[0].end <= start:
            waiting.pop(0)
        if groups and waiting and waiting[0].start < groups[-1].end:
            groups[-1] = _Group(groups[-1].start, at, (*groups[-1].words, word))
        else:
            groups.append(_Group(start, at, (word,)))
    return None if segment.text[at:].strip() else groups


def _changed(text: str, group: _Group, edits: Sequence[Edit]) -> Iterator[Word]:
    touching = [edit for edit in edits if edit.start < group.end and group.start < edit.end]
    if not touching:
        yield from group.words
        return
    # An edit may take in blanks around the words.
    start, end = min(group.start, touching[0].start), max(group.end, touching[-1].end)
    yield from _spread(_edited(text, start, end, touching), group.words)


def _spread(text: str, words: Sequence[Word]) -> Iterator[Word]:
    """The words of a text over the time of others, each by its length."""
    start, end = words[0].start, words[-1].end
    new = text.split()
    letters = sum(map(len, new))
    said = 0
    for word in new:
        since = start + (end - start) * said / letters
        said += len(word)
        until = end if said == letters else start + (end - start) * said / letters
        yield Word(since, until, word, min(old.probability for old in words))
