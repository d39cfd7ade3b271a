"""The commands for what takes two: request list | show | approve | refuse | withdraw.

Asking has no command of its own: whoever does what takes two is asked why, and told the request's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from policies import second_person
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.desk import Desk
    from policies.second_person import Asked, Line

NOBODY = "Nobody has asked for anything that takes two."
SEALED = "What was asked for is sealed with what is the participant's; whoever approves it sees it."


@click.group()
def request() -> None:
    """Approve what takes two, refuse it, or take back what you asked for."""


@request.command("list")
@click.argument("study_code", metavar="[STUDY]", required=False)
@click.option("--of-vault", is_flag=True, help="What was asked for of the vault itself, such as to divide its root.")
@json_option
@pass_terminal
def request_list(terminal: Terminal, study_code: str | None, of_vault: bool, as_json: bool) -> None:
    """List what was asked for in a study, or in all of yours: who asked for what, when, and what became of it.

    No reason is in it. A request waits a week for somebody to approve it; an approval is good for 24 hours, and once.
    """
    with terminal.desk() as desk:
        found = second_person.listed(desk, None) if of_vault else _of_studies(desk, study_code)
    if as_json:
        say([line.to_dict() for line in found], as_json=True)
    else:
        OUT.print(_table(found) if found else NOBODY)


@request.command("show")
@click.argument("reference", metavar="REQUEST")
@json_option
@pass_terminal
def request_show(terminal: Terminal, reference: str, as_json: bool) -> None:
    """Show one request, with why and on which terms it was asked for, unless that is sealed with a participant's."""
    with terminal.desk() as desk:
        line, said = second_person.shown(desk, lookup.request(desk.vault.database, reference))
    if as_json:
        say(line.to_dict() | {"said": said}, as_json=True)
        return
    OUT.print(_table([line]))
    for each in _said(said) if said else [SEALED]:
        OUT.print(each)


@request.command("approve")
@click.argument("reference", metavar="REQUEST")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@pass_terminal
def request_approve(terminal: Terminal, reference: str, yes: bool) -> None:
    """Approve what another asked for, after you have read what it is; they go on within 24 hours, once.

    It takes the passphrase anew, whatever `tillit unlock` holds.
    """
    _answer(terminal, reference, lambda: True if yes or click.confirm("Approve it?", err=True) else None)
    OUT.print(f"Approved. Within 24 hours, and once, whoever asked goes on with --request {reference}")


@request.command("refuse")
@click.argument("reference", metavar="REQUEST")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@pass_terminal
def request_refuse(terminal: Terminal, reference: str, yes: bool) -> None:
    """Refuse what another asked for: nobody goes on with it, and they may ask again."""
    _answer(terminal, reference, lambda: False if yes or click.confirm("Refuse it?", err=True) else None)
    OUT.print("Refused.")


@request.command("withdraw")
@click.argument("reference", metavar="REQUEST")
@pass_terminal
def request_withdraw(terminal: Terminal, reference: str) -> None:
    """Take back what you asked for, whether it is approved or not."""
    with terminal.desk() as desk:
        second_person.withdraw(desk, lookup.request(desk.vault.database, reference))
    OUT.print("Taken back.")


def _answer(terminal: Terminal, reference: str, decided: Callable[[], bool | None]) -> None:
    def agreed(asked: Asked) -> bool | None:
        ERR.print(f"{asked.who} asks for {asked.action.replace('_', ' ')}, of {asked.about}:")
        for line in _said(asked.said):
            ERR.print(line)
        return decided()

    with terminal.desk(fresh=True) as desk:
        if second_person.answer(desk, lookup.request(desk.vault.database, reference), agreed) is None:
            raise BadInput("Nothing was decided about it.")


def _said(said: Mapping[str, str]) -> list[str]:
    return [f"  {name}: {value}" for name, value in said.items()]


def _of_studies(desk: Desk, study_code: str | None) -> list[Line]:
    database = desk.vault.database
    studies = [lookup.study(database, study_code)] if study_code else lookup.studies_of(database, desk.who.id)
    return [line for study in studies for line in second_person.listed(desk, study)]


def _table(found: Sequence[Line]) -> Table:
    table = Table("request", "for", "of", "who asked", "when (UTC)", "state", "approved by", "until (UTC)")
    for line in found:
        asked, until = (moment[:16].replace("T", " ") for moment in (line.asked, line.until))
        what = line.action.replace("_", " ")
        table.add_row(
            line.request, what, line.recording or "the vault", line.who, asked, line.state, line.approved_by, until
        )
    return table
