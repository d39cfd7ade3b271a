"""The commands for who stands behind a pseudonym: reidentify request | list | approve | show.

A pseudonym is never an argument, nor is a reason: with the released text beside it, a shell's history would tell what
was asked, and of whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from ingest import reidentify as reidentifying
from policies import second_person
from policies.actions import Action
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.reidentify import Asked
    from policies.second_person import Line


@click.group()
def reidentify() -> None:
    """Find out who stands behind a pseudonym, in two: one asks, a data steward approves."""


@reidentify.command("request")
@click.argument("reference", metavar="RECORDING")
@pass_terminal
def reidentify_request(terminal: Terminal, reference: str) -> None:
    """Ask who stands behind a pseudonym in a released interview; you are asked which, and what it is needed for.

    Write no names into the reason: the one who approves reads it. A data steward of the study other than you approves
    it within a week; then you are shown the name, once.
    """
    with terminal.desk() as desk:
        recording = lookup.recording(desk.vault.database, reference)
        surrogate = click.prompt("The pseudonym, as it stands in the text", err=True)
        why = click.prompt("Why, in a sentence without names", err=True)
        made = reidentifying.ask(desk, recording, surrogate, why)
    name = f"{reference.partition('/')[0]}/{made.number}"
    OUT.print(f"This is request {name}. A data steward other than you: tillit reidentify approve {name}")


@reidentify.command("list")
@click.argument("study_code", metavar="[STUDY]", required=False)
@json_option
@pass_terminal
def reidentify_list(terminal: Terminal, study_code: str | None, as_json: bool) -> None:
    """List what was asked for in a study, or in all of yours: who asked, when, and whether it was approved and used.

    No pseudonym and no reason is in it. A request waits a week; an approved one is good for 24 hours, and once.
    """
    with terminal.desk() as desk:
        database = desk.vault.database
        studies = [lookup.study(database, study_code)] if study_code else lookup.studies_of(database, desk.who.id)
        found = [line for study in studies for line in second_person.listed(desk, study, Action.REIDENTIFY)]
    if as_json:
        say([line.to_dict() for line in found], as_json=True)
    else:
        OUT.print(_table(found) if found else "Nobody has asked who stands behind a pseudonym.")


@reidentify.command("approve")
@click.argument("reference", metavar="REQUEST")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@pass_terminal
def reidentify_approve(terminal: Terminal, reference: str, yes: bool) -> None:
    """Approve what another asked for: you see who asks for which pseudonym and why, and no name."""

    def agreed(asked: Asked) -> bool:
        ERR.print(f"{asked.who} asks who “{asked.surrogate}” is in {asked.recording}, because: {asked.why}")
        return yes or click.confirm("Let them see the real name, once?", err=True)

    with terminal.desk(fresh=True) as desk:
        reidentifying.approve(desk, lookup.request(desk.vault.database, reference), agreed)
    OUT.print(f"Approved. Within 24 hours, whoever asked: tillit reidentify show {reference}")


@reidentify.command("show")
@click.argument("reference", metavar="REQUEST")
@pass_terminal
def reidentify_show(terminal: Terminal, reference: str) -> None:
    """Print the real name you asked for and another approved, once. See that nobody looks over your shoulder."""
    with terminal.desk(fresh=True) as desk:
        forms = reidentifying.show(desk, lookup.request(desk.vault.database, reference))
    OUT.print("\n".join(forms))


def _table(found: Sequence[Line]) -> Table:
    table = Table("request", "interview", "who asked", "when (UTC)", "state", "approved by", "until (UTC)")
    for line in found:
        asked, until = (moment[:16].replace("T", " ") for moment in (line.asked, line.until))
        table.add_row(line.request, line.recording, line.who, asked, line.state, line.approved_by, until)
    return table
