"""A root under a key of OpenBao's or Vault's transit engine, which the server uses for us and never gives away.

Each identity's 32-byte secret is sealed by itself, bound through the AEAD's associated data to its vault, its name
and its place, so that none opens as another. The server's own rewrap cannot carry associated data: after a key was
rotated there, writing the root anew is what brings it under the newest version.

The token needs `update` on transit/encrypt/KEY and transit/decrypt/KEY, and nothing else; with `create` the server
would make a key of a mistyped name. Source: OpenBao's HTTP API, "Transit secrets engine".
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from storage.errors import BadInput, Damaged, Locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE = 10  # seconds to connect, and then for each part of an answer
_KEY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_UNUSABLE = "The key server cannot be reached, or gives no usable answer. Check its address, and that it is well."
_SEALED = "The key server is sealed. Have it unsealed, then try again."
_REFUSED = "The key server refused the token. Give a valid one as the systemd credential 'tillit-transit-token'."
_NO_KEY = (
    "The key server has no key of that name. Check the name in vault.toml; if the key was destroyed, the vault opens "
    "from its shares only."
)
_DOES_NOT_OPEN = (
    "The key server does not open the vault's root: it was edited, it belongs to another vault, or the version of "
    "the key it is under was retired. Restore it from a backup, or from its shares."
)
_CANNOT_SEAL = (
    "The key server cannot seal with that key. Make one there of type aes256-gcm96, not derived, that this token may "
    "use."
)


@dataclass(frozen=True)
class Transit:
    """The key `key` of the server at `address`; `binding` is what is sealed belongs to. Raises BadInput."""

    address: str
    key: str
    token: str = field(repr=False)
    binding: str

    def __post_init__(self) -> None:
        if not _safe(self.address):
            raise BadInput("The key server's address must start with https://, or be this machine's own, and no more.")
        if not _KEY_NAME.fullmatch(self.key):
            raise BadInput("The key server's key has no name such a key can have.")

    def seal(self, secrets: Sequence[bytes]) -> bytes:
        """JSON lines, one for each secret, that are known to open again. Raises BadInput, Locked."""
        with self._engine() as engine:
            sealed = [self._seal(engine, place, secret) for place, secret in enumerate(secrets)]
            if [self._open(engine, place, text) for place, text in enumerate(sealed)] != list(secrets):
                raise Locked(_UNUSABLE)
        return b"".join(json.dumps({"ciphertext": text}).encode() + b"\n" for text in sealed)

    def open(self, lines: bytes) -> list[bytes]:
        """What `seal` sealed, in the same order. Raises Locked, Damaged."""
        sealed = _ciphertexts(lines)
        with self._engine() as engine:
            return [self._open(engine, place, text) for place, text in enumerate(sealed)]

    def _seal(self, engine: Any, place: int, secret: bytes) -> str:  # noqa: ANN401  # hvac has no types
        with _failures(BadInput(_CANNOT_SEAL)):
            answer = engine.encrypt_data(self.key, _base64(secret), associated_data=self._bound(place))
            return str(answer["data"]["ciphertext"])

    def _open(self, engine: Any, place: int, sealed: str) -> bytes:  # noqa: ANN401  # as above
        with _failures(Damaged(_DOES_NOT_OPEN)):
            answer = engine.decrypt_data(self.key, sealed, associated_data=self._bound(place))
            return base64.b64decode(answer["data"]["plaintext"], validate=True)

    def _bound(self, place: int) -> str:
        return _base64(f"tillit/v1/{self.binding}/{place}".encode())

    @contextmanager
    def _engine(self) -> Iterator[Any]:
        # Both take a while to import, and most vaults have no key server.
        import hvac  # noqa: PLC0415  # as said
        import requests  # noqa: PLC0415  # as said

        with requests.Session() as session:
            session.trust_env = False  # no proxy, .netrc or token that happens to lie around
            session.verify = _authorities()
            client = hvac.Client(
                self.address, self.token, session=session, verify=session.verify, timeout=PATIENCE,
                allow_redirects=False,  # the token is for this server alone
            )  # fmt: skip
            yield client.secrets.transit


@contextmanager
def _failures(refused: Exception) -> Iterator[None]:
    """Turn what hvac raises into sentences; `refused` is for a request the server understood and does not fulfil."""
    import hvac.exceptions as said  # noqa: PLC0415  # see Transit._engine
    import requests  # noqa: PLC0415  # as above

    try:
        yield
    except (said.Forbidden, said.Unauthorized):
        raise Locked(_REFUSED) from None
    except (said.VaultDown, said.VaultNotInitialized):
        raise Locked(_SEALED) from None
    except said.InvalidRequest as error:
        raise (Locked(_NO_KEY) if "key not found" in str(error) else refused) from None
    except said.InvalidPath:  # no transit engine there
        raise Locked(_NO_KEY) from None
    except (said.VaultError, requests.RequestException, ValueError, TypeError, KeyError):
        raise Locked(_UNUSABLE) from None


def _ciphertexts(lines: bytes) -> list[str]:
    try:
        found = [str(json.loads(line)["ciphertext"]) for line in lines.splitlines()]
    except (ValueError, TypeError, KeyError, RecursionError):
        found = []
    if not found:
        raise Damaged("The key server's file of the vault's root cannot be read. Restore it from a backup.")
    return found


def _safe(address: str) -> bool:
    """Whether nobody between here and there can read along, and nothing but the server is named."""
    try:
        parts = urlsplit(address)
        bare = parts.hostname and address.rstrip("/") == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        return bool(bare) and (parts.scheme == "https" or (parts.scheme == "http" and _here(str(parts.hostname))))
    except ValueError:
        return False


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _authorities() -> str | bool:
    """The certificate authorities this machine trusts, which may have the house's own among them, else certifi's."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
