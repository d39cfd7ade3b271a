"""The steward's commands for who works on a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policies import studies
from policies.actions import Role
from policies.terminal import OUT, Terminal, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group()
def member() -> None:
    """Say who works on a study."""


@member.command("add")
@click.argument("study_code", metavar="STUDY")
@click.argument("handle", metavar="WHO")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they are to the study; give it again for more.",
)
@pass_terminal
def member_add(terminal: Terminal, study_code: str, handle: str, roles: Sequence[str]) -> None:
    """Give WHO one or more roles in STUDY."""
    with terminal.desk() as desk:
        studies.add_member(desk, lookup.study(desk.vault.database, study_code), handle, [Role(role) for role in roles])
    OUT.print(f"{handle} is now {', '.join(roles)} in {study_code}.")
