"""A segment's text under all edits ever made to it: nothing is taken out, only hidden, so any edit can be undone.

The code points of a segment stand in one order that only grows: an edit puts its own behind the one they were typed
after. Which of them show depends on the edits that stand. Source of the idea: the sequences of collaborative editors
(Roh et al. 2011, "Replicated abstract data types", RGA).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ingest.pseudonyms.rewriting import Edit
from ingest.reviewing.deeds import Hunk
from ingest.reviewing.places import RAW, Place, Point, Run, runs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MOST = 2000  # tokens up to which two texts are compared word by word; beyond, what differs is one hunk


class Line:
    """Every code point of one segment, shown or hidden."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._points: list[Point] = [(RAW, at) for at in range(len(raw))]
        self._letters: dict[Point, str] = dict(zip(self._points, raw, strict=True))
        self._hidden_by: dict[Point, set[int]] = defaultdict(set)

    def edit(self, number: int, hunks: Iterable[Hunk]) -> None:
        """Take in edit `number`, whether it stands or not. What hangs on a code point nobody knows is left out."""
        typed = 0
        for hunk in hunks:
            fresh = [(number, typed + at) for at in range(len(hunk.new))]
            typed += len(hunk.new)
            at = self._behind(hunk.after)
            if at is None:
                continue
            self._points[at:at] = fresh
            self._letters.update(zip(fresh, hunk.new, strict=True))
            for point in (point for run in hunk.gone for point in run.points()):
                self._hidden_by[point].add(number)

    def shown(self, standing: AbstractSet[int]) -> Shown:
        """The text while exactly these edits stand."""
        points = [point for point in self._points if self._shows(point, standing)]
        return Shown(self.raw, "".join(self._letters[point] for point in points), points)

    def builds_on(self, later: Collection[int], number: int, hunks: Iterable[Hunk]) -> int | None:
        """The first of the edits `later` that hides what edit `number` typed, or hides once more what it hid."""
        gone = {point for hunk in hunks for run in hunk.gone for point in run.points()}
        touched = [by for point, by in self._hidden_by.items() if point[0] == number or point in gone]
        return min((other for by in touched for other in by if other in later), default=None)

    def _behind(self, point: Point | None) -> int | None:
        if point is None:
            return 0
        return self._points.index(point) + 1 if point in self._letters else None

    def _shows(self, point: Point, standing: AbstractSet[int]) -> bool:
        return (point[0] == RAW or point[0] in standing) and self._hidden_by.get(point, set()).isdisjoint(standing)


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` of a shown text; `whole` is whether the place stands there as it was pointed at."""

    start: int
    end: int
    whole: bool


class Shown:
    """A segment's text as it reads now, and where each of its code points comes from."""

    def __init__(self, raw: str, text: str, points: Sequence[Point]) -> None:
        self.raw = raw
        self.text = text
        self.points = points
        self._at = {point: at for at, point in enumerate(points)}

    def runs(self, start: int, end: int) -> tuple[Run, ...]:
        """What code points `start` to `end` of the text are."""
        return runs_of(self.points[start:end])

    def span(self, place: Place) -> Span | None:
        """Where a place stands in the text; None when nothing of it is left."""
        points = list(place.points())
        left = [self._at[point] for point in points if point in self._at]
        if not left:
            return None
        start, end = min(left), max(left) + 1
        return Span(start, end, whole=len(left) == len(points) == end - start)

    def typed(self, number: int | None = None) -> list[tuple[int, int]]:
        """The stretches of the text that edit `number` typed, or any edit."""
        places = [at for at, (owner, _) in enumerate(self.points) if owner == number or (number is None and owner)]
        return [(run.start, run.end) for run in runs_of((0, at) for at in places)]

    def hunks(self, text: str) -> Iterator[Hunk]:
        """The edit that makes `text` of this one, word by word."""
        for start, end, new in changes(self.text, text):
            yield Hunk(self.points[start - 1] if start else None, self.runs(start, end), new)

    def edits(self) -> list[Edit]:
        """How the raw text became this one; each takes in a word at least, so that what was typed has a time."""
        wide: list[tuple[int, int, list[Edit]]] = []
        for edit in _from_raw(len(self.raw), self.points, self.text):
            start, end = _with_a_word(self.raw, edit)
            made = [edit]
            while wide and start < max(wide[-1][1], wide[-1][0] + 1):
                before, until, others = wide.pop()
                start, end, made = min(start, before), max(end, until), [*others, *made]
            wide.append((start, end, made))
        return [Edit(start, end, _made(self.raw, start, end, made)) for start, end, made in wide]


def untouched(raw: str) -> Shown:
    """A segment nobody edited."""
    return Shown(raw, raw, [(RAW, at) for at in range(len(raw))])


def changes(old: str, new: str) -> list[tuple[int, int, str]]:
    """What to put in the place of which code points of `old` to make `new`, in whole words.

    Words with nothing but blanks between them change together, so that a name of two words stays one.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    cut, put = before[head : len(before) - tail], after[head : len(after) - tail]
    skipped = sum(map(len, before[:head]))
    found: list[tuple[int, int, str]] = []
    for i, j, k, end in _differing(cut, put):
        start = skipped + sum(map(len, cut[:i]))
        stop = start + sum(map(len, cut[i:j]))
        if found and not old[found[-1][1] : start].strip():
            before_it = found.pop()
            found.append((before_it[0], stop, before_it[2] + old[before_it[1] : start] + "".join(put[k:end])))
        else:
            found.append((start, stop, "".join(put[k:end])))
    return found


def _differing(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    if len(old) > _MOST or len(new) > _MOST:
        return [(0, len(old), 0, len(new))]
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i, j, k, end) for tag, i, j, k, end in codes if tag != "equal"]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens the two begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _from_raw(size: int, points: Sequence[Point], text: str) -> Iterator[Edit]:
    at, new = 0, ""
    for (owner, offset), letter in zip([*points, (RAW, size)], [*text, ""], strict=True):
        if owner != RAW:
            new += letter
            continue
        if new or offset > at:
            yield Edit(at, offset, new)
        at, new = offset + 1, ""


def _with_a_word(raw: str, edit: Edit) -> tuple[int, int]:
    """Its place, with the word before it, or else behind it, when what was typed would stand in no word's place."""
    if raw[edit.start : edit.end].strip() or not edit.new.strip():
        return edit.start, edit.end
    before = raw[: edit.start].rstrip()
    if before:
        return len(before) - len(before.split()[-1]), edit.end
    behind = raw[edit.end :]
    return edit.start, len(raw) - len(behind.lstrip()) + len((behind.split() or [""])[0])


def _made(raw: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    """What `raw[start:end]` became."""
    pieces, at = [], start
    for edit in edits:
        pieces += [raw[at : edit.start], edit.new]
        at = edit.end
    return "".join([*pieces, raw[at:end]])
