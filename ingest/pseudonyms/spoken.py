"""Forms of things said aloud: digits as words, an e-mail address read out, a birthday."""

from __future__ import annotations

import re

_WORDS = (
    "null|nul|noll|en|ein|ett|et|to|två|tre|fire|fyra|fem|seks|sex|sju|syv|åtte|otte|åtta|ni|nio|ti|tio|elleve|elva|"
    "tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten|tjue|tjuefem|tretti|førti|femti|seksti|sytti|åtti|nitti|"
    "zero|oh|one|two|three|four|five|six|seven|eight|nine|double"
)
_MONTHS = (
    "januar|februar|mars|marts|april|mai|maj|juni|juli|august|augusti|september|oktober|november|desember|december|"
    "januari|februari|january|february|march|may|june|july|october"
)
_BORN = r"\b(?:født|fødd|fødde|född|fødselsdag|fødselsdato|bursdag|born|birthday|birth)\b"
_NTH = r"(?:\.|st|nd|rd|th)?"
_DAY = rf"(?:\d{{1,2}}{_NTH} ?(?:of )?(?:{_MONTHS})|(?:{_MONTHS}) \d{{1,2}}{_NTH})(?:,? (?:19|20)\d\d)?"

# Six number words on end: fewer are an amount or a year.
DIGITS = re.compile(rf"\b(?:(?:{_WORDS})[ ,]+){{5,30}}(?:{_WORDS})\b", re.IGNORECASE)

EMAIL = re.compile(
    r"\b[\w.\-]{1,64} (?:krøllalfa|alfakrøll|snabel-?a|at) [\w\-]{1,64} "
    r"(?:punktum|punkt|dot|prikk) (?:no|com|org|net|dk|se|uk)\b",
    re.IGNORECASE,
)

# A day of the year tells who somebody is once it is said to be a birthday.
DATE = re.compile(rf"{_BORN}[^\n.!?]{{0,40}}?\b(?P<it>{_DAY})", re.IGNORECASE)
