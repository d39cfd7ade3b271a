"""The steward's commands for the ledger: read it, check it, take proofs out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policies import audit as audits
from policies.terminal import ERR, OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from typing import BinaryIO

    from policies.audit import Seen


@click.group()
def audit() -> None:
    """Read, verify and prove the ledger."""


@audit.command("verify")
@click.option("--checkpoint", type=click.File("rb"), help="A checkpoint kept elsewhere, to compare with.")
@pass_terminal
def audit_verify(terminal: Terminal, checkpoint: BinaryIO | None) -> None:
    """Recompute the whole ledger, check its signature, and compare its file with the database."""
    with terminal.desk() as desk:
        verified = audits.verify(desk, _text(checkpoint) if checkpoint else None)
    OUT.print(f"The ledger adds up: {counted(verified.size, 'entry', 'entries')}, none changed, none missing.")
    for warning in verified.warnings:
        ERR.print(warning, style="yellow")


@audit.command("checkpoint")
@pass_terminal
def audit_checkpoint(terminal: Terminal) -> None:
    """Print the newest signed checkpoint. Keep it somewhere else: it is what catches a ledger cut short."""
    with terminal.desk() as desk:
        click.echo(audits.checkpoint(desk), nl=False)


@audit.command("export")
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="A new folder for the files.")
@pass_terminal
def audit_export(terminal: Terminal, folder: Path) -> None:
    """Write entries, checkpoint and public key for docs/verify_audit.py, which needs no Tillit."""
    with terminal.desk() as desk:
        audits.export(desk, folder)
    OUT.print(f"python3 docs/verify_audit.py {folder}/key.txt {folder}/entries.jsonl {folder}/checkpoint.txt")


@audit.command("prove")
@click.argument("entry", type=int)
@click.option(
    "--since", type=click.File("rb"), help="A checkpoint kept elsewhere: prove too that the ledger grew from it."
)
@pass_terminal
def audit_prove(terminal: Terminal, entry: int, since: BinaryIO | None) -> None:
    """Print a proof that ENTRY, by its number in `audit list`, is in the ledger. It needs no vault to be checked.

    The proof holds the entry itself. Its form is that of c2sp.org/tlog-proof, and after it, with --since, what
    c2sp.org/tlog-witness asks for.
    """
    with terminal.desk() as desk:
        click.echo(audits.prove(desk, entry, _text(since) if since else None), nl=False)


@audit.command("check-proof")
@click.argument("proof", type=click.File("rb"))
@click.option("--key", type=click.File("rb"), required=True, help="The ledger's public key: key.txt of an export.")
@click.option("--since", type=click.File("rb"), help="The checkpoint that was given to `audit prove`.")
def audit_check_proof(proof: BinaryIO, key: BinaryIO, since: BinaryIO | None) -> None:
    """Check what `audit prove` printed, and print the entry it proves. Needs no vault and no passphrase."""
    held = audits.check_proof(_text(key).strip(), _text(proof), _text(since) if since else None)
    grew = " and that it only grew since that checkpoint" if since else ""
    ERR.print(f"The proof holds: this is entry {held.index} of the ledger that was signed{grew}.")
    click.echo(held.leaf)


@audit.command("list")
@click.option("-n", "newest", default=40, show_default=True, help="How many of the newest; 0 for all.")
@json_option
@pass_terminal
def audit_list(terminal: Terminal, newest: int, as_json: bool) -> None:
    """List who did what, to what, why, and whether it was allowed."""
    with terminal.desk() as desk:
        seen = audits.entries(desk, newest)
    _tell(seen, as_json=as_json)


@audit.command("show")
@click.argument("study_code", metavar="STUDY")
@click.option("-n", "newest", default=40, show_default=True, help="How many of the newest; 0 for all.")
@json_option
@pass_terminal
def audit_show(terminal: Terminal, study_code: str, newest: int, as_json: bool) -> None:
    """List the same of one study alone: for its own auditors, who have no business with other studies."""
    with terminal.desk() as desk:
        seen = audits.of_study(desk, lookup.study(desk.vault.database, study_code), newest)
    _tell(seen, as_json=as_json)


def _tell(seen: list[Seen], *, as_json: bool) -> None:
    if as_json:
        say([one.to_dict() for one in seen], as_json=True)
        return
    for one in seen:
        at = one.at[:19].replace("T", " ")
        on = "the vault" if one.resource.startswith("Vault/") or not one.resource else one.resource
        why = f"for {one.purpose}: " if one.purpose else ""
        OUT.print(f"{one.number:>6}  {at}  {one.who}  {one.what}  {on}  {why}{one.outcome} ({one.rules})")


def _text(file: BinaryIO) -> str:
    """What is no text at all is no checkpoint, proof or key either, and is refused as such."""
    return file.read().decode(errors="replace")
