"""Places inside words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.places import compound, stem_of


def known(name: str) -> bool:
    """A place of the lists."""
    return name.casefold() in lists().places


@pytest.mark.parametrize(
    ("surface", "place", "rest"),
    [
        *(
            ("Oslo", "Oslo", ""),
            ("Oslos", "Oslo", "s"),
            ("Oslo's", "Oslo", "'s"),
            ("bergenskvinne", "bergen", "skvinne"),
        ),
        *(("Bergen-gutt", "Bergen", "-gutt"), ("bergensere", "bergen", "sere"), ("oslofolk", "oslo", "folk")),
        *(
            ("Knausen-gutten", "Knausen", "-gutten"),
            ("New York-basert", "New York", "-basert"),
            ("Paris", "Paris", ""),
        ),
        *(("Oslofjorden", "Oslofjorden", ""), ("Sandefjord", "Sandefjord", ""), ("Knausens", "Knausen", "s")),
        *(("", "", ""), ("😀", "😀", ""), ("s", "s", ""), ("-gutt", "-gutt", ""), ("Bergen-Oslo", "Bergen-Oslo", "")),
    ],
)
def test_a_place_is_parted_from_the_rest_of_its_word(surface: str, place: str, rest: str) -> None:
    """Genitives and compounds come off; a place of its own does not come apart."""
    assert stem_of(surface, "no", known) == (place, rest)


@pytest.mark.parametrize(
    ("surface", "forms", "parts"),
    [
        ("bergenskvinne", ["Bergen"], ("Bergen", "skvinne")),
        ("Tøyen-gutt", ["Tøyen", "Tøy"], ("Tøyen", "-gutt")),
        ("Bergens-gutt", ["Bergen"], ("Bergen", "s-gutt")),
        ("Bergens", ["Bergen"], None),
        ("Bergenhus", ["Oslo"], None),
        ("BergenABC", ["Bergen"], None),
        ("Bergen", ["Bergen"], None),
        ("bergenske", [""], None),
        ("", [], None),
    ],
)
def test_a_compound_is_a_form_and_the_rest(surface: str, forms: list[str], parts: tuple[str, str] | None) -> None:
    """The longest form the word begins with, whatever its case."""
    assert compound(surface, forms) == parts


@given(st.text(max_size=12), st.sampled_from(["no", "nn", "da", "sv", "en"]))
def test_nothing_is_lost(surface: str, language: str) -> None:
    """Place and rest are the surface again, for any text whatever."""
    assert "".join(stem_of(surface, language, known)) == surface
    found = compound(surface, [surface[:3], surface[:5]])
    assert found is None or (found[0] + found[1]).casefold() == surface.casefold()
