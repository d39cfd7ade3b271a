"""The key tree: root → study → participant, each an age identity sealed to its parent.

A participant's identity seals all that is theirs; destroying it is how the house forgets. Making a key needs only
the parent's public recipient; opening one needs a Permit.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage import age
from storage.errors import Damaged, NotFound
from storage.records import Key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.database import Database
    from storage.permit import Permit

NONCE = 12
COLUMN_INFO = b"tillit/v1 sealed column"


class Keys:
    """Opens and makes the identities of one vault."""

    def __init__(self, database: Database, root: age.HybridIdentity) -> None:
        self._database = database
        self._root = root

    def new(self, session: Session, owner: str, parent: str | None) -> None:
        """Make `owner`'s identity under `parent`'s recipient, or under the root's for a study."""
        above = self._recipient(session, parent) if parent else self._root.recipient()
        identity = age.HybridIdentity.generate()
        session.add(
            Key(
                owner_id=owner,
                parent_id=parent,
                recipient=str(identity.recipient()),
                sealed_identity=age.encrypt(str(identity).encode(), [above]),
            ),
        )

    def recipient(self, owner: str) -> age.HybridRecipient:
        """The public recipient of a study or participant; sealing to it needs no permit."""
        with self._database.reader.connect() as connection:
            return self._recipient(connection, owner)

    def participant(self, permit: Permit, participant: str) -> age.HybridIdentity:
        """A participant's identity, for a permit that covers them. Raises Denied, NotFound, Damaged."""
        permit.for_participant(participant)
        with self._database.reader.connect() as connection:
            row = _row(connection, participant)
            study = self._open(_row(connection, str(row.parent_id)), self._root)
            return self._open(row, study)

    @staticmethod
    def _recipient(session: Session | sa.Connection, owner: str) -> age.HybridRecipient:
        return age.HybridRecipient.from_string(_row(session, owner).recipient)

    @staticmethod
    def _open(row: sa.Row[str | None, str, bytes], parent: age.HybridIdentity) -> age.HybridIdentity:
        return age.HybridIdentity.from_string(age.decrypt(row.sealed_identity, [parent]).decode())


def _row(session: Session | sa.Connection, owner: str) -> sa.Row[str | None, str, bytes]:
    found = session.execute(
        sa.select(Key.parent_id, Key.recipient, Key.sealed_identity).where(Key.owner_id == owner),
    ).first()
    if found is None:
        raise NotFound("That key is not in the vault; it may have been destroyed by a withdrawal.")
    return found


def column_key(identity: age.HybridIdentity) -> bytes:
    """The 32-byte AES-256-GCM key for one participant's sealed columns (HKDF-SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, COLUMN_INFO).derive(identity.secret)


def seal_column(key: bytes, place: str, text: str) -> bytes:
    """Nonce and ciphertext of `text`, bound to `place` ("table/column/row/version")."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def open_column(key: bytes, place: str, sealed: bytes) -> str:
    """The text sealed for `place`; raises Damaged if it was edited or moved from another place."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
    except InvalidTag:
        raise Damaged("A sealed field does not belong to its row. Run `tillit audit verify` and restore it.") from None
