"""The texts that finders are measured on: treebanks of ../shared/names as documents, and the invented passages."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from benchmarks.passages import passages
from ingest.pseudonyms.genitive import ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.passages import Passage

Split = Literal["dev", "test"]

NAMES: Final = Path(__file__).resolve().parents[3] / "shared" / "names"
LANGUAGE: Final = {"nob": "no", "nno": "nn", "da": "da", "svt": "sv", "en": "en"}
"""The treebanks that are read, and the language that is said to the finders."""

KINDS: Final = ("PER", "LOC", "ORG")
_TOGETHER: Final = 50
"""Sentences that make a document where a treebank does not tell its documents apart."""

_WORD: Final = re.compile(r"\w+(?:[-'’]\w+)*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as marked by people: code points `start` to `end` and its kind; one `entity` is one bearer of names."""

    start: int
    end: int
    kind: str
    entity: str


@dataclass(slots=True)
class Document:
    """A text, its language (ISO 639-1), its gold mentions, and where its words are."""

    text: str
    language: str
    mentions: list[Mention] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that make a section of the table: what they are (`nob`, `passages no`), and in which `form`.

    `cased` and `written` have capitals and marks, `lower` has neither, `heard` is as a recogniser prints.
    """

    name: str
    form: str
    documents: Sequence[Document]


def groups(split: Split) -> list[Group]:
    """Every section of the table, the treebanks first."""
    forms = (("cased", False), ("lower", True))
    banks = [Group(bank, form, treebank(bank, split, low=low)) for bank in LANGUAGE for form, low in forms]
    return banks + spoken(split)


def spoken(split: Split) -> list[Group]:
    """The passages by language and form."""
    ordered = sorted(passages(split), key=lambda one: (one.language, one.form != "written"))
    parted = groupby(ordered, key=lambda one: (one.language, one.form))
    return [Group(f"passages {name}", form, [_of_passage(one) for one in found]) for (name, form), found in parted]


def _of_passage(passage: Passage) -> Document:
    mentions = [Mention(gold.start, gold.end, gold.kind, gold.entity) for gold in passage.mentions]
    return Document(passage.text, passage.language, mentions, [found.span() for found in _WORD.finditer(passage.text)])


def treebank(bank: str, split: Split, *, low: bool) -> list[Document]:
    """A treebank's documents, a sentence a line: as written, or in lower case without punctuation.

    Swedish has no dev split: the last tenth of its train split stands in, which the tagger has partly read. Of English
    the tagger has read all but the last quarter of dev.
    """
    rows = _rows(bank, split)
    one = len({str(row["doc"]) for row in rows}) == 1
    parted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for at, row in enumerate(rows):
        parted[str(at // _TOGETHER) if one else str(row["doc"])].append(row)
    return [document(found, LANGUAGE[bank], low=low) for found in parted.values()]


def _rows(bank: str, split: Split) -> list[dict[str, Any]]:
    if (bank, split) == ("svt", "dev"):
        rows = _read("svt-train")
        return rows[len(rows) * 9 // 10 :]
    rows = _read(f"{bank}-{split}")
    return rows[len(rows) * 3 // 4 :] if (bank, split) == ("en", "dev") else rows


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (NAMES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def document(sentences: Iterable[dict[str, Any]], language: str, *, low: bool) -> Document:
    """Sentences (`tokens`, `ws`, `tags` in IOB2) as one document; its entities are told apart by their surface.

    Two mentions are of one entity if they are written alike, whatever the case, or differ in a genitive ending only.
    """
    made = Document("", language)
    for row in sentences:
        _append(made, row, low=low)
    surfaces = {made.text[one.start : one.end].casefold() for one in made.mentions}
    made.mentions = [
        Mention(one.start, one.end, one.kind, _bare(made.text[one.start : one.end].casefold(), surfaces))
        for one in made.mentions
    ]
    return made


def _bare(surface: str, surfaces: set[str]) -> str:
    """A surface without its genitive, if that too is a surface of the document."""
    before, blank, last = surface.rpartition(" ")
    stems = (f"{before}{blank}{stem}" for stem, ending in ways(last) if ending)
    return next((stem for stem in stems if stem in surfaces), surface)


def _append(made: Document, row: dict[str, Any], *, low: bool) -> None:
    """One sentence more; a mark that is left out leaves a blank."""
    kind = ""
    for token, space, tag in zip(row["tokens"], row["ws"], row["tags"], strict=True):
        is_word = any(character.isalnum() for character in token)
        if low and not is_word:
            made.text += "" if not made.text or made.text[-1].isspace() else " "
            kind = "" if tag.startswith("B") else kind
            continue
        start, end = len(made.text), len(made.text) + len(token)
        made.text += (token.lower() if low else token) + (" " if space else "")
        made.words += [(start, end)] if is_word else []
        if tag[2:] in KINDS:
            first = made.mentions.pop().start if tag.startswith("I") and kind == tag[2:] else start
            made.mentions.append(Mention(first, end, tag[2:], ""))
        kind = tag[2:]
    made.text = made.text.rstrip(" ") + "\n"
