"""The command that tells why the door answers as it does."""

from __future__ import annotations

import click

from policies import why as whys
from policies.actions import Purpose
from policies.terminal import OUT, Terminal, json_option, pass_terminal, say


@click.command()
@click.argument("handle", metavar="ACTOR")
@click.argument("action")
@click.argument("reference", metavar="RESOURCE")
@click.option("--purpose", type=click.Choice(list(Purpose)), help="What for; needed where there is more than one.")
@json_option
@pass_terminal
def why(  # noqa: PLR0913  # one parameter an argument
    terminal: Terminal, *, handle: str, action: str, reference: str, purpose: str | None, as_json: bool
) -> None:
    """Tell whether ACTOR may do ACTION to RESOURCE, by which rule, and what would have to change. Opens nothing.

    ACTOR is a handle, or pipeline. RESOURCE is vault, rus, rus/P07, rus/P07-1, or rus/3 for a request. For data
    stewards, auditors and the principal investigator; that they asked is in the ledger.
    """
    with terminal.desk() as desk:
        answer = whys.explain(desk, handle, action, reference, purpose)
    if as_json:
        say(answer.to_dict(), as_json=True)
        return
    OUT.print(f"{'Yes' if answer.allowed else 'No'}: {answer.because}")
    if answer.change:
        OUT.print(answer.change)
    if not answer.allowed:
        OUT.print(f"Rule: {', '.join(answer.rules) or 'none, and what no rule allows is refused'}.")
