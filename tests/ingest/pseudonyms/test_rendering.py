"""How what stands for a name is written: in its language, its case, its genitive, inside a longer word."""

from __future__ import annotations

import dataclasses

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Entity
from ingest.pseudonyms.rendering import render
from ingest.pseudonyms.rules import DEFAULT, Rules, Way

MARKED = dataclasses.replace(DEFAULT, marked=True)
TAGS = Rules(dict.fromkeys(Kind, Way.TAG))
GENERAL = Rules(dict.fromkeys(Kind, Way.GENERALISE))
KEPT = Rules(dict.fromkeys(Kind, Way.KEEP))

KARI = Entity("1", Kind.PER, {"Kari Nordtveit"}, "Malene Haukedal", "f", number=3)
BARE = Entity("2", Kind.PER, {"Kari"}, "Malene", "f", number=4)
HANS = Entity("3", Kind.PER, {"Hans"}, "Lars", "m", number=5)
ANNE = Entity("4", Kind.PER, {"Anne-Lise van der Berg"}, "Siv-Unni van der Moe", None, number=6)
SHORT = Entity("13", Kind.PER, {"Kari Nordtveit", "K. Nordtveit", "Kari"}, "Malene Haukedal", "f", number=10)
LISE = Entity("14", Kind.PER, {"Anne-Lise Berg"}, "Siv-Unni Moe", "f", number=11)
UNKNOWN = Entity("15", Kind.PER, {"K. Nordtveit"}, "B. Haukedal", None, number=12)
BERGEN = Entity("5", Kind.LOC, {"Bergen"}, "Furuvåg", number=1)
TOYEN = Entity("6", Kind.LOC, {"Tøyen"}, "Vipedal", number=2)
OSLO = Entity("7", Kind.LOC, {"Oslo"}, "Tranenes", number=3)
BLUE = Entity("8", Kind.ORG, {"Blå Kors"}, "[virksomhet 1]", number=1)
PHONE = Entity("9", Kind.ID, {"22 33 44 55"}, "[telefon]", number=7)
BORN = Entity("10", Kind.ID, {"12.03.1971"}, "[dato]", number=8)
CALLED = Entity("11", Kind.ORG, {"Blå Kors"}, "Grønn Stjerne", number=2)


