"""`tillit report`: what an ethics office asks for, as a page to print, on the terminal, or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from policies.reports import odt, reporting, words
from policies.reports.page import lay_out
from policies.terminal import ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import files, lookup
from storage.errors import AlreadyThere, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.reports.facts import Report
    from policies.reports.page import Page, Part

THERE = "That file is there already. Name a new one."
UNWRITTEN = "The page could not be written whole. Check the disk and the folder, and name a new file."
UNVERIFIED = "The ledger does not add up, and the report says so. Run `tillit audit verify`."


@click.group()
def report() -> None:
    """Print what an ethics office asks for: processing, controls, erasures, and who had access to what."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    language = click.option(
        "--language", type=click.Choice(words.LANGUAGES), default="nb", show_default=True,
        help="Norwegian (bokmål) or English; JSON is the same in both.",
    )  # fmt: skip
    to = click.option(
        "--to", "file", type=click.Path(path_type=Path), metavar="FILE.odt",
        help="A new file for the page, an OpenDocument text to print.  [default: the terminal]",
    )  # fmt: skip
    return language(to(json_option(command)))


def _of_study(kind: str, says: str) -> None:
    @report.command(kind, help=says)
    @click.argument("study_code", metavar="STUDY")
    @_options
    @pass_terminal
    def show(terminal: Terminal, *, study_code: str, language: str, file: Path | None, as_json: bool) -> None:
        _refuse_there(file)
        with terminal.desk() as desk:
            made = reporting.of_study(desk, lookup.study(desk.vault.database, study_code), kind)
        _give(made, language, file, as_json=as_json)


_of_study("processing", "The record of processing activities (GDPR article 30). What nobody has stated says how to.")
_of_study("controls", "What protects a study (GDPR article 32): keys, rules, second persons, exceptions, upkeep.")
_of_study("erasures", "What was destroyed (GDPR article 17), what a hold keeps, and which hand-offs to ask back.")
_of_study("access", "Who has or had access, since when and until when, and what the ledger has of them.")


@report.command("accesses")
@click.argument("reference", metavar="STUDY/CODE")
@click.option("--handles", is_flag=True, help="Name the staff by their handles, not by their roles alone.")
@_options
@pass_terminal
def report_accesses(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal, *, reference: str, handles: bool, language: str, file: Path | None, as_json: bool
) -> None:
    """Every access to what is one participant's: when, for which purpose, in which role (GDPR article 15, C-579/21).

    It is for the participant to have, and is there after their key is destroyed, too. Staff are named by role, as the
    court has it; --handles is for when the participant needs to know who.
    """
    _refuse_there(file)
    with terminal.desk() as desk:
        made = reporting.of_participant(desk, lookup.participant(desk.vault.database, reference), handles=handles)
    _give(made, language, file, as_json=as_json)


def _refuse_there(file: Path | None) -> None:
    if file is not None and file.exists():
        raise AlreadyThere(THERE)


def _give(made: Report, language: str, file: Path | None, *, as_json: bool) -> None:
    page = lay_out(made, words.of(language))
    if file is not None:
        _write(file, odt.to_bytes(page, language))
    if as_json:
        say(made.to_dict(), as_json=True)
    elif file is None:
        _print(page)
    if not made.position.verified:
        ERR.print(UNVERIFIED, style="red")


def _write(file: Path, data: bytes) -> None:
    try:
        files.write_in_place(file, data)
    except FileExistsError:
        raise AlreadyThere(THERE) from None
    except OSError:
        raise StorageFailed(UNWRITTEN) from None


def _print(page: Page) -> None:
    OUT.print(page.title, style="bold")
    for line in (page.about, *page.lead):
        OUT.print(line)
    for part in page.parts:
        OUT.print()
        OUT.print(part.heading, style="bold")
        if part.note:
            OUT.print(part.note, style="italic")
        OUT.print(_table(part) if part.rows else page.nothing)


def _table(part: Part) -> Table:
    table = Table(show_header=bool(part.columns))
    for name in part.columns or ("", ""):
        table.add_column(name, overflow="fold")
    for row in part.rows:
        table.add_row(*row)
    return table
