"""Words cut into the pieces the tagger knows, by the tokenizer it was trained with (Kudo & Richardson 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

FIRST: Final = 0
PAD: Final = 1
LAST: Final = 2
UNKNOWN: Final = 3

MOST_PIECES: Final = 24
"""Of one word: what is longer is no word that anybody says."""


def cut(tokenizer: Tokenizer, words: Sequence[str]) -> list[list[int]]:
    """For each word the numbers of its pieces, one at least."""
    encoded = tokenizer.encode(list(words), is_pretokenized=True, add_special_tokens=False)
    pieces: list[list[int]] = [[] for _ in words]
    for number, word in zip(encoded.ids, encoded.word_ids, strict=True):
        if word is not None and len(pieces[word]) < MOST_PIECES:
            pieces[word].append(number)
    return [piece or [UNKNOWN] for piece in pieces]
