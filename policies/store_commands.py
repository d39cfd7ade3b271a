"""The commands that keep a vault safe: fsck, backup, restore."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from policies import safekeeping
from policies.terminal import ERR, OUT, Terminal, counted, elsewhere, json_option, pass_terminal, places, say
from storage import backup as backups
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from storage.backup import Report

FOLDER = click.Path(path_type=Path)


@click.command()
@json_option
@pass_terminal
def fsck(terminal: Terminal, as_json: bool) -> None:
    """Read everything in the vault back and name what is missing, extra, cut short or altered. Changes nothing."""
    with terminal.desk() as desk, _bar("reading") as told:
        found = safekeeping.examine(desk, told)
    if as_json:
        say([asdict(one) for one in found], as_json=True)
    for one in [] if as_json else found:
        OUT.print(f"{one.kind:12} {one.what}  {one.sentence}")
    if found:
        raise Damaged(
            "{findings}. Nothing was changed. Restore what is missing or altered from a backup.",
            findings=counted(len(found), "finding"),
        )
    if not as_json:
        OUT.print("Everything is there, whole and as it was kept.")


@click.command()
@click.option("--to", "folder", type=FOLDER, required=True, help="The folder for everything but the link key.")
@click.option("--link-to", "link_folder", type=FOLDER, help="Another one, kept elsewhere, for the link key.")
@click.option("--keep", type=click.IntRange(min=1), help="How many of the newest snapshots to keep.  [default: all]")
@click.option("--check/--no-check", default=True, show_default=True, help="Read all of it back afterwards, in full.")
@pass_terminal
def backup(terminal: Terminal, folder: Path, link_folder: Path | None, keep: int | None, check: bool) -> None:
    """Back the vault up, as ciphertext; only what is new is copied.

    Back up after each shred: the backup then forgets too. The link key goes to a folder of its own, because a backup
    with both in it tells whoever opens it who said what.
    """
    if not all(one.absolute().parent.is_dir() for one in (folder, link_folder or folder)):
        raise BadInput("The place for a backup is not there. Mount its disk, or make the folder it is to be in.")
    with terminal.desk() as desk:
        vkey = desk.vault.ledger.signer.vkey
        with _bar("copying") as told:
            if link_folder is not None:  # first, since it may ask for a secret of its own
                safekeeping.back_up_link(desk, link_folder, lambda _done, _of: None, keep)
            report = safekeeping.back_up(desk, folder, told, keep)
        late = safekeeping.waiting(desk.vault)
    OUT.print(_backed_up(report))
    if late:
        waiting = counted(late, "deposit waits in the inbox and is", "deposits wait in the inbox and are")
        ERR.print(f"{waiting} not in it. Take in what waits: tillit run.", style="yellow")
    for one in [folder, *([link_folder] if link_folder else [])] if check else []:
        with _bar("checking") as told:
            problems = backups.check(one, vkey, told)
        if problems:
            raise Damaged(
                "The backup does not read back: {files}, the first is {first}.",
                files=counted(len(problems), "file"),
                first=problems[0].path,
            )
    if report.lost:
        lost = counted(len(report.lost), "payload is", "payloads are")
        raise Damaged("{lost} missing or altered in the vault itself; see tillit fsck.", lost=lost)
    if link_folder is None:
        ERR.print("The link key was not backed up. Do that too, to another place: --link-to FOLDER.", style="yellow")


def _backed_up(report: Report) -> str:
    payloads, rows = counted(report.copied, "new payload"), counted(report.rows, "row")
    return f"Snapshot {report.snapshot}: {payloads}, {report.size / 1e6:.1f} MB; {rows}."


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--link", "link_folder", type=FOLDER, required=True, help="The backup of the link key.")
@click.option("--tombstones", type=FOLDER, multiple=True,
              help="A folder of tombstones newer than the backup; give it again for more.")  # fmt: skip
@click.option("--no-newer-tombstones", is_flag=True, help="Say that nobody was shredded since this backup was made.")
@click.option("--checkpoint", type=click.File("rb"), help="A ledger checkpoint kept elsewhere, to compare with.")
@click.option("--snapshot", help="Which one.  [default: the newest]")
@click.option("--salvage", is_flag=True, help="Go on without payloads that the backup has lost.")
@elsewhere
@pass_terminal
def restore(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    /,
    *,
    folder: Path,
    link_folder: Path,
    tombstones: Sequence[Path],
    no_newer_tombstones: bool,
    checkpoint: BinaryIO | None,
    snapshot: str | None,
    salvage: bool,
    **named: str,
) -> None:
    """Make a vault, where --vault says, from the backup in FOLDER. Whoever was shredded stays shredded.

    It is also how a vault grows: the same backup goes into PostgreSQL and S3, or back into a folder.
    """
    if not tombstones and not no_newer_tombstones:
        raise BadInput(
            "Name the tombstones of participants who were shredded since the backup was made, --tombstones FOLDER, "
            "or say that there are none with --no-newer-tombstones. The old vault has them in its folder tombstones/."
        )
    kept = checkpoint.read().decode(errors="replace") if checkpoint else None
    plan = safekeeping.Plan(folder, link_folder, tombstones, snapshot, kept, salvage, places(named))
    with _bar("restoring") as told:
        report, size = safekeeping.restore(terminal.folder, plan, terminal, terminal.for_link(), told)
    OUT.print(
        f"Restored from {report.snapshot}: {counted(report.rows, 'row')}, {counted(report.copied, 'payload')}; "
        f"{report.buried} shredded."
    )
    OUT.print(f"The ledger adds up: {counted(size, 'entry', 'entries')}. Look with `tillit fsck`.")
    if report.lost:
        ERR.print(f"{counted(len(report.lost), 'payload was', 'payloads were')} lost with the backup.", style="red")
        sys.exit(Damaged.exit_code)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
