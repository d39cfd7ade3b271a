"""The commands for the names that will be said: roster add | list | remove.

A name is never an argument: arguments can be seen by everybody on the machine, and stay in the shell's history.
"""

from __future__ import annotations

import sys
from itertools import takewhile
from typing import TYPE_CHECKING

import click

from ingest import roster as rosters
from ingest.pseudonyms.finds import Kind
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FILE = rosters.MOST * rosters.LONGEST * 4  # bytes: four are the most a character takes in UTF-8
GONE = "It is gone from the link key; backups of that made before still have it."
KEPT = "It may have been found in an interview already, so it keeps its pseudonym, and is hidden as before."


@click.group()
def roster() -> None:
    """Tell the recogniser which names will be said, so that it spells them right. They are kept in the link key."""


@roster.command("add")
@click.argument("study_code", metavar="STUDY")
@click.option("--from", "source", metavar="FILE", help="A file with one name a line, or - for standard input.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in rosters.KINDS]),
    default="PER",
    show_default=True,
    help="What the names are of: persons, places or organisations.",
)
@pass_terminal
def roster_add(terminal: Terminal, study_code: str, source: str | None, kind: str) -> None:
    """Add names to a study's roster. You are asked for them, one a line, unless --from says where they stand.

    Each has its pseudonym from now on, and is looked for in every interview.
    """
    with terminal.desk() as desk:
        names = _asked() if source is None else _read(source)
        added = rosters.add(desk, lookup.study(desk.vault.database, study_code), names, Kind(kind))
    OUT.print(f"New in the roster: {added.new}. In all: {added.total}.")
    if added.total > rosters.TOLD:
        ERR.print(f"The recogniser is told the newest {rosters.TOLD}; the others are only looked for.")


@roster.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def roster_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List the names of a study's roster, oldest first. They are real: see that nobody looks over your shoulder."""
    with terminal.desk() as desk:
        found = rosters.listed(desk, lookup.study(desk.vault.database, study_code))
    rows = [one.to_dict() for one in found]
    lines = ["{since} {kind} {name}".format(**row) for row in rows] or ["No name is in the roster of this study."]
    say(rows if as_json else "\n".join(lines), as_json=as_json)


@roster.command("remove")
@click.argument("study_code", metavar="STUDY")
@pass_terminal
def roster_remove(terminal: Terminal, study_code: str) -> None:
    """Take a name out of a study's roster; you are asked for it. The recogniser is not told it any more.

    If it may have been found in an interview, it keeps its pseudonym and is hidden as before.
    """
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        gone = rosters.remove(desk, study, click.prompt("The name", err=True))
    OUT.print(f"The name is out of the roster. {GONE if gone else KEPT}")


def _asked() -> list[str]:
    """What is typed, up to an empty line or the end."""
    ERR.print("The names, one a line; an empty line ends.")
    typed = (sys.stdin.buffer.readline(LONGEST_FILE) for _ in range(rosters.MOST + 1))
    names = list(takewhile(bytes.strip, typed))
    return list(_lines(b"".join(names)))


def _read(source: str) -> list[str]:
    try:
        with click.open_file(source, "rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except OSError:
        raise BadInput("That file cannot be read. See that it is there, and that you may read it.") from None
    if len(data) > LONGEST_FILE:
        raise BadInput("That file is too long for a list of names. Give one name a line.")
    return list(_lines(data))


def _lines(data: bytes) -> Iterator[str]:
    try:
        yield from data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise BadInput("The names are not in UTF-8. Save the list anew as UTF-8 text.") from None
