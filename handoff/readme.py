"""The README of a hand-off: what each file is, how to import it, what the recipient must know and do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handoff import words
from handoff.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handoff.source import Study

_NOT_SAID = "-"
_ABOUT: dict[str, frozenset[str]] = {
    "turns": frozenset(("docx", "txt", "qdpx")),
    "importing": frozenset(("docx", "qdpx", "cases")),
    "qdpx": frozenset(("qdpx",)),
    "docx": frozenset(("docx",)),
    "cases": frozenset(("cases",)),
}
"""Which formats a note is about; where none of them is here, it is left out. In the order they are read."""


def write(study: Study, kinds: Mapping[str, str], about: Mapping[str, str]) -> bytes:
    """The README in the study's language, as UTF-8 with a byte order mark.

    `kinds` are file names or patterns by format; of `about`, `purpose`, `recipient` and `contact` (whom to tell
    when done; else the data steward) are printed.
    """
    said = words.of(study.language)
    told = {key: clean(value) for key, value in about.items()}
    return said.readme.format(
        study=clean(study.name),
        purpose=told.get("purpose") or _NOT_SAID,
        recipient=told.get("recipient") or _NOT_SAID,
        contact=told.get("contact") or said.steward,
        files=_listed([(name, said.files[kind]) for kind, name in kinds.items()]),
        notes="".join(f"\n{said.notes[note].strip()}\n" for note, about in _ABOUT.items() if about & kinds.keys()),
    ).encode("utf-8-sig")


def _listed(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:<15}{meaning}" for name, meaning in rows)
