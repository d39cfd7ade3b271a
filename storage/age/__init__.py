"""The age v1 file format (https://c2sp.org/age) over `cryptography`, to the letter of its published vectors.

A sealed file is a header, which wraps a 16-byte file key for each recipient, and a payload sealed under that key in
64 KiB chunks. The two are made and opened apart, so that handing a file to another key rewrites the header alone;
put one after the other they are a file that the stock `age` command opens.

    errors      what can be wrong with a sealed file
    primitives  the two encodings and the key derivation the format is made of
    header      stanzas and their MAC: make, open, rewrap
    x25519, hybrid, passphrase   the three ways to wrap a file key
    names       strings that may be any of them
    chunks      what a payload is made of
    payload     sealing, and reading back at any position
    stream      reading forwards, from a pipe
    armour      the ASCII form, for reading
    whole       small files in memory
"""

from __future__ import annotations

from storage.age.errors import AgeError, BadArmour, BadHeader, BadMac, BadPayload, NoMatch
from storage.age.header import Identity, Recipient, Stanza, make_header, open_header, read_header, rewrap
from storage.age.hybrid import HybridIdentity, HybridRecipient
from storage.age.names import parse_identity, parse_recipient
from storage.age.passphrase import ScryptIdentity, ScryptRecipient
from storage.age.payload import SealedReader, open_payload, seal_payload
from storage.age.stream import open_stream
from storage.age.whole import decrypt, encrypt
from storage.age.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "AgeError",
    "BadArmour",
    "BadHeader",
    "BadMac",
    "BadPayload",
    "HybridIdentity",
    "HybridRecipient",
    "Identity",
    "NoMatch",
    "Recipient",
    "ScryptIdentity",
    "ScryptRecipient",
    "SealedReader",
    "Stanza",
    "X25519Identity",
    "X25519Recipient",
    "decrypt",
    "encrypt",
    "make_header",
    "open_header",
    "open_payload",
    "open_stream",
    "parse_identity",
    "parse_recipient",
    "read_header",
    "rewrap",
    "seal_payload",
]
