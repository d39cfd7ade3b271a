"""Numbers in digits: of persons, companies, accounts, telephones, cars and cases.

Check digits are python-stdnum's. A number whose check digits are right is sure; one that only looks right is found
with a lower score where nothing else looks so, since speech is misheard and a wrong digit still points at somebody.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import iban, luhn
from stdnum.dk import cpr, cvr
from stdnum.no import fodselsnummer, kontonr, orgnr
from stdnum.se import orgnr as swedish_orgnr
from stdnum.se import personnummer

from ingest.pseudonyms.patterns.forms import LIKELY, POSSIBLE, SURE, Form, after, checked, digits
from ingest.pseudonyms.tokens import vocabulary

_TELLING_DIGITS: Final = 7
_COORDINATED: Final = 60  # added to the day of birth in a samordningsnummer
_NO_PLATES: Final = vocabulary("USA USD EUR NOK SEK DKK GBP NAV DPS ISO BMW FIA HIV LAR PUB RGB TAB VAT")
_HELP: Final = ("8", "9")  # how an FH-number begins, which says nothing of a birth


def _norwegian(number: str) -> bool:
    """Fødselsnummer, D-number and H-number by stdnum; FH-numbers have the same check digits and no date."""
    plain = _plain(number)
    if fodselsnummer.is_valid(plain):
        return True
    ends = (fodselsnummer.calc_check_digit1(plain), fodselsnummer.calc_check_digit2(plain))
    return plain.startswith(_HELP) and (plain[9], plain[10]) == ends


def _like_norwegian(number: str) -> float:
    """Eleven digits are possibly one even if something was misheard; in two groups only if they begin with a day."""
    if _norwegian(number):
        return SURE
    day, month = int(number[:2]) % 40, int(number[2:4]) % 40
    return POSSIBLE if number.isdecimal() or (1 <= day <= 31 and 1 <= month <= 12) else 0.0


def _swedish(number: str) -> bool:
    """Personnummer by stdnum; a samordningsnummer is one with sixty added to the day."""
    plain = _plain(number)[-10:]
    day, month = int(plain[4:6]), int(plain[2:4])
    coordinated = 1 <= day - _COORDINATED <= 31 and 1 <= month <= 12
    return bool(personnummer.is_valid(number)) or (coordinated and bool(luhn.is_valid(plain)))


def _plain(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _long(number: str) -> float:
    return LIKELY if len(_plain(number)) >= _TELLING_DIGITS else 0.0


def _no_years(number: str) -> float:
    """`2019 2020` is two years, `5512 3478` a telephone in Denmark."""
    return 0.0 if all("1900" <= half <= "2040" for half in number.split()) else LIKELY


def _no_date(number: str) -> float:
    """Eight digits that are a day of this century, the year first, are no telephone."""
    a_day = number[:2] == "20" and "01" <= number[4:6] <= "12" and "01" <= number[6:8] <= "31"
    return 0.0 if a_day else LIKELY


def _no_currency(plate: str) -> float:
    return 0.0 if plate[:3] in _NO_PLATES else LIKELY


def _digit_in(number: str) -> float:
    return LIKELY if any(map(str.isdigit, number)) else 0.0


_CASE = (
    r"sak(?:s|en)?(?:\s?(?:nummer|nr\.?))(?:et)?|sagsnummer(?:et)?|journal(?:nummer|nr\.?)(?:et)?|målnummer|"
    r"diarienummer|dnr\.?|case (?:number|no\.?)|referanse(?:nummer|nr\.?)?|ref\.?(?: ?nr\.?)|reference number|"
    r"pasient(?:nummer|nr\.?)(?:et)?|medlems(?:nummer|nr\.?)(?:et)?|kunde(?:nummer|nr\.?)(?:et)?|ansattnummer(?:et)?|"
    r"pass(?:nummer|nr\.?)(?:et)?|passport number|policenummer|forsikringsnummer(?:et)?|anmeldelsesnummer(?:et)?"
)
_ACCOUNT = (
    r"(?:bank)?konto(?:nummer|nr\.?)?(?:et|en)?|bankgiro|plusgiro|reg\.? ?nr\.?|clearingnummer|"
    r"account number|sort code"
)
_PERSON = r"cpr(?:-?(?:nummer|nr\.?)(?:et)?)?|personnummer(?:et)?|samordningsnummer|fødselsnummer(?:et)?"
_PHONE = r"(?:telefon|mobil|tlf\.?)(?:nummer|nr\.?)?(?:et|en)?|phone number|(?:rang|ring|nås) (?:meg |mig )?på"

NUMBERS: Final = (
    Form("national_id", digits(r"\d{6}[ .\-]?\d{5}", r"\d{2}[ .]?\d{2}[ .]?\d{2}[ .\-]\d{5}", r"\d{6} \d{3} \d{2}"),
         _like_norwegian),
    Form("national_id", digits(r"\d{6}[ \-]\d{4}", r"\d{10}"), checked(cpr.is_valid)),
    Form("national_id", digits(r"(?:\d{2})?\d{6}[\-+ ]?\d{4}"), checked(_swedish)),
    Form("national_id", after(_PERSON, r"(?:\d{2})?\d{6}[ +\-]?\d{4,5}(?!\d)")),
    Form("account", digits(r"\d{4}[ .]\d{2}[ .]\d{5}"), checked(kontonr.is_valid, POSSIBLE)),
    Form("account", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?!\w)"),
         checked(iban.is_valid)),
    Form("account", re.compile(r"(?<!\w)(?:NO\d{2} ?\d{4} ?\d{4} ?\d{3}|DK\d{2}(?: ?\d{4}){3} ?\d{2}|"
                               r"SE\d{2}(?: ?\d{4}){5})(?!\w)"), checked(iban.is_valid, LIKELY)),
    Form("account", after(_ACCOUNT, r"\d[\d .\-]{4,16}\d(?!\d)")),
    Form("organisation_number", digits(r"[89]\d{2} ?\d{3} ?\d{3}"), checked(orgnr.is_valid)),
    Form("organisation_number", digits(r"\d{2}[2-9]\d{3}-\d{4}"), checked(swedish_orgnr.is_valid)),
    Form("organisation_number", after(r"cvr(?:-?(?:nummer|nr\.?)(?:et)?)?", r"\d{2} ?\d{2} ?\d{2} ?\d{2}(?!\d)"),
         checked(cvr.is_valid, LIKELY)),
    Form("phone", digits(r"[2-9]\d(?: \d{2}){3}", r"[2-9]\d{2} \d{2} \d{3}")),
    Form("phone", digits(r"[2-9]\d{3} \d{4}"), _no_years),
    Form("phone", digits(r"[2-9]\d{7}"), _no_date),
    Form("phone", re.compile(r"(?<![\d+])(?:\+|00)[1-9]\d{0,2}(?:[ \-]?\(?\d{1,4}\)?){2,6}(?!\d)")),
    Form("phone", digits(r"0\d{1,4}[ \-]\d{2,4}(?:[ \-]?\d{2,4}){1,3}", r"0\d{1,3}/\d{5,8}", r"0\d{9,10}",
                         r"\d{3}-\d{3}-\d{4}",
                         r"\(\d{3}\) ?\d{3}-\d{4}")),
    # A recogniser writes a number that was said with pauses as it likes: 07-017-406-5-0.
    Form("phone", digits(r"\d{1,5}(?:[\-–]\d{1,5}){2,9}"), _long),
    Form("phone", after(_PHONE, r"\d[\d \-]{3,14}\d(?!\d)(?![.,:]\d)")),
    Form("plate", re.compile(r"\b[A-Z]{2}[ \-]?(?:\d{5}|\d{2} \d{3})\b|\b[A-Z]{3} ?\d{2}[\dA-Z]\b"), _no_currency),
    Form("plate", after(r"(?:bil)?skilt(?:et|nummeret)?|nummerskilt(?:et)?|nummerplade(?:n)?|nummerplåt(?:en)?|"
                        r"reg(?:istrerings)?\.? ?(?:nummer|nr\.?)(?:et)?|licence plate|number plate",
                        r"[a-zæøå]{2,3} ?\d{2} ?\d{1,3}[a-z]?(?!\w)")),
    Form("case", re.compile(r"(?<!\w)\d{2}-\d{6}[A-ZÆØÅ]{3}-[A-ZÆØÅ]{4}(?:/\w{1,6})?(?!\w)")),
    Form("case", re.compile(r"(?<!\w)(?:HR|LB|LA|LE|LF|LG|LH)-\d{4}-\d{1,6}(?:-\w)?(?!\w)")),
    Form("case", after(_CASE, r"[A-ZÆØÅ\d][\w/\-]{2,30}"), _digit_in),
)  # fmt: skip
"""Every form of a number, in whatever language: interviews switch."""
