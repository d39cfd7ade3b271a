"""Write the everyday words that are a slip of the ear away from a listed name, by counting what running text has.

The scan before a release takes a word that is a letter off a real name for that name misheard, unless it is one of
these and has no capital to say otherwise; nor is a word that begins with one of them a name that was parted.

Words are counted in treebanks of speech and print (../shared/names, see its README). A word is taken if it stands
there in small letters `FEWEST` times, or `MANY` times where it is like no name, and is no listed name itself. No text
of theirs is in the list, only which words there are.

    python -m training.make_everyday
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.pseudonyms.cohorts import births
from ingest.pseudonyms.gazetteer import data_lines, lists
from ingest.pseudonyms.misspellings import keys, may_be

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUSE = Path(__file__).resolve().parent.parent
TARGET = HOUSE / "ingest" / "pseudonyms" / "data" / "everyday.txt"
NAMES = HOUSE.parent / "shared" / "names"
SOURCES = ("lia-train", "nob-train", "nno-train", "da-train", "svt-train", "en-dev")
FEWEST, MANY = 2, 200
WIDTH = 118
HEAD = """\
# Everyday words that are a slip of the ear away from a name of the lists, and those that every sentence is made of, in
# Norwegian, Danish, Swedish and English: which there are, by training/make_everyday.py, which says where they were
# counted.
"""


def main() -> None:
    """Write the words, in the order of the alphabet."""
    by_key = defaultdict(set)
    for name in _names():
        for key in keys(name):
            by_key[key].add(name)
    counts = Counter(word for source in SOURCES for word in _words(source))
    wanted = sorted(word for word, count in counts.items() if _is_wanted(word, count, by_key))
    TARGET.write_text(HEAD + "\n".join(_folded(wanted)) + "\n", encoding="utf-8")


def _names() -> set[str]:
    known = lists()
    common = {line.split("\t")[0].casefold() for line in data_lines("first_names.tsv")}
    listed = known.first_names | known.surnames | known.places | common
    return {name for name in listed if name.isalpha()}


def _words(source: str) -> Iterator[str]:
    with (NAMES / f"{source}.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            pairs = zip(row["tokens"], row["tags"], strict=True)
            yield from (token for token, tag in pairs if tag == "O" and token.isalpha() and token.islower())


def _is_wanted(word: str, count: int, names: dict[str, set[str]]) -> bool:
    if _is_name(word) or count < FEWEST:
        return False
    if count >= MANY:
        return True
    others = {name for key in keys(word) for name in names.get(key, ())}
    return any(may_be(word, name) for name in others)


def _is_name(word: str) -> bool:
    return births(word) is not None or lists().knows(word)


def _folded(words: list[str]) -> list[str]:
    lines = [""]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


if __name__ == "__main__":
    main()
