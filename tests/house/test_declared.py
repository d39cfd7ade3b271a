"""Whether every command says what it asks for at the door, and asks for nothing else."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import click
import pytest

import cli
from ingest import STAGES
from policies.actions import ACTIONS, Action, Purpose
from policies.declared import COMMANDS, NO_DOOR, acts
from policies.desk import Desk
from policies.gate import IN_TWO, UNDECLARED, UNTOLD
from storage.errors import Denied
from tests.conftest import REPO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house_fixtures import House

PIPELINES = frozenset(stage.action for stage in STAGES) | {
    Action.COMPARE_NAMES, Action.KNOW_ROSTER, Action.KNOW_VOICES, Action.NOTE_PROBLEM, Action.OPEN_INBOX,
}  # fmt: skip
"""What only the pipeline does, which types no command."""


def _commands(command: click.Command, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, by all its words."""
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from _commands(below, click.Context(below, info_name=name, parent=context), (*path, name))


def test_every_command_declares_what_it_does() -> None:
    """A command that is new, or gone, and not in the table fails here."""
    found = set(_commands(cli.tillit, click.Context(cli.tillit)))
    assert found == COMMANDS.keys() | NO_DOOR
    assert not COMMANDS.keys() & NO_DOOR


def test_every_action_has_a_door() -> None:
    """Each action of the table is done by some command, or by the pipeline."""
    assert frozenset(ACTIONS) == frozenset().union(*COMMANDS.values(), PIPELINES)


def test_a_command_that_declares_nothing_has_no_desk() -> None:
    """There is no open vault for it."""
    with pytest.raises(Denied, match="does not declare"):
        acts("names preview")


def test_what_a_command_does_not_declare_it_is_refused(house: House) -> None:
    """Whoever may otherwise: nothing opens, and the ledger has the denial."""
    astrid = house.desk("astrid")
    desk = Desk(astrid.vault, astrid.gate, astrid.who, may=acts("status"))
    with desk.act(Action.SEE_STATUS, house.study, Purpose.STEWARDSHIP):
        pass
    with pytest.raises(Denied) as refused, desk.act(Action.SEE_MEMBERS, house.study, Purpose.STEWARDSHIP):
        pytest.fail("the door opened")
    assert str(refused.value) == UNDECLARED
    with astrid.act(Action.SEE_MEMBERS, house.study, Purpose.STEWARDSHIP):
        pass


def _told(tree: ast.AST) -> Iterator[str]:
    """What code tells the ledger by name: `….facts["name"] = …` and `….facts.update(name=…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and ast.unparse(target.value).endswith("act.facts"):
                    yield ast.literal_eval(target.slice)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("act.facts.update"):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def test_all_that_code_tells_the_ledger_is_declared() -> None:
    """Whatever an act's facts are called anywhere in the house, some action declares it."""
    rooms = [file for room in ("handoff", "ingest", "policies") for file in (REPO / room).rglob("*.py")]
    told = {name for file in rooms for name in _told(ast.parse(file.read_text()))}
    declared = frozenset[str]().union(*(spec.audit for spec in ACTIONS.values())) | IN_TWO
    assert len(told) > len(ACTIONS) / 2
    assert told <= declared


def test_what_an_action_does_not_declare_it_does_not_tell_the_ledger(house: House) -> None:
    """Nothing of the act is kept then, and its end in the ledger has only what is declared."""
    astrid = house.desk("astrid")
    with pytest.raises(Denied) as refused, astrid.act(Action.SEE_MEMBERS, house.study, Purpose.STEWARDSHIP) as act:
        act.facts.update(members=3, who="Kari Nordmann")
    assert str(refused.value) == UNTOLD
    outcome = json.loads(list(house.vault.ledger.leaves())[-1])
    assert (outcome["event"], outcome["ok"], outcome["members"], "who" in outcome) == ("outcome", False, 3, False)
