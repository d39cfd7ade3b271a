"""The steward's commands: participants, consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policies import consent as consents
from policies import studies
from policies.actions import CONSENTED
from policies.terminal import DAY, OUT, Terminal, pass_terminal
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


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


@click.group()
def consent() -> None:
    """Record and withdraw consent."""


@consent.command("record")
@click.argument("reference", metavar="STUDY/CODE")
@click.option(
    "--purpose", "purposes", multiple=True, required=True, help=f"{', '.join(CONSENTED)}; give it again for more."
)
@click.option("--given", type=DAY, required=True, help="The day consent was given, YYYY-MM-DD.")
@click.option("--expires", type=DAY, required=True, help="The last day it holds.")
@click.option("--letter", required=True, help="Which version of the information letter they got.")
@click.option(
    "--how", type=click.Choice(consents.WAYS), default="in writing", show_default=True, help="How it was given."
)
@pass_terminal
def consent_record(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    *,
    reference: str,
    purposes: tuple[str, ...],
    given: datetime,
    expires: datetime,
    letter: str,
    how: str,
) -> None:
    """Record what a participant agreed to. The newest record counts."""
    stated = consents.Given(consents.purposes_named(purposes), given.date(), how, letter, expires.date())
    with terminal.desk() as desk:
        made = consents.record(desk, lookup.participant(desk.vault.database, reference), stated)
    OUT.print(f"Consent of {reference} is recorded for: {', '.join(made.purposes)}.")


@consent.command("withdraw")
@click.argument("reference", metavar="STUDY/CODE")
@pass_terminal
def consent_withdraw(terminal: Terminal, reference: str) -> None:
    """Withdraw a participant's consent: from now on nothing of theirs opens, and work in flight keeps nothing."""
    with terminal.desk() as desk:
        consents.withdraw(desk, lookup.participant(desk.vault.database, reference))
    OUT.print(f"Consent of {reference} is withdrawn. Nothing of theirs can be opened, unless they consent anew.")
    OUT.print(f"It is all still there, sealed. What destroys it: tillit withdraw {reference}")
