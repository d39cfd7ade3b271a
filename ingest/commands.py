"""The commands that bring interviews through: status, run, worker, model, doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from ingest import deposits
from ingest import doctor as doctors
from ingest import status as statuses
from ingest.transcription import catalogue, models, registry
from policies.terminal import ERR, OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from policies.desk import Desk
    from storage.errors import TillitError

LEFT_OUT = "Left out, having stopped before: {count}. `tillit status` says why; `tillit run --again` tries once more."


device_option = click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where to recognise speech; cuda is untested.",
)


@click.command()
@click.argument("study_code", metavar="[STUDY]", required=False)
@json_option
@pass_terminal
def status(terminal: Terminal, study_code: str | None, as_json: bool) -> None:
    """Show how far each interview has come."""
    with terminal.desk() as desk:
        if study_code:
            found = [statuses.overview(desk, lookup.study(desk.vault.database, study_code))]
        else:
            found = statuses.everything(desk)
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
        return
    for one in found:
        for alert in one.alerts:
            OUT.print(alert, style="red")
        OUT.print(_status_table(one) if one.recordings else f"{_title(one)}\nNo recording was taken in yet.")
        for sentence in one.due:
            ERR.print(sentence, style="yellow")
    if not found:
        OUT.print("You have no role in any study here. Say who you are with --as.")


def _title(one: statuses.Overview) -> str:
    counts = f"{one.consenting} of {one.participants} consenting · {counted(one.handoffs, 'hand-off')}"
    return f"{one.study}: {one.title} ({one.approval}) · {counts}"


def _status_table(one: statuses.Overview) -> Table:
    table = Table("recording", "minutes", "done", "next", "problem", title=_title(one), title_justify="left")
    for line in one.recordings:
        table.add_row(line.recording, f"{line.seconds / 60:.1f}", line.stage, line.next, line.problem)
    return table


@click.command()
@click.argument("reference", metavar="[RECORDING]", required=False)
@click.option("--again", is_flag=True, help="Try recordings once more that stopped with a problem.")
@device_option
@json_option
@pass_terminal
def run(terminal: Terminal, reference: str | None, again: bool, device: str, as_json: bool) -> None:
    """Run the pipeline on everything that waits, or on one recording, and stop.

    It can be stopped at any time (Ctrl-C, a closed lid, a power cut): run it again and it goes on where it was.
    """
    from ingest import working  # noqa: PLC0415  # the job engine takes a second to load, and most commands need none

    with terminal.desk() as desk, working.shown(desk, as_json=as_json) as tell:
        refused = _admitted(desk, as_json=as_json)
        ran = working.run(desk, tell, reference, again=again, device=device)
    for name in [] if as_json else ran.done:
        OUT.print(f"{name} is ready. Next: tillit review {name}")
    if not (ran.done or ran.problems or ran.left_out or refused or as_json):
        OUT.print("Nothing waits.")
    for name, problem in ran.problems.items():
        ERR.print(f"{name}: {problem.sentence}", style="red", markup=False)
    if ran.left_out:
        ERR.print(LEFT_OUT.format(count=ran.left_out), style="yellow")
    if problems := [*ran.problems.values(), *refused]:
        sys.exit(problems[0].exit_code)


def _admitted(desk: Desk, *, as_json: bool) -> list[TillitError]:
    """Take in what was deposited while the vault was locked; say what became of it, and return what was refused."""
    refused = []
    for one in deposits.admit(desk.vault):
        whose = one.letter.participant if one.letter else "somebody"
        if one.problem is not None:
            brought = f", brought by {one.letter.who} at {one.letter.at}" if one.letter else ""
            ERR.print(f"A deposit for {whose}{brought}, was not taken in: {one.problem.sentence}", style="red")
            refused.append(one.problem)
        elif one.receipt is not None and not as_json:
            OUT.print(f"The deposit for {whose} is taken in as {one.receipt.recording}.")
    return refused


@click.command()
@device_option
@json_option
@pass_terminal
def worker(terminal: Terminal, device: str, as_json: bool) -> None:
    """Keep working on whatever is taken in, until stopped with Ctrl-C or a signal."""
    from ingest import working  # noqa: PLC0415  # the job engine takes a second to load, and most commands need none

    with terminal.desk() as desk, working.shown(desk, as_json=as_json) as tell:
        working.work(desk, tell, device)


@click.group()
def model() -> None:
    """Say which weights the recogniser may use."""


@model.command("add")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it.  [default: the folder's name]")
@click.option("--sha256", "pinned", help="Refuse it unless it has this hash, such as another machine printed.")
@pass_terminal
def model_add(terminal: Terminal, folder: Path, name: str | None, pinned: str | None) -> None:
    """Register a folder of CTranslate2 Whisper weights (NB-Whisper, large-v3 …) by its hash."""
    with terminal.desk() as desk:
        made = registry.register(desk, folder, name, pinned)
    OUT.print(f"{made.name}  sha256 {made.sha256}")


@model.command("list")
@json_option
@pass_terminal
def model_list(terminal: Terminal, as_json: bool) -> None:
    """List the weights this vault knows."""
    with terminal.desk() as desk:
        known = registry.everything(desk.vault.database)
    rows = [{"name": one.name, "sha256": one.sha256, "folder": str(one.folder or "packaged")} for one in known]
    say(rows if as_json else "\n".join(f"{r['name']:20} {r['sha256']}  {r['folder']}" for r in rows), as_json=as_json)


@model.command("offers")
@click.option("--language", help="Those for this language, the best first.")
@json_option
def model_offers(language: str | None, as_json: bool) -> None:
    """List weights worth bringing in, and the command that fetches and converts them where there is a network."""
    found = catalogue.offers(language)
    if as_json:
        say([asdict(one) for one in found], as_json=True)
        return
    for one in found:
        spoken = ", ".join(one.languages) or "every language"
        OUT.print(f"{one.name}  ({spoken}; {one.gigabytes} GB; {one.licence})", markup=False, style="bold")
        OUT.print(f"  {one.about}\n  {one.how}", markup=False, soft_wrap=True)
    ERR.print(catalogue.NEEDS, markup=False, soft_wrap=True)


@model.command("check")
@click.argument("name", required=False)
@pass_terminal
def model_check(terminal: Terminal, name: str | None) -> None:
    """Hash weights again and compare with what was registered; all of them without a NAME."""
    with terminal.desk() as desk:
        known = [registry.registered(desk.vault.database, name)] if name else registry.everything(desk.vault.database)
    for one in known:
        models.check(one)
        OUT.print(f"{one.name}: unchanged")


@click.command()
@json_option
@pass_terminal
def doctor(terminal: Terminal, as_json: bool) -> None:
    """Check this machine and vault, and say what to do about what is wrong."""
    findings = doctors.examine(terminal.folder)
    if as_json:
        say([asdict(finding) for finding in findings], as_json=True)
    else:
        for finding in findings:
            mark = ("ok  ", "green") if finding.well else ("LOOK", "yellow")
            OUT.print(Text.assemble(mark, " ", finding.sentence))
