"""What the tagger looks at in a word and its neighbours, hashed to rows of its table.

The same functions serve training and use, so that both see the same rows. Hashing is CRC-32, which is the same in
every process and on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from zlib import crc32

from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.tokens import is_cased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.pseudonyms.tokens import Token

ROWS = 1 << 20
WIDTH = 48  # features of one word at most; the rest of a row of indices is 0, which no feature hashes to
_EDGE = "|"


@dataclass(frozen=True, slots=True)
class _Looks:
    word: str
    shape: str
    listed: str
    tail: str


_BEFORE = _Looks("<", "<", "<", "<")
_AFTER = _Looks(">", ">", ">", ">")


def rows(tokens: Sequence[Token]) -> list[list[int]]:
    """For each word of a line, the table rows of its features (at most `WIDTH`)."""
    cased = is_cased(list(tokens))
    looks = [_BEFORE, _BEFORE, *(_looks(token, cased=cased) for token in tokens), _AFTER, _AFTER]
    return [_hashed(_features(looks[at : at + 5], token)) for at, token in enumerate(tokens)]


def _hashed(features: list[str]) -> list[int]:
    return [1 + crc32(feature.encode("utf-8", "surrogatepass")) % (ROWS - 1) for feature in features[:WIDTH]]


def _looks(token: Token, *, cased: bool) -> _Looks:
    word = token.text.casefold()
    shape = _shape(token.text) if cased else "u"
    return _Looks(word, shape, _listed(token.text), word[-3:])


def _shape(word: str) -> str:
    """Xx for Kari, X for UNO, x for og, 0 for digits: runs of one sort count once."""
    kinds = ("X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word)
    return "".join(kind for kind, _ in groupby(kinds))[:6]


def _listed(word: str) -> str:
    """Which lists know the word, with or without a genitive: w and m first names, s surnames, p places, o words."""
    known = lists()
    stems = {stem.casefold() for stem, _ in ways(word)}
    named = (("w", known.women), ("m", known.men), ("s", known.surnames), ("p", known.places), ("o", known.words))
    return "".join(letter for letter, names in named if not names.isdisjoint(stems))


def _features(five: Sequence[_Looks], token: Token) -> list[str]:
    before2, before, here, after, after2 = five
    opens = "^" if token.opens else ""
    return [
        "1",
        f"w{here.word}",
        f"ws{here.word}{_EDGE}{here.shape}",
        f"-w{before.word}",
        f"+w{after.word}",
        f"--w{before2.word}",
        f"++w{after2.word}",
        f"-wh{before.word}{_EDGE}{here.word}",
        f"+wh{here.word}{_EDGE}{after.word}",
        f"-ws{before.word}{_EDGE}{here.shape}",
        f"+ws{after.word}{_EDGE}{here.shape}",
        f"--ws{before2.word}{_EDGE}{before.word}{_EDGE}{here.shape}",
        f"s{here.shape}{opens}",
        f"-s{before.shape}{_EDGE}{here.shape}{opens}",
        f"+s{here.shape}{_EDGE}{after.shape}{opens}",
        f"-+s{before.shape}{_EDGE}{here.shape}{_EDGE}{after.shape}",
        f"g{here.listed}{_EDGE}{here.shape}{opens}",
        f"-g{before.listed}{_EDGE}{here.listed}{_EDGE}{here.shape}",
        f"+g{here.listed}{_EDGE}{after.listed}{_EDGE}{here.shape}",
        f"-gs{before.listed}{_EDGE}{before.shape}{_EDGE}{here.shape}",
        f"+gs{after.listed}{_EDGE}{after.shape}{_EDGE}{here.shape}",
        f"-t{before.tail}{_EDGE}{here.shape}",
        f"+t{after.tail}{_EDGE}{here.shape}",
        f"-tt{before.tail}{_EDGE}{here.tail}",
        *_letters(here),
    ]


def _letters(here: _Looks) -> list[str]:
    word = here.word
    ends = [f"p{word[:n]}{_EDGE}{here.shape}" for n in (1, 2, 3, 4)]
    ends += [f"e{word[-n:]}{_EDGE}{here.shape}" for n in (1, 2, 3, 4, 5)]
    edged = f"{_EDGE}{word}{_EDGE}"
    return ends + [f"n{edged[at : at + 3]}" for at in range(len(edged) - 2)]
