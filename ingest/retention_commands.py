"""`tillit retention`: what is kept for how long, what is due when, and the run that destroys it."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.withdrawing import Pipeline
from policies import retaining
from policies import retention as rules
from policies.terminal import OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup
from storage.errors import AlreadyThere, BadInput, Denied, StorageFailed

if TYPE_CHECKING:
    from policies.retaining import Ran

ONE = "Say either --days or --keep."
WHY = "Why, in a sentence (who decided it, and their reference)"


@click.group()
def retention() -> None:
    """Say how long what is kept, and destroy what is due."""


@retention.command("show")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def retention_show(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """Show what is left of a study and from which day it is to be destroyed. Changes nothing."""
    with terminal.desk() as desk:
        found = rules.due(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([one.to_dict() for one in found], as_json=True)
        return
    for one in found:
        said = ", under a hold" if one.held else f", said on {one.noticed}" if one.noticed else ""
        whose = f"{study_code}/{one.participant}" if one.participant else study_code
        OUT.print(f"{one.due or 'kept':<10}  {whose}  {one.kind}{said}")
    if not found:
        OUT.print("Nothing is left of this study.")


@retention.command("set")
@click.argument("study_code", metavar="STUDY")
@click.argument("kind")
@click.option("--days", type=int, help="How many days it is kept.")
@click.option("--keep", is_flag=True, help="Keep it until you say otherwise.")
@click.option("--since", type=click.Choice([rules.STUDY_END, rules.INTAKE]), default=rules.STUDY_END,
              show_default=True, help="What the days are counted from.")  # fmt: skip
@pass_terminal
def retention_set(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal, *, study_code: str, kind: str, days: int | None, keep: bool, since: str
) -> None:
    """Keep one KIND of policies/retention.toml for other days in this study. You are asked why."""
    if (days is None) is not keep:
        raise BadInput(ONE)
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        rules.choose(desk, study, kind, since, days, click.prompt(WHY, err=True))
    OUT.print(
        f"{kind} of {study_code} is kept " + ("until you say otherwise." if keep else f"{days} days from {since}.")
    )


@retention.command("run")
@click.argument("study_code", metavar="[STUDY]", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would be destroyed and told.")
@click.option("--certificates", "folder", type=click.Path(path_type=Path), help="A folder to write certificates into.")
@json_option
@pass_terminal
def retention_run(
    terminal: Terminal, *, study_code: str | None, dry_run: bool, folder: Path | None, as_json: bool
) -> None:
    """Destroy what is due and was said in time; say what soon will be. Meant to be run every day."""
    with terminal.desk() as desk:
        mine = lookup.studies_of(desk.vault.database, desk.who.id)
        studies = [lookup.study(desk.vault.database, study_code)] if study_code else mine
        ran: dict[str, list[Ran]] = {}
        for study in studies:
            with suppress(Denied) if study_code is None else nullcontext():
                ran[study.code] = retaining.run(desk, study, Pipeline(), dry=dry_run)
    if folder is not None:
        _write(folder, ran)
    if as_json:
        say({code: [one.to_dict() for one in done] for code, done in ran.items()}, as_json=True)
        return
    for code, done in ran.items():
        for one in done:
            whose = f"{code}/{one.participant}" if one.participant else code
            OUT.print(f"{one.day}  {whose}  {one.kind}: {one.what}")
    destroyed = sum(one.what == "destroyed" for done in ran.values() for one in done)
    OUT.print(f"{counted(destroyed, 'thing was', 'things were')} destroyed.")


def _write(folder: Path, ran: dict[str, list[Ran]]) -> None:
    made = [one.certificate for done in ran.values() for one in done if one.certificate]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for certificate in made:
            with (folder / f"certificate-{certificate.splitlines()[2]}.txt").open("x", encoding="utf-8") as file:
                file.write(certificate)
    except FileExistsError:
        raise AlreadyThere("A certificate is in that folder already. Name a new one.") from None
    except OSError:
        raise StorageFailed("The certificates could not be written. See `tillit certificate show`.") from None
