"""The rooms stand on floors: a room imports only from floors below it, and only the door makes a Permit."""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING

import pytest

from storage import ceremony, rotation
from storage.keys import Keys
from storage.link import LinkKey
from tests.conftest import REPO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


# What opens a key, and the only modules where it stands. Each but the first three asks for a Permit itself; those
# are how a vault is opened, restored and recovered, before there is a door to ask at.
OPENERS = {
    r"\broots\.read\(": {"storage/vault.py", "storage/ceremony.py", "policies/safekeeping.py"},
    r"\bwarden\.connect\(": {
        "storage/vault.py",
        "policies/key_commands.py",
    },  # the latter asks how it is, not for a root
    r"\blink_root\(\)": {"storage/vault.py", "policies/safekeeping.py"},
    r"\bkeys\.opened\(|(?<!def )\bopened\(sealed|(?<!def )\bopened\(held": {"storage/keys.py", "storage/rotation.py"},
    r"(vault\.keys|held)\.(participant|study|sealed_for_study)\(": {"policies/act.py", "storage/rotation.py"},
    r"\bcolumns\.key_of\(": {"policies/act.py", "storage/rotation.py"},
    r"vault\.link\.(names|whole)\(": {"policies/act.py"},
    r"\brotation\.(participant|study)\(": {"policies/act.py"},
    r"\bceremony\.(begin_rotation|protect|shares)\(": {"policies/ceremonies.py"},
}


@pytest.mark.parametrize("opener", OPENERS)
def test_only_acts_open_keys_and_the_link_key(opener: str) -> None:
    """What opens a key stands in the modules that are known for it, and nowhere else in the house."""
    found = {path.relative_to(REPO).as_posix() for _, path in _modules() if re.search(opener, path.read_text())}
    assert found == OPENERS[opener]


def test_keys_ask_for_a_permit() -> None:
    """Every way to an identity, a link key or a root in storage takes the permit it is had for."""
    ways: list[Callable[..., object]] = [
        Keys.participant, Keys.study, Keys.sealed_for_study, LinkKey.names, LinkKey.whole, ceremony.begin_rotation,
        ceremony.protect, ceremony.shares, ceremony.Seat.read, rotation.participant, rotation.study,
    ]  # fmt: skip
    assert [way.__qualname__ for way in ways if "permit" not in inspect.signature(way).parameters] == []


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
