"""A PostgreSQL cluster of its own, from Debian's package: made for a session of tests and gone with it.

It listens on no port, only on a socket in a private folder where everybody who gets in is trusted, and runs as an
unprivileged user when the tests run as root, which PostgreSQL refuses. It is durable (fsync) and has data checksums.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")  # who may stand in for root
OWNER = "tillit"
OURS = ("records", "link", "dbos")
PATIENCE = 60.0  # seconds
BETWEEN = 0.05  # seconds from one look to the next
PORT = 5432  # part of the socket's name; no port is opened


@dataclass
class Cluster:
    """A cluster in `folder`; each test makes a database in it."""

    folder: Path
    programs: Path
    user: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    _made: int = 0
    _free: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """Everything the server keeps: heap, write-ahead log, its own log."""
        return self.folder / "data"

    def database(self, *options: str) -> str:
        """The address of an empty database; with `options`, which go to CREATE DATABASE, of a new one."""
        if self._free and not options:
            return self.address(self._free.pop())
        self._made += 1
        name = f"t{self._made}"
        self.do(f"CREATE DATABASE {name} {' '.join(options)}")
        return self.address(name)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test: making one is three hundred files. One that is in use is left alone."""
        name = url.partition("@/")[2].partition("?")[0]
        with suppress(psycopg.Error):
            self.do(f"SET lock_timeout = '1s'; DROP SCHEMA IF EXISTS {', '.join(OURS)} CASCADE", name)
            self._free.append(name)

    def address(self, database: str = "postgres", user: str = OWNER) -> str:
        """What Tillit is given for a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={PORT}"

    def do(self, statement: str, database: str = "postgres") -> list[Any]:
        """One statement, as the server's administrator; returns its rows."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data], cwd=self.folder, stdout=log, stderr=log, **self.user
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, (self.data / "server.log").read_text()
            assert time.monotonic() < until
            time.sleep(BETWEEN)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, sessions or not (SIGINT), or without even a checkpoint, as if it had crashed (SIGQUIT)."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def _answers(self) -> bool:
        try:
            self.do("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster that answers; skips where PostgreSQL's server is not installed, or nobody can run it."""
    programs, user = _programs(), _user()
    folder = Path(tempfile.mkdtemp(prefix="tillit-pg-"))  # a socket's path is short, and its user must get to it
    try:
        if user:
            shutil.chown(folder, user["user"], user["group"])
        cluster = Cluster(folder, programs, user)
        _initialise(cluster)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _initialise(cluster: Cluster) -> None:
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--wal-segsize=1")
    run: list[str | Path] = [cluster.programs / "initdb", "-D", cluster.data, "-U", OWNER, *options]
    # What it makes need not outlive a power cut; what the server writes later is synced as ever.
    subprocess.run([*run, "--no-sync"], check=True, cwd=cluster.folder, stdout=subprocess.DEVNULL, **cluster.user)
    with (cluster.data / "postgresql.conf").open("a") as settings:
        settings.write(f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{cluster.folder}'\n")
        settings.write("unix_socket_permissions = 0700\nlc_messages = 'C.UTF-8'\nautovacuum = off\n")


def _programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if not found:
        pytest.skip("needs PostgreSQL's server (apt-get install postgresql)")
    return found[-1].parent


def _user() -> dict[str, Any]:
    """How a process is started as somebody PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is nobody else here")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One cluster for the tests of one process."""
    with running() as cluster:
        yield cluster
