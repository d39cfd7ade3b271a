"""The pieces of words the tagger keeps: those written in Latin letters, digits and marks, a third of the base's.

A Unigram tokenizer (Kudo 2018) takes the most probable of the ways to cut a word; pieces that do not occur in a word
have no part in it, so that a word of kept letters is cut exactly as before.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

SPECIAL: Final = ("<s>", "<pad>", "</s>", "<unk>")
_BLANK: Final = "\u2581"
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzæøåäöéèêëíìîïóòôõúùûüýáàâãçñšžčćđðŋŧþßłńśźżęąőűœ")
_NOT_LETTERS: Final = "NPSZ"
_LATEST: Final = 0x2100
"""Marks and signs beyond this code point (arrows, boxes, pictures) are left out."""


def kept(pieces: Sequence[Sequence[Any]]) -> list[int]:
    """The numbers of the pieces to keep, the special ones first, in their order."""
    return [at for at, (piece, _) in enumerate(pieces) if piece in SPECIAL or _latin(str(piece))]


def _latin(piece: str) -> bool:
    text = piece.replace(_BLANK, "")
    return piece == _BLANK or (bool(text) and all(_is_kept(letter) for letter in text))


def _is_kept(letter: str) -> bool:
    folded = letter.lower()
    return folded in _LETTERS or (ord(letter) < _LATEST and unicodedata.category(letter)[0] in _NOT_LETTERS)


def pruned(tokenizer: dict[str, Any], keep: Sequence[int]) -> dict[str, Any]:
    """The tokenizer's file with only these pieces, numbered anew."""
    pieces = tokenizer["model"]["vocab"]
    made = tokenizer | {
        "truncation": None,
        "padding": None,
        "added_tokens": [token for token in tokenizer["added_tokens"] if token["content"] in SPECIAL],
        "model": tokenizer["model"] | {"vocab": [pieces[at] for at in keep]},
    }
    if [piece for piece, _ in made["model"]["vocab"][: len(SPECIAL)]] != list(SPECIAL):
        raise SystemExit("The tokenizer's special pieces are not the first ones.")
    return made
