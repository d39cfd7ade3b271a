"""The tagger: what a tuned transformer takes for the names of people, places and organisations.

The network gives for each word the chances of what it is; here they become finds. The most probable reading of a line
decides where names begin and end; on top of it every word counts that is no name with a chance below a threshold, so
that little is missed: a reviewer strikes a false alarm with a key, and never sees what was not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.network import LABELS, packaged
from ingest.pseudonyms.tokens import is_cased, lines
from ingest.pseudonyms.tongue import small

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ingest.pseudonyms.network import Chances
    from ingest.pseudonyms.tokens import Token

NAME: Final = "tagger"
CASED: Final = 0.85
"""In lines with capitals: the chance of being no name below which a word counts as one. Chosen on dev splits."""

UNCASED: Final = 0.95
"""The same in lines without capitals, where names look like other words."""

KINDS: Final = (Kind.PER, Kind.LOC, Kind.ORG)
_NONE: Final = [at for at, label in enumerate(LABELS) if label == "O" or label.endswith("MISC")]
_BEGINS: Final = [LABELS.index(f"B-{kind}") for kind in KINDS]
_GOES_ON: Final = [LABELS.index(f"I-{kind}") for kind in KINDS]


class Reader(Protocol):
    """A network: for each word the chances of `LABELS`, (words, labels)."""

    def chances(self, words: Sequence[str]) -> Chances:
        """Read the words of a text."""


class TunedTagger:
    """Finds names with the network that ships, or the one given; `threshold` in place of both of the above."""

    name = NAME
    version = "1"

    def __init__(self, threshold: float | None = None, network: Reader | None = None) -> None:
        self.threshold = threshold
        self._network = network

    def find(self, text: str, language: str) -> list[Find]:
        """Every stretch taken for a name, in order.

        A small word of the language is none because of the threshold alone: *Oslo og Bergen* are two.
        """
        spoken = list(lines(text))
        words = [token.text for line in spoken for token in line]
        if not words:
            return []
        chances = (self._network or packaged()).chances(words)
        finds, at = list[Find](), 0
        for line in spoken:
            finds += self._line(line, chances[at : at + len(line)], language)
            at += len(line)
        return finds

    def _line(self, tokens: Sequence[Token], chances: NDArray[np.float32], language: str) -> Iterator[Find]:
        none = chances[:, _NONE].sum(axis=1)
        limit = self.threshold if self.threshold is not None else CASED if is_cased(list(tokens)) else UNCASED
        joins = [_joins(token.text, language) for token in tokens]
        named = (none < limit) & ~np.array(joins)
        for start, end, kind in _stretches(tokens, chances, reading(chances), named):
            score = float(1 - none[start:end].min())
            yield Find(tokens[start].start, tokens[end - 1].end, KINDS[kind], round(score, 4), (NAME,))


def _joins(word: str, language: str) -> bool:
    known = small(language) | (lists().functions if language == "en" else frozenset())
    return word.islower() and word.replace("’", "'") in known


def reading(chances: NDArray[np.float32]) -> NDArray[np.int64]:
    """The most probable labels in which no name goes on that has not begun (Viterbi 1967), one a word."""
    logs = np.log(np.maximum(chances, 1e-9))
    best, came = logs[0] + _START, np.zeros(chances.shape, np.int64)
    for at in range(1, len(logs)):
        ways = best[:, None] + _STEPS
        came[at] = ways.argmax(axis=0)
        best = ways.max(axis=0) + logs[at]
    path = [int(best.argmax())]
    for at in range(len(logs) - 1, 0, -1):
        path.append(int(came[at][path[-1]]))
    return np.array(path[::-1])


def _allowed() -> NDArray[np.float64]:
    """From label to label: nought where it may follow, minus infinity where it may not."""
    steps = np.zeros((len(LABELS), len(LABELS)))
    for to, label in enumerate(LABELS):
        if label.startswith("I"):
            steps[:, to] = [0.0 if before[1:] == label[1:] else -np.inf for before in LABELS]
    return steps


_STEPS: Final = _allowed()
_START: Final = _STEPS[0]


def _stretches(
    tokens: Sequence[Token], chances: NDArray[np.float32], read: NDArray[np.int64], named: NDArray[np.bool_]
) -> Iterator[tuple[int, int, int]]:
    """Words `start` to `end` and the kind of each name: those the reading has, then what else may be one."""
    kinds = np.full(len(tokens), -1)
    begins = np.zeros(len(tokens), bool)
    for start, end, kind in _read(read):
        if any(token.is_word for token in tokens[start:end]):
            kinds[start:end] = kind
            begins[start] = True
    likeliest = (chances[:, _BEGINS] + chances[:, _GOES_ON]).argmax(axis=1)
    for at, token in enumerate(tokens):
        if named[at] and kinds[at] < 0 and token.is_word:
            kinds[at] = likeliest[at]
            begins[at] = chances[at, _BEGINS[kinds[at]]] > chances[at, _GOES_ON[kinds[at]]]
    yield from _runs(kinds, begins)


def _runs(kinds: NDArray[np.int64], begins: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Neighbours of one kind, a new one where a name begins."""
    start = 0
    for at in range(1, len(kinds) + 1):
        if at == len(kinds) or kinds[at] != kinds[start] or begins[at]:
            if kinds[start] >= 0:
                yield start, at, int(kinds[start])
            start = at


def _read(path: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    start, kind = 0, -1
    for at, label in enumerate([*path.tolist(), 0]):
        if kind >= 0 and label != _GOES_ON[kind]:
            yield start, at, kind
            kind = -1
        if label in _BEGINS:
            start, kind = at, _BEGINS.index(label)


__all__ = ["CASED", "NAME", "UNCASED", "TunedTagger", "reading"]
