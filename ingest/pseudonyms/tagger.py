"""The simplest tagger that finds Norwegian and English names: one linear layer over hashed features of a word.

The table in `data/tagger.npz` is made by `training/train_tagger.py`; `training/MODEL_CARD.md` names its data and their
licences. A tuned transformer takes its place behind the same protocol.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from ingest.pseudonyms import features
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.tokens import is_cased, lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ingest.pseudonyms.tokens import Token

CLASSES = ("O", "PER", "LOC", "ORG", "MISC")
_SURE = 0.95
# In a line with capitals a small word must be surer, where the tagger has read too little to be trusted with it: on
# the dev split English then covers 84.5 instead of 88.1 %, and 71 instead of 51 % of what it masks is a name.
_SMALL = {"en": 0.1}
_KINDS = (Kind.PER, Kind.LOC, Kind.ORG)


class LinearTagger:
    """Takes a word for a name when the chance that it is none falls below a threshold: a higher one finds more."""

    name = "linear"
    version = "3"

    def __init__(self, threshold: float = 0.85) -> None:
        self.threshold = threshold

    @cached_property
    def _table(self) -> tuple[NDArray[np.int8], np.float32]:
        with as_file(files("ingest.pseudonyms") / "data" / "tagger.npz") as path, np.load(path) as table:
            return table["weights"], table["scale"]

    def find(self, text: str, language: str) -> list[Find]:
        """Runs of words of one kind as one find; in English, of which it has read little, with some help.

        There a month is a name only when there is little doubt, and a word that joins sentences never is.
        """
        finds = [find for tokens in lines(text) for find in self._line(tokens, language)]
        return [find for find in finds if language != "en" or find.score >= _SURE or not _is_month(text, find)]

    def _line(self, tokens: Sequence[Token], language: str) -> list[Find]:
        chances = self.chances(tokens)
        small = _SMALL.get(language, self.threshold) if is_cased(list(tokens)) else self.threshold
        finds: list[Find] = []
        for token, chance in zip(tokens, chances, strict=True):
            none = chance[0] + chance[4]
            threshold = small if token.text.islower() else self.threshold
            if none >= threshold or not token.is_word or (language == "en" and _joins(token.text)):
                continue
            kind = _KINDS[int(chance[1:4].argmax())]
            finds.append(Find(token.start, token.end, kind, float(1 - none), (self.name,)))
        return _runs(finds)

    def chances(self, tokens: Sequence[Token]) -> NDArray[np.float32]:
        """For each word the chances of `CLASSES`."""
        weights, scale = self._table
        width = features.WIDTH
        rows = [row + [0] * (width - len(row)) for row in features.rows(tokens)]
        scores = weights[np.asarray(rows)].sum(axis=1, dtype=np.int32) * scale
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def _joins(word: str) -> bool:
    """Whether an English word only joins a sentence together; US and IT in capitals do not."""
    spelt_out = len(word) > 1 and word.isupper()
    return not spelt_out and word.casefold().replace("’", "'") in lists().functions


def _is_month(text: str, find: Find) -> bool:
    return text[find.start : find.end].casefold() in lists().calendar


def _runs(finds: list[Find]) -> list[Find]:
    """Finds of one kind with nothing but one blank or hyphen between them are one name."""
    runs: list[Find] = []
    for find in finds:
        last = runs[-1] if runs else None
        if last is not None and last.kind is find.kind and find.start - last.end <= 1:
            runs[-1] = Find(last.start, find.end, find.kind, max(last.score, find.score), last.recognisers)
        else:
            runs.append(find)
    return runs
