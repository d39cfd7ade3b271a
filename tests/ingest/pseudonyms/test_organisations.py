"""Organisations called by less than their names."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book
from ingest.pseudonyms.organisations import is_short_for, stem_of


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("Furu", "Furu behandlingssenter"),
        ("FBS", "Furu behandlingssenter"),
        ("SNV", "Stiftelsen Ny Vei"),
        ("furu", "FURU SKOLE"),
    ],
)
def test_first_words_and_acronyms_are_short_forms(short: str, name: str) -> None:
    """What is left out says the sort only; an acronym has a letter of every word."""
    assert is_short_for(short, name)
    assert not is_short_for(name, short)


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("NAV", "NAV Furuset"),
        ("Furu", "Furuset skole"),
        ("FB", "Furu"),
        ("", "Furu"),
        ("Furu", "Furu"),
        ("X", "Xx Yy"),
    ],
)
def test_other_names_are_not(short: str, name: str) -> None:
    """An office of NAV is not NAV, and a beginning of a word is no short form."""
    assert not is_short_for(short, name)


def test_a_compound_with_a_hyphen_is_the_organisation() -> None:
    """Where that is known, and in small letters behind the hyphen."""
    known = {"Furu"}.__contains__
    assert [stem_of(one, known) for one in ("Furu-tida", "Furu-Nord", "Gran-tida")] == [
        "Furu",
        "Furu-Nord",
        "Gran-tida",
    ]


def test_short_forms_lead_to_the_only_organisation_of_the_interview() -> None:
    """With two that it may be short for, to neither; in another interview it is known by then."""
    book = Book(seed=b"a secret of the study, 32 bytes..")

    def said(surface: str, interview: str) -> str:
        return book.resolve(surface, Kind.ORG, interview=interview).id

    furu = said("Furu behandlingssenter", "one")
    assert {said(one, "one") for one in ("Furu", "FBS", "Furu-tida")} == {furu} == {said("Furu", "two")}
    assert {said(one, "three") for one in ("Gran skole", "Gran kollektiv", "Gran")}.isdisjoint({furu})
    assert len({said(one, "three") for one in ("Gran skole", "Gran kollektiv", "Gran")}) == 3
