"""Train the tagger's table: a multinomial logistic regression over hashed features, by AdaGrad in numpy.

Reads the train splits of ../shared/names (never a development or test split, but for the first three quarters of
en-dev, since English has no train split), makes them sound like speech, and writes the table that the tagger ships.
The same data, numpy and Faker give the same bytes. See MODEL_CARD.md.

    python training/train_tagger.py [--epochs 8] [--floor 0.15]
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.pseudonyms import features, gazetteer
from ingest.pseudonyms.tagger import CLASSES
from ingest.pseudonyms.tokens import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
NAMES = HERE.parent.parent / "shared" / "names"
TARGET = HERE.parent / "ingest" / "pseudonyms" / "data" / "tagger.npz"
SEED = 1
BATCH = 512  # words
RATE = 0.15
SHRINK = 1e-3  # pull towards nought, which keeps the file small
LEVELS = 63  # steps of a weight on either side of nought
# How many times an epoch takes each sentence with a name, and each without, from each file.
SOURCES = {
    "nob-train": (1.0, 0.5),
    "nno-train": (1.0, 0.5),
    "da-train": (0.8, 0.3),
    "svt-train": (0.5, 0.1),
    "sv-train": (0.6, 0.2),
    "en-dev": (3.0, 2.0),
    "lia-train": (1.0, 0.7),
}
FILLERS = ("eh", "øh", "mm", "liksom", "altså", "ikke sant", "ikkje sant", "på en måte", "på ein måte", "hm", "ja")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words with the blank after each, and a class of `CLASSES` for each."""

    tokens: list[str]
    spaces: list[bool]
    tags: list[str]
    spoken: bool = False

    @property
    def named(self) -> bool:
        """Whether it holds a name."""
        return any(tag != "O" for tag in self.tags)


