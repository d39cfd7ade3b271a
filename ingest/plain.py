"""A plain text somebody hands us, and a list of names beside it: read whole, from a file or standard input.

Offsets of finds count its Unicode code points: line ends as they are, a byte order mark not counted.
"""

from __future__ import annotations

import codecs
import sys
from dataclasses import dataclass
from typing import Final

import click

from ingest import roster as rosters
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from policies.terminal import ERR
from storage.errors import BadInput

LONGEST: Final = 50_000_000
"""Bytes of a text: some eight million words, a thousand hours of interviews."""
_LONGEST_LIST: Final = rosters.MOST * rosters.LONGEST * 4  # bytes: four are the most a character takes in UTF-8
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NUL: Final = "\0"


@dataclass(frozen=True)
class Named:
    """Names of a list, each once and with its kind, and a sentence on what became of the list."""

    names: tuple[tuple[str, Kind], ...]
    sentence: str


def plain_text(source: str) -> str:
    """The text of a file, or of standard input where `source` is `-`. Raises BadInput."""
    if source == "-" and sys.stdin.isatty():
        ERR.print("Reading what you type; Ctrl-D ends it.")
    text = _decoded(_read(source, LONGEST, "That text is longer than 50 MB. Give it in parts."), "text")
    if _NUL in text:
        ERR.print("There are NUL characters in that text. If it reads oddly, save it anew as plain text in UTF-8.")
    return text


def named(source: str) -> Named:
    """The names of a list, one a line. Raises BadInput."""
    too_long = "That file is too long for a list of names. Give one name a line."
    given = _decoded(_read(source, _LONGEST_LIST, too_long), "list of names").split("\n")
    names = rosters.cleaned(given)
    single = sum(len(name) == 1 for name in names)
    sentence = f"Names on the list: {len(names)}."
    if twice := sum(bool(line.strip()) for line in given) - len(names):
        sentence += f" Left out because they are there already: {twice}."
    if single:
        sentence += f" Of a single letter, and so looked for as a capital only: {single}."
    return Named(tuple((name, _kind(name)) for name in names), sentence)


def _kind(name: str) -> Kind:
    """A list does not say what its names are of: a place that is listed and no first name is one, the rest persons."""
    known = lists()
    is_place = name.casefold() in known.places - known.first_names - known.surnames
    return Kind.LOC if is_place else Kind.PER


def _read(source: str, most: int, too_long: str) -> bytes:
    try:
        with click.open_file(source, "rb") as file:
            data: bytes = file.read(most + 1)
    except OSError:
        raise BadInput("That file cannot be read. See that it is there, and that you may read it.") from None
    if len(data) > most:
        raise BadInput(too_long)
    return data


def _decoded(data: bytes, what: str) -> str:
    if data.startswith(_UTF_16):
        raise BadInput("That {what} is in UTF-16. Save it anew as plain text in UTF-8.", what=what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("That {what} is not in UTF-8. Save it anew as plain text in UTF-8.", what=what) from None
