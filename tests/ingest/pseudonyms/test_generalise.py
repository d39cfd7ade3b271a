"""Names told less exactly, so that there are several they may be of."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ingest.pseudonyms import whereabouts
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import country_names, place_names
from ingest.pseudonyms.generalise import generalised, veiled
from ingest.pseudonyms.linking import Entity

FEWEST = 3  # places that a telling may be of, at home


def entity(kind: Kind, form: str, surrogate: str = "", gender: str | None = None) -> Entity:
    """An entity of one form."""
    return Entity("1", kind, {form}, surrogate, gender, number=1)


@pytest.mark.parametrize(
    ("name", "language", "told"),
    [
        ("Bergen", "no", "by på Vestlandet"),
        ("bergen", "no", "by på Vestlandet"),
        ("Ålesund", "no", "by på Vestlandet"),
        ("Oslo", "no", "by på Østlandet"),
        ("Trondheim", "no", "by i Trøndelag"),
        ("Tromsø", "no", "by i Nord-Norge"),
        ("Tromsø", "nn", "by i Nord-Noreg"),
        ("Kristiansand", "no", "by på Sørlandet"),
        ("Fauske", "no", "tettsted i Nordland"),
        ("Fauske", "nn", "tettstad i Nordland"),
        ("Tøyen", "no", "bydel på Østlandet"),
        ("Fana", "no", "bydel på Vestlandet"),
        ("Hardanger", "no", "område på Vestlandet"),
        ("Vestlandet", "no", "område i Norge"),
        ("Karl Johan", "no", "gate på Østlandet"),
        ("Odense", "da", "by i Syddanmark"),
        ("Aarhus", "da", "by i Jylland"),
        ("Nørrebro", "da", "bydel på Sjælland"),
        ("Göteborg", "sv", "stad i Götaland"),
        ("Umeå", "sv", "stad i Norrland"),
        ("Bergen", "sv", "stad i Norge"),
        ("Göteborg", "no", "by i Sverige"),
        ("Reykjavik", "no", "by på Island"),
        ("Leeds", "en", "city in Britain"),
        ("London", "no", "by i Storbritannia"),
        ("Paris", "en", "city in France"),
        ("Norge", "no", "land i Europa"),
        ("Somalia", "no", "land i Afrika"),
        ("Somalia", "en", "country in Africa"),
        ("Irak", "sv", "land i Asien"),
        ("Afrika", "no", "verdensdel"),
        ("Kvernveien", "no", "gate"),
        ("Haukeland sykehus", "no", "sykehus"),
        ("Halden fengsel", "nn", "fengsel"),
        ("Knausheia", "no", "sted"),
        ("Knausheia", "nn", "stad"),
        ("Knausheia", "sv", "plats"),
        ("Bergen", "de", "by på Vestlandet"),
    ],
)
def test_places_are_told_by_what_and_about_where(name: str, language: str, told: str) -> None:
    """At home by the part of the country, abroad by the country, countries by their continent."""
    assert generalised(entity(Kind.LOC, name), language) == told


@pytest.mark.parametrize(
    ("name", "language", "told"),
    [
        ("Ullersmo fengsel", "no", "fengsel"),
        ("Kretsfengselet", "no", "fengsel"),
        ("Bredtveit", "no", "virksomhet"),
        ("NAV Tøyen", "no", "velferdskontor"),
        ("nav", "nn", "velferdskontor"),
        ("Navarsete", "no", "virksomhet"),
        ("Møllergata skole", "no", "skole"),
        ("Vinderen kirke", "nn", "trussamfunn"),
        ("Sahlgrenska sjukhuset", "sv", "sjukhus"),
        ("St Mary's Hospital", "en", "hospital"),
        ("Knudsen AS", "no", "bedrift"),
        ("Frelsesarmeen", "no", "trossamfunn"),
        ("Bydel Alna barneverntjenesten", "no", "barnevern"),
        ("Barnevernet", "no", "barnevern"),
    ],
)
def test_organisations_are_told_by_their_sort(name: str, language: str, told: str) -> None:
    """Where a word of the name tells it; a short word counts only by itself."""
    assert generalised(entity(Kind.ORG, name), language) == told


@pytest.mark.parametrize(
    ("form", "surrogate", "language", "told"),
    [
        ("12.03.1971", "[dato]", "no", "1971"),
        ("12.03.71", "[dato 2]", "no", "1971"),
        ("1/2-04", "", "no", "2004"),
        ("1/2/04", "", "en", "2004"),
        ("12. mars 1971", "[dato]", "no", "1971"),
        ("12. mars", "[dato]", "no", None),
        ("1971-03-12", "[date]", "en", "1971"),
        ("53", "", "no", "50–59 år"),
        ("53 år", "[opplysning]", "no", "50–59 år"),
        ("53 år gammel", "[opplysning]", "no", "50–59 år"),
        ("53-åring", "", "no", "50–59 år"),
        ("7 years old", "", "en", "0–9 years"),
        ("93", "", "no", "over 89 år"),
        ("93 years old", "", "en", "more than 89"),
        ("400", "", "no", None),
        ("sak 1971", "[opplysning]", "no", None),
        ("22 33 44 55", "[telefon 3]", "no", None),
        ("010171 12345", "[fødselsnummer]", "no", None),
    ],
)
def test_dates_become_years_and_ages_decades(form: str, surrogate: str, language: str, told: str | None) -> None:
    """The oldest are one band; what is neither a date nor an age can only be a tag."""
    assert generalised(entity(Kind.ID, form, surrogate), language) == told


@pytest.mark.parametrize(
    ("gender", "told"), [("f", ("kvinne", "kvinde", "kvinna", "woman")), ("m", ("mann", "mand", "man", "man"))]
)
def test_persons_are_told_by_gender(gender: str, told: tuple[str, ...]) -> None:
    """And as a person where that is not known."""
    languages = ("no", "da", "sv", "en")
    assert tuple(generalised(entity(Kind.PER, "X", gender=gender), language) for language in languages) == told
    assert {generalised(entity(Kind.PER, "X"), language) for language in languages} == {"person"}


@pytest.mark.parametrize(("language", "country"), [("no", "NO"), ("da", "DK"), ("sv", "SE"), ("en", "GB")])
def test_at_home_no_town_is_told_alone(language: str, country: str) -> None:
    """Every telling of a town or smaller place at home is that of three or more."""
    of: dict[str, set[str]] = defaultdict(set)
    towns = tuple(f"{whereabouts._said(f'sort:{sort}', language)} " for sort in "ct")
    for name, places in whereabouts._places().items():
        told = str(whereabouts.told(name, language))
        if told.startswith(towns) and country in {place.country for place in places}:
            of[told].add(name)
    assert {told: sorted(names) for told, names in of.items() if len(names) < FEWEST} == {}


@pytest.mark.parametrize("language", whereabouts.LANGUAGES)
def test_every_place_of_the_gazetteer_has_a_telling(language: str) -> None:
    """Towns, regions, parts of towns and countries, in each language, and each telling says a sort."""
    told = {name: whereabouts.told(name, language) for name in (*place_names(), *country_names(language))}
    assert [name for name, telling in told.items() if not telling or telling.startswith((" ", "in ", "i "))] == []
    assert {telling for telling in told.values() if telling} <= whereabouts.phrases()


@pytest.mark.parametrize(
    "ours",
    ["[by på Vestlandet]", "[tettsted i Nordland]", "[land i Afrika]", "[kvinne]", "[fengsel]", "[sted]", "[1971]",
     "[50–59 år]", "[over 89 år]", "[PERSON 3]", "[E-POST 2]", "[telefon 2]", "[virksomhet]"],
)  # fmt: skip
def test_what_the_house_put_in_brackets_is_veiled(ours: str) -> None:
    """A look for names does not see it, and every other place keeps its offset."""
    text = f"Hun bodde i {ours}s hus i Nordland."
    hidden = veiled(text)
    assert hidden == text.replace(ours, "□" * len(ours))


@pytest.mark.parametrize("theirs", ["[Nordland]", "[Kari]", "[kari i Nordland]", "[latter]", "[]", "Nordland", "[22]"])
def test_what_else_stands_in_brackets_is_seen(theirs: str) -> None:
    """A real name that somebody put in brackets is still looked for."""
    assert veiled(f"Der er {theirs}.") == f"Der er {theirs}."