def read(name: str) -> list[Sentence]:
    """The sentences of one file; LIA's pauses become dots, and en-dev loses the quarter kept for looking at."""
    rows = [json.loads(line) for line in (NAMES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    if name == "en-dev":
        rows = rows[: len(rows) * 3 // 4]
    spoken = name.startswith("lia")
    return [
        Sentence(["..." if word == "#" else word for word in row["tokens"]], row["ws"], row["tags"], spoken)
        for row in rows
    ]


class Swapper:
    """Puts other names in the place of those in a sentence, so that the table learns names' company, not the names."""

    def __init__(self, dice: random.Random, corpus: list[Sentence]) -> None:
        self.dice = dice
        with (NAMES / "ssb-first-names.csv").open(encoding="utf-8") as file:
            self.first = sorted({row["name"] for row in csv.DictReader(file)})
        listed = {name for locale in gazetteer.LOCALES for name in gazetteer.surnames(locale)}
        met = {mention[-1] for sentence in corpus for mention in _mentions(sentence, "PER") if len(mention) > 1}
        self.last = sorted(listed | {name for name in met if name[:1].isupper() and name.isalpha()})
        self.places = sorted(gazetteer.place_names())

    def swap(self, sentence: Sentence, share: float) -> Sentence:
        """A sentence with about `share` of its persons, and of its one-word places, renamed."""
        tokens, spaces, tags = [], [], []
        for start, end, kind in _spans(sentence.tags):
            old = sentence.tokens[start:end]
            new = self._another(old, kind) if kind != "O" and self._due(sentence, share) else old
            tokens += new
            spaces += (
                [True] * (len(new) - 1) + [sentence.spaces[end - 1]] if new is not old else sentence.spaces[start:end]
            )
            tags += [f"B-{kind}", *[f"I-{kind}"] * (len(new) - 1)] if kind != "O" else ["O"]
        return Sentence(tokens, spaces, tags, sentence.spoken)

    def _due(self, sentence: Sentence, share: float) -> bool:
        return sentence.spoken or self.dice.random() < share

    def _another(self, old: list[str], kind: str) -> list[str]:
        ending = "s" if old[-1].endswith("s") and self.dice.random() < 0.5 else ""
        if kind == "PER":
            new = self._person(len(old))
        elif kind == "LOC" and len(old) == 1:
            new = self.dice.choice(self.places).split(" ")
        else:
            return old
        return [*new[:-1], new[-1] + ending]

    def _person(self, words: int) -> list[str]:
        if words == 1:
            return [self.dice.choice(self.first if self.dice.random() < 0.65 else self.last)]
        middle = [self.dice.choice(self.first)] if words > 2 and self.dice.random() < 0.5 else []
        return [self.dice.choice(self.first), *middle, self.dice.choice(self.last)]


def _spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Mentions as (start, end, kind), and each word outside one as a span of kind O."""
    spans: list[tuple[int, int, str]] = []
    for at, tag in enumerate(tags):
        if tag.startswith("I-") and spans and spans[-1][1] == at and spans[-1][2] == tag[2:]:
            spans[-1] = (spans[-1][0], at + 1, tag[2:])
        else:
            spans.append((at, at + 1, tag[2:] or "O"))
    return spans


def _mentions(sentence: Sentence, kind: str) -> list[list[str]]:
    return [sentence.tokens[start:end] for start, end, sort in _spans(sentence.tags) if sort == kind]


def as_speech(sentence: Sentence, dice: random.Random) -> Sentence:
    """Now and then lower-cased, without marks, with a filler, or cut as a recogniser cuts."""
    draw = dice.random()
    low, bare = draw < 0.40, draw < 0.34 or 0.40 <= draw < 0.50
    triples: list[tuple[str, bool, str]] = []
    for token, space, tag in zip(sentence.tokens, sentence.spaces, sentence.tags, strict=True):
        if bare and not any(character.isalnum() for character in token):
            continue
        if tag[0] != "I" and dice.random() < 0.01:
            triples += [(word, True, "O") for word in dice.choice(FILLERS).split()]
        triples.append((token.lower() if low else token, space or bare, tag))
    if dice.random() < 0.12 and len(triples) > 4:
        triples = triples[dice.randrange(1, len(triples) // 2) :]
    return Sentence(
        [word for word, _, _ in triples], [space for _, space, _ in triples], [tag for _, _, tag in triples]
    )


def glued(sentences: list[Sentence], dice: random.Random) -> Iterator[Sentence]:
    """Sentences, some of them joined, since a segment of speech often holds several."""
    waiting: Sentence | None = None
    for sentence in sentences:
        joined = sentence
        if waiting is not None:
            spaces = [*waiting.spaces[:-1], True, *sentence.spaces]
            joined = Sentence(waiting.tokens + sentence.tokens, spaces, waiting.tags + sentence.tags)
        if dice.random() < 0.35 and len(joined.tokens) < 50:
            waiting = joined
        else:
            waiting = None
            yield joined


def examples(sentence: Sentence) -> Iterator[tuple[list[int], int]]:
    """Table rows and class of each word, cut by the finder's own tokeniser."""
    text, owners = "", []
    for token, space, tag in zip(sentence.tokens, sentence.spaces, sentence.tags, strict=True):
        piece = token + (" " if space else "")
        text += piece
        owners += [tag[2:] or "O"] * len(token) + ["O"] * (len(piece) - len(token))
    for line in lines(text):
        for word, rows in zip(line, features.rows(line), strict=True):
            yield rows, CLASSES.index(owners[word.start])


def epoch(
    corpora: dict[str, list[Sentence]], swapper: Swapper, dice: random.Random
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """One epoch's words in random order: indices (words x WIDTH) and classes."""
    chosen = []
    for name, sentences in corpora.items():
        share_named, share_other = SOURCES[name]
        for sentence in sentences:
            share = share_named if sentence.named else share_other
            chosen += [sentence] * (int(share) + (dice.random() < share % 1))
    dice.shuffle(chosen)
    spoken = [as_speech(swapper.swap(sentence, 0.35), dice) for sentence in chosen]
    rows, classes = [], []
    for sentence in glued([s for s in spoken if s.tokens], dice):
        for indices, kind in examples(sentence):
            rows.append(np.asarray(indices + [0] * (features.WIDTH - len(indices)), np.int32))
            classes.append(kind)
    return np.stack(rows), np.asarray(classes, np.int8)


class Table:
    """Weights (rows x classes) with AdaGrad's running sums; row 0 stays nought."""

    def __init__(self) -> None:
        self.weights = np.zeros((features.ROWS, len(CLASSES)), np.float32)
        self.sums = np.full((features.ROWS, len(CLASSES)), 1e-2, np.float32)

    def learn(self, indices: NDArray[np.int32], classes: NDArray[np.int8]) -> float:
        """One step over a batch; gives the mean loss before it."""
        scores = self.weights[indices].sum(axis=1)
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        at = np.arange(len(classes))
        loss = -np.log(chances[at, classes] + 1e-9).mean()
        chances[at, classes] -= 1
        self._step(indices, chances)
        return float(loss)

    def _step(self, indices: NDArray[np.int32], slopes: NDArray[np.float32]) -> None:
        touched, inverse = np.unique(indices, return_inverse=True)
        inverse = inverse.reshape(indices.shape)
        total = np.zeros((len(touched), slopes.shape[1]), np.float32)
        for kind in range(slopes.shape[1]):
            spread = np.broadcast_to(slopes[:, kind, None], indices.shape).ravel()
            total[:, kind] = np.bincount(inverse.ravel(), spread, len(touched))
        total += SHRINK * np.sign(self.weights[touched])
        self.sums[touched] += total**2
        self.weights[touched] -= RATE * total / np.sqrt(self.sums[touched])
        self.weights[0] = 0


def save(table: Table, floor: float) -> None:
    """Eight bits a weight, with one scale; rows whose weights are all below `floor` are left out."""
    weights = np.where(np.abs(table.weights).max(axis=1, keepdims=True) < floor, 0, table.weights)
    scale = np.float32(np.abs(weights).max() / LEVELS)
    np.savez_compressed(TARGET, weights=np.round(weights / scale).astype(np.int8), scale=scale)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--floor", type=float, default=0.15)
    arguments = parser.parse_args()
    dice = random.Random(SEED)  # noqa: S311 - repeatable, and nothing secret hangs on it
    corpora = {name: read(name) for name in SOURCES}
    swapper = Swapper(dice, [sentence for sentences in corpora.values() for sentence in sentences])
    table = Table()
    late: list[NDArray[np.float32]] = []
    for turn in range(arguments.epochs):
        indices, classes = epoch(corpora, swapper, dice)
        losses = [
            table.learn(indices[at : at + BATCH], classes[at : at + BATCH]) for at in range(0, len(classes), BATCH)
        ]
        late = [*late[-2:], table.weights.copy()]
        print(f"epoch {turn + 1}: {len(classes)} words, loss {np.mean(losses):.4f}", flush=True)
    table.weights = np.mean(late, axis=0)
    save(table, arguments.floor)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
