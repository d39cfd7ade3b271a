"""Words spelt out: `k a r i`, `K-A-R-I`, and `K som i Karin, A som i Anna`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.patterns.forms import LIKELY, POSSIBLE, found
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.finds import Find

_LETTER: Final = r"[^\W\d_]"
_SPELT: Final = re.compile(rf"(?<![\w.\-])(?:{_LETTER}(?: |, |-|\. )){{2,20}}{_LETTER}(?![\w\-])(?!\. ?[A-ZÆØÅÄÖ]\w)")
_LIKE: Final = r"(?:som i|som|as in|for|like)"
_EXPLAINED: Final = re.compile(
    rf"(?<!\w){_LETTER} {_LIKE} \w{{2,20}}(?:[ ,.]{{1,3}}(?:og |och |and |så )?{_LETTER} {_LIKE} \w{{2,20}}){{1,20}}",
    re.IGNORECASE,
)
# Letters that are words by themselves in the dialects: eg er i, å, the exclamations. `æ e i` is a sentence.
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyzæøå"
_WORDS: Final = frozenset("aeiouyæøåäö")
# What is known by its letters and tells of nobody.
_KNOWN: Final = vocabulary(
    "abc abcd abcde adhd add aids bup cd cv db dna dnb dps dvd eks eu fbi fhi fn ghb gps hiv hms hr hv id iq kfo knm "
    "lar lsd mc mdma nato nav nrk nsb obs ocd oslo pc pdf pga ptsd rus sas sms sos std svt tdc tsb tv uk usa vg vm "
    "wc www xyz tom osv dvs mfl bla ffa obs pmm tdl ibm mri bmw atm asap"
)


def spelt(text: str) -> Iterator[Find]:
    """Three letters on end or more, not all of them little words, and letters explained by words that begin so."""
    for match in _SPELT.finditer(text):
        letters = "".join(filter(str.isalpha, match.group().casefold()))
        if letters not in _KNOWN and _is_name(letters):
            yield found(*match.span(), "letters", LIKELY if len(letters) > 3 else POSSIBLE)
    for match in _EXPLAINED.finditer(text):
        yield found(*match.span(), "letters", LIKELY)


def _is_name(letters: str) -> bool:
    """Whether letters could be a word spelt out: some are no words by themselves, and they are not all the same."""
    return len(set(letters)) > 1 and not _WORDS.issuperset(letters) and letters not in _ALPHABET
