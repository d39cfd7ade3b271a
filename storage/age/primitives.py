"""What the format is made of: strict base64, Bech32 without a length limit, HKDF-SHA-256, one wrapped key.

Decoders refuse every spelling but one: a header that could be rewritten without anybody noticing would not do as
evidence. Sources: c2sp.org/age, RFC 4648 §3.5, RFC 5869, BIP 173.
"""

from __future__ import annotations

import base64
import binascii
from functools import reduce
from operator import xor

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE_KEY_SIZE = 16
TAG_SIZE = 16
WRAPPED_SIZE = FILE_KEY_SIZE + TAG_SIZE
_ZERO_NONCE = bytes(12)  # a wrap key is used once

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SIZE = 6
_TOPS = [reduce(xor, (g for place, g in enumerate(_GENERATOR) if top >> place & 1), 0) for top in range(32)]
# A recipient is two thousand letters, read or written at every door: Python's own base32 does the regrouping.
_FROM_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bytes(range(32)))
_TO_BECH32 = bytes.maketrans(bytes(range(32)), _BECH32.encode())
_TO_DIGITS = bytes.maketrans(bytes(range(32)), b"0123456789abcdefghijklmnopqrstuv")


def derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    """32 bytes of HKDF-SHA-256."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def wrap(wrap_key: bytes, file_key: bytes) -> bytes:
    """A stanza's 32-byte body: the file key under a wrap key that is never used again."""
    return ChaCha20Poly1305(wrap_key).encrypt(_ZERO_NONCE, file_key, None)


def unwrap(wrap_key: bytes, body: bytes) -> bytes | None:
    """The file key, or None if the stanza was made for somebody else."""
    try:
        return ChaCha20Poly1305(wrap_key).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None


def base64_encode(data: bytes) -> str:
    """Standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=").decode()


def base64_decode(text: str) -> bytes:
    """What `base64_encode` wrote; raises ValueError for any other spelling of the same bytes."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64_encode(data) != text:
        raise ValueError("not canonical base64")
    return data


def bech32_encode(prefix: str, data: bytes) -> str:
    """Bech32 in lower case."""
    values = base64.b32encode(data).rstrip(b"=").translate(_FROM_BASE32)
    polymod = _polymod(_expand(prefix) + values + bytes(_CHECKSUM_SIZE)) ^ 1
    checksum = bytes(polymod >> 5 * (_CHECKSUM_SIZE - 1 - place) & 31 for place in range(_CHECKSUM_SIZE))
    return f"{prefix}1{(values + checksum).translate(_TO_BECH32).decode()}"


def bech32_decode(prefix: str, text: str) -> bytes:
    """The bytes behind `prefix`, in the same case as `prefix`; raises ValueError."""
    if not text.startswith(prefix + "1") or text not in {text.lower(), text.upper()}:
        raise ValueError("another kind of string, or mixed case")
    values = bytes(map(_BECH32.index, text[len(prefix) + 1 :].lower()))
    if len(values) < _CHECKSUM_SIZE or _polymod(_expand(prefix.lower()) + values) != 1:
        raise ValueError("wrong checksum")
    return _bytes(values[:-_CHECKSUM_SIZE])


def _expand(prefix: str) -> bytes:
    codes = prefix.encode("ascii")
    return bytes([*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)])


def _polymod(values: bytes) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _TOPS[checksum >> 25]
    return checksum


def _bytes(values: bytes) -> bytes:
    """Groups of five bits as bytes; leftover bits must be few and zero."""
    size, left = divmod(len(values) * 5, 8)
    number = int(values.translate(_TO_DIGITS) or b"0", 32)  # linear, since 32 is a power of two
    if left >= 5 or number & (1 << left) - 1:  # the first: a whole group too many
        raise ValueError("leftover bits")
    return (number >> left).to_bytes(size, "big")