@pytest.mark.parametrize(
    ("entity", "surface", "language", "written"),
    [
        (KARI, "Kari Nordtveit", "no", "Malene Haukedal"),
        (KARI, "Kari", "no", "Malene"),
        (KARI, "Nordtveit", "no", "Haukedal"),
        (KARI, "Nordtveits", "no", "Haukedals"),
        (KARI, "Karis", "no", "Malenes"),
        (KARI, "Kari's", "no", "Malene's"),
        (KARI, "Kari Nordtveits", "nn", "Malene Haukedals"),
        (KARI, "kari", "no", "malene"),
        (KARI, "kari nordtveits", "no", "malene haukedals"),
        (KARI, "KARI", "no", "MALENE"),
        (KARI, "KARIS", "no", "MALENES"),
        (KARI, "K. Nordtveit", "no", "M. Haukedal"),
        (KARI, "K. N.", "no", "M. H."),
        (KARI, "K.N.", "no", "M.H."),
        (KARI, "K", "no", "M"),
        (KARI, "Kari N.", "no", "Malene H."),
        (KARI, "fru Nordtveit", "no", "fru Haukedal"),
        (KARI, "fru Nordtveits", "no", "fru Haukedals"),
        (KARI, "dr. Kari Nordtveit", "no", "dr. Malene Haukedal"),
        (KARI, "Mrs Nordtveit", "en", "Mrs Haukedal"),
        (KARI, "Kari", "en", "Malene"),
        (KARI, "Kari's", "en", "Malene's"),
        (KARI, "Kaja", "no", "Malene"),
        (BARE, "Karis", "sv", "Malenes"),
        (BARE, "Karis", "da", "Malenes"),
        (HANS, "Hans", "no", "Lars"),
        (HANS, "Hans'", "no", "Lars'"),
        (HANS, "Hans’", "no", "Lars'"),
        (HANS, "Hans'", "sv", "Lars"),
        (HANS, "Hans's", "en", "Lars's"),
        (HANS, "Hans'", "en", "Lars's"),
        (ANNE, "Anne-Lise van der Berg", "no", "Siv-Unni van der Moe"),
        (ANNE, "Berg", "no", "Moe"),
        (ANNE, "van der Bergs", "no", "van der Moes"),
        (SHORT, "K. Nordtveit", "no", "M. Haukedal"),
        (UNKNOWN, "K. Nordtveits", "no", "B. Haukedals"),
        (LISE, "Anne Lise", "no", "Siv-Unni"),
        (LISE, "Anne-Lises", "no", "Siv-Unnis"),
        (BERGEN, "Bergen", "no", "Furuvåg"),
        (BERGEN, "Bergens", "no", "Furuvågs"),
        (BERGEN, "bergen", "no", "furuvåg"),
        (BERGEN, "BERGEN", "no", "FURUVÅG"),
        (BERGEN, "bergenskvinne", "no", "furuvågskvinne"),
        (BERGEN, "Bergenskvinna", "no", "Furuvågskvinna"),
        (BERGEN, "bergensjente", "nn", "furuvågsjente"),
        (TOYEN, "Tøyen-gutt", "no", "Vipedal-gutt"),
        (TOYEN, "tøyen-gutten", "no", "vipedal-gutten"),
        (TOYEN, "TØYEN", "no", "VIPEDAL"),
        (OSLO, "Oslo-miljøet", "no", "Tranenes-miljøet"),
        (OSLO, "oslojente", "no", "tranenesjente"),
        (OSLO, "Oslos", "no", "Tranenes'"),
        (OSLO, "Oslos", "sv", "Tranenes"),
        (OSLO, "Oslo's", "en", "Tranenes's"),
        (BLUE, "Blå Kors", "no", "[VIRKSOMHET 1]"),
        (BLUE, "Blå Kors'", "no", "[VIRKSOMHET 1]s"),
        (BLUE, "Blå Kors'", "en", "[ORGANISATION 1]'s"),
        (PHONE, "22 33 44 55", "no", "[TELEFON 7]"),
        (PHONE, "22334455", "en", "[PHONE 7]"),
    ],
)
def test_names_are_written_as_the_language_wants(entity: Entity, surface: str, language: str, written: str) -> None:
    """Part for part, in the genitive, in its case, its initials, its title, its compound, by the default rules."""
    assert render(entity, surface, language) == written
    assert render(entity, surface, language, DEFAULT) == written


@pytest.mark.parametrize(
    ("entity", "surface", "language", "written"),
    [
        (KARI, "Kari", "no", "[PERSON 3]"),
        (KARI, "Karis", "no", "[PERSON 3]s"),
        (KARI, "Kari's", "en", "[PERSON 3]'s"),
        (KARI, "fru Nordtveit", "no", "fru [PERSON 3]"),
        (KARI, "kari", "da", "[PERSON 3]"),
        (HANS, "Hans'", "no", "[PERSON 5]s"),
        (HANS, "Hans'", "sv", "[PERSON 5]s"),
        (BERGEN, "Bergen", "no", "[STED 1]"),
        (BERGEN, "Bergen", "nn", "[STAD 1]"),
        (BERGEN, "Bergen", "da", "[STED 1]"),
        (BERGEN, "Bergen", "sv", "[PLATS 1]"),
        (BERGEN, "Bergens", "en", "[PLACE 1]'s"),
        (BERGEN, "bergenskvinne", "no", "[STED 1]skvinne"),
        (TOYEN, "Tøyen-gutt", "no", "[STED 2]-gutt"),
        (BLUE, "Blå Kors", "nn", "[VERKSEMD 1]"),
        (BLUE, "Blå Kors", "da", "[VIRKSOMHED 1]"),
        (BLUE, "Blå Kors", "sv", "[VERKSAMHET 1]"),
        (CALLED, "Blå Kors", "no", "[VIRKSOMHET 2]"),
        (PHONE, "22 33 44 55", "sv", "[TELEFON 7]"),
        (BORN, "12.03.1971", "sv", "[DATUM 8]"),
        (BORN, "12.03.1971", "de", "[DATO 8]"),
    ],
)
def test_tags_are_of_the_language_and_numbered(entity: Entity, surface: str, language: str, written: str) -> None:
    """The same tag and number for an entity whatever it is called, with the genitive or the rest of the word."""
    assert render(entity, surface, language, TAGS) == written


