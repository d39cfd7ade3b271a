"""What may tell indirectly who is spoken of; the people and most of the events are invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.finder import find_names
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.indirect import SORTS, flags

TELLING = (
    ("no", "far min var fyrvokter der ute", "fyrvokter", "rare_work"),
    ("no", "Hun ble ordfører etterpå", "ordfører", "rare_work"),
    ("nn", "bestefar var fyrvaktar på øya", "fyrvaktar", "rare_work"),
    ("no", "han var nordsjødykkeren vi snakket om", "nordsjødykkeren", "rare_work"),
    ("da", "min onkel var borgmester", "borgmester", "rare_work"),
    ("sv", "farfar var fyrmästare", "fyrmästare", "rare_work"),
    ("en", "my father was a lighthouse keeper", "lighthouse keeper", "rare_work"),
    ("no", "broren min er landslagsspiller i håndball", "landslagsspiller", "rare_work"),
    ("no", "jeg var den eneste legen i bygda", "den eneste legen i", "only_one"),
    ("no", "eneste lege i kommunen", "eneste lege i", "only_one"),
    ("nn", "einaste jordmora på øya", "einaste jordmora på", "only_one"),
    ("sv", "jag var enda läkaren på ön", "enda läkaren på", "only_one"),
    ("en", "she was the only doctor in the valley", "the only doctor in", "only_one"),
    ("no", "den første kvinnelige skipperen her", "den første kvinnelige skipperen", "only_one"),
    ("en", "the first woman captain", "the first woman captain", "only_one"),
    ("no", "hun var leder for klinikken", "leder for", "leader"),
    ("no", "han ble styreleder i borettslaget", "styreleder i", "leader"),
    ("nn", "ho var dagleg leiar for bakeriet", "dagleg leiar for", "leader"),
    ("sv", "chef för avdelningen eller chef på banken", "chef på", "leader"),
    ("en", "I was head of the clinic", "was head of", "leader"),
    ("no", "vi var trillinger", "trillinger", "rare_family"),
    ("no", "jeg har en tvillingbror", "tvillingbror", "rare_family"),
    ("nn", "vi er tvillingar", "tvillingar", "rare_family"),
    ("da", "hun er adopteret fra Korea", "adopteret", "rare_family"),
    ("sv", "jag är adopterad från Chile", "adopterad", "rare_family"),
    ("en", "we are identical twins", "twins", "rare_family"),
    ("no", "mor var tyskerunge", "tyskerunge", "rare_family"),
    ("no", "de fikk tretten barn", "tretten barn", "many_children"),
    ("nn", "me var elleve sysken", "elleve sysken", "many_children"),
    ("sv", "vi var nio syskon", "nio syskon", "many_children"),
    ("en", "I had twelve brothers", "twelve brothers", "many_children"),
    ("no", "far har vært gift fem ganger", "gift fem ganger", "many_marriages"),
    ("en", "he was married 6 times", "married 6 times", "many_marriages"),
    ("no", "jeg er 43 år", "jeg er 43 år", "exact_age"),
    ("no", "da jeg var sju og et halvt", "da jeg var sju og et halvt", "exact_age"),
    ("no", "en 54-åring som meg", "54-åring", "exact_age"),
    ("nn", "eg var sytten år då", "eg var sytten år", "exact_age"),
    ("nn", "då eg fylte tolv", "då eg fylte tolv", "exact_age"),
    ("da", "jeg var 19 år gammel", "jeg var 19 år", "exact_age"),
    ("sv", "när jag var fjorton", "när jag var fjorton", "exact_age"),
    ("en", "when I was twelve and a half", "when I was twelve and a half", "exact_age"),
    ("en", "at the age of 17 I left", "at the age of 17", "exact_age"),
    ("no", "hun er født i 1967", "født i 1967", "birth_year"),
    ("en", "born in 1971", "born in 1971", "birth_year"),
    ("no", "den 14. mars 1998 døde han", "den 14. mars 1998", "exact_date"),
    ("no", "det var fjortende mars nittenåttini", "fjortende mars nittenåttini", "exact_date"),
    ("en", "on March 14, 1998 he died", "March 14, 1998", "exact_date"),
    ("sv", "den 3 maj 1987 hände det", "den 3 maj 1987", "exact_date"),
    ("no", "han var på Alexander Kielland", "Alexander Kielland", "known_event"),
    ("no", "hun omkom på scandinavian star", "scandinavian star", "known_event"),
    ("no", "etter 22. juli ble alt verre", "22. juli", "known_event"),
    ("sv", "min bror var på Estonia", "Estonia", "known_event"),
    ("en", "he was at Hillsborough", "Hillsborough", "known_event"),
    ("no", "etter drapet i Ulsteinvik flyttet vi", "drapet", "place_event"),
    ("no", "brannen på Hareid tok huset", "brannen", "place_event"),
    ("en", "there was a fire in Harrogate", "fire", "place_event"),
    ("no", "hun har Huntingtons sykdom", "Huntingtons", "rare_illness"),
    ("no", "jeg ble døv på det øret", "ble døv", "rare_illness"),
    ("da", "han sidder i kørestol", "kørestol", "rare_illness"),
    ("sv", "hon sitter i rullstol", "rullstol", "rare_illness"),
    ("en", "he went blind", "went blind", "rare_illness"),
    ("no", "vi var Jehovas vitner", "Jehovas vitner", "membership"),
    ("nn", "foreldra mine var læstadianarar", "læstadianarar", "membership"),
    ("no", "han var med i Hells Angels", "Hells Angels", "membership"),
    ("en", "they were Jehovah's Witnesses", "Jehovah's Witnesses", "membership"),
    ("no", "det sto i VG dagen etter", "sto i VG", "media"),
    ("no", "jeg har vært på TV med det", "vært på TV", "media"),
    ("nn", "det stod i lokalavisa", "stod i lokalavisa", "media"),
    ("sv", "det stod i tidningen", "stod i tidningen", "media"),
    ("en", "it was in the local paper", "was in the local paper", "media"),
    ("no", "søsteren min skrev en bok om det", "skrev en bok", "media"),
    ("no", "i sjette klasse på Fjellheim skole", "sjette klasse på Fjellheim skole", "school_year"),
    ("no", "jeg gikk på Fjellheim skole i 1978", "skole i 1978", "school_year"),
)

HARMLESS = (
    ("no", "det er det eneste jeg angrer på"),
    ("no", "den eneste gangen i livet"),
    ("no", "eneste grunnen i verden"),
    ("no", "vi hadde to barn og en hund"),
    ("no", "de hadde tre unger"),
    ("no", "det er fem år siden"),
    ("no", "det er fem år til"),
    ("no", "han fikk dom på tre år"),
    ("no", "jeg var to ganger der"),
    ("no", "da jeg var to uker på avrusning"),
    ("no", "det varte i sju år"),
    ("no", "jeg satt inne i 4 år"),
    ("no", "jeg så det på TV i går"),
    ("no", "jeg leste det i avisa"),
    ("no", "vi feiret 17. mai hjemme"),
    ("no", "det var fire ganger i uka"),
    ("no", "sjefen var grei"),
    ("no", "lederen sa nei"),
    ("no", "jeg er gift og har to barn"),
    ("no", "skolen var kjedelig"),
    ("no", "jeg gikk ut av skolen"),
    ("no", "det var brann i peisen"),
    ("no", "etter ulykken ble det verre"),
    ("no", "drapet i Oslo hørte vi om"),
    ("no", "i første omgang gikk det bra"),
    ("no", "han var blind for alt annet"),
    ("no", "blindveien der nede"),
    ("no", "mars er en kald måned"),
    ("no", "vi kjente nesten ingen der"),
    ("no", ""),
    ("nn", "det er ti år sidan"),
    ("nn", "eg las det i avisa"),
    ("nn", "den einaste grunnen i mi verd"),
    ("nn", "me hadde tre ungar"),
    ("da", "det er fem år siden"),
    ("da", "jeg læste det i avisen"),
    ("da", "vi havde to børn"),
    ("sv", "det är fem år sedan"),
    ("sv", "jag läste det i tidningen"),
    ("sv", "vi hade två barn"),
    ("sv", "det enda jag vill"),
    ("en", "I was there two times"),
    ("en", "it took three years of my life"),
    ("en", "that was five years ago"),
    ("en", "I read it in the paper"),
    ("en", "I only stayed in bed"),
    ("en", "the only thing in the world"),
    ("en", "he turned a blind eye"),
    ("en", "we sat by the fire"),
    ("en", "may I come in, she said"),
)


def flagged(text: str, language: str) -> list[tuple[str, str]]:
    """What is flagged in a text, and why."""
    return [(text[flag.start : flag.end], flag.why) for flag in flags(text, language)]


@pytest.mark.parametrize(("language", "text", "stretch", "code"), TELLING)
def test_what_may_identify_is_flagged(language: str, text: str, stretch: str, code: str) -> None:
    """The words that tell are flagged, with the code of what they tell."""
    assert (stretch, code) in flagged(text, language)


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_what_everybody_says_is_not_flagged(language: str, text: str) -> None:
    """Everyday turns of phrase that look alike are let be."""
    assert flagged(text, language) == []


def test_the_tables_are_as_long_as_they_should_be() -> None:
    """Sixty to flag and forty to let be at least, every code and all five languages among them."""
    assert len(TELLING) >= 60
    assert len(HARMLESS) >= 40
    assert {row[3] for row in TELLING} == SORTS.keys()
    assert {row[0] for row in TELLING} == {row[0] for row in HARMLESS} == {"no", "nn", "da", "sv", "en"}


def test_the_places_are_those_that_were_found() -> None:
    """With the finds of the text at hand, an event beside a place no list has is flagged too, and only there."""
    text = "drapet i Kvitbotn. Så gikk det lenge. Drapet glemte vi"
    finds = [Find(9, 17, Kind.LOC, 0.9, ("tagger",))]
    assert [flag.start for flag in flags(text, "no", finds)] == [0]
    assert flags(text, "no", []) == []


def test_a_place_beyond_the_sentence_or_the_line_says_nothing() -> None:
    """An event and a place belong together in one sentence only."""
    assert flagged("etter drapet flyttet vi. I Ulsteinvik var det fint", "no") == []
    assert flagged("etter drapet\ni Ulsteinvik", "no") == []


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=150)
    | st.lists(st.sampled_from(" ".join(row[1] for row in TELLING).split()), max_size=40).map(" ".join)
)
def test_flags_lie_in_any_text_in_order(text: str) -> None:
    """Flags are sorted and within the text, and those of one reason do not overlap."""
    found = flags(text, "no", find_names(text, "no"))
    assert all(0 <= flag.start < flag.end <= len(text) and flag.sort == SORTS[flag.why] for flag in found)
    assert found == sorted(found, key=lambda flag: (flag.start, flag.end, flag.why))
    for code in SORTS:
        own = [flag for flag in found if flag.why == code]
        assert all(one.end <= other.start for one, other in pairwise(own))
