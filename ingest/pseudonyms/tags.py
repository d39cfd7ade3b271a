"""Tags that stand for a name or a number: [PERSON 3], [VIRKSOMHET 1], in the language of the interview.

A tag's word says what it stands for: a kind of name, or a sort of number, such as a telephone's.
"""

from __future__ import annotations

import re
from functools import cache

_NORWEGIAN = {
    "per": "person",
    "loc": "sted",
    "org": "virksomhet",
    "id": "opplysning",
    "phone": "telefon",
    "email": "e-post",
    "web": "nettadresse",
    "handle": "brukernavn",
    "national_id": "fødselsnummer",
    "account": "kontonummer",
    "organisation_number": "organisasjonsnummer",
    "case": "saksnummer",
    "address": "adresse",
    "postal_place": "poststed",
    "plate": "bilnummer",
    "date": "dato",
}
TAGS = {
    "no": _NORWEGIAN,
    "nn": _NORWEGIAN
    | {
        "loc": "stad",
        "org": "verksemd",
        "handle": "brukarnamn",
        "postal_place": "poststad",
    },
    "da": _NORWEGIAN
    | {
        "org": "virksomhed",
        "id": "oplysning",
        "email": "e-mail",
        "web": "netadresse",
        "handle": "brugernavn",
        "national_id": "cpr-nummer",
        "organisation_number": "cvr-nummer",
        "case": "sagsnummer",
        "postal_place": "postdistrikt",
        "plate": "nummerplade",
    },
    "sv": _NORWEGIAN
    | {
        "loc": "plats",
        "org": "verksamhet",
        "id": "uppgift",
        "web": "webbadress",
        "handle": "användarnamn",
        "national_id": "personnummer",
        "organisation_number": "organisationsnummer",
        "case": "ärendenummer",
        "address": "adress",
        "postal_place": "postort",
        "plate": "registreringsnummer",
        "date": "datum",
    },
    "en": {
        "per": "person",
        "loc": "place",
        "org": "organisation",
        "id": "detail",
        "phone": "phone",
        "email": "e-mail",
        "web": "web address",
        "handle": "user name",
        "national_id": "national id",
        "account": "account number",
        "organisation_number": "organisation number",
        "case": "case number",
        "address": "address",
        "postal_place": "postal place",
        "plate": "licence plate",
        "date": "date",
    },
}
_TAG = re.compile(r"\[([^\[\]\d]+?)(?: \d+)?\]")


def words(language: str) -> dict[str, str]:
    """The words of a language's tags by what they stand for; bokmål's where the language has none."""
    return TAGS.get(language, _NORWEGIAN)


def tag(what: str, language: str, number: int) -> str:
    """A tag such as [TELEFON 2]; `what` is a key of `TAGS`, and what no key is becomes that of any detail."""
    known = words(language)
    return f"[{known.get(what, known['id']).upper()} {number}]"


def stands_for(tagged: str) -> str | None:
    """What a tag in any of the languages stands for, such as `phone`; None for what is no tag."""
    found = _TAG.fullmatch(tagged)
    return _meanings().get(found[1].casefold()) if found else None


@cache
def _meanings() -> dict[str, str]:
    """What each word means, in whichever language."""
    return {word: what for known in TAGS.values() for what, word in known.items()}
