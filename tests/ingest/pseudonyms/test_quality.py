"""The shipped stack holds what it promised on the treebanks and on the passages."""

from __future__ import annotations

from typing import Final

import pytest

from benchmarks.finding.measures import Tally, measure
from benchmarks.finding.texts import NAMES, spoken, treebank
from ingest.pseudonyms.finder import find_names

PART: Final = {"nob": 4, "nno": 5}
"""The number of the document that is read of each development split: whole, and with many names."""

FLOORS: Final = {
    ("nob", False): (98.2, 89.4),
    ("nob", True): (96.0, 61.0),
    ("nno", False): (97.1, 91.9),
    ("nno", True): (94.3, 63.2),
}
"""Cover of all names and words rightly masked, in per cent: a point below what the shipped stack reaches here."""

ENTITIES: Final = 91.2
"""The same for the entities of the passages."""


@pytest.mark.skipif(not NAMES.is_dir(), reason="the treebanks of ../shared/names are not on this machine")
@pytest.mark.parametrize(("corpus", "low"), FLOORS)
def test_cover_does_not_fall(corpus: str, low: bool) -> None:
    """In a document of each development split, names covered and words rightly masked stay above a floor."""
    document = treebank(corpus, "dev", low=low)[PART[corpus]]
    tally = measure([document], find_names)
    cover, words = FLOORS[corpus, low]
    assert tally.cover() >= cover
    assert tally.precision() >= words


def test_passages_keep_their_entities_hidden() -> None:
    """In a third of the invented passages for development, enough bearers of names have every mention covered."""
    tally = sum((measure(group.documents[::3], find_names) for group in spoken("dev")), Tally())
    assert tally.entity_recall() >= ENTITIES
