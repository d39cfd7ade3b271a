"""The lists."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import LANGUAGES, Gazetteer, country_names, lists


def found(text: str) -> list[tuple[str, Kind]]:
    """What the lists find in a text."""
    return [(text[find.start : find.end], find.kind) for find in Gazetteer().find(text, "no")]


def test_first_names_and_surnames_are_one_person() -> None:
    """Anne Berit Hansen is one find, and so is Bergen."""
    assert found("Så kom Anne Berit Hansen til Bergen.") == [
        ("Anne Berit Hansen", Kind.PER),
        ("Bergen", Kind.LOC),
    ]


def test_a_genitive_belongs_to_the_find() -> None:
    """Karis and Oslos are found whole."""
    assert found("det var Karis bil i Oslos gater") == [("Karis", Kind.PER), ("Oslos", Kind.LOC)]


def test_a_place_of_several_words_is_one_find() -> None:
    """Mo i Rana is not Rana."""
    assert found("vi bodde i Mo i Rana da") == [("Mo i Rana", Kind.LOC)]


def test_words_that_are_names_need_a_capital_inside_a_sentence() -> None:
    """Liv inside a sentence is a woman; at its head, or small, it may be life."""
    assert found("Liv er ikke lett. Jeg lever et godt liv, sa Liv.") == [("Liv", Kind.PER)]
    assert found("jeg lever et godt liv og per dags dato") == []


def test_lower_case_lines_are_searched_too() -> None:
    """A recogniser that gives no capitals still lets known names be found."""
    assert found("så kom kari hansen fra bergen") == [("kari hansen", Kind.PER), ("bergen", Kind.LOC)]


def test_a_month_is_no_woman() -> None:
    """May and June have a capital in English wherever they stand."""
    assert found("We moved in May, or in June.") == []


@pytest.mark.parametrize(
    ("name", "gender"),
    [("Kari", "f"), ("Per", "m"), ("Magnhild", "f"), ("Torgeir", "m"), ("Kim", "m"), ("Qwrt", None)],
)
def test_a_first_name_has_the_gender_it_has_at_home(name: str, gender: str | None) -> None:
    """The Norwegian list is asked first, then the others, then the ending."""
    assert lists().gender(name) == gender


def test_countries_stand_in_one_order_in_every_language() -> None:
    """Every language has a name for each country."""
    assert {len(country_names(language)) for language in LANGUAGES} == {len(country_names("en"))}
    assert all(name for language in LANGUAGES for name in country_names(language))
