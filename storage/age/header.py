"""The header: one stanza for each recipient, and a MAC under the file key over all of them.

Parsing accepts exactly the ABNF and nothing near it. Source: c2sp.org/age, sections "Header" and "ABNF definition".
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from storage.age.errors import BadHeader, BadMac, NoMatch
from storage.age.primitives import base64_decode, base64_encode, derive
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION_LINE = b"age-encryption.org/v1\n"
LARGEST = 1 << 20  # several hundred recipients; what is larger is not a header
COLUMNS = 64
SCRYPT = "scrypt"
_ARGUMENT_LINE = re.compile(r"->( [\x21-\x7e]+)+")
_LAST_LINE = re.compile(r"--- [A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapped copy of the file key; `arguments[0]` says which kind it is."""

    arguments: tuple[str, ...]
    body: bytes


class Recipient(Protocol):
    """Whoever a file can be sealed to. Recipients of one file must agree on their label."""

    @property
    def label(self) -> str | None:
        """What the recipient promises of a file as a whole, such as being post-quantum."""

    def wrap(self, file_key: bytes) -> list[Stanza]:
        """Stanzas from which the holder of the identity gets `file_key`."""


class Identity(Protocol):
    """Whoever can open a file."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None if no stanza is ours. Raises BadHeader if one that claims our kind is malformed."""


def make_header(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """The header that opens to `file_key` (16 fresh random bytes) for each recipient.

    Raises BadInput for no recipient and for a mixture the format forbids: a passphrase beside anything else, or
    post-quantum beside classical recipients, which would leave the file as weak as the weakest of them.
    """
    labels = {recipient.label for recipient in recipients}
    if len(labels) != 1 or (labels == {SCRYPT} and len(recipients) > 1):
        raise BadInput("These recipients cannot share a file: use one passphrase, or keys that are all of one kind.")
    stanzas = [stanza for recipient in recipients for stanza in recipient.wrap(file_key)]
    signed = VERSION_LINE + "".join(map(_write, stanzas)).encode() + b"---"
    return signed + b" " + base64_encode(_mac(file_key, signed)).encode() + b"\n"


def open_header(header: bytes, identities: Sequence[Identity]) -> bytes:
    """The file key. Raises BadHeader, NoMatch, BadMac."""
    parsed = _parse(header)
    file_key = _unwrap(parsed.stanzas, identities)
    if not hmac.compare_digest(_mac(file_key, parsed.signed), parsed.mac):
        raise BadMac
    return file_key


def rewrap(header: bytes, identities: Sequence[Identity], recipients: Sequence[Recipient]) -> bytes:
    """A header for other recipients and the same payload. Raises what opening and making one raise."""
    return make_header(open_header(header, identities), recipients)


def read_header(file: BinaryIO) -> bytes:
    """Take the header off the start of an age file, leaving `file` at its payload. Raises BadHeader."""
    header = bytearray(file.readline(len(VERSION_LINE)))
    if header != VERSION_LINE:
        raise BadHeader(what="it does not start as an age file does")
    line = b""
    while not line.startswith(b"---"):  # no line of a stanza can start so
        line = file.readline(LARGEST - len(header))
        header += line
        if not line.endswith(b"\n"):
            raise BadHeader(what="it has no end")
    return bytes(header)


@dataclass(frozen=True, slots=True)
class _Header:
    stanzas: list[Stanza]
    mac: bytes
    signed: bytes


def _mac(file_key: bytes, signed: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), signed, "sha256")


def _write(stanza: Stanza) -> str:
    text = base64_encode(stanza.body)
    # Up to and including len(text), so that a body of full lines ends with an empty one.
    lines = [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
    return "".join(f"{line}\n" for line in [f"-> {' '.join(stanza.arguments)}", *lines])


def _unwrap(stanzas: Sequence[Stanza], identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        file_key = identity.unwrap(stanzas)
        if file_key is not None:
            return file_key
    raise NoMatch


def _parse(header: bytes) -> _Header:
    try:
        lines = iter(header.removeprefix(VERSION_LINE).decode("ascii").split("\n"))
        stanzas, last = _parse_stanzas(lines)
        mac = base64_decode(last.removeprefix("--- "))
    except ValueError:
        raise BadHeader(what="it has letters that do not belong there") from None
    if not header.startswith(VERSION_LINE) or list(lines) != [""]:
        raise BadHeader(what="it does not start and end as the header of an age file does")
    if len(stanzas) > 1 and any(stanza.arguments[0] == SCRYPT for stanza in stanzas):
        raise BadHeader(what="a passphrase is not its only recipient")
    return _Header(stanzas, mac, header[: -len(last) - 1] + b"---")


def _parse_stanzas(lines: Iterator[str]) -> tuple[list[Stanza], str]:
    """The stanzas, and the line after them."""
    stanzas: list[Stanza] = []
    for line in lines:
        if stanzas and _LAST_LINE.fullmatch(line):
            return stanzas, line
        if not _ARGUMENT_LINE.fullmatch(line):
            break
        stanzas.append(Stanza(tuple(line.split(" ")[1:]), _parse_body(lines)))
    raise BadHeader(what="a recipient's entry or the end is malformed")


def _parse_body(lines: Iterator[str]) -> bytes:
    body = b""
    for line in lines:
        if len(line) > COLUMNS:
            break
        body += base64_decode(line)
        if len(line) < COLUMNS:
            return body
    raise BadHeader(what="a recipient's entry has a line too long or no end")
