"""A root under a key of a real OpenBao: sealed, opened, its key rotated and destroyed, the server sealed and gone."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from storage import age, files, roots
from storage.errors import BadInput, Damaged, Locked, StorageFailed
from storage.roots import Keeper, Root
from tests.faults import canaries, failing
from tests.servers import openbao
from tests.storage.keepers.given import Given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VAULT = "a" * 32


class Place:
    """A folder, a server, and a root kept in the one under the other's key."""

    def __init__(self, folder: Path, server: openbao.OpenBao) -> None:
        self.folder, self.server = folder, server
        self.keeper = Keeper("transit", server.address, server.key, VAULT)
        self.given = Given(credentials={"tillit-transit-token": server.token().encode() + b"\n"})
        self.root = Root((age.HybridIdentity.generate(), age.HybridIdentity.generate()))

    @property
    def file(self) -> Path:
        """The one file."""
        return self.folder / "root.transit"

    def write(self, root: Root | None = None) -> None:
        """Keep a root here."""
        roots.write(self.folder, self.keeper, root or self.root, self.given, "root")

    def read(self, keeper: Keeper | None = None, name: str = "root") -> str:
        """Its text."""
        return roots.read(self.folder, keeper or self.keeper, self.given, name).to_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openbao.OpenBao]:
    """One server for what does not harm it."""
    with openbao.running(tmp_path_factory.mktemp("openbao")) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, server: openbao.OpenBao) -> Place:
    """A root kept under a key of its own."""
    server.key = f"key-{tmp_path.name}"
    server.transit.create_key(server.key)
    made = Place(tmp_path, server)
    made.write()
    return made


def test_a_root_opens_with_the_servers_key(place: Place) -> None:
    """With a token that may encrypt and decrypt and no more, what was written is read again, in order."""
    assert place.read() == place.root.to_text()
    assert place.file.stat().st_mode & 0o777 == 0o600
    secrets = [identity.secret for identity in place.root.identities]
    assert canaries.found([place.folder], secrets) == []


def test_rotating_the_key_leaves_the_root_open_and_writing_it_anew_brings_it_along(place: Place) -> None:
    """After a rotation the old file opens; once written anew it opens where the older version is retired."""
    old = place.file.read_bytes()
    place.server.transit.rotate_key(place.server.key)
    assert place.read() == place.root.to_text()
    place.write()
    assert b"vault:v2:" in place.file.read_bytes()
    place.server.transit.update_key_configuration(place.server.key, min_decryption_version=2)
    assert place.read() == place.root.to_text()
    place.file.write_bytes(old)
    with pytest.raises(Damaged, match="retired"):
        place.read()


def test_a_destroyed_key_is_locked_for_good(place: Place) -> None:
    """Once the server's key is destroyed the root opens from its shares only, and the sentence says so."""
    place.server.transit.update_key_configuration(place.server.key, deletion_allowed=True)
    place.server.transit.delete_key(place.server.key)
    with pytest.raises(Locked, match="shares"):
        place.read()


@pytest.mark.parametrize("token", [b"wrong", b"", b"two\nlines", "bl\u00e5b\u00e6r".encode()])
def test_a_wrong_token_is_locked(place: Place, token: bytes) -> None:
    """A token the server does not know, or that could not be one, is Locked, and the sentence does not repeat it."""
    place.given.credentials["tillit-transit-token"] = token
    with pytest.raises(Locked) as caught:
        place.read()
    assert not token or token.decode() not in str(caught.value)


def test_no_token_but_the_credential_is_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the environment or the home folder is somebody's for something else: it opens nothing."""
    token = place.given.credentials.pop("tillit-transit-token").decode().strip()
    monkeypatch.setenv("VAULT_TOKEN", token)
    monkeypatch.setenv("BAO_TOKEN", token)
    monkeypatch.setenv("HOME", str(place.folder))
    (place.folder / ".vault-token").write_text(token)
    with pytest.raises(Locked, match="tillit-transit-token"):
        place.read()


