"""A PostgreSQL server: which addresses are accepted, what every connection is told first, what its errors mean.

Passwords have no place in an address (a setting is read by more people than a password file), and nothing goes over
a network in the clear. Durability and waiting are set here, whatever the server's own settings are.

Source: PostgreSQL 15 manual, 34.1.2 (parameters of a connection), 20.5 and 20.11 (settings), appendix A (error codes).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from storage.errors import BadInput, Damaged, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = 30  # seconds a writer waits for another, as in SQLite
DRIVER = "postgresql+psycopg"
TLS = {"require", "verify-ca", "verify-full"}
MAY_SAY = {  # of what an address may say after "?"; options, services and passwords are not among it
    "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding",
    "target_session_attrs", "connect_timeout", "passfile",
}  # fmt: skip
SETTINGS = {
    "lock_timeout": f"{WAIT}s",
    "statement_timeout": f"{WAIT + 10}s",  # a wait for a lock counts for both, and should be called a wait
    "tcp_keepalives_idle": "30",  # the lock of a client that vanished is let go in a minute, not in two hours
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
DURABLE = (
    "SELECT pg_catalog.set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
BUSY = {"55P03", "57014"}  # a lock or a statement took longer than it may
AROUND_IT = ("08", "25006", "28", "3D", "42501", "53", "57", "58")  # the network, the server, its disk, our rights
NO_ADDRESS = "A PostgreSQL database is named as postgresql://user@host/database, and this is something else."
NO_PASSWORD = "The address of a database may hold no password. Put it into ~/.pgpass, which libpq reads."  # noqa: S105  # a sentence
NO_ROAD = "That PostgreSQL server is not on this machine. Add ?sslmode=verify-full to its address, or use a tunnel."
WAITED = "Somebody else was at work in the vault's database for too long. Try again."
AWAY = (
    "The vault's PostgreSQL database cannot be used ({code}). Check that the server is there and well, that its disk "
    "is not full, and that you may use it; then try again."
)
SPOILT = "The vault's PostgreSQL database holds a page that cannot be read ({code}). Restore it from a backup."


def address(url: str) -> sa.URL:
    """What `url` names; raises BadInput for one with a password, or to another machine without TLS."""
    try:
        place = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise BadInput(NO_ADDRESS) from None
    if place.password is not None or "password" in place.query:
        raise BadInput(NO_PASSWORD)
    if place.drivername not in {"postgresql", DRIVER} or not place.query.keys() <= MAY_SAY:
        raise BadInput(NO_ADDRESS)
    if place.query.get("sslmode") not in TLS and not all(map(_on_this_machine, _hosts(place))):
        raise BadInput(NO_ROAD)
    return place.set(drivername=DRIVER)


def engine(place: sa.URL, schema: str, *, translated: bool = True, **settings: str) -> sa.Engine:
    """Connections to one schema; with `translated`, errors of the server are ours: StorageFailed, Damaged."""
    stated = {"search_path": schema, **SETTINGS, **settings}
    made = sa.create_engine(
        place,
        connect_args={"connect_timeout": 10, "options": " ".join(f"-c {key}={stated[key]}" for key in stated)},
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a server that was started anew is found again
        hide_parameters=True,  # an error must not carry a row's values
    )
    sa.event.listen(made, "connect", _greet)
    if translated:
        sa.event.listen(made, "handle_error", _translate)
    return made


def _hosts(place: sa.URL) -> Iterator[str]:
    """Every host that an address names; a folder of sockets begins with a slash."""
    if place.host:
        yield from place.host.split(",")
    named = place.query.get("host", ())
    for one in (named,) if isinstance(named, str) else named:
        yield from (host.partition(":")[0] for host in one.split(","))


def _on_this_machine(host: str) -> bool:
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _greet(connection: psycopg.Connection[Any], _record: object) -> None:
    """Look where the connection really went, which the environment has a say in too; then ask for durable commits."""
    info = connection.info
    there = connection.pgconn.ssl_in_use or (_on_this_machine(info.host) and _on_this_machine(info.hostaddr or "/"))
    if not there:
        raise BadInput(NO_ROAD)
    connection.execute(DURABLE)
    connection.commit()


def _translate(context: sa.engine.ExceptionContext) -> None:
    error = context.original_exception
    if context.is_pre_ping or not isinstance(error, psycopg.Error):
        return
    code = error.sqlstate or "no answer"
    if code in BUSY:
        raise StorageFailed(WAITED)
    if code.startswith("XX"):
        raise Damaged(SPOILT, code=code)
    if code.startswith(AROUND_IT) or (error.sqlstate is None and isinstance(error, psycopg.OperationalError)):
        raise StorageFailed(AWAY, code=code)
