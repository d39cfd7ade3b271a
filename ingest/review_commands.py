"""The commands of the person who reads: transcript, review, release."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from ingest import reading
from ingest import release as releases
from ingest import review as reviews
from ingest import sound as sounds
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.review import Item


@click.group()
def transcript() -> None:
    """Read transcripts."""


@transcript.command("show")
@click.argument("reference", metavar="RECORDING")
@click.option("--real-names", is_flag=True, help="Show the raw transcript, before pseudonyms.")
@json_option
@pass_terminal
def transcript_show(terminal: Terminal, reference: str, real_names: bool, as_json: bool) -> None:
    """Print a transcript: the released one, or the draft if none is released yet."""
    with terminal.desk() as desk:
        text = reading.read(desk, lookup.recording(desk.vault.database, reference), real_names=real_names)
    if as_json:
        click.echo(text.to_bytes().decode())
        return
    OUT.print(reading.made_by(text), markup=False, style="dim")
    for line in reading.lines(text):
        OUT.print(line, markup=False)
    if sentence := reading.silent(text):
        ERR.print(sentence, style="yellow")


@click.command()
@click.argument("reference", metavar="RECORDING")
@json_option
@pass_terminal
def sound(terminal: Terminal, reference: str, as_json: bool) -> None:
    """Show how a recording sounds: what is wrong with it, how loud it is, who speaks when."""
    with terminal.desk() as desk:
        found = sounds.look(desk, lookup.recording(desk.vault.database, reference), OUT.width)
    if as_json:
        say(asdict(found), as_json=True)
        return
    for line in (*found.picture, "", *(found.sentences or ("There is nothing to say against the sound.",))):
        OUT.print(line, markup=False, highlight=False)


@click.command()
@click.argument("reference", metavar="RECORDING")
@click.option("--confirm", metavar="NUMBERS", help="These finds are names: '3', '1,4-6' or 'all' undecided ones.")
@click.option("--reject", metavar="NUMBERS", help="These finds are no names and stay as they are.")
@click.option("--add", "missed", is_flag=True, help="Add a name that was missed; you are asked for its words.")
@click.option(
    "--kind",
    type=click.Choice(["PER", "LOC", "ORG", "ID"]),
    default="PER",
    show_default=True,
    help="What an added name is.",
)
@json_option
@pass_terminal
def review(
    terminal: Terminal, /, reference: str, *, as_json: bool, missed: bool, kind: str, **numbers: str | None
) -> None:
    """Show the finds of a recording in their sentences, and decide them.

    Without an option it lists them. This shows real names: make sure nobody looks over your shoulder.
    """
    with terminal.desk() as desk:
        held = lookup.recording(desk.vault.database, reference)
        if missed and any(numbers.values()):
            raise BadInput("Add first, then look at the list again, then decide by number.")
        if missed:
            words = click.prompt("The words, as they stand in the transcript", err=True)
            ERR.print(f"{reviews.add(desk, held, words, Kind(kind))} added.")
        for verdict in (Verdict.CONFIRM, Verdict.REJECT):
            if text := numbers[verdict]:
                count = reviews.decide(desk, held, verdict, reviews.numbers(text))
                ERR.print(f"{count} decided: {verdict}.")
        found = reviews.items(desk, held)
    say([asdict(item) for item in found] if as_json else _finds_table(found), as_json=as_json)


def _finds_table(found: Sequence[Item]) -> Table:

    table = Table("no.", "kind", "in its sentence", "becomes", "decided")
    for item in found:
        sentence = Text.assemble(item.before, (item.form, "bold"), item.after)
        table.add_row(str(item.number), item.kind, sentence, item.surrogate, item.verdict or "-")
    return table


@click.command()
@click.argument("references", metavar="RECORDING...", nargs=-1, required=True)
@pass_terminal
def release(terminal: Terminal, references: Sequence[str]) -> None:
    """Release reviewed interviews: every name replaced, and a fresh scan that finds none left."""
    with terminal.desk() as desk:
        for reference in references:
            made = releases.release(desk, lookup.recording(desk.vault.database, reference))
            OUT.print(f"{reference} is released (version {made.version}, {made.replaced} mentions replaced).")
            if not made.segments:
                ERR.print("Nobody is heard to speak in it: there is nothing in what was released.", style="yellow")
            elif made.doubted:
                ERR.print(
                    f"{made.doubted} of its {made.segments} lines are doubted (tillit transcript show {reference}): "
                    "listen before you quote them. The hand-off does not say which.",
                    style="yellow",
                )
            if made.left:
                ERR.print(
                    f"Look again: {made.left} finds were rejected whose word is a confirmed name in this study, "
                    f"and stand in the text as they were said (tillit review {reference}).",
                    style="yellow",
                )
