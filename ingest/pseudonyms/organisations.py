"""Organisations called by less than their names: Lia for Lia behandlingssenter, LBS, SNF, på Lia-tida."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.pseudonyms.known import words

if TYPE_CHECKING:
    from collections.abc import Callable

# How the words end that say what sort of organisation one is, and not which.
_SORTS = (
    *("senter", "senteret", "center", "centeret", "skole", "skolen", "skule", "skulen", "sykehus", "sykehuset"),
    *(
        "sjukehus",
        "sjukehuset",
        "hospital",
        "klinikk",
        "klinikken",
        "kollektiv",
        "kollektivet",
        "fengsel",
        "fengselet",
    ),
    *("hospits", "stiftelse", "stiftelsen", "stiftinga", "hjem", "hjemmet", "heim", "heimen", "institusjon", "hus"),
    *("institusjonen", "avdeling", "avdelingen", "avdelinga", "poliklinikk", "verksted", "verkstedet", "bedrift"),
    *("bedriften", "forening", "foreningen", "lag", "laget", "klubb", "klubben", "menighet", "universitet", "kirke"),
    *("kirken", "kyrkje", "kontor", "kontoret", "tjeneste", "tjenesten", "teneste", "tenesta", "barnehage", "sjukhus"),
    *("clinic", "centre", "school", "prison", "foundation", "college", "university", "church", "as", "asa"),
)
_ACRONYM = re.compile(r"[^\W\d_]{2,5}")
_REST = re.compile(r"(?P<name>.+)-(?P<rest>[^\W\d_]{3,})")


def is_short_for(short: str, name: str) -> bool:
    """Whether a form is a name's first words, without what says the sort of organisation only, or its acronym."""
    less, more = words(short), words(name)
    if len(less) < len(more) and more[: len(less)] == less:
        return all(word.endswith(_SORTS) for word in more[len(less) :])
    return len(less) == 1 and less[0] != more[0] and _is_acronym(less[0], more)


def _is_acronym(letters: str, name: tuple[str, ...]) -> bool:
    """Whether letters are the first of each word, and of parts of words between: LBS, Lia BehandlingsSenter."""
    if not _ACRONYM.fullmatch(letters) or len(letters) < len(name) or len("".join(name)) < 3 * len(letters):
        return False
    return _fits(letters, " ".join(name))


def _fits(letters: str, name: str) -> bool:
    """Whether the letters come one after the other in the name, and every word begins with one of them."""
    heads = [at for at in range(len(name)) if at == 0 or name[at - 1] == " "]
    at, used = -1, set[int]()
    for letter in letters:
        ahead = next((head for head in heads if head > at), len(name))
        begins = ahead < len(name) and name[ahead] == letter
        at = ahead if begins else name.find(letter, at + 1, ahead)
        if at < 0:
            return False
        used.add(at)
    return used.issuperset(heads)


def stem_of(surface: str, known: Callable[[str], bool]) -> str:
    """The organisation in a compound with a hyphen (Lia-tida); the surface itself where none is known in it."""
    found = _REST.fullmatch(surface)
    return found["name"] if found and found["rest"].islower() and known(found["name"]) else surface
