"""What is done with a root itself: another keeper or passphrase, a new one, shares of it, and one made from shares.

Every step leaves files that open with what is at hand, so a kill anywhere loses nothing and doing it again ends it.
A rotation first makes a root of two identities, hands over what lies below, and then forgets the older one.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage import age, escrow, files, roots, settings
from storage.errors import BadInput, NotReady
from storage.roots import WORK_FACTOR, Keeper, Root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storage.permit import Permit
    from storage.roots import Secrets
    from storage.settings import Settings

LOCK = "ceremony.lock"
SEALED = {"root": ("records.key.age", "ledger.key.age"), "link-root": ("names.key.age",)}  # files below each root


@dataclass(frozen=True)
class Seat:
    """One of a vault's two roots, "root" or "link-root", where it is kept and how its secrets are had."""

    folder: Path
    about: Settings
    secrets: Secrets
    name: str
    work_factor: int = WORK_FACTOR

    @property
    def place(self) -> Path:
        """The folder its files are in."""
        return self.folder if self.name == "root" else self.folder / "link"

    @property
    def keeper(self) -> Keeper:
        """Who keeps it."""
        return self.about.root if self.name == "root" else self.about.link_root

    def anew(self) -> Seat:
        """The same seat, with vault.toml as it is now."""
        return replace(self, about=settings.read(self.folder))

    def read(self, permit: Permit) -> Root:
        """The root itself. Raises Denied, Locked, Damaged."""
        permit.for_ceremony()
        return roots.read(self.place, self.keeper, self.secrets, self.name)

    def write(self, root: Root) -> None:
        """Keep `root` from now on. Raises BadInput, Locked, StorageFailed."""
        roots.write(self.place, self.keeper, root, self.secrets, self.name, work_factor=self.work_factor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One ceremony a vault at a time, or one would write back what another has just replaced. Raises NotReady."""
    with files.usable():
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise NotReady("Somebody is changing a root of this vault right now. Wait until they are done.") from None
    finally:
        with suppress(OSError):  # nothing was written through it
            os.close(descriptor)


def begin_rotation(permit: Permit, seat: Seat) -> Root:
    """A root of two identities, the new one first, kept; and all files below it sealed to the new one."""
    held = seat.read(permit)
    if len(held.identities) == 1:
        held = Root((age.HybridIdentity.generate(), *held.identities))
        seat.write(held)
    with files.usable():
        for name in SEALED[seat.name]:
            path = seat.place / name
            files.write(path, age.encrypt(age.decrypt(files.read(path), [held]), [held.recipient()]))
    return held


def end_rotation(seat: Seat, held: Root) -> None:
    """Keep the new identity alone, when nothing is sealed to the older one any more."""
    seat.write(Root(held.identities[:1]))


def protect(permit: Permit, seat: Seat, keeper: Keeper, secrets: Secrets) -> None:
    """Hand a root to another keeper, or to the same under another passphrase."""
    held = seat.read(permit)
    key = "root" if seat.name == "root" else "link_root"
    about = replace(seat.about, **{key: replace(keeper, vault=seat.about.id)})  # type: ignore[arg-type]  # a keeper's
    Seat(seat.folder, about, secrets, seat.name, seat.work_factor).write(held)
    with files.usable():
        files.write(seat.folder / settings.ABOUT, about.to_text().encode())
        for kind, name in roots.FILES.items():
            if kind != keeper.kind:
                files.remove(seat.place / name)


def shares(permit: Permit, seat: Seat, need: int, of: int) -> tuple[list[str], age.HybridIdentity]:
    """`of` shares of a root, any `need` of which make it whole again, and the identity they are of."""
    held = seat.read(permit)
    if len(held.identities) > 1:
        raise NotReady("This root is being rotated. Finish that with `tillit key rotate`, then divide it.")
    return escrow.split(held.identities[0], need, of), held.identities[0]


def recover(seat: Seat, mnemonics: Sequence[str]) -> None:
    """Make a root from shares and keep it under a passphrase from now on. Raises BadInput, StorageFailed.

    This needs no permit: whoever holds enough shares holds the root. The caller writes it into the ledger.
    """
    root = Root((escrow.join(mnemonics),))
    with files.usable():
        for name in SEALED[seat.name]:
            try:
                age.decrypt(files.read(seat.place / name), [root])
            except age.NoMatch:
                raise BadInput(
                    "These shares are whole, but not of this vault's present root: they are of another vault, of "
                    "its other root, or from before the root was rotated."
                ) from None
        key = "root" if seat.name == "root" else "link_root"
        about = replace(seat.about, **{key: Keeper(vault=seat.about.id)})  # type: ignore[arg-type]  # a keeper's
        Seat(seat.folder, about, seat.secrets, seat.name, seat.work_factor).write(root)
        files.write(seat.folder / settings.ABOUT, about.to_text().encode())
        for kind, name in roots.FILES.items():
            if kind != "passphrase":
                files.remove(seat.place / name)
