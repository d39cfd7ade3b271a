"""What tells indirectly who somebody is, as expressions: words of `data/telling.txt`, and turns of phrase.

Interviews switch between languages, so that all of them stand in one expression.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.gazetteer import data_lines
from ingest.pseudonyms.patterns.counting import digits_by_word
from ingest.pseudonyms.patterns.forms import UNITS
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable


def either(words: Iterable[str]) -> str:
    """An expression for one of the words, the longest first; a * at the end of one stands for any ending."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word.rstrip("*")) + (r"[\w\-]*" if word.endswith("*") else "") for word in ordered)


def _number(least: int, most: int) -> str:
    """A number between the two, in digits or words."""
    said = [word for word, number in digits_by_word().items() if least <= int(number) <= most and number[0] != "0"]
    return rf"(?:{either(said)}|(?:{either(map(str, range(least, most + 1)))})(?![\d.,:]))"


_AGE: Final = _number(2, 99) + r"(?: og (?:et|en|ein|eit) halvt?| och (?:ett|en) halvt?| and a half)?"
_WHO: Final = r"(?:jeg|eg|æ|e|jag|han|hun|ho|hon|hen|vi|I|he|she|we|mor|far|mamma|pappa|sønnen|dattera|datteren)"
_WAS: Final = (
    r"(?:er|var|fylte|fyller|fylde|fyllde|ble|blir|blei|vart|blev|bliver|är|am|was|is|turned|bikka|bikket|vært|vore)"
)
_ONCE: Final = r"(?:var|fylte|fylde|fyllde|ble|blei|vart|blev|was|turned)"
_ALREADY: Final = r"(?:(?!i |in |på |om )\w+ )?"
_SINCE: Final = r"(?:da|då|når|när|når|when|fra|frå|siden|sidan|since|before|før|till|til)"
_NO_AGE: Final = either(UNITS - {"år", "years", "year"})
_LATER: Final = (
    r"siden|sidan|sedan|ago|etter|i|på|senere|seinare|later|med|of|in|til|till|igjen|yngre|eldre|äldre|ældre|younger|"
    r"older"
)
_SCHOOL: Final = (
    r"[\w\-]*(?:skole|skolen|skule|skulen|skola|skolan|gymnas|gymnaset|gymnasium|gymnasiet|videregående|school|"
    r"college)"
)
_YEAR: Final = r"(?:19[3-9]\d|20[0-3]\d)"
_GRADE: Final = r"(?:\d{1,2}\.|\d{1,2}(?:th|st|nd|rd)|[a-zæøåäö]{5,12}) (?:klasse|klassen|klass|trinn|grade)"
_PRINT: Final = (
    r"(?:VG|Dagbladet|Aftenposten|\w*avis(?:a|en|ene)|bladet|tidning(?:en|arna)|Aftonbladet|Expressen|Ekstra Bladet|"
    r"BT|Politiken|Se og Hør|Bergens Tidende|Adresseavisen|Nordlys|(?:local )?papers?|newspapers?|front page)"
)
_SCREEN: Final = (
    r"(?:TV|TV 2|tv-en|fjernsyn(?:et)?|radio(?:en)?|nyhetene|nyheitene|nyhederne|nyheterna|Dagsrevyen|forsid(?:a|en)|"
    r"framsid(?:a|en)|førstesiden|omslaget|television|the radio|the news)"
)
_SHOWN: Final = (
    r"(?:sto|stod|står|stått|kom|kommet|kome|var|vært|vore|varit|havna|havnet|hamnade|avbildet|omtalt|omtala|intervjuet|"
    r"intervjua|interviewet|intervjuad|ended up|was|were|been|appeared|interviewed)"
)
_LED: Final = (
    r"(?:(?:avdelings|styre|gruppe|klinikk|fag|band|dagleg |daglig )?(?:leder|leiar|ledar|ledare)|direktør|direktör|"
    r"formann|formand|ordförande|bestyrer|redaktør|redaktör|rektor|(?:avdelings|butikk|kontor|bank)?(?:sjef|chef)|trener|"
    r"tränare|træner)"
)
_SEX: Final = r"(?:kvinnelige?|kvinnelege|kvindelige|kvinnliga|mannlige|mannlege|mandlige|manliga|female|male)"

_SIBLINGS: Final = (
    r"(?:barn|born|børn|unger|ungar|søsken|sysken|syskon|søskende|children|kids|siblings|brothers|sisters|brødre|brør|"
    r"bröder|søstre|søstrer|systrer|systrar)"
)
_OLD: Final = (
    r"(?:[ \-](?:åring(?:en|ar)?|års-?gammel|årig[ea]?|year-?old)|[ \-](?:år|years?)[ \-](?:gammel|gammal|gamle|gamal|"
    r"gammalt|old))"
)
_AT_AGE: Final = r"(?:i en alder av|i ein alder av|i en ålder av|i en alder på|vid|at the age of|at age|aged)"
_SENSELESS: Final = r"(?:blind|blinde|døv|døve|döv|deaf|lam|lammet|lamma|paralysed|paralyzed)"
_NEARLY: Final = r"(?:helt |heilt |nesten |nästan |næsten |totally |almost |nearly )?"
_BECAME: Final = r"(?:er|var|ble|blei|vart|født|fødd|född|blev|är|is|was|am|went|born|blitt)"
_MADE: Final = r"(?:skrev|skreiv|skrevet|skrive|ga ut|gav ut|gitt ut|wrote|written|published|släppte)"
_WORKS: Final = r"(?:bok|bog|plate|plade|skiva|book|memoir|record|album)"
_ONE: Final = r"(?:eneste|einaste|enda|the only)"
_FIRST: Final = r"(?:første|fyrste|första|first)"
_HEAD: Final = r"(?:head|director|chair|chairman|manager|editor|principal|captain|leader)"

