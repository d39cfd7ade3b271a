"""Real forms as a recogniser of speech writes them, and everyday sentences that are full of near misses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.leaks import left_at, left_behind
from ingest.pseudonyms.linking import Book, Entity
from ingest.pseudonyms.misspellings import keys, may_be
from ingest.pseudonyms.spelling import near

PEOPLE = (
    *("Karin", "Kristoffer", "Cathrine", "Oddvar", "Hanne", "Tore", "Kjetilsen", "Nordtvedt", "Hjalmar", "Gjertrud"),
    *("Anne-Mari", "Philip", "Marthe", "Aase", "Viktor", "Zakarias", "Alexander", "Eirik", "André", "Solveig"),
    *("Bjørnstad", "Hermann", "Liv", "Per", "Marte Marie Qvale", "Kjellaug", "Eivind", "Barbro", "Johannes", "Dagny"),
)
PLACES = ("Bergen", "Oslo", "Flekkefjord", "Tøyen", "Mo i Rana", "Alta", "Sandnes", "Kvæfjord")
OTHERS = ("Solsiden Treningssenter",)
SURROGATES = ("Birthe", "Torolf", "Furuvik", "Malene Brandt", "Karina", "Hanna")


@pytest.fixture(scope="module")
def book() -> Book:
    """A study of many names, with a few surrogates that look like names of it."""
    named = [(name, Kind.PER) for name in PEOPLE] + [(name, Kind.LOC) for name in PLACES]
    named += [(name, Kind.ORG) for name in OTHERS]
    entities = [
        Entity(name, kind, {name}, SURROGATES[at] if at < len(SURROGATES) else f"[NAME {at}]")
        for at, (name, kind) in enumerate(named)
    ]
    return Book(entities, seed=b"seed")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # a letter added, lost, changed, swapped
        ("Så kom Kairn inn.", "Karin"),
        ("Så kom Karinn inn.", "Karin"),
        ("Så kom Kaarin inn.", "Karin"),
        ("Så kom Karen inn.", "Karin"),
        ("Jeg spurte Krisstoffer om det.", "Kristoffer"),
        ("Jeg spurte Kritsoffer om det.", "Kristoffer"),
        ("Vi dro til Flekefjord.", "Flekkefjord"),
        ("Vi dro til Flekkefjords havn.", "Flekkefjord"),
        ("vi dro til flekkefjor i går", "Flekkefjord"),
        ("Vi dro til Bregen.", "Bergen"),
        ("Vi dro til Mo i Ranna.", "Mo i Rana"),
        ("Det var Solvei som sa det.", "Solveig"),
        ("Det var Sollveig som sa det.", "Solveig"),
        ("det var solvæig som sa det", "Solveig"),
        ("Han het Bjørnsad til etternavn.", "Bjørnstad"),
        ("Da ringte Johanes.", "Johannes"),
        ("Da ringte Johnanes sin mor.", "Johannes"),
        ("Vi var på Solsiden Treningsenter.", "Solsiden Treningssenter"),
        # by the sound
        ("Så kom Christoffer.", "Kristoffer"),
        ("så kom christoffer og dro igjen", "Kristoffer"),
        ("Der sto Katrine.", "Cathrine"),
        ("Der sto Kathrine.", "Cathrine"),
        ("der sto katrine", "Cathrine"),
        ("Hos Jalmar var det stille.", "Hjalmar"),
        ("hos jalmar var det stille", "Hjalmar"),
        ("Jeg bodde hos Jertrud.", "Gjertrud"),
        ("Der bodde Filip.", "Philip"),
        ("der bodde fillip", "Philip"),
        ("Jeg så Marte der.", "Marthe"),
        ("Jeg så Åse der.", "Aase"),
        ("Jeg så Victor der.", "Viktor"),
        ("Jeg så Wiktor der.", "Viktor"),
        ("Jeg så Sakarias der.", "Zakarias"),
        ("Jeg så Aleksander der.", "Alexander"),
        ("jeg så aleksander der", "Alexander"),
        ("Jeg så Andre der.", "André"),
        ("Hun het Nordtvet.", "Nordtvedt"),
        ("Hun het Nortvedt.", "Nordtvedt"),
        ("Hun het Kvale.", "Marte Marie Qvale"),
        ("Det var Herman som kjørte.", "Hermann"),
        ("det var herman som kjørte", "Hermann"),
        ("Vi reiste fra Kvefjord.", "Kvæfjord"),
        ("Hun het Kjellau.", "Kjellaug"),
        ("Hun het Kjelaug.", "Kjellaug"),
        ("Så møtte jeg Ejvind.", "Eivind"),
        # parted and joined
        ("Så kom Odd var hjem.", "Oddvar"),
        ("så kom odd var hjem igjen", "Oddvar"),
        ("Så kom Odd-Var hjem.", "Oddvar"),
        ("Hun het Kjetil sen.", "Kjetilsen"),
        ("hun het kjetil sen", "Kjetilsen"),
        ("Så ringte annemari igjen.", "Anne-Mari"),
        ("Så ringte Annemari igjen.", "Anne-Mari"),
        ("Så ringte Anne Mari igjen.", "Anne-Mari"),
        ("så ringte anne mari igjen", "Anne-Mari"),
        ("Så ringte ANNE-MARI igjen.", "Anne-Mari"),
        ("Så ringte Martemarie igjen.", "Marte Marie Qvale"),
        ("Vi kjørte til Moirana.", "Mo i Rana"),
        ("Vi kjørte til Mo I Rana.", "Mo i Rana"),
        ("Vi kjørte til Flekke fjord.", "Flekkefjord"),
        ("vi kjørte til flekke fjord", "Flekkefjord"),
        # case, genitive, within a longer word
        ("det var oddvar sin bil", "Oddvar"),
        ("Det var ODDVARS bil.", "Oddvar"),
        ("Det var Oddvar's bil.", "Oddvar"),
        ("Det var Johannes' bil.", "Johannes"),
        ("Hun var ekte bergenskvinne.", "Bergen"),
        ("Hun var Bergens-jente.", "Bergen"),
        ("Han var en Tøyen-gutt.", "Tøyen"),
        ("han var en tøyengutt", "Tøyen"),
        ("Han hadde oslofolk på besøk.", "Oslo"),
        ("Det var Nordtvedt-saken.", "Nordtvedt"),
        ("Alle sandnesgutter var der.", "Sandnes"),
        ("Så sa Liv det.", "Liv"),
    ],
)
def test_what_may_be_a_misspelt_name_is_seen(book: Book, text: str, name: str) -> None:
    """A letter off, spelt by the sound, parted, joined, in any case, in the genitive, inside a place's compound."""
    assert name in left_behind(text, book)


