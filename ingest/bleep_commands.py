"""The command that takes the names out of the sound of a released interview."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ingest.bleeping import bleeping
from ingest.bleeping.beep import How
from ingest.bleeping.voice import Voice
from policies.terminal import ERR, OUT, Terminal, counted, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.bleeping.bleeping import Bleeped


@click.command()
@click.argument("references", metavar="RECORDING...", nargs=-1, required=True)
@click.option("--how", type=click.Choice([how.value for how in How]), default=How.BEEP.value, show_default=True,
              help="What stands in a name's place.")  # fmt: skip
@click.option("--voice", type=click.Choice([voice.value for voice in Voice]), default=Voice.UNCHANGED.value,
              show_default=True, help="Lower makes all voices deeper. This is weak protection: a person who knows "
              "the voice will know it.")  # fmt: skip
@pass_terminal
def bleep(terminal: Terminal, references: Sequence[str], how: str, voice: str) -> None:
    """Take the names out of the sound of released interviews, for a hand-off with --format sound.

    Every stretch is transcribed again afterwards; while a name can still be heard nothing is kept. The voices stay:
    whoever knows somebody's voice knows who speaks, names or none.
    """
    manner = bleeping.Manner(How(how), Voice(voice))
    with terminal.desk() as desk:
        for reference in references:
            recording = lookup.recording(desk.vault.database, reference)
            with _shown(reference) as tell:
                made = bleeping.bleep(desk, recording, manner, tell)
            _say(reference, made)


def _say(reference: str, made: Bleeped) -> None:
    mentions, stretches = counted(made.mentions, "mention"), counted(made.stretches, "stretch", "stretches")
    OUT.print(
        f"{reference} is bleeped (version {made.version}, of release {made.release}): {mentions} in {stretches}, "
        f"{made.seconds:.1f} seconds. Listen to some before you hand it off."
    )
    if made.lines:
        lines = counted(made.lines, "line was", "lines were")
        ERR.print(f"{lines} silenced whole: the times of the words were not sure.", style="yellow")


@contextmanager
def _shown(reference: str) -> Iterator[Callable[[float, float], None]]:
    """A bar on the standard error, with the time that is left."""
    bar = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*bar, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(reference, total=1.0)
        yield lambda done, total: progress.update(task, completed=done, total=max(total, done, 0.001))
