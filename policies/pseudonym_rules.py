"""Reads pseudonyms.toml: by which rules names are replaced, in sets that a study chooses from.

The file is written by people. What is wrong in it is told with its line, before anything is replaced by it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from storage.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent / "pseudonyms.toml"
DEFAULT = "names"
KINDS = ("PER", "LOC", "ORG", "ID")
SORTS = (
    *("account", "address", "case", "date", "email", "handle", "national_id", "organisation_number", "phone"),
    *("plate", "postal_place", "web"),
)
WRONG = "pseudonyms.toml, line {line}: {what}"
UNKNOWN = "There is no such set of rules in pseudonyms.toml. There are: {sets}."
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w\-.]+)[\"']?\s*=")


class Way(StrEnum):
    """What becomes of a name; pseudonyms.toml says what each means."""

    SURROGATE = "surrogate"
    TAG = "tag"
    GENERALISE = "generalise"
    KEEP = "keep"


@dataclass(frozen=True)
class RuleSet:
    """One set: the way of each of `KINDS`, exceptions by sort of ID, and whether surrogates stand in brackets."""

    name: str
    says: str
    ways: Mapping[str, Way]
    sorts: Mapping[str, Way]
    marked: bool


@cache
def sets() -> dict[str, RuleSet]:
    """The sets of the file, by name, in its order. Raises BadInput."""
    try:
        return read(FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput("policies/pseudonyms.toml cannot be read. Put it back as it came, in UTF-8.") from None


def named(name: str) -> RuleSet:
    """One set. Raises NotFound, BadInput."""
    if name not in sets():
        raise NotFound(UNKNOWN, sets=", ".join(sets()))
    return sets()[name]


def read(text: str) -> dict[str, RuleSet]:
    """The sets that a file of rules holds. Raises BadInput for anything it does not understand, with its line."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else max(1, len(text.splitlines()))
        raise BadInput(WRONG, line=line, what="this is not TOML.") from None
    lines = _Lines(text)
    found = {name: _set(name, raw, lines) for name, raw in parsed.items()}
    if DEFAULT not in found:
        lines.wrong("the set [names] is missing, which studies have that chose none.")
    return found


class _Lines:
    """Where things stand in the file, for messages: TOML's readers do not tell."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = _path(header[1])
                self._at.setdefault(table, number)
            elif key := _KEY.match(line):
                self._at.setdefault((*table, *_path(key[1])), number)

    def wrong(self, what: str, *path: str) -> NoReturn:
        """Raise BadInput with the line of what `path` leads to, or of the nearest thing around it."""
        while path and path not in self._at:
            path = path[:-1]
        raise BadInput(WRONG, line=self._at.get(path, 1), what=what)


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in dotted.split("."))


def _set(name: str, raw: Any, lines: _Lines) -> RuleSet:  # noqa: ANN401  # whatever the file holds
    if not isinstance(raw, dict):
        lines.wrong("rules stand under the name of a set, such as [names].", name)
    for key in raw:
        if key not in {*KINDS, "says", "marked", "sorts"}:
            lines.wrong("a set knows says, PER, LOC, ORG, ID, marked and sorts; not this.", name, key)
    for key in ("says", *KINDS, "marked"):
        if key not in raw:
            lines.wrong(f"{key} is missing in this set.", name)
    if not isinstance(raw["says"], str) or not raw["says"].strip():
        lines.wrong("says is a sentence, in quotes.", name, "says")
    if not isinstance(raw["marked"], bool):
        lines.wrong("marked is true or false.", name, "marked")
    ways = {kind: _way(raw[kind], lines, name, kind) for kind in KINDS}
    return RuleSet(name, raw["says"], ways, _sorts(name, raw.get("sorts", {}), lines), raw["marked"])


def _sorts(name: str, raw: Any, lines: _Lines) -> dict[str, Way]:  # noqa: ANN401  # whatever the file holds
    if not isinstance(raw, dict):
        lines.wrong('sorts is a table, such as { date = "generalise" }.', name, "sorts")
    for sort in raw:
        if sort not in SORTS:
            lines.wrong(f"the sorts of ID are {', '.join(SORTS)}; not this.", name, "sorts", sort)
    return {sort: _way(way, lines, name, "sorts", sort) for sort, way in raw.items()}


def _way(raw: Any, lines: _Lines, *path: str) -> Way:  # noqa: ANN401  # whatever the file holds
    try:
        return Way(raw)
    except ValueError:
        lines.wrong(f"the ways are {', '.join(Way)}; not this.", *path)