@pytest.mark.parametrize(
    "text",
    [
        "Henne så jeg aldri igjen.",
        "Hane og høne gikk i hagen.",
        "henne hadde jeg ikke sett på lenge",
        "Marka er fin om høsten.",
        "Torsdag var jeg hjemme.",
        "Toren slo over dalen.",
        "tore jeg si det høyt",
        "Tørr luft plaget meg.",
        "Hva skulle jeg i da, når alt var stengt?",
        "Odds var dårlige den dagen.",
        "det var odde tall hele veien",
        "Han var kar for sin hatt, den karen, og karen lo.",
        "Karen sto der. Det var karen fra butikken.",
        "Denne gangen gikk det bra.",
        "hun kunne hente meg etterpå",
        "Hendene mine skalv.",
        "Borte bra, men hjemme best.",
        "så bar det av gårde over broa",
        "Bar bro over elva.",
        "Han nes seg ikke.",
        "Er du her, mannen min?",
        "ei rik dame ga meg en jakke",
        "ei vind fra nord kom inn",
        "Vi drakk kaffe og spiste kake.",
        "et godt liv er ikke lett",
        "livet er ikke lett",
        "Det koster ti kroner per uke.",
        "det koster ti kroner per stykk",
        "Berget ligger der det ligger.",
        "bergingen tok tre timer",
        "Det var mye alt for dyrt.",
        "altaner har utsikt",
        "Alt av møbler var borte.",
        "Oslagne planer ble det nok av.",
        "Andre ganger gikk jeg hjem.",
        "den andre gangen var verre",
        "Vikaren kom for sent.",
        "Sanden var varm under føttene.",
        "sand i skoene hele sommeren",
        "Aksen gikk fra nord til sør.",
        "mange saker ble henlagt",
        "Dagen etter var jeg syk.",
        "dagene gikk og jeg sa ingenting",
        "En dag ny sol.",
        "Solsiden av gata var best.",
        "solen skinte hele dagen",
        "Jeg var alene hele natta.",
        "Like ved siden av lå stasjonen.",
        "Moren min sa ingenting.",
        "mor i rommet ved siden av",
        "Jeg tenkte på døden hver dag.",
        "hermed var det over",
        "Her man kunne sitte i fred.",
        "Så kom Birthe og Torolf fra Furuvik.",
        "Karina var der, og Karinas mor.",
        "Hanna sa det til Malene Brandt.",
        "karina sa ingenting til hanna",
        "Brandts hus lå i Furuvik-svingen.",
        "Jeg ble født på en mandag i mai.",
        "I was there for a while, and then I left.",
        "Her man was not at home.",
        "Then they gave me the keys.",
        "Ingenting av det var sant, og alle visste det.",
        "Toen den falt, sto vi der.",
        "Da hadde jeg fått nok av alt sammen.",
        "von alt dette",
        "Kjelleren var full av vann.",
        "kjell er det ikke, sa de",
        "Bjørnen sov.",
        "De talte opp og ned hele natta.",
    ],
)
def test_everyday_words_and_surrogates_are_let_through(book: Book, text: str) -> None:
    """What is a letter off a name and an everyday word all the same stops no release, and no surrogate does."""
    assert left_behind(text, book) == []


def test_a_word_that_the_text_has_in_small_letters_is_a_word(book: Book) -> None:
    """What the same person says in small letters too is no name misheard; what only has a capital may be one."""
    assert left_behind("Da ble det Herme igjen. Jeg herme etter ham.", book) == []
    assert left_behind("Da ble det Hermanns igjen. Jeg herme etter ham.", book) == ["Hermann"]


def test_places_are_told_where_they_stand(book: Book) -> None:
    """A find covers all words of a parted name, and the whole of a longer word."""
    text = "Så kom Odd var hjem til en bergenskvinne."
    assert [text[left.start : left.end] for left in left_at(text, book)] == ["Odd var", "bergenskvinne"]


NAMES = st.text("abdeghiknorst", min_size=5, max_size=9)


@given(NAMES, st.data())
def test_one_letter_off_is_always_found_by_a_key(name: str, data: st.DataObject) -> None:
    """Whatever letter is added, lost, changed or swapped, the two have a key of the index in common."""
    at = data.draw(st.integers(0, len(name) - 1))
    new = data.draw(st.sampled_from("abdeghiknorst"))
    swapped = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    for other in (name[:at] + name[at + 1 :], name[:at] + new + name[at:], name[:at] + new + name[at + 1 :], swapped):
        assert near(name, other)
        assert keys(name) & keys(other)
        assert other == name or may_be(other, name)
