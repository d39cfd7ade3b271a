"""The steward's commands for who works on a study, and in the vault as a whole."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from policies import people
from policies.actions import Role
from policies.terminal import OUT, Terminal, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.desk import Desk
    from policies.people import Member
    from storage.records import Study

ROLES = click.Choice([role.value for role in Role])
whole_vault = click.option("--vault", "of_vault", is_flag=True, help="In the vault as a whole: name no STUDY.")
names = click.argument("named", nargs=-1, required=True, metavar="[STUDY] WHO")


@click.group()
def member() -> None:
    """Say who works on a study, or in the vault, and see who has access."""


@member.command("add")
@names
@whole_vault
@click.option(
    "--role", "roles", multiple=True, required=True, type=ROLES, help="What they are there; give it again for more."
)
@pass_terminal
def member_add(terminal: Terminal, *, named: tuple[str, ...], of_vault: bool, roles: Sequence[str]) -> None:
    """Give WHO one or more roles in STUDY, or with --vault in the vault: auditor, administrator or steward."""
    study_code, handle = _scope_and_who(named, of_vault=of_vault)
    with terminal.desk() as desk:
        people.add(desk, _study(desk, study_code), handle, [Role(role) for role in roles])
    OUT.print(f"{handle} is now {', '.join(roles)} in {study_code or 'the vault'}.")


@member.command("remove")
@names
@whole_vault
@click.option("--role", type=ROLES, help="Take back this role alone. Without it: all they have there.")
@pass_terminal
def member_remove(terminal: Terminal, *, named: tuple[str, ...], of_vault: bool, role: str | None) -> None:
    """Take WHO's roles in STUDY back. From then on they are refused, in work that is under way too."""
    study_code, handle = _scope_and_who(named, of_vault=of_vault)
    with terminal.desk() as desk:
        taken = people.remove(desk, _study(desk, study_code), handle, Role(role) if role else None)
    OUT.print(
        f"{handle} is no longer {', '.join(taken)} in {study_code or 'the vault'}. What they took out they have."
    )


@member.command("list")
@click.argument("study_code", metavar="[STUDY]", required=False)
@click.option("--past", is_flag=True, help="Those who had access before, too, and until when.")
@json_option
@pass_terminal
def member_list(terminal: Terminal, *, study_code: str | None, past: bool, as_json: bool) -> None:
    """Show who has access to STUDY now, since when, and what each role may open; without STUDY, to the vault."""
    with terminal.desk() as desk:
        found = people.listed(desk, _study(desk, study_code), past=past)
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
        return
    for (scope, role), members in groupby(found, key=lambda one: (one.scope, one.role)):
        _print_role(scope, role, list(members))


def _print_role(scope: str, role: str, members: list[Member]) -> None:
    OUT.print(f"{role} in {'the vault' if scope == people.VAULT else scope}: {members[0].may}")
    for one in members:
        until = f" until {_minute(one.until)}" if one.until else ""
        OUT.print(f"  {one.who}  since {_minute(one.since)}{until}")


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _scope_and_who(named: tuple[str, ...], *, of_vault: bool) -> tuple[str | None, str]:
    """The study's code, None for the vault, and the handle."""
    if len(named) != (1 if of_vault else 2):
        raise click.UsageError("Give STUDY and WHO, such as `rus ivar`, or --vault and WHO alone.")
    return (None, named[0]) if of_vault else (named[0], named[1])


def _study(desk: Desk, study_code: str | None) -> Study | None:
    return lookup.study(desk.vault.database, study_code) if study_code else None
