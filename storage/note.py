"""Signed notes and checkpoints: how the ledger says in public what it holds, in a few lines of text.

A checkpoint is the log's name, its size and its root, signed with Ed25519; others may add their signatures below.
Anybody who kept one can later tell whether the log is still the same. Sources: c2sp.org/signed-note,
c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from storage.errors import BadInput, Damaged
from storage.merkle import HASH_SIZE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
KEY_ID_SIZE = 4
MOST_SIGNATURES = 64  # the log's own and its witnesses'
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")  # no log is longer than 10^18, and no number read here larger


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log of `size` entries adds up to; `origin` is the log's name, `root` 32 bytes."""

    origin: str
    size: int
    root: bytes


class Signer:
    """A log's name and key. The name holds no blank and no plus."""

    def __init__(self, origin: str, key: Ed25519PrivateKey) -> None:
        self.origin = origin
        self._key = key
        public = key.public_key().public_bytes_raw()
        self._key_id = _key_id(origin, public)
        self.vkey = f"{origin}+{self._key_id.hex()}+{_base64(ED25519 + public)}"
        if not _VKEY.fullmatch(self.vkey):
            raise BadInput("The ledger's name cannot hold a blank or a plus.")

    def checkpoint(self, size: int, root: bytes) -> str:
        """A signed note that the log has `size` entries under `root`."""
        return self.sign(f"{self.origin}\n{size}\n{_base64(root)}\n")

    def sign(self, text: str) -> str:
        """A signed note of `text`, which ends with a newline."""
        signature = _base64(self._key_id + self._key.sign(text.encode()))
        return f"{text}\n— {self.origin} {signature}\n"

    def signature(self, data: bytes) -> bytes:
        """64 bytes over `data`, which does not end with a newline and so is the text of no note."""
        return self._key.sign(data)

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` made this one over `data`."""
        try:
            self._key.public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True


def verify(vkey: str, note: str) -> Checkpoint:
    """The checkpoint in a note signed by `vkey`'s log. Raises Damaged, BadInput for what is not a verifier key."""
    lines = open_note(vkey, note).split("\n")
    try:
        origin, size, root_text, end = lines
        root = _unbase64(root_text)
    except ValueError:
        raise Damaged("A checkpoint of the ledger is not three lines of text and a signature.") from None
    if origin != vkey.partition("+")[0] or not _SIZE.fullmatch(size) or len(root) != HASH_SIZE or end:
        raise Damaged("A checkpoint of the ledger does not name this ledger, its size and its root.")
    return Checkpoint(origin, int(size), root)


def open_note(vkey: str, note: str) -> str:
    """The text of a note that `vkey` signed. Raises Damaged, BadInput for what is not a verifier key.

    Signatures by others are left to those who know them; one by `vkey` that does not hold condemns the note.
    """
    name, key_id, key = _parse_vkey(vkey)
    text, signatures = _parse(note)
    ours = [signature for signer, signer_id, signature in signatures if (signer, signer_id) == (name, key_id)]
    if not ours:
        raise Damaged("A checkpoint is not signed by the ledger's key.")
    try:
        for signature in ours:
            key.verify(signature, text.encode())
    except InvalidSignature:
        raise Damaged("The signature under a checkpoint does not hold: its text was edited.") from None
    return text


def _parse(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text, and each signature with its signer's name and key id."""
    text, separator, below = note.rpartition("\n\n")
    *lines, end = below.split("\n")
    found = [_SIGNATURE_LINE.fullmatch(line) for line in lines[: MOST_SIGNATURES + 1]]
    broken = any(ord(letter) < ord(" ") for letter in note.replace("\n", "")) or not _is_unicode(note)
    if broken or not text or not separator or end or not 0 < len(lines) <= MOST_SIGNATURES or None in found:
        raise Damaged("A checkpoint is not a signed note: a text, an empty line, signatures.")
    try:
        decoded = [(match[1], _unbase64(match[2])) for match in found if match]
    except ValueError:
        raise Damaged("A signature under a checkpoint is malformed.") from None
    return text + "\n", [(name, data[:KEY_ID_SIZE], data[KEY_ID_SIZE:]) for name, data in decoded]


def _parse_vkey(vkey: str) -> tuple[str, bytes, Ed25519PublicKey]:
    match = _VKEY.fullmatch(vkey)
    try:
        encoded = _unbase64(match[3]) if match else b""
        key = Ed25519PublicKey.from_public_bytes(encoded.removeprefix(ED25519))
    except ValueError:
        match = None
    if not match or encoded[:1] != ED25519 or _key_id(match[1], encoded[1:]).hex() != match[2]:
        raise BadInput("This is not a verifier key. It is one line: name, plus, eight digits, plus, base64.")
    return match[1], bytes.fromhex(match[2]), key


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_SIZE]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """The bytes, if `text` is the one way to spell them; raises ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if _base64(data) != text:
        raise ValueError("not canonical base64")
    return data
