"""The commands of the person who reads: transcript, review, release."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from ingest import reading
from ingest import release as releases
from ingest import review as reviews
from ingest import sound as sounds
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from ingest.reviewing import histories
from ingest.reviewing.terminal import Review as Sitting
from policies.terminal import ERR, OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.reviewing.histories import Entry
    from ingest.reviewing.looking import Flagged, Item
    from ingest.reviewing.sitting import Remark
    from policies.desk import Desk
    from storage.records import Recording


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
@click.option("--retype", metavar="NUMBERS", help="These finds are names of another kind: see --kind.")
@click.option("--seen", metavar="NUMBERS", help="These flagged places were looked at and may stay.")
@click.option("--undo", metavar="NUMBERS", help="Take decisions back; their numbers are in --history.")
@click.option("--add", "missed", is_flag=True, help="Add a name that was missed; you are asked for its words.")
@click.option(
    "--kind",
    type=click.Choice(["PER", "LOC", "ORG", "ID"]),
    help="What a retyped name is from now on, or an added one; an added one is PER unless said.",
)
@click.option("--speaker", is_flag=True, help="Call a speaker of this recording otherwise; you are asked for both.")
@click.option("--why", "asks_why", is_flag=True, help="Say why you decide so; you are asked, and it is kept sealed.")
@click.option("--list", "listed", is_flag=True, help="List every find, decided or not, at a terminal too.")
@click.option("--next", "by_need", is_flag=True, help="List undecided finds, what most needs a look first.")
@click.option("--history", "past", is_flag=True, help="List every decision, with who, when and why.")
@json_option
@pass_terminal
def review(terminal: Terminal, /, reference: str, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401  # as click gives them
    """Go through the finds of a recording, one at a time in its sentence, and decide them.

    Without a terminal or with an option it lists them. This shows real names: make sure nobody looks over your
    shoulder. Every decision can be taken back, and none changes what was heard or found.
    """
    with terminal.desk() as desk:
        held = lookup.recording(desk.vault.database, reference)
        if not as_json and _alone(asked) and _somebody_sits_there():
            Sitting(desk, held).run()
            return
        _decide(desk, held, asked)
        if asked["past"]:
            past = histories.history(desk, held)
            nothing = "Nothing was decided in it yet."
            table = _history_table(past) if past else nothing
            say([asdict(entry) for entry in past] if as_json else table, as_json=as_json)
            return
        looked = reviews.look(desk, held)
    found = looked.ranked if asked["by_need"] else looked.items
    if as_json:
        flagged = [] if asked["by_need"] else looked.flags
        say([*map(asdict, found), *({"kind": "INDIRECT", **asdict(flag)} for flag in flagged)], as_json=True)
        return
    nothing = "No find is undecided." if asked["by_need"] else "No name was found in it."
    OUT.print(_finds_table(found, by_need=asked["by_need"]) if found else nothing)
    if looked.flags and not asked["by_need"]:
        OUT.print(_flags_table(looked.flags))


def _alone(asked: Mapping[str, Any]) -> bool:
    """Whether no option was given."""
    return all(value is None or value is False for value in asked.values())


def _somebody_sits_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and OUT.is_terminal


def _decide(desk: Desk, held: Recording, asked: Mapping[str, Any]) -> None:
    """Do what the options say, and tell what was done."""
    options = ("confirm", "reject", "retype", "seen", "undo")
    numbered = {name: reviews.numbers(asked[name]) for name in options if asked[name] is not None}
    if asked["missed"] and numbered:
        raise BadInput("Add first, then look at the list again, then decide by number.")
    if set(numbered.get("confirm") or ()) & set(numbered.get("reject") or ()):
        raise BadInput("The same find cannot be a name and none. Nothing was decided.")
    if "retype" in numbered and asked["kind"] is None:
        raise BadInput("Say with --kind what they are. Nothing was changed.")
    remark = reviews.Remark(click.prompt("Why", err=True)) if asked["asks_why"] else reviews.NO_REMARK
    kind = Kind(asked["kind"] or "PER")
    if asked["missed"]:
        words = click.prompt("The words, as they stand in the transcript", err=True)
        ERR.print(f"{reviews.add(desk, held, words, kind, remark)} added.")
    if asked["speaker"]:
        label, name = (click.prompt(text, err=True) for text in ("Who is called", "From now on"))
        reviews.rename_speaker(desk, held, label, name, remark)
        ERR.print("The speaker is renamed.")
    for verb, chosen in numbered.items():
        ERR.print(_by_number(desk, held, verb, chosen, kind, remark))


def _by_number(  # noqa: PLR0913, PLR0917  # what was typed
    desk: Desk, held: Recording, verb: str, chosen: list[int] | None, kind: Kind, remark: Remark
) -> str:
    """Do one thing to what was chosen by number, None for all; returns what was done."""
    if verb == "seen":
        return f"{reviews.see(desk, held, chosen, remark)} seen."
    if verb in {Verdict.CONFIRM, Verdict.REJECT}:
        return f"{reviews.decide(desk, held, Verdict(verb), chosen, remark)} decided: {verb}."
    if chosen is None:
        raise BadInput("Name them by number: 'all' would be too many to take back by mistake.")
    if verb == "retype":
        return f"{counted(reviews.retype(desk, held, chosen, kind, remark), 'is', 'are')} {kind} now."
    reviews.undo(desk, held, chosen, remark)
    return f"{len(set(chosen))} undone."


def _finds_table(found: Sequence[Item], *, by_need: bool) -> Table:
    table = Table("no.", "kind", "in its sentence", "becomes", "look, because" if by_need else "decided")
    for item in found:
        sentence = Text.assemble(item.before, (item.form, "bold"), item.after)
        last = "; ".join(item.look) if by_need else item.verdict or "-"
        becomes = "" if item.verdict == Verdict.REJECT else item.becomes
        table.add_row(str(item.number), item.kind, sentence, becomes, last)
    return table


def _flags_table(found: Sequence[Flagged]) -> Table:
    title = "Not names, but may tell who it is: nothing replaces them"
    table = Table("no.", "in its sentence", "why", "seen", title=title, title_justify="left")
    for flag in found:
        sentence = Text.assemble(flag.before, (flag.form, "bold"), flag.after)
        table.add_row(str(flag.number), sentence, flag.why, "yes" if flag.seen else "-")
    return table


def _history_table(found: Sequence[Entry]) -> Table:
    table = Table("no.", "verb", "of what", "who", "when (UTC)", "why", "counts")
    for entry in found:
        counts = "undone" if entry.undone else "yes"
        table.add_row(str(entry.number), entry.verb, entry.words, entry.who, entry.at[:16], entry.why, counts)
    return table


@click.command()
@click.argument("references", metavar="RECORDING...", nargs=-1, required=True)
@pass_terminal
def release(terminal: Terminal, references: Sequence[str]) -> None:
    """Release reviewed interviews: every name replaced, and a fresh scan that finds none left."""
    with terminal.desk() as desk:
        for reference in references:
            made = releases.release(desk, lookup.recording(desk.vault.database, reference))
            OUT.print(
                f"{reference} is released (version {made.version}, {counted(made.replaced, 'mention')} replaced)."
            )
            if not made.segments:
                ERR.print("Nobody is heard to speak in it: there is nothing in what was released.", style="yellow")
            elif made.doubted:
                lines, doubted = counted(made.segments, "line"), counted(made.doubted, "is", "are")
                ERR.print(
                    f"Of its {lines} {doubted} doubted (tillit transcript show {reference}): listen before you quote "
                    "what is said there. The hand-off does not say which.",
                    style="yellow",
                )
            if made.left:
                ERR.print(
                    f"Look again: {counted(made.left, 'find was', 'finds were')} rejected whose word is a confirmed "
                    f"name in this study, and stay in the text as they were said (tillit review {reference}).",
                    style="yellow",
                )
