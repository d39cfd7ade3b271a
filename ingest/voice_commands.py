"""The commands for voices: voice enrol | list | forget."""

from __future__ import annotations

from pathlib import Path

import click

from ingest import speakers_known
from policies.terminal import OUT, Terminal, json_option, pass_terminal, say
from storage import lookup


@click.group()
def voice() -> None:
    """Let a study know who asks the questions by their voice. Only in a study made with --voices kept."""


@voice.command("enrol")
@click.argument("study_code", metavar="STUDY")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@pass_terminal
def voice_enrol(terminal: Terminal, study_code: str, path: Path) -> None:
    """Let a study know your own voice, from a recording of a minute in which you alone speak.

    What is kept is its embedding, biometric data (GDPR art. 9), sealed under the study's key; the sound is not. It
    replaces one you enrolled before, and you can have it forgotten at any time.
    """
    from ingest import own_voice  # noqa: PLC0415  # the networks take a second to load, and most commands need none

    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        speakers_known.enrol(desk, study, own_voice.heard_in(path))
    OUT.print(f"{study.code} knows your voice. Forget it with: tillit voice forget {study.code}")


@voice.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def voice_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List whose voices a study keeps, and since when."""
    with terminal.desk() as desk:
        known = speakers_known.known(desk, lookup.study(desk.vault.database, study_code))
    rows = [one.to_dict() for one in known]
    lines = [f"{row['who']:20} {row['since']}" for row in rows] or ["This study keeps no voice."]
    say(rows if as_json else "\n".join(lines), as_json=as_json)


@voice.command("forget")
@click.argument("study_code", metavar="STUDY")
@click.argument("whose", metavar="[WHO|CODE]", required=False)
@pass_terminal
def voice_forget(terminal: Terminal, study_code: str, whose: str | None) -> None:
    """Delete your own voice from a study; as its data steward, anybody's, by handle or participant's code.

    Backups made before still hold it, sealed: make a new one, and let the older ones go.
    """
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        speakers_known.forget(desk, study, whose or terminal.handle)
    OUT.print("The voice is forgotten. Backups made before still hold it.")
