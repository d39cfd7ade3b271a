"""The commands for who stands behind a pseudonym: reidentify request | approve | show.

A pseudonym is never an argument: with the released text beside it, a shell's history would tell what was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest import reidentify as reidentifying
from policies.terminal import ERR, OUT, Terminal, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from ingest.reidentify import Asked


@click.group()
def reidentify() -> None:
    """Find out who stands behind a pseudonym, in two: one asks, a data steward approves."""


@reidentify.command("request")
@click.argument("reference", metavar="RECORDING")
@click.option("--why", required=True, help="What it is needed for; no names. The one who approves reads it.")
@pass_terminal
def reidentify_request(terminal: Terminal, reference: str, why: str) -> None:
    """Ask who stands behind a pseudonym in a released interview; you are asked which.

    A data steward of the study other than you approves it within a week; then you are shown the name, once.
    """
    with terminal.desk() as desk:
        recording = lookup.recording(desk.vault.database, reference)
        surrogate = click.prompt("The pseudonym, as it stands in the text", err=True)
        made = reidentifying.ask(desk, recording, surrogate, why)
    name = f"{reference.partition('/')[0]}/{made.number}"
    OUT.print(f"This is request {name}. A data steward other than you: tillit reidentify approve {name}")


@reidentify.command("approve")
@click.argument("reference", metavar="REQUEST")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@pass_terminal
def reidentify_approve(terminal: Terminal, reference: str, yes: bool) -> None:
    """Approve what another asked for: you see who asks for which pseudonym and why, and no name."""

    def agreed(asked: Asked) -> bool:
        ERR.print(f"{asked.who} asks who “{asked.surrogate}” is in {asked.recording}, because: {asked.why}")
        return yes or click.confirm("Let them see the real name, once?", err=True)

    with terminal.desk() as desk:
        reidentifying.approve(desk, lookup.request(desk.vault.database, reference), agreed)
    OUT.print(f"Approved. Within 24 hours, whoever asked: tillit reidentify show {reference}")


@reidentify.command("show")
@click.argument("reference", metavar="REQUEST")
@pass_terminal
def reidentify_show(terminal: Terminal, reference: str) -> None:
    """Print the real name you asked for and another approved, once. See that nobody looks over your shoulder."""
    with terminal.desk() as desk:
        forms = reidentifying.show(desk, lookup.request(desk.vault.database, reference))
    OUT.print("\n".join(forms))
