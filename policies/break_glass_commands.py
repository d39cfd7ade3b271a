"""The commands for breaking the glass: break-glass open | list | review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from policies import break_glass as glass
from policies.break_glass import Review, Verdict
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.break_glass import Broken, Read

NEVER = "The glass of this study was never broken."


@click.group("break-glass")
def break_glass() -> None:
    """Read a study without the role for it, alone, for an hour; another reviews it afterwards."""


@break_glass.command("open")
@click.argument("study_code", metavar="STUDY")
@pass_terminal
def break_glass_open(terminal: Terminal, study_code: str) -> None:
    """Break the glass of a study in which you have a role: for an hour you read in it what a researcher reads.

    For when nobody can be waited for. You are asked why; name nobody. Consent still binds; nothing of the link key
    opens, and nothing can be handed off. Each act is marked in the ledger, `tillit status` shows it to the study until
    a data steward other than you has reviewed it, and until then nobody breaks it again.
    """
    with terminal.desk(fresh=True) as desk:
        study = lookup.study(desk.vault.database, study_code)
        why = click.prompt("Why, in a sentence that names nobody", err=True)
        row = glass.open_(desk, study, why)
    OUT.print(f"The glass of {study_code} is broken until {row.until:%H:%M} (UTC). A data steward reviews it with")
    OUT.print(f"tillit break-glass review {study_code} {row.number}")


@break_glass.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def break_glass_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List when the glass of a study was broken, by whom and why, and what the review came to."""
    with terminal.desk() as desk:
        found = glass.listed(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
    else:
        OUT.print(_table(found) if found else NEVER)


@break_glass.command("review")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", type=click.IntRange(1))
@pass_terminal
def break_glass_review(terminal: Terminal, study_code: str, number: int) -> None:
    """Review one time the glass was broken: you see who, why and what they read, and say whether it was justified.

    If the hour is not over, it is then. For a data steward other than who broke it.
    """

    def found(broken: Broken, reads: list[Read]) -> Review:
        ERR.print(f"{broken.who} broke the glass of {broken.study} at {_minute(broken.at)}, because: {broken.why}")
        ERR.print(f"It was good until {_minute(broken.until)}. What was done by it: {len(reads) or 'nothing'}.")
        for read in reads:
            ERR.print(f"  {_minute(read.at)}  {read.action.replace('_', ' ')}  {read.recording}")
        chosen = click.prompt("Was it justified", type=click.Choice(["yes", "no"]), err=True)
        said = click.prompt("Why, in a sentence that names nobody", err=True)
        return Review(Verdict.JUSTIFIED if chosen == "yes" else Verdict.NOT_JUSTIFIED, said)

    with terminal.desk() as desk:
        verdict = glass.review(desk, lookup.study(desk.vault.database, study_code), number, found)
    OUT.print(f"Reviewed: {verdict}.")


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _table(found: Sequence[Broken]) -> Table:
    table = Table("number", "who", "when (UTC)", "until", "why", "review", "by", "what they said")
    for one in found:
        table.add_row(
            str(one.number), one.who, _minute(one.at), _minute(one.until), one.why, one.verdict or "waits",
            one.reviewed_by, one.said,
        )  # fmt: skip
    return table
