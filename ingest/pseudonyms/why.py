"""Why a find is one, and why a stretch is flagged, in plain English for the person who decides."""

from __future__ import annotations

from typing import Final

from ingest.pseudonyms.patterns import PREFIX

_SAYS: Final = {
    "person": "somebody added it by hand",
    "roster": "it is in the roster",
    "study": "it is a name this study knows",
    "tagger": "the tagger takes it for a name where it stands",
    "linear": "the tagger takes it for a name where it stands",
    "gazetteer": "it is in the lists of names",
    "propagated": "the same word is a name elsewhere in this interview",
}
"""What each recogniser has to say, the weightiest first."""

_FORMS: Final = {
    "account": "an account number",
    "address": "a street address",
    "case": "a case or customer number",
    "date": "a date of birth",
    "email": "an e-mail address",
    "handle": "a name on a social medium",
    "letters": "a word that is spelt out",
    "national_id": "a national identity number",
    "organisation_number": "an organisation number",
    "phone": "a telephone number",
    "plate": "a licence plate",
    "postal_place": "a postcode",
    "web": "a web address",
}
_SURE, _LIKELY = 0.95, 0.7

FLAGS: Final = {
    "rare_work": "Few people hold this office or do this work; with a place or a year it may point at one.",
    "only_one": "Said to be the only or the first of their kind.",
    "leader": "Who led something can often be looked up.",
    "rare_family": "An unusual family; neighbours and relatives may know it again.",
    "many_children": "A family of unusual size.",
    "many_marriages": "Married unusually often.",
    "exact_age": "An exact age; with a place or an occupation it narrows down who it is.",
    "birth_year": "A year of birth.",
    "exact_date": "An exact date; what happened on it may be found in a newspaper or a register.",
    "known_event": "An event that is known by name; few people were part of it.",
    "place_event": "An event beside the name of a place; whoever lives there may know who it was.",
    "rare_illness": "An unusual illness, injury or disability.",
    "membership": "A group that is small, closed or known to those around it.",
    "media": "It was in the media, where it may be found with the name.",
    "school_year": "A school and a year: there are class photographs and lists.",
}
"""What each code of a flag means."""


def why(recognisers: tuple[str, ...], score: float) -> str:
    """One sentence on a find: how sure it is, and what each of its recognisers has to say."""
    known = [_SAYS[name] for name in _SAYS if name in recognisers]
    forms = sorted({name.removeprefix(PREFIX) for name in recognisers if name.startswith(PREFIX)})
    looks = [f"it looks like {_FORMS.get(sort, 'something that identifies')}" for sort in forms]
    others = [f"{name} found it" for name in recognisers if name not in _SAYS and not name.startswith(PREFIX)]
    reasons = [*dict.fromkeys([*known, *looks, *others])] or ["somebody decided so"]
    return f"{_how_sure(score)}: {_listed(reasons)}."


def why_flagged(code: str) -> str:
    """One sentence on a flag, by its code in `FLAGS`."""
    return FLAGS[code]


def _how_sure(score: float) -> str:
    return "Surely" if score >= _SURE else "Probably" if score >= _LIKELY else "Perhaps"


def _listed(reasons: list[str]) -> str:
    *others, last = reasons
    return f"{', '.join(others)}, and {last}" if others else last
