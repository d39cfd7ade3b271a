"""Lists with nothing in them, as people ask for them in a study that has only just been made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command import Terminal
from tests.house_fixtures import build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a new vault with a study and three people."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("status",), "No recording was taken in yet."),
        (("roster", "list", "rus"), "No name is in the roster of this study."),
        (("voice", "list", "rus"), "This study keeps no voice."),
        (("names", "list", "rus"), "No name is known in the interviews of this study that open."),
        (("names", "history", "rus"), "Nothing was decided about the names of this study yet."),
        (("reidentify", "list"), "Nobody has asked who stands behind a pseudonym."),
    ],
)
def test_nothing_to_list_is_a_sentence(tillit: Terminal, typed: tuple[str, ...], says: str) -> None:
    """No head of a table without rows, and no empty line; a script still gets its JSON."""
    answer = tillit("ragna", *typed)
    assert (answer.code, answer.out.splitlines()[-1]) == (0, says)
    assert "┃" not in answer.out
    assert isinstance(json.loads(tillit("ragna", *typed, "--json").out), list)