@pytest.mark.parametrize(
    ("entity", "surface", "language", "written"),
    [
        (KARI, "Karis", "no", "[kvinne]s"),
        (KARI, "fru Nordtveit", "da", "fru [kvinde]"),
        (HANS, "Hans", "sv", "[man]"),
        (HANS, "Hans'", "en", "[man]'s"),
        (ANNE, "Berg", "no", "[person]"),
        (BERGEN, "Bergen", "no", "[by på Vestlandet]"),
        (BERGEN, "Bergens", "no", "[by på Vestlandet]s"),
        (BERGEN, "bergenskvinne", "no", "[by på Vestlandet]skvinne"),
        (OSLO, "Oslo-miljøet", "nn", "[by på Austlandet]-miljøet"),
        (TOYEN, "Tøyen", "no", "[bydel på Østlandet]"),
        (BLUE, "Blå Kors", "no", "[virksomhet]"),
        (BORN, "12.03.1971", "no", "[1971]"),
        (PHONE, "22 33 44 55", "no", "[TELEFON 7]"),
    ],
)
def test_generalisations_are_of_the_language(entity: Entity, surface: str, language: str, written: str) -> None:
    """What a name is told by less exactly stands in brackets; what has no such telling becomes a tag."""
    assert render(entity, surface, language, GENERAL) == written


@pytest.mark.parametrize(
    ("entity", "surface", "language", "written"),
    [
        (KARI, "Kari", "no", "[Malene]"),
        (KARI, "Karis", "no", "[Malene]s"),
        (KARI, "kari nordtveits", "no", "[malene haukedal]s"),
        (KARI, "Kari's", "en", "[Malene]'s"),
        (KARI, "fru Nordtveit", "no", "fru [Haukedal]"),
        (KARI, "KARIS", "no", "[MALENE]s"),
        (HANS, "Hans'", "no", "[Lars]'"),
        (BERGEN, "bergenskvinne", "no", "[furuvåg]skvinne"),
        (TOYEN, "Tøyen-gutt", "no", "[Vipedal]-gutt"),
        (BLUE, "Blå Kors", "no", "[VIRKSOMHET 1]"),
    ],
)
def test_marked_surrogates_stand_in_brackets(entity: Entity, surface: str, language: str, written: str) -> None:
    """The genitive and the rest of the word stay outside; a tag has its brackets already."""
    assert render(entity, surface, language, MARKED) == written


@pytest.mark.parametrize("entity", [KARI, BERGEN, BLUE, PHONE], ids=lambda entity: entity.kind)
@pytest.mark.parametrize("surface", ["Karis", "fru Nordtveit", "bergenskvinne", "x"])
def test_what_is_kept_stands_as_it_was_said(entity: Entity, surface: str) -> None:
    """Nothing is added and nothing taken away."""
    assert render(entity, surface, "no", KEPT) == surface


def test_an_organisation_somebody_gave_a_name_bears_it_under_surrogates() -> None:
    """Nothing is made up for organisations: a tag until a person names them, in the text as in the link key."""
    surrogates = Rules(dict.fromkeys(Kind, Way.SURROGATE))
    assert render(CALLED, "Blå Kors'", "no", surrogates) == "Grønn Stjernes"
    assert render(BLUE, "Blå Kors", "no", surrogates) == "[VIRKSOMHET 1]"
    assert render(PHONE, "22 33 44 55", "no", surrogates) == "[TELEFON 7]"


def test_a_surrogate_in_brackets_is_not_marked_twice() -> None:
    """What a person wrote in brackets stays as written."""
    boss = Entity("12", Kind.PER, {"Kari"}, "[sjefen]", number=9)
    assert render(boss, "Karis", "no", MARKED) == "[sjefen]s"


def test_sorts_are_excepted() -> None:
    """A set may keep one sort of number, and tell another less exactly, while the rest are tags."""
    rules = dataclasses.replace(TAGS, sorts={"date": Way.GENERALISE, "phone": Way.KEEP})
    written = [render(entity, next(iter(entity.forms)), "no", rules) for entity in (BORN, PHONE, BLUE)]
    assert written == ["[1971]", "22 33 44 55", "[VIRKSOMHET 1]"]
