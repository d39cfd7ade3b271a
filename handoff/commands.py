"""The researcher's last command: hand-off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from handoff import SCAN, words
from handoff.package import FORMATS
from handoff.register import Order, hand_off, terms
from policies.actions import ACTIONS, Action, Purpose
from policies.asking import in_two, request_option
from policies.terminal import OUT, Terminal, counted, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from handoff.register import Scan

SHARING = sorted(purpose.value for purpose in ACTIONS[Action.HAND_OFF].purposes)


@click.command()
@click.argument("study_code", metavar="STUDY")
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="A new folder for the files.")
@click.option(
    "--for",
    "recipient",
    required=True,
    help="Who gets it, kept in the register; for analyse the handle of a researcher of the study.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=("docx", "vtt", "qdpx", "cases"),
    show_default=True,
    type=click.Choice(list(FORMATS)),
    help="Give it again for more.",
)
@click.option(
    "--purpose",
    type=click.Choice(SHARING),
    required=True,
    help="Why; participants must have consented to it.",
)
@click.option(
    "--language",
    type=click.Choice(sorted(words.languages())),
    default="en",
    show_default=True,
    help="Of the README in the folder.",
)
@request_option
@pass_terminal
def handoff(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    *,
    study_code: str,
    folder: Path,
    recipient: str,
    formats: tuple[str, ...],
    purpose: str,
    language: str,
    request: str | None,
) -> None:
    """Pack the released interviews of a study for the coding tool.

    More than a few, or the whole of a study, takes two: you are asked why, another approves, and you run it again
    with --request. The files leave the vault's protection. They are pseudonymised, and still personal data.
    """
    order = Order(folder, formats, recipient, Purpose(purpose), language)
    scan: Scan = click.get_current_context().meta[SCAN]
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        handed = in_two(
            desk, Action.HAND_OFF_BULK, study, terms(desk, study, order),
            lambda approved: hand_off(desk, study, order, scan, approved), request,
        )  # fmt: skip
    OUT.print(f"{counted(handed.interviews, 'interview is', 'interviews are')} in {folder}.", markup=False)
    for reason, count in handed.left_out.items():
        OUT.print(f"Left out: {count}. {reason}", markup=False)
    for file in handed.files:
        OUT.print(f"  {file.sha256}  {file.size:>9}  {file.name}")
