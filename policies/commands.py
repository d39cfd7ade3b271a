"""`tillit participant`: participants by code, and what coding tools sort them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policies import studies
from policies.terminal import OUT, Terminal, pass_terminal
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group()
def participant() -> None:
    """Add participants, by code, and describe them."""


@participant.command("add")
@click.argument("reference", metavar="STUDY/CODE")
@pass_terminal
def participant_add(terminal: Terminal, reference: str) -> None:
    """Add a participant such as rus/P07. Use a code, never a name."""
    study_code, _, code = reference.partition("/")
    with terminal.desk() as desk:
        studies.add_participant(desk, lookup.study(desk.vault.database, study_code), code)
    OUT.print(f"Participant {reference} is added. Next: tillit consent record {reference} --purpose …")


@participant.command("describe")
@click.argument("reference", metavar="STUDY/CODE")
@click.option(
    "--attr",
    "attributes",
    multiple=True,
    required=True,
    metavar="NAME=VALUE",
    help="For the coding tool: sex=woman, age=50-55 …; give it again for more.",
)
@pass_terminal
def participant_describe(terminal: Terminal, reference: str, attributes: Sequence[str]) -> None:
    """Keep a participant's attributes, in place of any there were. Needs their consent."""
    pairs = dict(_pair(text) for text in attributes)
    with terminal.desk() as desk:
        studies.set_attributes(desk, lookup.participant(desk.vault.database, reference), pairs)
    OUT.print(f"Attributes of {reference} are now: {', '.join(pairs)}.", markup=False)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise BadInput("An attribute is given as NAME=VALUE, such as sex=woman.")
    return name.strip(), value.strip()
