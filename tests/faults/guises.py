"""What plaintext may look like when it lies about: every spelling and encoding a program would write it in."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 6  # bytes: shorter ones turn up in noise
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "latin-1")  # the last three are how Python keeps text in memory


def guises(secret: bytes) -> set[bytes]:
    """Everything a secret may look like, from LEAST bytes on: text in its spellings, any bytes in base64 and hex."""
    plain = {secret}
    with suppress(UnicodeDecodeError):
        for text in _spellings(secret.decode()):
            plain |= set(_written(text))
    armoured = {guise for one in plain for guise in (*_base64(one), one.hex().encode(), one.hex().upper().encode())}
    return {guise for guise in plain | armoured if len(guise) >= LEAST}


def _spellings(text: str) -> set[str]:
    """Upper and lower case, and both ways of writing an accented letter."""
    cases = {text, text.lower(), text.upper()}
    return {unicodedata.normalize(form, one) for one in cases for form in ("NFC", "NFD")}


def _written(text: str) -> Iterator[bytes]:
    """In the encodings of files and memory, and escaped as in JSON, Python, addresses and markup."""
    yield text.encode()
    for encoding in WIDE:
        with suppress(UnicodeEncodeError):
            yield text.encode(encoding)
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(json.dumps(text)[1:-1])[1:-1].encode()
    yield text.encode("unicode_escape")
    yield repr(text.encode())[2:-1].encode()
    yield quote(text).encode()
    yield quote_plus(text).encode()
    yield html.escape(text).encode("ascii", "xmlcharrefreplace")


def _base64(secret: bytes) -> Iterator[bytes]:
    """The characters the secret alone decides, wherever in a longer text it begins; both alphabets."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret)
        first, last = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        for alphabet in (encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))):
            yield alphabet[first:last]
