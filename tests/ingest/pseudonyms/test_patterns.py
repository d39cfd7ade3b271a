"""Numbers, addresses and the like; every number here is made up or a published example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.patterns import Patterns, sort_of


def found(text: str) -> list[tuple[str, str]]:
    """What the patterns find: the stretch and its sort."""
    return [(text[find.start : find.end], sort_of(find.recognisers)) for find in Patterns().find(text, "no")]


@pytest.mark.parametrize(
    ("text", "stretch", "sort"),
    [
        ("Nummeret er 15108695088.", "15108695088", "national_id"),
        ("Nummeret er 151086 95088.", "151086 95088", "national_id"),
        ("cpr 211062-5629, ja", "211062-5629", "national_id"),
        ("personnummer 811228-9874", "811228-9874", "national_id"),
        ("organisasjonsnummer 974 760 673", "974 760 673", "organisation_number"),
        ("konto 1234.56.78903", "1234.56.78903", "account"),
        ("ring 22 33 44 55 i dag", "22 33 44 55", "phone"),
        ("ring 987 65 432", "987 65 432", "phone"),
        ("ring +47 987 65 432.", "+47 987 65 432", "phone"),
        ("call 020 7946 0958", "020 7946 0958", "phone"),
        ("call 212-555-0123", "212-555-0123", "phone"),
        ("by heart, 07-017-406-5-0.", "07-017-406-5-0", "phone"),
        ("ni en to tre fire fem seks sju", "ni en to tre fire fem seks sju", "phone"),
        ("skriv til ola.dunk@eksempel.no.", "ola.dunk@eksempel.no", "email"),
        ("ola krøllalfa eksempel punktum no", "ola krøllalfa eksempel punktum no", "email"),
        ("se https://eksempel.no/om?x=1, du", "https://eksempel.no/om?x=1", "web"),
        ("følg @ola_dunk på nett", "@ola_dunk", "handle"),
        ("bodde i Storgata 12 B før", "Storgata 12 B", "address"),
        ("bodde i Karl Johans gate 5 før", "Karl Johans gate 5", "address"),
        ("lived at 12 Elm Tree Road once", "12 Elm Tree Road", "address"),
        ("det var 5003 Bergen", "5003 Bergen", "postal_place"),
        ("bilen AB 12345 sto der", "AB 12345", "plate"),
        ("bilen ABC 12D stod där", "ABC 12D", "plate"),
        ("bilen AB 12 345 holdt der", "AB 12 345", "plate"),
        ("jeg er født 3. mai 1975", "3. mai 1975", "date"),
        ("I was born on May 3, 1975", "May 3, 1975", "date"),
        ("den 12.03.1975 kom han", "12.03.1975", "date"),
    ],
)
def test_what_identifies_by_its_form_is_found(text: str, stretch: str, sort: str) -> None:
    """Each form is found whole and under its sort."""
    assert (stretch, sort) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jeg tjente 250 000 kroner, siden 1 000 000.",
        "Det var i 1985, i veien 5 år til.",
        "i 2019 Oslo var annerledes",
        "orgnr 974 760 674",
        "klokka 12 30 45 og 3,14159265 og 12.30",
        "på arbeidsplassen 5 år",
        "han har bursdag snart. 3. mai reiste vi",
        "",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    """Amounts, years and numbers with wrong check digits that mean nothing else are no finds."""
    assert found(text) == []


def test_right_check_digits_are_surer_than_wrong_ones() -> None:
    """A national id with a misheard digit is still found, with less certainty."""
    right, wrong = (
        max(find.score for find in Patterns().find(number, "no")) for number in ("15108695088", "15108695077")
    )
    assert wrong < right


@given(st.text(max_size=200) | st.text("0123456789 -.+@:/abA\n٣", max_size=120))
def test_patterns_bear_any_text(text: str) -> None:
    """No text breaks a pattern; finds lie within the text, on one line, and are IDs."""
    for find in Patterns().find(text, "no"):
        assert 0 <= find.start < find.end <= len(text)
        assert "\n" not in text[find.start : find.end]
        assert find.kind is Kind.ID


@pytest.mark.parametrize("piece", ["a", "1", "a-", "a.", "A ", "en ", "1 ", "www.", "@", "+4", "født "])
def test_patterns_do_not_choke_on_long_monotony(piece: str) -> None:
    """A hundred thousand of anything is looked through in one go."""
    Patterns().find(piece * 100_000, "no")
