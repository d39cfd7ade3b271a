"""What the tagger learns from: sentences of the treebanks, several of a document together, made to sound like speech.

Only train splits of ../shared/names are read, and the first three quarters of en-dev, since English has no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.tokens import lines
from training.names import noise
from training.names.misheard import Sentence
from training.names.spoken import sentences

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence

    from training.names.spoken import Names

NAMES: Final = Path(__file__).resolve().parents[3] / "shared" / "names"
TREEBANKS: Final = {
    "nob-train": 1.0,
    "nno-train": 1.0,
    "da-train": 0.5,
    "svt-train": 0.3,
    "sv-train": 0.3,
    "en-dev": 1.0,
    "lia-train": 0.5,
}
"""The share of each that an epoch reads."""

LANGUAGE: Final = {
    "nob-train": "no",
    "nno-train": "nn",
    "da-train": "da",
    "svt-train": "sv",
    "sv-train": "sv",
    "en-dev": "en",
    "lia-train": "nn",
}
"""Whose names are put in the place of others."""

SPOKEN: Final = {"no": 2_400, "nn": 2_000, "da": 400, "sv": 400, "en": 1_200}
"""Invented sentences of interviews an epoch reads, by language."""

ALONE: Final = 0.3
MOST_WORDS: Final = 120
"""The share of sentences that stand alone, and the most words of those put together."""


@dataclass(frozen=True, slots=True)
class Example:
    """Words as the tagger will see them in a transcript, and a label for each (IOB2)."""

    words: list[str]
    labels: list[str]


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences that follow each other, their language, and whether they are transcripts whose people are coded."""

    sentences: list[Sentence]
    language: str
    coded: bool = False


def epoch(rng: random.Random, names: Mapping[str, Names], *, mangled: bool = True) -> list[Example]:
    """All there is to read once, in random order, with names by language; the same seed gives the same.

    `mangled` is whether names are misheard; see training.names.noise.
    """
    runs = [run for bank, share in TREEBANKS.items() for run in _runs(bank, share, rng)]
    runs += [run for language, count in SPOKEN.items() for run in _spoken(language, count, rng, names[language])]
    rng.shuffle(runs)
    heard = (noise.noisy(run.sentences, rng, names[run.language], coded=run.coded, mangled=mangled) for run in runs)
    made = (_example(sentences) for sentences in heard)
    return [example for example in made if example.words]


@cache
def documents(bank: str) -> tuple[tuple[Sentence, ...], ...]:
    """The documents of a treebank in its order."""
    rows = [json.loads(line) for line in (NAMES / f"{bank}.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = rows[: len(rows) * 3 // 4] if bank == "en-dev" else rows
    parted = groupby(rows, key=lambda row: str(row["doc"]))
    return tuple(tuple(Sentence(row["tokens"], row["ws"], row["tags"]) for row in group) for _, group in parted)


def _runs(bank: str, share: float, rng: random.Random) -> Iterator[Run]:
    """Sentences that follow each other, some alone, some as many as a paragraph has."""
    for document in documents(bank):
        at = 0
        while at < len(document):
            length = _length(document[at:], rng)
            if rng.random() < share:
                yield Run(list(document[at : at + length]), LANGUAGE[bank], coded=bank.startswith("lia"))
            at += length


def _length(ahead: Sequence[Sentence], rng: random.Random) -> int:
    """How many of the sentences ahead are taken together."""
    if rng.random() < ALONE:
        return 1
    most, words = rng.randint(20, MOST_WORDS), 0
    for count, sentence in enumerate(ahead):
        words += len(sentence.tokens)
        if words > most:
            return max(1, count)
    return len(ahead)


def _spoken(language: str, count: int, rng: random.Random, names: Names) -> Iterator[Run]:
    """Invented sentences, one or a few together; their names were drawn a moment ago and are not drawn again."""
    made = [noise.written(tokens, tags) for tokens, tags in sentences(rng, names, language, count)]
    at = 0
    while at < len(made):
        length = rng.choice((1, 1, 2, 3, 4))
        yield Run(made[at : at + length], language)
        at += length


def _example(run: Sequence[Sentence]) -> Example:
    """A text's own words, which are not the treebank's tokens, and the labels that fall to them."""
    text, marks = "", list[str]()
    for sentence in run:
        for token, space, tag in zip(sentence.tokens, sentence.spaces, sentence.tags, strict=True):
            blank = " " if space else ""
            text += token + blank
            inside = "I" + tag[1:] if tag != "O" else "O"
            marks += [tag, *[inside] * (len(token) - 1), *["O"] * len(blank)] if token else []
        text, marks = text.rstrip() + " ", [*marks[: len(text.rstrip())], "O"]
    words = [token for line in lines(text.replace("\n", " ")) for token in line]
    return Example([word.text for word in words], [_label(marks[word.start : word.end]) for word in words])


def _label(marks: Sequence[str]) -> str:
    """A word is what its first letters are; one that a name begins in begins it."""
    begun = next((mark for mark in marks if mark.startswith("B")), None)
    return begun or next((mark for mark in marks if mark != "O"), "O")
