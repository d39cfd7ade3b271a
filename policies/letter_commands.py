"""`tillit letter`: the information letters and consent forms of a study."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policies import letters
from policies.terminal import OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

UNREADABLE = "That file cannot be read. Check that it exists and is yours."


@click.group()
def letter() -> None:
    """Keep the information letters and consent forms of a study, in versions."""


@letter.command("add")
@click.argument("study_code", metavar="STUDY")
@click.argument("version")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", default="nb", show_default=True, help="What it is written in: nb, nn, se, en …")
@pass_terminal
def letter_add(terminal: Terminal, study_code: str, version: str, file: Path, language: str) -> None:
    """Keep a letter or form as VERSION, such as v2, byte for byte as participants get it; it is never changed.

    It is not sealed: give the form as it is handed out, not one that somebody signed.
    """
    content = contents(file)
    with terminal.desk() as desk:
        made = letters.add(desk, lookup.study(desk.vault.database, study_code), version, language, content)
    OUT.print(f"Letter {made.version} ({made.language}) of {study_code} is kept: sha256 {made.sha256}")


@letter.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def letter_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List the letters of a study, oldest first."""
    with terminal.desk() as desk:
        found = letters.listed(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
        return
    for one in found:
        OUT.print(f"{one.version}  {one.language}  {one.added}  sha256 {one.sha256}")
    if not found:
        OUT.print("No letter is kept yet. Add one: tillit letter add.")


@letter.command("show")
@click.argument("study_code", metavar="STUDY")
@click.argument("version")
@click.option("--language", default="", help="Which, if it is there in several languages.")
@pass_terminal
def letter_show(terminal: Terminal, study_code: str, version: str, language: str) -> None:
    """Print a letter's file as it was added: tillit letter show rus v2 > letter.pdf."""
    with terminal.desk() as desk:
        content = letters.content(desk, lookup.study(desk.vault.database, study_code), version, language)
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


def contents(file: Path) -> bytes:
    """A file's bytes. Raises BadInput."""
    try:
        return file.read_bytes()
    except OSError:
        raise BadInput(UNREADABLE) from None
