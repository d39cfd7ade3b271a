"""The day Tillit is gone: what docs/format.md tells people to do, done word for word with other people's programs."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from policies.actions import Action, Purpose
from storage import roots
from storage.records import Recording, new_id
from storage.roots import Keeper, Root
from storage.transcript import Provenance
from tests.conftest import REPO
from tests.house_fixtures import FAST, KNOWN, PASSPHRASE, build
from tests.storage.age.others import (
    needs_new_age,
    needs_terminal,
    needs_typage,
    stock,
    stock_with_passphrase,
    typage,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.house_fixtures import House

    Opener = Callable[[Path, str | None, str], bytes]

PAGE = (REPO / "docs" / "format.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Opening it when Tillit is gone")[2].partition("\n## ")[0]
OPEN = re.compile(r"    age -d(?: -i (\S+))? (\S+) > (\S+)(?: +#.*)?")
SOUND = bytes(range(256)) * 1000


def by_stock(folder: Path, identities: str | None, sealed: str) -> bytes:
    """What the stock command opens, the passphrase typed at its prompt."""
    data = (folder / sealed).read_bytes()
    if identities is None:
        return stock_with_passphrase(["-d"], PASSPHRASE, folder, data)
    return stock(["-d", "-i", str(folder / identities)], data)


def by_typage(folder: Path, identities: str | None, sealed: str) -> bytes:
    """What the TypeScript implementation opens."""
    data = (folder / sealed).read_bytes()
    if identities is None:
        return typage("decrypt", data, passphrase=PASSPHRASE)
    return typage("decrypt", data, (folder / identities).read_text().split())


def by_both(folder: Path, identities: str | None, sealed: str) -> bytes:
    """The stock command, of any version, for the passphrase, and the TypeScript implementation for the rest."""
    return (by_typage if identities else by_stock)(folder, identities, sealed)


def keep(house: House) -> None:
    """Seal a recording of P01 into the vault."""
    held = house.participant("P01")
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=held.id, number=1, sha256="0" * 64, size=len(SOUND),
        facts={"duration": 1.0}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, "original", SOUND, Provenance("test", "test", "1"))


def replace_root_halfway(folder: Path) -> None:
    """Leave the root as it is while a new one takes over: both in root.age, the newer first."""
    before = roots.read(folder, Keeper(), KNOWN, "root")
    after = Root((*Root.generate().identities, *before.identities))
    roots.write(folder, Keeper(), after, KNOWN, "root", work_factor=FAST)


def follow_the_page(folder: Path, opener: Opener) -> None:
    """Do what the page says, in its order, in a vault's folder."""
    python = re.search(r"```python\n(.*?)```", SECTION, re.DOTALL)
    assert python is not None
    for part in (SECTION[: python.start()], python, SECTION[python.end() :]):
        if isinstance(part, re.Match):
            subprocess.run([sys.executable, "-I", "-c", part[1]], cwd=folder, check=True, capture_output=True)
            continue
        for identities, sealed, opened in OPEN.findall(part):
            (folder / opened).write_bytes(opener(folder, identities or None, sealed))


@pytest.mark.parametrize("replacing", [False, True], ids=["one root", "two roots"])
@pytest.mark.parametrize(
    "opener",
    [
        pytest.param(by_stock, marks=[needs_new_age, needs_terminal]),
        pytest.param(by_typage, marks=needs_typage),
        pytest.param(by_both, marks=[needs_terminal, needs_typage]),
    ],
)
def test_the_page_opens_a_recording_without_tillit(tmp_path: Path, opener: Opener, *, replacing: bool) -> None:
    """Whoever has a vault's folder, its passphrase and the page gets the recording, byte for byte."""
    folder = tmp_path / "vault"
    house = build(folder)
    keep(house)
    house.vault.close()
    if replacing:
        replace_root_halfway(folder)
    follow_the_page(folder, opener)
    assert (folder / "recording.wav").read_bytes() == SOUND


@needs_typage
def test_the_sealed_files_alone_open_nothing(tmp_path: Path) -> None:
    """What the page's Python writes is sealed: the object does not open with any key but its participant's."""
    folder = tmp_path / "vault"
    house = build(folder)
    keep(house)
    house.vault.close()
    follow_the_page(folder, by_typage)
    for identities in ("root.txt", "rus.txt"):
        with pytest.raises(subprocess.CalledProcessError):
            by_typage(folder, identities, "rus-P01-1-original-1.age")


def test_the_page_has_the_five_commands() -> None:
    """The page's commands are written as the tests read them: root, database, study, participant, recording."""
    assert [opened for _, _, opened in OPEN.findall(SECTION)] == [
        "root.txt", "records.key", "rus.txt", "rus-P01.txt", "recording.wav",
    ]  # fmt: skip
