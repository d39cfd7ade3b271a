"""How much of the names the finders cover, alone and together, on the treebanks of ../shared/names.

    python benchmarks/names.py           # development splits: look at these while working
    python benchmarks/names.py --test    # test splits: for the report only

Cover is the share of gold mentions (PER, LOC, and all of PER, LOC, ORG) every letter of which is found as a name of
any kind, a final genitive s or apostrophe apart. tokP is the share of found words that are part of a gold mention.
`low` is the text in lower case without punctuation. Sentences of one document are put together, one a line, so that
names are carried through it; a file that is one document only is cut every 50 sentences. The tagger has learnt from
the first three quarters of en-dev, so only the last quarter is measured.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.pseudonyms.finder import default_taggers, find_names
from ingest.pseudonyms.finds import Find, Kind, Tagger, merge
from ingest.pseudonyms.gazetteer import Gazetteer
from ingest.pseudonyms.tagger import LinearTagger
from ingest.pseudonyms.tokens import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NAMES = Path(__file__).resolve().parent.parent.parent / "shared" / "names"
LANGUAGE = {"nob": "no", "nno": "nn", "en": "en", "da": "da"}
KINDS = ("PER", "LOC", "ORG")
_NO_NAMES = frozenset(
    {
        *("I", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February"),
        *("March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
        *("English", "Norwegian", "American", "British", "French", "German"),
    }
)


@dataclass(slots=True)
class Document:
    """A text with its gold mentions (start, end, kind) and the places of its words (start, end, in a mention)."""

    text: str = ""
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    words: list[tuple[int, int, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Counts over documents."""

    gold: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    covered: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    found_words: int = 0
    right_words: int = 0

    def row(self) -> str:
        """Cover PER / LOC / all; tokP, in per cent."""
        person, place = (100 * self.covered[kind] / max(1, self.gold[kind]) for kind in ("PER", "LOC"))
        overall = 100 * sum(self.covered.values()) / max(1, sum(self.gold.values()))
        precision = 100 * self.right_words / max(1, self.found_words)
        return f"{person:5.1f}/{place:5.1f}/{overall:5.1f}; {precision:5.1f}"


def sentences(path: Path) -> list[dict[str, list[str]]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def documents(path: Path, *, low: bool) -> Iterator[Document]:
    """The documents of a file, as written or lower-cased without punctuation."""
    rows = sentences(path)
    one = len({str(row["doc"]) for row in rows}) == 1
    keyed = [(index // 50 if one else str(row["doc"]), row) for index, row in enumerate(rows)]
    for _, group in groupby(keyed, key=lambda pair: pair[0]):
        document = Document()
        for _, row in group:
            _append(document, row, low=low)
        yield document


def _append(document: Document, row: dict[str, list[str]], *, low: bool) -> None:
    mention: tuple[int, int, str] | None = None
    for token, space, tag in zip(row["tokens"], row["ws"], row["tags"], strict=True):
        if low and not any(character.isalnum() for character in token):
            continue
        start = len(document.text)
        document.text += token.lower() if low else token
        end = len(document.text)
        document.text += " " if low or space else ""
        if any(character.isalnum() for character in token):
            document.words.append((start, end, tag[2:] in KINDS))
        if mention and not tag.startswith("I-"):
            document.mentions.append(mention)
            mention = None
        if tag[2:] in KINDS:
            mention = (mention[0] if mention else start, end, tag[2:])
    document.mentions += [mention] if mention else []
    document.text = document.text.rstrip(" ") + "\n"


def measure(documents_: Iterable[Document], finder: Callable[[str, str], list[Find]], language: str) -> Tally:
    """Run a finder over documents and count."""
    tally = Tally()
    for document in documents_:
        masked = bytearray(len(document.text))
        for find in finder(document.text, language):
            masked[find.start : find.end] = b"\x01" * (find.end - find.start)
        _count(tally, document, masked)
    return tally


def _count(tally: Tally, document: Document, masked: bytearray) -> None:
    for start, end, kind in document.mentions:
        letters = document.text[start:end]
        bare = end - (len(letters) - len(letters.rstrip("sS'’")))
        open_letters = [i for i in range(start, bare) if not masked[i] and document.text[i].isalnum()]
        tally.gold[kind] += 1
        tally.covered[kind] += not open_letters
    for start, end, in_mention in document.words:
        found = any(masked[start:end])
        tally.found_words += found
        tally.right_words += found and in_mention


class Casing:
    """The rule to beat: a capital inside a sentence is a name, one at its head if met inside too."""

    name = "casing"
    version = "1"

    def find(self, text: str, language: str) -> list[Find]:
        """Every word with a capital that the head of a sentence does not explain, but for I, days and months."""
        del language
        capitals = [token for tokens in lines(text) for token in tokens if token.text[0].isupper()]
        inside = {token.text for token in capitals if not token.opens}
        named = (token for token in capitals if token.text in inside and token.text.partition("'")[0] not in _NO_NAMES)
        return [Find(token.start, token.end, Kind.PER, 0.5, (self.name,)) for token in named]


def alone(*taggers: Tagger) -> Callable[[str, str], list[Find]]:
    """A finder that puts the taggers' finds together and no more."""
    return lambda text, language: merge(find for tagger in taggers for find in tagger.find(text, language))


def finders() -> dict[str, Callable[[str, str], list[Find]]]:
    """The rows of the table."""
    stack = default_taggers()
    return {
        "gazetteer": alone(Gazetteer()),
        "casing": alone(Casing()),
        "tagger": alone(LinearTagger()),
        "stack": lambda text, language: find_names(text, language, stack),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true")
    split = "test" if parser.parse_args().test else "dev"
    print(f"cover PER/LOC/all; tokP ({split})")
    for corpus, language in LANGUAGE.items():
        for low in (False, True):
            read = list(documents(NAMES / f"{corpus}-{split}.jsonl", low=low))
            if (corpus, split) == ("en", "dev"):
                read = read[-len(read) // 4 :]
            for name, finder in finders().items():
                print(
                    f"{corpus:4}{'low' if low else 'cased':6}{name:10}{measure(read, finder, language).row()}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
