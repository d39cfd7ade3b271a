"""What commands share: the terminal they print to, and the vault, person and passphrase they are run with."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from policies import declared, studies
from policies.desk import Desk
from policies.gate import Gate
from storage.errors import BadInput, Locked
from storage.new_vault import SHORTEST_PASSPHRASE
from storage.settings import Place, Settings
from storage.vault import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from storage.roots import Secrets

# What people wrote is printed as they wrote it: no [markup], no :emoji:. Colour is given as Text or style.
OUT = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
DAY = click.DateTime(["%Y-%m-%d"])
LINK_PASSPHRASE = "tillit-link-passphrase"  # noqa: S105  # as below
PASSPHRASE = "tillit-passphrase"  # noqa: S105  # the name of a credential, not one


class Terminal:
    """What every command is given: where the vault is, who asks, and where the passphrase comes from."""

    def __init__(
        self, vault: Path, handle: str, passphrase_fd: int | None, link_passphrase_fd: int | None = None
    ) -> None:
        self.folder = vault
        self.handle = handle
        self.new = False  # whether the passphrase is being chosen, and is asked for twice
        self.link_fd = link_passphrase_fd
        self._fd = passphrase_fd
        self._passphrase: bytes | None = None

    def passphrase(self) -> bytes:
        """From the file descriptor, else the systemd credential, else a prompt; asked for once, never an argument.

        Raises Locked where there is nobody to ask.
        """
        if self._passphrase is None:
            given = _from_descriptor(self._fd) or credential(PASSPHRASE)
            self._passphrase = (given or _from_prompt(new=self.new)).rstrip(b"\r\n")
        return self._passphrase

    @staticmethod
    def credential(name: str) -> bytes | None:
        """What systemd gave under this name, or None. Raises BadInput if it cannot be read."""
        return credential(name)

    def for_link(self) -> Secrets:
        """Where the link key's own secrets come from."""
        return _ForLink(self)

    @contextmanager
    def desk(self, *, fresh: bool = False) -> Iterator[Desk]:
        """The vault, open, with this person at its door; `fresh` for what `tillit unlock` is not enough for."""
        may = declared.acts(_typed(click.get_current_context()))
        vault = open_vault(self.folder, self, self.for_link(), fresh=fresh)
        try:
            yield Desk(vault, Gate(vault), studies.actor(vault, self.handle), may=may)
        finally:
            vault.close()


def _typed(context: click.Context) -> str:
    """All the words of a command, without those that start Tillit."""
    if context.parent is None:
        return ""
    return f"{_typed(context.parent)} {context.info_name}".strip()


@dataclass(frozen=True)
class _ForLink:
    """The link key's passphrase if it was given one of its own, as a credential; else the same as the vault's."""

    terminal: Terminal

    def passphrase(self) -> bytes:
        own = _from_descriptor(self.terminal.link_fd) or credential(LINK_PASSPHRASE)
        return own.rstrip(b"\r\n") if own else self.terminal.passphrase()

    @staticmethod
    def credential(name: str) -> bytes | None:
        return credential(name)


class Fresh:
    """A passphrase that is being chosen, from a file descriptor or a prompt that asks twice. Raises BadInput."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._chosen: bytes | None = None

    def passphrase(self) -> bytes:
        """The new one, asked for once."""
        if self._chosen is None:
            self._chosen = (_from_descriptor(self._descriptor) or _from_prompt(new=True)).rstrip(b"\r\n")
            if len(self._chosen) < SHORTEST_PASSPHRASE:
                raise BadInput("The passphrase is too short: use at least {n} characters.", n=SHORTEST_PASSPHRASE)
        return self._chosen

    @staticmethod
    def credential(name: str) -> bytes | None:
        """What systemd gave under this name, or None."""
        return credential(name)


def _from_descriptor(descriptor: int | None) -> bytes | None:
    if descriptor is None:
        return None
    try:
        with os.fdopen(descriptor, "rb") as source:
            return source.read()
    except (OSError, ValueError, TypeError):  # closed, negative and huge numbers are told apart like this
        raise BadInput("That file descriptor cannot be read. Use it as in --passphrase-fd 3 3<FILE.") from None


def credential(name: str) -> bytes | None:
    """From LoadCredential (systemd.exec(5)), which hands secrets to a service as files in a folder of its own."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / name if folder else None
    try:
        return path.read_bytes() if path else None
    except FileNotFoundError:
        return None
    except OSError:
        raise BadInput("The systemd credential '{name}' cannot be read by this user.", name=name) from None


def _from_prompt(*, new: bool) -> bytes:
    if not _somebody_is_there():
        raise Locked(
            "No passphrase was given, and there is no terminal to ask at. Give it with --passphrase-fd 3 3<FILE, or "
            "as the systemd credential '{name}'.",
            name=PASSPHRASE,
        )
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)).encode()


def _somebody_is_there() -> bool:
    """Whether getpass would find a terminal; without one it would read standard input, in the open."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True


pass_terminal = click.make_pass_decorator(Terminal)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


def elsewhere(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which parts of a vault are not to be in its folder; see storage.settings."""
    for name, text in reversed(
        (
            ("--records-url", "Put the records into PostgreSQL: postgresql://USER@HOST/DATABASE"),
            ("--link-url", "Put the link key into PostgreSQL, best into another database than the records."),
            ("--objects-url", "Put the payloads into S3: s3://BUCKET/PREFIX"),
            ("--endpoint", "With s3: the server, https://…"),
            ("--region", "With s3: the region."),
        )
    ):
        command = click.option(name, default="", help=text)(command)
    return command


def places(named: Mapping[str, str]) -> Settings:
    """What those options say."""
    objects = Place(named["objects_url"], named["endpoint"], named["region"])
    return Settings("", Place(named["records_url"]), Place(named["link_url"]), objects)


def counted(number: int, one: str, many: str = "") -> str:
    """A number and what it counts: `one` of them, else `many`, which is `one` with an s unless it is said."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def say(value: object, *, as_json: bool) -> None:
    """Print a result: JSON for a script, else as it is."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        OUT.print(value)
