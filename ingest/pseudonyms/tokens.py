"""Words of a text with their places, line by line: what every finder looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# An initial keeps its full stop, a word its inner apostrophes and hyphens, a genitive after s its apostrophe (Hans').
_WORD = re.compile(r"(?<!\w)[^\W\d_]\.(?=\s?[^\W\d_])|\w+(?:['’\-]\w+)*(?:(?<=[sxzSXZ])['’](?!\w))?|[^\w\s]")
_NEAR = 30  # words
_SENTENCE_END = frozenset('.!?:…"“”«»–—-')


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, `start` to `end` in code points; `opens` says that a sentence may begin here."""

    text: str
    start: int
    end: int
    opens: bool

    @property
    def is_word(self) -> bool:
        """Whether it begins with a letter or a digit."""
        return self.text[0].isalnum()


def vocabulary(words: str) -> frozenset[str]:
    """Words with blanks between them, as a set."""
    return frozenset(words.split())


def lines(text: str) -> Iterator[list[Token]]:
    """The tokens of each line that has any."""
    start = 0
    for line in text.split("\n"):
        tokens = _tokens(line, start)
        if tokens:
            yield tokens
        start += len(line) + 1


def _tokens(line: str, offset: int) -> list[Token]:
    tokens: list[Token] = []
    opens = True
    for match in _WORD.finditer(line):
        word = match.group()
        tokens.append(Token(word, offset + match.start(), offset + match.end(), opens))
        opens = word in _SENTENCE_END
    return tokens


def is_cased(tokens: list[Token]) -> bool:
    """Whether the line uses capitals at all; recognisers of speech sometimes give none."""
    return any(character.isupper() for token in tokens for character in token.text)


def casing(tokens: Sequence[Token]) -> list[bool]:
    """For each word of a line, whether a capital stands within thirty words of it: monologues change their ways."""
    so_far = [0]
    for token in tokens:
        so_far.append(so_far[-1] + any(map(str.isupper, token.text)))
    last = len(tokens)
    return [so_far[min(last, at + _NEAR + 1)] > so_far[max(0, at - _NEAR)] for at in range(last)]
