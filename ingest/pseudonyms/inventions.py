"""Places that do not exist, by language."""

from __future__ import annotations

from functools import cache

# How a street's name ends in the languages of the interviews.
STREETS = (
    *("gata", "gaten", "gate", "veien", "vegen", "vei", "veg", "gade", "vej", "gatan", "vägen"),
    *("allé", "alléen", "alleen", "street", "road", "avenue", "lane"),
)

_STEMS = {
    "no": "Bever Bjørke Brenn Elg Elve Fiske Furu Gauk Gran Grå Hassel Hauk Hegre Hvit Korn Kvern Lerke Lind Måke "
    "Mølle Ospe Rogn Rype Røyse Selje Skarv Sommer Stein Svane Svart Teist Tind Trane Vipe Ørn",
    "da": "Birke Bøge Elle Gran Hare Hejre Hvid Høge Korn Lyng Løve Mølle Pile Ravne Ræve Rønne Skov Sommer Svane "
    "Tjørne",
    "sv": "Björk Bäver Ek Gran Hassel Hök Kvarn Lilje Lärk Mås Rönn Svan Sälg Tall Tran Tärn Ugg Vide Äng Örn",
    "en": "Alder Apple Badger Black Bramble Clover Dove Elder Fern Hawk Hazel Hollow Linden Otter Raven Rowan Sparrow "
    "Swan Thistle Willow",
}
_ENDS = {
    "no": "bu bygd dal eid fjord hamn heim nes sete stad sund vang vik voll våg ås",
    "da": "borg by dal høj holm lev lund næs rup strup sted torp",
    "sv": "berga by dal holm hult köping näs sta stad torp vik ås",
    "en": "bourne bury combe dale ford ham leigh mere stead ton wick worth",
}
_STREET_ENDS = {"no": ("veien", "gata"), "da": ("vej", "gade"), "sv": ("vägen", "gatan"), "en": (" Street", " Road")}


@cache
def invented(family: str) -> tuple[str, ...]:
    """Names of towns put together from what such names are made of; `family` is no, da, sv or en."""
    return tuple(stem + end for stem in _STEMS[family].split() for end in _ENDS[family].split())


@cache
def street_names(family: str) -> tuple[str, ...]:
    """Names of streets, made likewise."""
    return tuple(stem + end for stem in _STEMS[family].split() for end in _STREET_ENDS[family])
