"""`tillit review` and `tillit names again` as a researcher types them, without a terminal to sit at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command import Terminal
from tests.house_fixtures import build
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path

HELD = "rus/P01-1"


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault with an interview of two names and something that is flagged."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    said(
        house, "P01", "I met Martin in Trondheim.", "I was the only female skipper in the fjord.", speaker="Speaker 1"
    )
    house.vault.close()
    return terminal


def items(tillit: Terminal) -> list[dict[str, object]]:
    """What a script is told of the finds."""
    return [one for one in json.loads(tillit("ragna", "review", HELD, "--json").out) if one["kind"] != "INDIRECT"]


def test_without_a_terminal_it_lists_finds_and_flags(tillit: Terminal) -> None:
    """Each find with why, and below them what may tell who it is without a name."""
    out = tillit("ragna", "review", HELD).out
    assert "Martin" in out
    assert "Not names" in out
    listed = json.loads(tillit("ragna", "review", HELD, "--json").out)
    assert [one["form"] for one in listed][:2] == ["Martin", "Trondheim"]
    assert any(one["kind"] == "INDIRECT" and not one["seen"] for one in listed)


def test_undo_and_history(tillit: Terminal) -> None:
    """What was rejected by mistake is undone by its number, and both stand in the history, by whom."""
    assert tillit("ragna", "review", HELD, "--reject", "1").code == 0
    assert tillit("ragna", "review", HELD, "--undo", "1").code == 0
    assert [one["verdict"] for one in items(tillit)] == ["", ""]
    history = json.loads(tillit("ragna", "review", HELD, "--history", "--json").out)
    assert [(one["verb"], one["who"], one["undone"]) for one in history] == [
        ("reject", "ragna", True),
        ("undo", "ragna", False),
    ]
    assert "decision 1" in tillit("ragna", "review", HELD, "--history").out
    assert tillit("ragna", "review", HELD, "--undo", "1").code == 12
    assert "by number" in tillit("ragna", "review", HELD, "--undo", "all").err


def test_next_says_why_to_look(tillit: Terminal) -> None:
    """Undecided finds alone, each with its reasons."""
    tillit("ragna", "review", HELD, "--confirm", "1")
    (left,) = json.loads(tillit("ragna", "review", HELD, "--next", "--json").out)
    assert (left["form"], left["verdict"]) == ("Trondheim", "")
    assert "said once, and known from nowhere else in the study" in left["look"]
    assert "look, because" in tillit("ragna", "review", HELD, "--next").out


def _answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    waiting = iter(answers)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(waiting))


def test_retype_seen_and_speaker(tillit: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each does what it says, and says what it did."""
    assert "LOC now" in tillit("ragna", "review", HELD, "--retype", "1", "--kind", "LOC").err
    assert (items(tillit)[0]["kind"], items(tillit)[0]["verdict"]) == ("LOC", "confirm")
    assert "seen." in tillit("ragna", "review", HELD, "--seen", "all").err
    _answering(monkeypatch, "Speaker 1", "Mother", "Speaker 1", "x")
    assert "renamed" in tillit("ragna", "review", HELD, "--speaker").err
    assert "Mother" in tillit("ragna", "transcript", "show", HELD, "--real-names").out
    assert tillit("ragna", "review", HELD, "--speaker").code == 12


@pytest.mark.parametrize(
    "options",
    [("--retype", "1"), ("--confirm", "1", "--reject", "1"), ("--confirm", "")],
    ids=["no kind", "name and none", "nothing"],
)
def test_options_that_cannot_be_meant_change_nothing(tillit: Terminal, options: tuple[str, ...]) -> None:
    """They are refused in a sentence, and no find is decided."""
    assert tillit("ragna", "review", HELD, *options).code not in {0, 1}
    assert {one["verdict"] for one in items(tillit)} == {""}


def test_why_is_asked_for_and_kept(tillit: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is typed, not given as an argument, and stands in the history."""
    _answering(monkeypatch, "hun sa det selv")
    tillit("ragna", "review", HELD, "--confirm", "all", "--why")
    history = json.loads(tillit("ragna", "review", HELD, "--history", "--json").out)
    assert {one["why"] for one in history} == {"hun sa det selv"}


def test_names_are_looked_for_again(tillit: Terminal) -> None:
    """It says how many are undecided, and keeps what was decided."""
    tillit("ragna", "review", HELD, "--confirm", "1")
    assert "1 find is undecided" in tillit("ragna", "names", "again", HELD).out
    assert [one["verdict"] for one in items(tillit)] == ["confirm", ""]
    assert tillit("ivar", "names", "again", HELD).code != 0
