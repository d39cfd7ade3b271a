"""vault.toml: which vault this is, and where its parts are when they are not in the folder itself. Nothing secret.

format = 2
id = "…"

[records]                        # without: records.db
url = "postgresql://tillit@db.university.no/tillit"
[link]                           # without: link/names.db
url = "postgresql://tillit_link@other.university.no/link"
[objects]                        # without: blobs/
url = "s3://tillit/vault"
endpoint = "https://s3.university.no"
region = "eu-north-1"
[root]                           # without: root.age under a passphrase
kind = "transit"
address = "https://bao.university.no"
key = "tillit"
[link-root]
kind = "credential"
[ledger]                         # without: ledger.log
file = "/mnt/other-disk/ledger.log"
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from storage.errors import Damaged, NotFound
from storage.roots import Keeper

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {1, 2}
ABOUT = "vault.toml"
ID = re.compile(r"[0-9a-f]{32}")
UNREADABLE = "vault.toml cannot be read. Restore it from a backup."


@dataclass(frozen=True)
class Place:
    """Where a part is; an empty `url` means in the vault's folder."""

    url: str = ""
    endpoint: str = ""
    region: str = ""


@dataclass(frozen=True)
class Settings:
    """What vault.toml says; `ledger` is the path of the ledger's file, empty for the one in the folder."""

    id: str
    records: Place = field(default_factory=Place)
    link: Place = field(default_factory=Place)
    objects: Place = field(default_factory=Place)
    root: Keeper = field(default_factory=Keeper)
    link_root: Keeper = field(default_factory=Keeper)
    ledger: str = ""

    def to_text(self) -> str:
        """What `read` reads."""
        tables = {
            "records": _stated(self.records),
            "link": _stated(self.link),
            "objects": _stated(self.objects),
            "root": _stated(self.root),
            "link-root": _stated(self.link_root),
            "ledger": {"file": self.ledger} if self.ledger else {},
        }
        used = {name: table for name, table in tables.items() if table}
        lines = [f"format = {2 if used else 1}", f'id = "{self.id}"']
        for name, table in used.items():
            lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"


def read(folder: Path) -> Settings:
    """The settings of the vault in `folder`. Raises NotFound, Damaged."""
    try:
        return parse((folder / ABOUT).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("There is no vault here. Make one with `tillit init`, or name one with --vault.") from None


def parse(text: bytes) -> Settings:
    """The settings in a vault.toml. Raises Damaged."""
    try:
        about = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Damaged(UNREADABLE) from None
    if about.get("format", 1) not in FORMATS:
        raise Damaged("This vault has a format this version of Tillit does not know. Upgrade Tillit.")
    if "format" not in about or not ID.fullmatch(str(about.get("id"))):
        raise Damaged("vault.toml does not say which vault this is. Restore it from a backup.")
    return _settings(about)


def _settings(about: dict[str, Any]) -> Settings:
    try:
        records, link, objects = (Place(**_texts(about.get(name, {}))) for name in ("records", "link", "objects"))
        root, link_root = _keeper(about, "root"), _keeper(about, "link-root")
        ledger = _texts(about.get("ledger", {})).get("file", "")
        return Settings(str(about["id"]), records, link, objects, root, link_root, ledger)
    except (TypeError, AttributeError, ValueError):
        raise Damaged("vault.toml says something that Tillit does not know. Correct it, or restore it.") from None


def _keeper(about: dict[str, Any], name: str) -> Keeper:
    stated = _texts(about.get(name, {}))
    if stated.get("kind", "passphrase") not in {"passphrase", "credential", "transit"}:
        raise ValueError("no such keeper")
    return Keeper(**{**stated, "vault": str(about["id"])})  # type: ignore[arg-type]  # the kind was checked above


def _texts(table: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in table.items()}


def _stated(part: Place | Keeper) -> dict[str, str]:
    """What is not as it usually is."""
    usual = type(part)()
    named = [one.name for one in fields(part) if one.name != "vault"]
    return {name: getattr(part, name) for name in named if getattr(part, name) != getattr(usual, name)}
