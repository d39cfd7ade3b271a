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
from ingest.pseudonyms.nicknames import APART
from ingest.pseudonyms.patterns import sort_of
from ingest.pseudonyms.persons import name_of
from ingest.pseudonyms.rendering import render
from ingest.pseudonyms.rewriting import Edit, rewritten
from ingest.pseudonyms.rules import DEFAULT, Way
from ingest.pseudonyms.titles import is_title, title
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ingest.pseudonyms.rules import Rules
    from storage.transcript import Transcript

__all__ = ["Mention", "from_bytes", "kept", "left_behind", "mentions_of", "pseudonymise", "to_bytes"]


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


def mentions_of(  # noqa: PLR0913  # what an interview is
    transcript: Transcript,
    finds: Iterable[Find],
    book: Book,
    new_id: Callable[[], str] = fresh_id,
    *,
    interview: str = "",
    said: Iterable[str] = (),
) -> list[Mention]:
    """Link finds (offsets in `transcript.text`) to the entities of the study; the book gains those it lacks.

    Full names come first, so that a surname finds its owner whichever is said first. `new_id` makes ids of new
    entities; `interview` is the recording's id, and `said` are ids of entities already known to be spoken of in it.
    """
    placed = sorted(_placed(transcript, finds), key=lambda mention: (mention.segment, mention.start))
    book.expect(_surface(transcript, mention) for mention in placed)
    book.hear(said, interview)
    for mention in placed:
        if _word_before(transcript, mention).casefold() in APART:
            form = book.form(_surface(transcript, mention), mention.kind, transcript.language)
            book.index.tell_apart(name_of(form), interview)
    linked: dict[str, Mention] = {}
    for mention in sorted(placed, key=lambda mention: _order(transcript, mention)):
        surface, sort = _called(transcript, mention), sort_of(mention.recognisers)
        kind, language = mention.kind, transcript.language
        entity = book.resolve(surface, kind, new_id, language=language, sort=sort, interview=interview)
        linked[mention.id] = replace(mention, entity=entity.id)
    return [linked[mention.id] for mention in placed]


def kept(mentions: Iterable[Mention], book: Book, rules: Rules) -> list[Mention]:
    """Those mentions that by the rules stay as they were said; a look for what is left must not report them."""
    return [mention for mention in mentions if mention.entity in book and rules.way(book[mention.entity]) is Way.KEEP]


def pseudonymise(
    transcript: Transcript, mentions: Iterable[Mention], book: Book, rules: Rules = DEFAULT
) -> Transcript:
    """The transcript with what the rules say in each mention's place, in the text and in the words; times stay.

    Raises `BadInput` when a mention does not fit the transcript, overlaps another or has no entity in the book.
    """
    edits: dict[int, list[Edit]] = defaultdict(list)
    for mention in mentions:
        if not _fits(transcript, mention) or mention.entity not in book:
            raise BadInput("Mention {id} does not fit its transcript; find names again.", id=mention.id)
        if rules.way(book[mention.entity]) is Way.KEEP:
            continue
        new = render(book[mention.entity], _surface(transcript, mention), transcript.language, rules)
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


def _called(transcript: Transcript, mention: Mention) -> str:
    """The surface with the title that stands before it, which tells a gender."""
    word, surface = _word_before(transcript, mention), _surface(transcript, mention)
    return f"{word} {surface}" if is_title(word) else surface


def _word_before(transcript: Transcript, mention: Mention) -> str:
    """The word before a person's name, with a blank between; empty where there is none."""
    before = transcript.segments[mention.segment].text[: mention.start]
    return before.split()[-1] if mention.kind is Kind.PER and before[-1:].isspace() and before.strip() else ""


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


def _order(transcript: Transcript, mention: Mention) -> tuple[int, bool, bool, int, str]:
    """Full names first, initials after whole words, then what has a title; a name before its genitive."""
    surface = _surface(transcript, mention)
    parts, untitled = surface.split(), _called(transcript, mention) == surface
    return -len(parts), any(len(part.rstrip(".")) == 1 for part in parts), untitled, len(surface), surface
