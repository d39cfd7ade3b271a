"""Where a vault's roots are kept, and how one is had: under a passphrase, as a systemd credential, at a key server.

    passphrase   root.age: an age identity file under scrypt, which the stock `age` command opens
    credential   nothing in the folder: the credential tillit-root (or tillit-link-root) holds the identity file
    transit      root.transit: each identity's secret, sealed by a key server's key (storage/keepers/transit.py)

`name` is "root" for the research data and "link-root" for the link key, which has a root of its own. Sources:
c2sp.org/age, systemd.exec(5) "Credentials", OpenBao's transit engine.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from storage import age, files
from storage.errors import BadInput, Damaged, Locked
from storage.keepers.root import Root
from storage.keepers.transit import Transit

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILES", "WORK_FACTOR", "Keeper", "Root", "Secrets", "read", "write"]

WORK_FACTOR = 18  # scrypt N = 2^18, about a second: the cost of each guess at the passphrase
FILES = {"passphrase": "root.age", "transit": "root.transit"}  # a credential has no file in the vault
TOKEN = "tillit-transit-token"  # noqa: S105  # the name of a credential, not one


@dataclass(frozen=True)
class Keeper:
    """Who keeps a root. `address` and `key` are a key server's; `vault` is the vault's id, which it binds in."""

    kind: Literal["passphrase", "credential", "transit"] = "passphrase"
    address: str = ""
    key: str = ""
    vault: str = ""


class Secrets(Protocol):
    """Where a person or a service manager hands over what is secret."""

    def passphrase(self) -> bytes:
        """Asked for where needed, and not before. Raises Locked where there is nobody to ask."""

    def credential(self, name: str) -> bytes | None:
        """What the service manager gave under this name, or None."""


def read(folder: Path, keeper: Keeper, secrets: Secrets, name: str) -> Root:
    """The root kept for `folder`.

    Raises Locked for a wrong passphrase, an absent credential, and a key server that is sealed, out of reach or
    refuses the token; Damaged for what is missing or spoilt; BadInput for a server one must not use; StorageFailed.
    """
    if keeper.kind == "credential":
        return _from_credential(secrets, name)
    with files.usable():
        sealed = files.read(folder / FILES[keeper.kind])
    if keeper.kind == "passphrase":
        return _under_passphrase(sealed, secrets.passphrase())
    return _at_server(_transit(keeper, secrets, name), sealed)


def write(  # noqa: PLR0913  # what `read` takes, and the root; whoever reads one sees the other
    folder: Path, keeper: Keeper, root: Root, secrets: Secrets, name: str, *, work_factor: int = WORK_FACTOR
) -> None:
    """Keep `root` for `folder` from now on: the keeper's file is replaced whole or not at all.

    Another keeper's file is left where it is. A credential can only be made by the service manager: unless it holds
    this root already, BadInput says how. Raises Locked, BadInput, StorageFailed.
    """
    if keeper.kind == "credential":
        _check_credential(root, secrets, name)
        return
    if keeper.kind == "passphrase":
        sealed = age.encrypt(root.to_text().encode(), [age.ScryptRecipient(secrets.passphrase(), work_factor)])
    else:
        sealed = _transit(keeper, secrets, name).seal([identity.secret for identity in root.identities])
    with files.usable():
        files.write(folder / FILES[keeper.kind], sealed)


def _under_passphrase(sealed: bytes, passphrase: bytes) -> Root:
    try:
        return _root(age.decrypt(sealed, [age.ScryptIdentity(passphrase)]))
    except age.NoMatch:
        raise Locked("The passphrase is wrong, and the vault stays closed. Try again.") from None


def _from_credential(secrets: Secrets, name: str) -> Root:
    text = secrets.credential(f"tillit-{name}")
    if text is None:
        raise Locked(
            "The vault's root is kept as the systemd credential '{credential}', which was not given. Start Tillit "
            "as the service that loads it.",
            credential=f"tillit-{name}",
        )
    return _root(text)


def _at_server(transit: Transit, sealed: bytes) -> Root:
    try:
        return Root(tuple(age.HybridIdentity(secret) for secret in transit.open(sealed)))
    except ValueError:
        raise Damaged("What the key server opened is not the root of a vault. Restore it from a backup.") from None


def _transit(keeper: Keeper, secrets: Secrets, name: str) -> Transit:
    token = (secrets.credential(TOKEN) or b"").decode("ascii", "replace").strip()
    if not token:
        raise Locked(
            "The vault's root is under a key server's key, and no token for it was given. Give one as the systemd "
            "credential '{credential}'.",
            credential=TOKEN,
        )
    return Transit(keeper.address, keeper.key, token, f"{keeper.vault}/{name}")


def _check_credential(root: Root, secrets: Secrets, name: str) -> None:
    held = secrets.credential(f"tillit-{name}")
    if held is None or not _is(root, held):
        raise BadInput(
            "The systemd credential '{credential}' does not hold this root yet. Make it with `age -d root.age | "
            "systemd-creds encrypt --name={credential} - {credential}.cred`, load it with LoadCredentialEncrypted= "
            "and try again.",
            credential=f"tillit-{name}",
        )


def _is(root: Root, text: bytes) -> bool:
    try:
        return hmac.compare_digest(_root(text).to_text(), root.to_text())
    except Damaged:
        return False


def _root(text: bytes) -> Root:
    return Root.from_text(text.decode("utf-8", "replace"))
