"""The lists."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import LANGUAGES, Gazetteer, Speaks, country_names, lists


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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ja hun heter liv da", "liv"),
        ("så ringte fru berg hjem", "berg"),
        ("det var liv hansen som sa det", "liv hansen"),
        ("da kom per nilsen inn", "per nilsen"),
        ("ho heiter tor og er snill", "tor"),
    ],
)
def test_a_word_that_is_a_name_counts_in_small_letters_beside_what_confirms_it(text: str, name: str) -> None:
    """After *heter* or a title, or before a surname that is no word, life is Liv."""
    assert found(text) == [(name, Kind.PER)]


def test_a_monologue_may_lose_its_capitals() -> None:
    """Capitals far away do not silence the lists in a long line that has none here."""
    text = "Vi var hos NAV. " + "så gikk det en stund og " * 12 + "kari kom"
    assert found(text)[-1] == ("kari", Kind.PER)
    assert ("kari", Kind.PER) not in found("Vi var hos NAV og kari kom")


@pytest.mark.parametrize(
    ("speaks", "finds"),
    [
        (Speaks.ALL, ["Kari", "Lars Hansen", "Bergen", "Odda"]),
        (Speaks.CONFIRMED, ["Lars Hansen", "Bergen"]),
        (Speaks.NONE, []),
    ],
)
def test_it_may_be_told_to_hold_back(speaks: Speaks, finds: list[str]) -> None:
    """Beside a tagger that is surer than a list, only what its surroundings confirm is said, or nothing."""
    for text, gazetteer in (
        ("Så kom Kari og Lars Hansen til Bergen, ikke Odda", Gazetteer(cased=speaks, lower=Speaks.NONE)),
        ("så kom kari og lars hansen til bergen ikke odda", Gazetteer(cased=Speaks.NONE, lower=speaks)),
    ):
        found_ = [text[find.start : find.end].casefold() for find in gazetteer.find(text, "no")]
        assert found_ == [name.casefold() for name in finds]


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
