"""`tillit voice`, as people type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingest import speakers_known
from tests.command import Terminal
from tests.house_fixtures import build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault whose study keeps voices, and knows Ivar's and Ragna's."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault, voices="kept")
    for who in ("ivar", "ragna"):
        speakers_known.enrol(house.desk(who), house.study, [0.6, -0.8])
    house.vault.close()
    return terminal


def test_voices_are_listed_and_forgotten(tillit: Terminal) -> None:
    """One's own without saying whose, another's by the steward alone; the list has whose they are and no number."""
    listed = tillit("ivar", "voice", "list", "rus", "--json")
    assert [one["who"] for one in json.loads(listed.out)] == ["ivar", "ragna"]
    assert "0.6" not in listed.out
    assert tillit("ivar", "voice", "forget", "rus", "ragna").code == 3
    assert tillit("ivar", "voice", "forget", "rus").code == 0
    assert "ivar" not in tillit("ragna", "voice", "list", "rus").out
    assert tillit("astrid", "voice", "forget", "rus", "ragna").code == 0
    assert json.loads(tillit("astrid", "voice", "list", "rus", "--json").out) == []
    assert "No voice" in tillit("ivar", "voice", "forget", "rus").err
