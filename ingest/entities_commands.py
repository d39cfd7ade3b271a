"""The commands for a study's names as a whole: names list | suggest | merge | split | rename | undo | history.

A real name is never an argument, nor is a pseudonym or a reason: arguments stay in the shell's history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.table import Table

from ingest import entities, entities_changed, entities_checked
from ingest.entities import Which
from ingest.names_commands import names
from ingest.pseudonyms.finds import Kind
from policies.terminal import ERR, OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.entities import Line
    from ingest.entities_changed import Changed, Done

F = TypeVar("F", bound="Callable[..., Any]")
REAL = "These are real names: see that nobody looks over your shoulder."
WHY = {
    "misspelt": "they sound or are spelt nearly the same",
    "first name": "they have a first name in common",
    "surname": "they have a surname in common",
    "nickname": "one may be short for the other",
}
kind_option = click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default="PER", show_default=True,
    help="What the numbers are of: persons, places, organisations or numbers.",
)  # fmt: skip


@names.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def names_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List the names of a study: number, real forms, pseudonym, which interviews say them. These are real names.

    A name whose pseudonym has turned out to be somebody's real name is marked; so is one that may be another's.
    """
    with terminal.desk() as desk:
        found = entities.listed(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([line.to_dict() for line in found.names], as_json=True)
    else:
        OUT.print(
            _table(found.names) if found.names else "No name is known in the interviews of this study that open."
        )
    if found.names:
        ERR.print(REAL, style="dim")
    if found.closed:
        closed = counted(found.closed, "interview is", "interviews are")
        ERR.print(f"{closed} closed, for want of a consent; what is said there alone is not shown.")


@names.command("suggest")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def names_suggest(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List names that may be the same, and why. These are real names; nothing is merged until somebody does it."""
    with terminal.desk() as desk:
        found = entities.suggested(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([like.to_dict() for like in found], as_json=True)
        return
    for like in found:
        pair = f"{like.one} ({', '.join(like.forms)}) and {like.other} ({', '.join(like.other_forms)})"
        OUT.print(f"{like.kind} {pair}: {WHY.get(like.why, like.why)}")
    ERR.print(
        f"If they are: tillit names merge {study_code} NUMBER NUMBER" if found else "No two names look the same."
    )


@names.command("merge")
@click.argument("study_code", metavar="STUDY")
@click.argument("into", metavar="NUMBER", type=int)
@click.argument("gone", metavar="OTHER", type=int)
@kind_option
@pass_terminal
def names_merge(terminal: Terminal, study_code: str, into: int, gone: int, kind: str) -> None:
    """Make one of two names of a study, called as the first of them. You are asked why."""
    with terminal.desk() as desk:
        study, one = lookup.study(desk.vault.database, study_code), Which(Kind(kind), into)
        entities_checked.may_merge(desk, study, one, gone)
        _tell(entities_changed.merge(desk, study, one, gone, _why()), "They are {number} now.")


@names.command("split")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--in", "reference", metavar="RECORDING", help="All that this interview calls so, whatever the form.")
@kind_option
@pass_terminal
def names_split(terminal: Terminal, study_code: str, number: int, reference: str | None, kind: str) -> None:
    """Make two of one name: you are asked for the forms that are another's, and why."""
    with terminal.desk() as desk:
        study, whole = lookup.study(desk.vault.database, study_code), Which(Kind(kind), number)
        recording = reference and lookup.recording(desk.vault.database, reference)
        entities_checked.may_split(desk, study, whole, recording or None)
        if recording:
            changed = entities_changed.split_off(desk, study, whole, recording, _why())
        else:
            changed = entities_changed.split(desk, study, whole, _forms(), _why())
        _tell(changed, "What was split off is {number}.")


@names.command("rename")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--redraw", is_flag=True, help="Take the next pseudonym that is drawn, and do not ask for one.")
@kind_option
@pass_terminal
def names_rename(terminal: Terminal, study_code: str, number: int, redraw: bool, kind: str) -> None:
    """Give a name another pseudonym in the whole study; you are asked for it, and why."""
    with terminal.desk() as desk:
        study, which = lookup.study(desk.vault.database, study_code), Which(Kind(kind), number)
        entities_checked.may_rename(desk, study, which)
        surrogate = None if redraw else str(click.prompt("The new pseudonym", err=True))
        _tell(entities_changed.rename(desk, study, which, surrogate, _why()), "{number} is renamed.")


@names.command("undo")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", metavar="[N]", type=int, required=False)
@pass_terminal
def names_undo(terminal: Terminal, study_code: str, number: int | None) -> None:
    """Take back decision N about a study's names, or the newest. An undo is undone in the same way, by its number."""
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        entities_checked.may_undo(desk, study, number)
        _tell(entities_changed.undo(desk, study, number, _why()), "Decision {number} is undone, or stands again.")


@names.command("history")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def names_history(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List what was decided about the names of a study: when, by whom, why. Real names may be among it."""
    with terminal.desk() as desk:
        found = entities_changed.history(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([done.to_dict() for done in found], as_json=True)
    else:
        OUT.print(_history(found) if found else "Nothing was decided about the names of this study yet.")


def _tell(changed: Changed, sentence: str) -> None:
    OUT.print(sentence.format(number=changed.number))
    if changed.set_back:
        back = counted(changed.set_back, "released interview says it, and has", "released interviews say it, and have")
        ERR.print(f"{back} to be released again.", style="yellow")


def _why() -> str:
    return str(click.prompt("Why (Enter for no reason)", default="", show_default=False, err=True))


def _forms() -> list[str]:
    """What is typed, one form a line, up to an empty one. Raises BadInput for none."""
    ERR.print("The forms that are another's, one a line; an empty line ends.")
    asked = iter(lambda: str(click.prompt("Form", default="", show_default=False, err=True)), "")
    if not (forms := list(asked)):
        raise BadInput("Nothing was split: no form was given.")
    return forms


def _table(found: Sequence[Line]) -> Table:
    table = Table("no.", "kind", "real forms", "pseudonym", "interviews", "sure", "look")
    for line in found:
        said = f"{len(line.interviews)}, only {line.only_in}" if line.only_in else str(len(line.interviews))
        marks = ["its pseudonym is a real name: rename it"] if line.clash else []
        marks += [f"like {other}" for other in line.like]
        row = (
            str(line.number),
            line.kind,
            ", ".join(line.forms),
            line.surrogate,
            said,
            "yes" if line.confirmed else "-",
        )
        table.add_row(*row, "; ".join(marks))
    return table


def _history(found: Sequence[Done]) -> Table:
    table = Table("no.", "when", "who", "what", "why", "")
    for done in found:
        table.add_row(
            str(done.number),
            done.when[:16].replace("T", " "),
            done.who,
            done.what,
            done.why,
            "undone" if done.undone else "",
        )
    return table
