"""Invented interview passages with every name marked by hand: the finder and the linking are judged on them.

`dev` may be looked at while working, `test` is for the report only; README.md says how they were parted and marked.
`study` is eighteen longer interviews whose entity ids hold for all of them together.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from ingest.pseudonyms.finds import Kind
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

Split = Literal["dev", "test", "study"]

FOLDER: Final = Path(__file__).resolve().parent
_HEADER: Final = re.compile(
    r"id: (?P<id>[a-z0-9]+) language: (?P<language>no|nn|da|sv) "
    r"form: (?P<form>written|heard) dialect: (?P<dialect>\w+)"
)
_MENTION: Final = re.compile(
    r"\[(?P<surface>[^\s\[\]|](?:[^\[\]|]*[^\s\[\]|])?)"  # what was said, without blanks at its ends
    r"\|(?P<kind>PER(?=\|(?:s-)?p)|LOC(?=\|(?:s-)?l)|ORG(?=\|(?:s-)?o)|ID(?=\|(?:s-)?i))"  # the id's letter fits it
    r"\|(?P<entity>(?:s-)?[ploi][1-9][0-9]*)\]"
)


@dataclass(frozen=True, slots=True)
class Gold:
    """A name as marked by hand: code points `start` to `end` of the passage's text, its kind, and whose it is.

    Mentions with the same `entity` name the same person, place or organisation, within the passage (`p1`) or within
    the whole study (`s-p1`).
    """

    start: int
    end: int
    kind: Kind
    entity: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage without its markup, one turn or paragraph a line; `mentions` are in order and do not overlap.

    `language` is an ISO 639-1 code, with `no` for bokmål; `form` is `written` (as a careful transcriber writes) or
    `heard` (as a recogniser prints); `dialect` is `none` or its name.
    """

    id: str
    language: str
    form: str
    dialect: str
    text: str
    mentions: tuple[Gold, ...]


def passages(split: Split) -> Iterator[Passage]:
    """The passages of a split in the order of their ids; raises `BadInput` at the first that is malformed."""
    for path in sorted((FOLDER / split).glob("*.txt")):
        yield parse(path.read_text(encoding="utf-8"))


def split_of(passage: str) -> Literal["dev", "test"]:
    """Where the passage of this id belongs: a hash of the id alone decides, two to dev for three to test."""
    return "dev" if int(hashlib.sha256(passage.encode()).hexdigest()[:8], 16) % 5 < 2 else "test"


def parse(source: str) -> Passage:
    """Read one passage file; raises `BadInput` with the number of the line that is malformed."""
    head, *lines = source.removesuffix("\n").split("\n")
    header = _HEADER.fullmatch(head)
    if not header or not any(lines):
        raise BadInput("Line {line} must be a passage's header, with the passage below it.", line=1)
    text, mentions = "", list[Gold]()
    for number, line in enumerate(lines, start=2):
        plain, found = _unmarked(line, number, len(text))
        text += plain + "\n"
        mentions += found
    return Passage(**header.groupdict(), text=text.removesuffix("\n"), mentions=tuple(mentions))


def _unmarked(line: str, number: int, offset: int) -> tuple[str, list[Gold]]:
    """A line without its markup and what was marked in it; the line begins at `offset` of the passage's text."""
    plain, found, at = "", list[Gold](), 0
    for match in _MENTION.finditer(line):
        plain += line[at : match.start()]
        start = offset + len(plain)
        plain += match["surface"]
        found.append(Gold(start, offset + len(plain), Kind(match["kind"]), match["entity"]))
        at = match.end()
    plain += line[at:]
    if any(mark in plain for mark in "[]|"):
        raise BadInput("The markup of line {line} cannot be read: write [name|PER|p1].", line=number)
    return plain, found
