"""The key tree: root → study → participant, each an age identity sealed to its parent.

A participant's identity seals all that is theirs; destroying it is how the house forgets. Making a key needs only
the parent's public recipient; opening one needs a Permit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import age
from storage.errors import NotFound
from storage.records import Key, RetiredKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database
    from storage.permit import Permit

# Made once, and of rows, not of objects: it is asked at every door.
_KEYS = cast("sa.Table", Key.__table__)
_OF_OWNER = sa.select(_KEYS).where(_KEYS.c.owner_id == sa.bindparam("owner"))
DESTROYED = "That key is not in the vault; it may have been destroyed, as a withdrawal asks for."


class Root(age.Identity, Protocol):
    """What opens the study's identities: in this process, or behind a socket (storage.warden)."""

    def recipient(self) -> age.HybridRecipient:
        """The public half."""


class Keys:
    """Opens and makes the identities of one vault."""

    def __init__(self, database: Database, root: Root) -> None:
        self._database = database
        self._root = root

    def new(self, session: Session, owner: str, parent: str | None) -> None:
        """Make `owner`'s identity under `parent`'s recipient, or under the root's for a study."""
        above = _recipient(row(session, parent)) if parent else self._root.recipient()
        identity = age.HybridIdentity.generate()
        session.add(
            Key(
                owner_id=owner,
                parent_id=parent,
                recipient=str(identity.recipient()),
                sealed_identity=sealed(identity, above),
            ),
        )

    def recipient(self, owner: str) -> age.HybridRecipient:
        """The public recipient of a study or participant; sealing to it needs no permit. Raises NotFound."""
        with Session(self._database.reader) as session:
            return age.HybridRecipient.from_string(published(session, owner))

    def participant(self, permit: Permit, participant: str) -> age.HybridIdentity:
        """A participant's identity, for a permit that covers them. Raises Denied, NotFound, Damaged."""
        permit.for_participant(participant)
        with Session(self._database.reader) as session:
            held = _read(session, participant)
            study = self._open(_read(session, held.parent_id).sealed_identity)
        return opened(held.sealed_identity, study)

    def study(self, permit: Permit) -> age.HybridIdentity:
        """The identity of the permit's study, if the permit is for it. Raises Denied, NotFound, Damaged."""
        with Session(self._database.reader) as session:
            return self._open(_read(session, permit.for_study_key()).sealed_identity)

    def sealed_for_study(self, permit: Permit) -> list[age.HybridIdentity]:
        """What opens recordings that were sealed on a device: the study's identity, and those before its rotations."""
        study = self.study(permit)
        older = sa.select(RetiredKey.sealed_identity).where(RetiredKey.owner_id == permit.study)
        with Session(self._database.reader) as session:
            return [study, *(self._open(sealed_identity) for sealed_identity in session.scalars(older))]

    def root(self) -> Root:
        """The root as this vault was opened with it, to see whether it still is the root."""
        return self._root

    def root_recipient(self) -> age.HybridRecipient:
        """The root's public recipient."""
        return self._root.recipient()

    def _open(self, sealed_identity: bytes) -> age.HybridIdentity:
        return opened(sealed_identity, self._root)


def row(session: Session, owner: str) -> Key:
    """The key of a study or participant. Raises NotFound."""
    found = session.scalars(sa.select(Key).where(Key.owner_id == owner)).first()
    if found is None:
        raise NotFound(DESTROYED)
    return found


def published(session: Session, owner: str) -> str:
    """The recipient of a study or participant as it stands now. Raises NotFound."""
    return str(_read(session, owner).recipient)


def _read(session: Session, owner: str) -> sa.Row[Any]:
    found = session.execute(_OF_OWNER, {"owner": owner}).first()
    if found is None:
        raise NotFound(DESTROYED)
    return found


def below(session: Session, study: str) -> Sequence[Key]:
    """The keys of a study's participants."""
    return session.scalars(sa.select(Key).where(Key.parent_id == study)).all()


def sealed(identity: age.HybridIdentity, above: age.HybridRecipient) -> bytes:
    """An identity as it is kept: an age file to whoever is above it."""
    return age.encrypt(str(identity).encode(), [above])


def opened(sealed_identity: bytes, parent: age.Identity) -> age.HybridIdentity:
    """The identity in `sealed_identity`. Raises Damaged."""
    return age.HybridIdentity.from_string(age.decrypt(sealed_identity, [parent]).decode())


def _recipient(key: Key) -> age.HybridRecipient:
    return age.HybridRecipient.from_string(key.recipient)
