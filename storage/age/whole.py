"""Whole age files in memory, for what is small: keys, names, receipts."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from storage.age.armour import is_armoured, unarmour
from storage.age.header import make_header, open_header, read_header
from storage.age.payload import open_payload, seal_payload
from storage.age.primitives import FILE_KEY_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.age.header import Identity, Recipient


def encrypt(data: bytes, recipients: Sequence[Recipient]) -> bytes:
    """An age file of `data` for each recipient. Raises BadInput for recipients that cannot share a file."""
    file_key = os.urandom(FILE_KEY_SIZE)
    sealed = io.BytesIO()
    sealed.write(make_header(file_key, recipients))
    seal_payload(io.BytesIO(data), sealed, file_key)
    return sealed.getvalue()


def decrypt(data: bytes, identities: Sequence[Identity]) -> bytes:
    """The content of an age file, binary or armoured: all of it, authenticated to the end, or an AgeError."""
    file = io.BytesIO(unarmour(data) if is_armoured(data) else data)
    file_key = open_header(read_header(file), identities)
    return open_payload(file, file_key).readall()
