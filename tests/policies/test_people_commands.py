"""The commands for who works where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


@pytest.fixture
def tillit(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal at a vault with people and a study in it."""
    house.vault.close()
    return Terminal(tmp_path, monkeypatch, capsys)


def test_who_has_access_and_since_when_is_one_command(tillit: Terminal) -> None:
    """`member list` names each role, what it may open, who has it and since when; --json is the same for a script."""
    assert tillit("astrid", "member", "add", "--vault", "aud", "--role", "auditor").code == 0
    shown = tillit("aud", "member", "list", "rus")
    assert shown.code == 0, shown.err
    assert "researcher in rus: reads, reviews" in shown.out
    assert "auditor in the vault" in shown.out
    listed = json.loads(tillit("astrid", "member", "list", "rus", "--json").out)
    assert {one["who"] for one in listed} >= {"astrid", "ivar", "ragna", "aud"}
    assert tillit("astrid", "member", "list").out.startswith("steward in the vault")


def test_a_member_goes_and_is_told_as_past(tillit: Terminal) -> None:
    """`member remove` ends the access, and --past has until when."""
    gone = tillit("astrid", "member", "remove", "rus", "ragna")
    assert (gone.code, "no longer researcher" in gone.out) == (0, True), gone.err
    assert tillit("ragna", "status", "rus").code == 3
    assert " until " in tillit("astrid", "member", "list", "rus", "--past").out
    assert "ragna" not in tillit("astrid", "member", "list", "rus").out


def test_the_last_steward_stays(tillit: Terminal) -> None:
    """Removing the only data steward is refused, and says what to do first."""
    refused = tillit("astrid", "member", "remove", "--vault", "astrid")
    assert refused.code != 0
    assert "last data steward" in refused.err


@pytest.mark.parametrize(
    "given", [["rus", "--role", "auditor"], ["--vault", "rus", "eva", "--role", "auditor"], ["--role", "auditor"]]
)
def test_study_and_who_or_the_vault_and_who(tillit: Terminal, given: list[str]) -> None:
    """Too few or too many names are a usage error, before anything is opened."""
    assert tillit("astrid", "member", "add", *given).code == 2
