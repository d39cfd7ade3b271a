"""`tillit hold` and `tillit certificate`: what keeps something from being destroyed, and what shows that it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from policies import holds, withdrawal
from policies.terminal import DAY, OUT, Terminal, json_option, pass_terminal, say
from storage import certificates, lookup

if TYPE_CHECKING:
    from datetime import datetime
    from typing import BinaryIO

WHY = "Why, in a sentence (who wants it kept, and their reference; no names)"


@click.group()
def hold() -> None:
    """Keep what is a participant's, or a whole study's, from being destroyed."""


@hold.command("add")
@click.argument("reference", metavar="STUDY[/CODE]")
@click.option("--kind", type=click.Choice(holds.KINDS), default="legal", show_default=True,
              help="'analysed' is for what entered an analysis before the participant withdrew.")  # fmt: skip
@click.option("--until", type=DAY, help="The last day it stands, YYYY-MM-DD.  [default: until it is lifted]")
@pass_terminal
def hold_add(terminal: Terminal, reference: str, kind: str, until: datetime | None) -> None:
    """Hold a participant's data, or a whole study's. You are asked why."""
    with terminal.desk() as desk:
        study, participant = holds.on(desk, reference)
        ground = click.prompt(WHY, err=True)
        number = holds.add(desk, study, participant, kind, ground, until.date() if until else None)
    OUT.print(f"Hold {number} stands on {reference}: nothing of it is destroyed. Closing access is not stopped by it.")


@hold.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def hold_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List a study's holds, those that were lifted too."""
    with terminal.desk() as desk:
        found = holds.everything(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
        return
    for one in found:
        until = f"lifted {one.lifted}" if one.lifted else f"until {one.until or 'it is lifted'}"
        on = f"{study_code}/{one.participant}" if one.participant else study_code
        OUT.print(f"{one.number:>3}  {on}  {one.kind}  {one.since} by {one.by}, {until}: {one.ground}")
    if not found:
        OUT.print("There is no hold in this study.")


@hold.command("lift")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", type=int)
@pass_terminal
def hold_lift(terminal: Terminal, study_code: str, number: int) -> None:
    """End a hold. What it kept from being destroyed is not destroyed by that: do it with withdraw or retention run."""
    with terminal.desk() as desk:
        holds.lift(desk, lookup.study(desk.vault.database, study_code), number)
    OUT.print(
        f"Hold {number} of {study_code} is lifted. Withdrawals that waited for it: tillit withdraw {study_code}/…"
    )


@click.group()
def certificate() -> None:
    """Show and check that something was destroyed."""


@certificate.command("show")
@click.argument("reference", metavar="STUDY/CODE")
@pass_terminal
def certificate_show(terminal: Terminal, reference: str) -> None:
    """Print a participant's newest certificate, with its proof to the newest checkpoint. It names no one."""
    with terminal.desk() as desk:
        held = lookup.participant(desk.vault.database, reference)
        click.echo(withdrawal.certificate(desk, held), nl=False)


@certificate.command("check")
@click.argument("file", type=click.File("rb"))
@click.option("--key", type=click.File("rb"), required=True, help="The ledger's public key: key.txt of an export.")
def certificate_check(file: BinaryIO, key: BinaryIO) -> None:
    """Check a certificate, and print what it says, as JSON. Needs no vault and no passphrase."""
    vkey, text = (one.read().decode(errors="replace") for one in (key, file))
    said = certificates.read(vkey.strip(), text)
    OUT.print("The certificate holds: this vault signed it, and its ledger has the entry.", style="green")
    click.echo(json.dumps(said.to_dict(), indent=2, sort_keys=True))
