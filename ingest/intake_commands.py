"""The interviewer's command for recordings that lie open on a disk: add."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest import intake, parts
from ingest.transcription import registry
from policies.terminal import ERR, Terminal, counted, json_option, pass_terminal
from storage import lookup
from storage.errors import BadInput, TillitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.intake import Receipt

OTHER_ORDER = (
    "The recorder's own dates say another order than this one. The parts are joined in the order they were given; if "
    "that is wrong, add them again in the right one."
)
LOOKS_JOINED = (
    "These look like parts of one interview. They were taken in as recordings of their own; to have them as one, add "
    "them again with --joined."
)


@click.command()
@click.argument("reference", metavar="STUDY/CODE")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--joined",
    is_flag=True,
    help="The files are parts of one recording, in this order; a folder's as they are counted.",
)
@click.option("--model", "weights", metavar="NAME|PATH", help="Other weights than the study's: a name, or a folder.")
@json_option
@pass_terminal
def add(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal, *, reference: str, paths: Sequence[Path], joined: bool, weights: str | None, as_json: bool
) -> None:
    """Take in recordings of one participant, or folders of them: each file one, or with --joined all of them one.

    Each recording is sealed, checked and answered with a receipt: the SHA-256 of exactly the bytes that arrived; with
    --json, a line of JSON each. Of several parts it is that of their hashes, a line each. The same again gets its
    receipt again. A file that is not a sound recording is refused with a reason, and nothing of it is kept, nor of
    the parts it came with; other recordings go on.
    """
    files = list(parts.files_in(paths))
    if not files:
        raise BadInput("There is no file in that folder.")
    receipts: list[Receipt] = []
    problems: list[TillitError] = []
    with terminal.desk() as desk:
        held = lookup.participant(desk.vault.database, reference)
        model = registry.chosen(desk, weights).name if weights else None
        for number, one in enumerate([files] if joined else [[file] for file in files], 1):
            try:
                receipts.append(intake.take_in_joined(desk, held, one, model))
                click.echo(json.dumps(receipts[-1].to_dict()) if as_json else _shown(receipts[-1]))
            except TillitError as problem:
                problems.append(problem)
                ERR.print(problem.sentence if joined else f"File {number}: {problem.sentence}", style="red")
    for hint in _hints(receipts):
        ERR.print(hint, style="yellow")
    if problems:
        given, refused = counted(len(problems) + len(receipts), "recording"), counted(len(problems), "was", "were")
        ERR.print(f"Of {given} {refused} not taken in.", style="red")
        sys.exit(problems[0].exit_code)


def _hints(receipts: Sequence[Receipt]) -> Iterable[str]:
    if any(parts.out_of_order(receipt.parts) for receipt in receipts):
        yield OTHER_ORDER
    single = [receipt for receipt in receipts if len(receipt.parts) == 1]
    if parts.one_interview([one.parts[0] for one in single], [one.seconds for one in single]):
        yield LOOKS_JOINED


def _shown(receipt: Receipt) -> str:
    lines = [
        ("received", receipt.received),
        ("sound", f"{receipt.seconds} s, {receipt.format}"),
        ("bytes", receipt.size),
        ("sha256", receipt.sha256),
        ("ledger", f"entry {receipt.ledger_entry}"),
    ]
    several = enumerate(receipt.parts, 1) if len(receipt.parts) > 1 else ()
    lines += [(f"part {number}", f"{part.sha256}  {part.size} bytes") for number, part in several]
    return "\n".join([f"RECEIPT  {receipt.recording}", *(f"  {name:10}{value}" for name, value in lines)])
