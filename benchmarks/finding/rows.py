"""The rows of the table: our finders whole and in parts, and, when asked for, those of others."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from benchmarks.finding.peers import peer, trained
from ingest.pseudonyms.finder import default_taggers, find_names
from ingest.pseudonyms.finds import Adjustable, Find, Tagger, merge
from ingest.pseudonyms.gazetteer import Gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.finding.measures import Finder

STACK: Final = "Tillit"
"""The whole stack as it is shipped, on which the reaches are judged."""


class Remembered:
    """A tagger that reads a text once, however many rows want to know what it found."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._known: dict[tuple[str, str], list[Find]] = {}
        self.name = tagger.name
        self.version = tagger.version

    def find(self, text: str, language: str) -> list[Find]:
        """What the tagger found, or finds now."""
        key = text, language
        if key not in self._known:
            self._known[key] = self._tagger.find(text, language)
        return self._known[key]


@contextmanager
def finders(*, with_peers: bool = False) -> Iterator[dict[str, Finder]]:
    """The rows by their titles, each reading what the tagger found of a text from the same memory."""
    stack = [Remembered(tagger) for tagger in default_taggers()]
    learnt = [known for known, tagger in zip(stack, default_taggers(), strict=True) if isinstance(tagger, Adjustable)]
    tagger = alone(*learnt)
    rows: dict[str, Finder] = {
        STACK: lambda text, language: find_names(text, language, stack),
        "tagger": tagger,
        "gazetteer": alone(Gazetteer()),
    }
    with ExitStack() as open_peers:
        if with_peers:
            rows["Presidio + tagger"] = open_peers.enter_context(peer("adapted", tagger))
            rows["Presidio"] = open_peers.enter_context(peer("presidio"))
        if with_peers and (title := trained()):
            rows[title] = open_peers.enter_context(peer("spacy"))
        yield rows


def alone(*taggers: Tagger) -> Finder:
    """A finder that puts the taggers' finds together and no more."""
    return lambda text, language: merge(find for tagger in taggers for find in tagger.find(text, language))