def test_no_proxy_of_the_environment_hears_the_token(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy for http would be told token and root in the clear; none is asked."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert place.read() == place.root.to_text()


def test_a_root_opens_as_no_other(place: Place) -> None:
    """Under another vault's id, as the link key's root, or with its identities in another order it is Damaged."""
    with pytest.raises(Damaged, match="another vault"):
        place.read(Keeper("transit", place.server.address, place.server.key, "b" * 32))
    with pytest.raises(Damaged, match="another vault"):
        place.read(name="link-root")
    place.file.write_bytes(b"".join(reversed(place.file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(Damaged):
        place.read()


def test_a_spoilt_file_is_damage(place: Place) -> None:
    """Any altered byte is Damaged, and so is what is no such file."""
    whole = place.file.read_bytes()
    for spoilt in [b"", b"\n", b"[1]\n", b'{"a": 1}\n', b"\xff", b"[" * 5000, b'{"ciphertext": 7}', *_flipped(whole)]:
        place.file.write_bytes(spoilt)
        with pytest.raises((Damaged, Locked)):
            place.read()


def _flipped(whole: bytes) -> Iterator[bytes]:
    for place in range(0, len(whole), 7):
        yield whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


def test_what_the_server_opens_must_be_a_root(place: Place) -> None:
    """A ciphertext in the right place of something else than 32 bytes is Damaged."""
    bound = base64.b64encode(f"tillit/v1/{VAULT}/root/0".encode()).decode()
    sealed = place.server.transit.encrypt_data(
        place.server.key, base64.b64encode(b"x").decode(), associated_data=bound
    )
    place.file.write_text(json.dumps({"ciphertext": sealed["data"]["ciphertext"]}))
    with pytest.raises(Damaged, match="not the root"):
        place.read()


@pytest.mark.parametrize("kind", ["rsa-2048", "ed25519"])
def test_a_key_that_cannot_bind_is_refused(place: Place, kind: str) -> None:
    """A root is written under a key only that binds it to its vault; the old file stays."""
    place.server.transit.create_key(kind, key_type=kind)
    place.server.admin.sys.create_or_update_policy("all", 'path "transit/*" { capabilities = ["update"] }')
    token = place.server.admin.auth.token.create(policies=["all"])["auth"]["client_token"]
    place.given.credentials["tillit-transit-token"] = token.encode()
    before = place.file.read_bytes()
    with pytest.raises(BadInput, match="aes256-gcm96"):
        roots.write(
            place.folder, Keeper("transit", place.server.address, kind, VAULT), place.root, place.given, "root"
        )
    assert place.file.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://key.example", "k"),
        ("http://127.0.0.1.example:8200", "k"),
        ("ftp://127.0.0.1", "k"),
        ("", "k"),
        ("127.0.0.1:8200", "k"),
        ("https://someone:secret@key.example", "k"),
        ("https://key.example/?x=1", "k"),
        ("https://key.example/v1", "k"),
        ("https://[::1", "k"),
        ("https://key.example", ""),
        ("https://key.example", "../sys/seal"),
        ("https://key.example", "a/b"),
    ],
)
def test_an_address_one_must_not_use_is_refused(tmp_path: Path, address: str, key: str) -> None:
    """Only https, or this machine itself, and a name a key can have: else it is BadInput before a byte is sent."""
    given = Given(credentials={"tillit-transit-token": b"token"})
    with pytest.raises(BadInput):
        roots.write(tmp_path, Keeper("transit", address, key), Root.generate(), given, "root")


@pytest.mark.parametrize("status", [200, 204, 307, 404, 429, 500, 502])
def test_an_answer_of_no_use_is_locked(place: Place, status: int) -> None:
    """Whatever else answers there, the vault stays closed, and the token goes nowhere a redirect points to."""
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        threading.Thread(target=other.serve_forever, args=(0.01,)).start()
        try:
            with pytest.raises(Locked):
                place.read(Keeper("transit", f"http://127.0.0.1:{other.server_port}", "tillit", VAULT))
        finally:
            other.shutdown()
    assert asked == ["/v1/transit/decrypt/tillit"]


@pytest.mark.parametrize("way", failing.PAIR, ids=str)
def test_whatever_fails_in_writing_the_old_or_the_new_root_opens(place: Place, way: failing.Way) -> None:
    """With every call to the system failing in turn the file is the old one or the new one."""
    new = Root.generate()

    def check(error: BaseException | None) -> None:
        assert error is None or isinstance(error, StorageFailed)
        opened = place.read()
        assert opened in {place.root.to_text(), new.to_text()}
        assert error is not None or opened == new.to_text()
        place.write()

    assert failing.at_every_call(lambda: place.write(new), check, [files], way) > 5


def test_a_sealed_server_is_locked_until_it_is_unsealed(tmp_path: Path) -> None:
    """Sealed, the server opens nothing and seals nothing; unsealed again it does; stopped it does not."""
    with openbao.running(tmp_path) as server:
        place = Place(tmp_path, server)
        place.write()
        server.admin.sys.seal()
        for act in (place.read, place.write):
            with pytest.raises(Locked, match="sealed"):
                act()
        server.admin.sys.submit_unseal_key(server.unseal_key)
        assert place.read() == place.root.to_text()
    with pytest.raises(Locked, match="cannot be reached"):
        place.read()


def test_over_tls_the_machine_must_trust_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server under an authority this machine does not trust is Locked; trusted as others are, it opens."""
    with openbao.running(tmp_path, tls=True) as server:
        place = Place(tmp_path, server)
        with pytest.raises(Locked, match="cannot be reached"):
            place.write()
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        place.write()
        assert place.read() == place.root.to_text()
