"""The interviewer's commands for sealed recordings: seal on the device, deposit while the vault is locked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest import deposits
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal
from storage import settings
from storage.errors import TillitError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to", "recipient", type=click.Path(path_type=Path), required=True, help="The study's recipient, a file."
)
def seal(paths: Sequence[Path], recipient: Path) -> None:
    """Seal recordings on this device, each beside itself as name.age. Needs no vault, only the study's recipient.

    From then on only the study's vault can open them, not you. Wipe the recorder when their receipt has come.
    """
    to = deposits.read_recipient(recipient)
    for path in paths:
        OUT.print(f"{deposits.seal_file(path, to).name}")


@click.command()
@click.argument("reference", metavar="STUDY/CODE")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@pass_terminal
def deposit(terminal: Terminal, reference: str, paths: Sequence[Path], as_json: bool) -> None:
    """Leave sealed recordings of one participant in the vault's inbox. No passphrase: it may be locked.

    Each file is one recording: parts of one interview are joined by `tillit add --joined`, not here.
    Each gets a receipt with the SHA-256 of the sealed bytes that arrived. When the vault is next open, `tillit run`
    takes them in as yours: you need to be the study's interviewer, and the participant's consent must hold.
    """
    settings.read(terminal.folder)
    problems: list[TillitError] = []
    for number, path in enumerate(paths, 1):
        try:
            receipt = deposits.deposit(terminal.folder, reference, terminal.handle, path).to_dict()
            click.echo(json.dumps(receipt) if as_json else _receipt(receipt))
        except TillitError as problem:
            problems.append(problem)
            ERR.print(f"File {number}: {problem.sentence}", style="red")
    if problems:
        sys.exit(problems[0].exit_code)


def _receipt(receipt: dict[str, object]) -> str:
    rows = [
        f"  {name:10}{receipt[key]}"
        for name, key in (("received", "received"), ("bytes", "size"), ("sha256", "sha256"))
    ]
    return "\n".join([f"DEPOSIT  {receipt['participant']}  {receipt['id']}", *rows])
