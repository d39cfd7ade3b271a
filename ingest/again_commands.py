"""`tillit names again`: look for the names of interviews once more, under all that people decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.names_commands import names
from policies.terminal import OUT, Terminal, counted, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence


@names.command("again")
@click.argument("references", metavar="RECORDING...", nargs=-1, required=True)
@pass_terminal
def names_again(terminal: Terminal, references: Sequence[str]) -> None:
    """Find the names of interviews once more, as after an upgrade. Every decision stays as it is."""
    from ingest.reviewing.again import find_again  # noqa: PLC0415  # the stages take a second to load, for this alone

    with terminal.desk() as desk:
        for reference in references:
            left = find_again(desk, lookup.recording(desk.vault.database, reference))
            OUT.print(f"{reference} was looked through again: {counted(left, 'find is', 'finds are')} undecided.")
