"""The shipped stack holds what it promised on the treebanks."""

import pytest

from benchmarks.names import NAMES, documents, finders, measure

# Cover and precision, in per cent: a point below what the shipped table measured on these documents.
FLOORS = {("nob", False): (94, 79), ("nob", True): (86, 63), ("nno", False): (95, 84), ("nno", True): (90, 76)}


@pytest.mark.skipif(not NAMES.is_dir(), reason="the treebanks of ../shared/names are not on this machine")
@pytest.mark.parametrize(("corpus", "low"), FLOORS)
def test_cover_does_not_fall(corpus: str, low: bool) -> None:
    """On a part of each development split, names covered and words rightly masked stay above a floor."""
    read = list(documents(NAMES / f"{corpus}-dev.jsonl", low=low))[::3]
    tally = measure(read, finders()["stack"], "no")
    cover, precision = FLOORS[corpus, low]
    assert 100 * sum(tally.covered.values()) >= cover * sum(tally.gold.values())
    assert 100 * tally.right_words >= precision * tally.found_words