PHRASES: Final = (
    ("only_one", rf"(?:(?:den|det|the) )?{_ONE} (?:{_SEX} )?(?P<who>[^\W\d_]{{3,}}) (?:i|på|in|at|on|ved|hos)\b"),
    ("only_one", rf"(?:den |the )?(?:{_FIRST}|eneste|einaste|enda|only) {_SEX} [^\W\d_]{{3,}}"),
    ("only_one", rf"(?:den |the )?{_FIRST} (?:kvinne|kvinna|kvinnen|kvinde|woman)\b(?: [^\W\d_]+)?"),
    ("leader", rf"{_LED} (?:for|i|av|på|ved|hos)\b"),
    ("leader", rf"(?:was|am|is|became|as) (?:the )?{_HEAD} (?:of|at)\b"),
    ("many_children", rf"{_number(7, 25)} (?:\w+ )?{_SIBLINGS}\b"),
    ("many_marriages", rf"(?:gift|skilt|married|divorced) {_number(4, 9)} (?:ganger|gonger|gange|gånger|times)\b"),
    ("exact_age", rf"{_WHO} (?:\w+ )?{_WAS} {_ALREADY}{_AGE} (?:år|years)\b(?! (?:{_LATER})\b)"),
    ("exact_age", rf"{_WAS} {_WHO} {_ALREADY}{_AGE} (?:år|years)\b(?! (?:{_LATER})\b)"),
    (
        "exact_age",
        rf"{_SINCE} {_WHO} {_ONCE} {_AGE}(?!\w)(?![ \-](?:{_NO_AGE})\b)(?! (?:og|and|eller|or)\b)(?: (?:år|years)\b)?",
    ),
    ("exact_age", rf"{_AGE}{_OLD}\b"),
    ("exact_age", rf"{_AT_AGE} {_AGE}(?: års ålder)?\b"),
    ("birth_year", rf"(?:født|fødd|född|born)(?: \w+)? (?:i|in) {_YEAR}\b"),
    ("birth_year", rf"(?:årgang {_YEAR}|{_YEAR}-modell)\b"),
    ("rare_illness", rf"{_BECAME} {_NEARLY}{_SENSELESS}\b(?! (?:for|to|av|alley)\b)"),
    ("media", rf"{_SHOWN}(?: \w+){{0,2}} (?:i|på|in|on|av|by|at) (?:the )?(?:{_PRINT}|{_SCREEN})"),
    ("media", rf"{_MADE} (?:ei|en|et|ett|a|my|min|mi) (?:\w+ )?{_WORKS}\b"),
    (
        "media",
        r"(?:dokumentar|dokumentär|documentary|podkast|podcast) (?:om|about) (?:meg|mig|oss|os|ham|henne|me|us)\b",
    ),
    ("school_year", rf"{_GRADE} (?:\w+ ){{0,2}}(?:på|ved|at|in|i) (?:[\w\-]+ ){{0,3}}{_SCHOOL}\b"),
    ("school_year", rf"{_SCHOOL}\b[^.!?\n]{{0,25}} (?:i|in|våren|høsten|hausten|fra|from) {_YEAR}\b"),
    ("school_year", rf"(?:i|in) {_YEAR}[^.!?\n]{{0,20}} (?:på|ved|at|from|fra) (?:[\w\-]+ ){{1,3}}{_SCHOOL}\b"),
)
"""Turns of phrase, each with the code of what it tells."""

EVENTS: Final = vocabulary(
    "drapet drap drapene drapssaken mordet mord brannen branden ulykken ulukka olyckan ulykka forliset jordskredet "
    "raset skredet leirskredet snøskredet eksplosjonen eksplosionen skytingen skytinga skyteepisoden ranet bankranet "
    "postranet selvmordet sjølvmordet kidnappingen gisseldramaet terrorangrepet togulykken bussulykken bussulykka "
    "helikopterulykken flyulykken båtulykken forgiftningen dobbeltdrapet drapsbrannen hotellbrannen skolebrannen "
    "møbelbrannen rånet skottlossningen branden tågolyckan bussolyckan färjeolyckan drabet mordbrannen"
)
"""What happened somewhere, in the Nordic languages."""

EVENTS_ENGLISH: Final = vocabulary(
    "murder murders fire accident crash explosion robbery shooting stabbing avalanche landslide shipwreck bombing "
    "kidnapping suicide massacre"
)


@cache
def expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every code with its expressions; the group `who`, where there is one, is said to be the only one."""
    told = [(code, either(words)) for code, words in _listed().items()]
    return tuple((code, _compiled(form)) for code, form in [*told, *PHRASES])


def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w\-])(?:{form})(?!\w)", re.IGNORECASE)


def _listed() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for line in data_lines("telling.txt"):
        code, *said = line.split(";")
        words.setdefault(code, []).extend(said)
    return words
