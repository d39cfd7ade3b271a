"""The rooms stand on floors: a room imports only from floors below it, and only the door makes a Permit."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOORS = (("cli", "web"), ("ingest", "handoff"), ("policies",), ("storage",))
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
ROOMS = [room for room in LEVEL if room != "cli"]
LONGEST_MODULE = 300


def _modules() -> Iterator[tuple[str, Path]]:
    yield "cli", REPO / "cli.py"
    for room in ROOMS:
        for path in sorted((REPO / room).rglob("*.py")):
            yield room, path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).split(".")[0]


def _calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


@pytest.mark.parametrize(("room", "path"), list(_modules()), ids=lambda value: getattr(value, "name", str(value)))
def test_a_room_imports_only_from_floors_below(room: str, path: Path) -> None:
    """No module imports from its own floor's other rooms, or from a floor above."""
    wrong = [name for name in _imports(path) if name in LEVEL and name != room and LEVEL[name] <= LEVEL[room]]
    if room != "cli":
        assert not wrong
    assert "tests" not in set(_imports(path))


def test_only_the_gate_makes_a_permit() -> None:
    """`Permit(` is called in one module of the house, the door."""
    makers = {path.relative_to(REPO).as_posix() for _, path in _modules() if "Permit" in set(_calls(path))}
    assert makers == {"policies/gate.py"}


def test_only_acts_open_keys_and_the_link_key() -> None:
    """The calls that open a participant's key or the link key are made from one module, an act."""
    openers = {
        path.relative_to(REPO).as_posix()
        for _, path in _modules()
        if "vault.keys.participant" in path.read_text() or "vault.link.names" in path.read_text()
    }
    assert openers == {"policies/act.py"}


def test_rooms_stay_small() -> None:
    """No module is longer than one can see at a glance."""
    lengths = {path.relative_to(REPO).as_posix(): len(path.read_text().splitlines()) for _, path in _modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_test_says_what_it_shows() -> None:
    """Every test has a docstring of its own."""
    silent = [
        f"{path.name}:{node.name}"
        for path in sorted((REPO / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []
