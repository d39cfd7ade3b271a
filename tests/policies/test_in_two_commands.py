"""What takes two, and broken glass, as people type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command import Typing
from tests.house_fixtures import build

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = ("study", "pseudonyms", "rus", "strict")
WHY = "The ethics board asked for it."


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal at a new vault with two data stewards."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    house.second_steward()
    house.vault.close()
    return terminal


def test_a_command_that_takes_two_asks_says_how_and_goes_on(tillit: Typing) -> None:
    """It is not done at first; another reads why and on which terms and approves; then the same command does it."""
    first = tillit.typed(f"{WHY}\n", *CHANGE, who="astrid")
    assert (first.code, "`tillit request approve rus/1`" in " ".join(first.err.split())) == (8, True)
    assert "names:" in tillit("astrid", *CHANGE[:3]).out
    (line,) = json.loads(tillit("signe", "request", "list", "rus", "--json").out)
    assert (line["action"], line["state"]) == ("set_pseudonyms", "waiting")
    shown = tillit("signe", "request", "show", "rus/1").out
    assert "rules: strict" in shown
    assert WHY in shown
    assert tillit.typed("n\n", "request", "approve", "rus/1", who="signe").code == 12
    answer = tillit.typed("y\n", "request", "approve", "rus/1", who="signe")
    assert (answer.code, WHY in answer.err) == (0, True)
    assert tillit("astrid", *CHANGE, "--request", "rus/1").out.startswith("strict:")
    assert tillit("astrid", *CHANGE, "--request", "rus/1").code == 3


def test_requests_are_refused_and_taken_back(tillit: Typing) -> None:
    """Each says so in the list."""
    for _ in range(2):
        tillit.typed(f"{WHY}\n", *CHANGE, who="astrid")
    assert tillit("signe", "request", "refuse", "rus/1", "--yes").code == 0
    assert tillit("astrid", "request", "withdraw", "rus/2").code == 0
    found = json.loads(tillit("ragna", "request", "list", "--json").out)
    assert [one["state"] for one in found] == ["refused", "withdrawn"]


def test_the_vaults_requests_are_listed_apart(tillit: Typing) -> None:
    """Dividing a root alone prints no sheet, and the request has a number alone."""
    answer = tillit.typed(f"{WHY}\n", "key", "escrow", who="astrid")
    assert (answer.code, answer.out, "--request 1" in " ".join(answer.err.split())) == (8, "", True)
    (line,) = json.loads(tillit("astrid", "request", "list", "--of-vault", "--json").out)
    assert (line["request"], line["action"]) == ("1", "escrow_root")
    assert tillit("astrid", "request", "list").out == "Nobody has asked for anything that takes two.\n"


def test_broken_glass_is_seen_in_the_status_until_it_is_reviewed(tillit: Typing) -> None:
    """Whoever works in the study reads who broke it and how it is reviewed; afterwards no more."""
    opened = tillit.typed("A hospital waits.\n", "break-glass", "open", "rus", who="ivar")
    assert (opened.code, "tillit break-glass review rus 1" in opened.out) == (0, True)
    assert "ivar broke the glass of rus" in tillit("astrid", "status").out
    answer = tillit.typed("yes\nIt was needed.\n", "break-glass", "review", "rus", "1", who="astrid")
    assert (answer.code, answer.out, "A hospital waits." in answer.err) == (0, "Reviewed: justified.\n", True)
    assert "broke the glass" not in tillit("astrid", "status").out
    (told,) = json.loads(tillit("ragna", "break-glass", "list", "rus", "--json").out)
    assert (told["verdict"], told["said"]) == ("justified", "It was needed.")
