"""Mentions, and a transcript with surrogates in their place.

A mention says where a name stands and whose it is, never what it is: the real form stands only in the raw transcript
and in the link key.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.leaks import left_behind
from ingest.pseudonyms.linking import Book, fresh_id
from ingest.pseudonyms.patterns import sort_of
from ingest.pseudonyms.rendering import render
from ingest.pseudonyms.rewriting import Edit, rewritten
from ingest.pseudonyms.titles import title
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.transcript import Transcript

__all__ = ["Mention", "from_bytes", "left_behind", "mentions_of", "pseudonymise", "to_bytes"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a transcript: code points `start` to `end` of the text of segment number `segment`, and its entity."""

    id: str
    segment: int
    start: int
    end: int
    kind: Kind
    score: float
    recognisers: tuple[str, ...]
    entity: str


def to_bytes(mentions: Iterable[Mention]) -> bytes:
    """JSON in UTF-8, keys sorted, so that equal mentions give equal bytes."""
    rows = [asdict(mention) for mention in mentions]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bytes(data: bytes) -> list[Mention]:
    """Read what `to_bytes` wrote; raises `Damaged` for anything else."""
    try:
        rows = json.loads(data)
        return [Mention(**row | {"kind": Kind(row["kind"]), "recognisers": tuple(row["recognisers"])}) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Damaged("The list of mentions cannot be read; find names again.") from None


def mentions_of(
    transcript: Transcript, finds: Iterable[Find], book: Book, new_id: Callable[[], str] = fresh_id
) -> list[Mention]:
    """Link finds (offsets in `transcript.text`) to the entities of the study; the book gains those it lacks.

    Full names come first, so that a surname finds its owner whichever is said first. `new_id` makes
    ids of new entities.
    """
    placed = sorted(_placed(transcript, finds), key=lambda mention: (mention.segment, mention.start))
    book.expect(_surface(transcript, mention) for mention in placed)
    linked: dict[str, Mention] = {}
    for mention in sorted(placed, key=lambda mention: _order(_surface(transcript, mention))):
        surface, sort = _surface(transcript, mention), sort_of(mention.recognisers)
        entity = book.resolve(surface, mention.kind, new_id, language=transcript.language, sort=sort)
        linked[mention.id] = replace(mention, entity=entity.id)
    return [linked[mention.id] for mention in placed]


def pseudonymise(transcript: Transcript, mentions: Iterable[Mention], book: Book) -> Transcript:
    """The transcript with each mention's surrogate in its place, in the text and in the words; times stay.

    Raises `BadInput` when a mention does not fit the transcript, overlaps another or has no entity in the book.
    """
    edits: dict[int, list[Edit]] = defaultdict(list)
    for mention in mentions:
        if not _fits(transcript, mention) or mention.entity not in book:
            raise BadInput("Mention {id} does not fit its transcript; find names again.", id=mention.id)
        new = render(book[mention.entity], _surface(transcript, mention), transcript.language)
        edits[mention.segment].append(Edit(mention.start, mention.end, new))
    segments = tuple(
        rewritten(segment, edits[at]) if at in edits else segment for at, segment in enumerate(transcript.segments)
    )
    return replace(transcript, segments=segments)


def _fits(transcript: Transcript, mention: Mention) -> bool:
    return 0 <= mention.segment < len(transcript.segments) and (
        0 <= mention.start < mention.end <= len(transcript.segments[mention.segment].text)
    )


def _surface(transcript: Transcript, mention: Mention) -> str:
    return transcript.segments[mention.segment].text[mention.start : mention.end]


def _placed(transcript: Transcript, finds: Iterable[Find]) -> Iterator[Mention]:
    """Each find within its segment, without the title before it; its entity is yet unknown."""
    starts = _starts(transcript)
    ordered = sorted(finds, key=lambda find: find.start)
    at = 0
    for find in ordered:
        while at + 1 < len(starts) and starts[at + 1] <= find.start:
            at += 1
        text = transcript.segments[at].text if starts else ""
        start, end = find.start - (starts[at] if starts else 0), find.end - (starts[at] if starts else 0)
        if not 0 <= start < end <= len(text):
            raise BadInput("A find does not fit its transcript; find names again.")
        start += len(title(text[start:end])) if find.kind is Kind.PER else 0
        if any(character.isalnum() for character in text[start:end]):
            yield Mention(f"{at}-{start}", at, start, end, find.kind, find.score, find.recognisers, "")


def _starts(transcript: Transcript) -> list[int]:
    """Where each segment begins in the canonical text."""
    starts, at = [], 0
    for segment in transcript.segments:
        starts.append(at)
        at += len(segment.text) + 1
    return starts


def _order(surface: str) -> tuple[int, int, str]:
    """Full names first; then the shorter form, so that a name is known before its genitive."""
    return -len(surface.split()), len(surface), surface
