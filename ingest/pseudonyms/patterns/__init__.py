"""Finds what identifies by its form: numbers, addresses on the net and on the street, birthdays, what is spelt out.

Each form is a find of kind ID, and its sort stands in the recogniser: `pattern:phone`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.pseudonyms.patterns.days import DAYS, birthdays
from ingest.pseudonyms.patterns.dictated import dictated
from ingest.pseudonyms.patterns.forms import PREFIX
from ingest.pseudonyms.patterns.letters import spelt
from ingest.pseudonyms.patterns.net import NET, read_out
from ingest.pseudonyms.patterns.numbers import NUMBERS
from ingest.pseudonyms.patterns.streets import POSTCODES, streets
from ingest.pseudonyms.tokens import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.tokens import Token

__all__ = ["PREFIX", "Patterns", "sort_of"]

_FORMS = (*NUMBERS, *NET, *POSTCODES, *DAYS)


class Patterns:
    """Finds every form there is, in any language, since interviews switch."""

    name = "patterns"
    version = "2"

    def find(self, text: str, language: str) -> list[Find]:
        """Every match; finds may overlap."""
        finds = [find for form in _FORMS for find in form.finds(text)]
        finds += [*read_out(text), *spelt(text)]
        finds += [find for tokens in lines(text) for find in _in_line(text, tokens, english=language == "en")]
        return finds


def _in_line(text: str, tokens: Sequence[Token], *, english: bool) -> Iterator[Find]:
    yield from dictated(tokens, english=english)
    yield from streets(text, tokens, english=english)
    yield from birthdays(text, tokens)


def sort_of(recognisers: tuple[str, ...]) -> str:
    """The sort of an ID find, such as `phone`; empty when no pattern found it."""
    return next((name.removeprefix(PREFIX) for name in recognisers if name.startswith(PREFIX)), "")
