"""The researcher's last command, hand-off; and, for the steward, who has what was handed off."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handoff import SCAN, holders, words
from handoff.package import FORMATS
from handoff.register import Order, hand_off, terms
from policies.actions import ACTIONS, Action, Purpose
from policies.asking import in_two, request_option
from policies.terminal import OUT, Terminal, counted, json_option, pass_terminal, say
from storage import lookup

if TYPE_CHECKING:
    from handoff.register import Scan

PACK = "pack"
SHARING = sorted(purpose.value for purpose in ACTIONS[Action.HAND_OFF].purposes)


class _Packing(click.Group):
    """What is no command of the group's is a study to pack: `handoff rus --to …` is `handoff pack rus --to …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `pack` in front where nothing of the group's own is asked for."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [PACK, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Packing)
def handoff() -> None:
    """Pack the released interviews of a study for the coding tool, and keep track of who has them.

    `tillit handoff STUDY --to FOLDER …` is short for `tillit handoff pack STUDY --to FOLDER …`.
    """


@handoff.command(PACK)
@click.argument("study_code", metavar="STUDY")
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="A new folder for the files.")
@click.option(
    "--for",
    "recipient",
    required=True,
    help="Who gets it, kept in the register; for analyse the handle of a researcher of the study.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=("docx", "vtt", "qdpx", "cases"),
    show_default=True,
    type=click.Choice(list(FORMATS)),
    help="Give it again for more.",
)
@click.option(
    "--purpose",
    type=click.Choice(SHARING),
    required=True,
    help="Why; participants must have consented to it.",
)
@click.option(
    "--language",
    type=click.Choice(sorted(words.languages())),
    default="en",
    show_default=True,
    help="Of the README in the folder.",
)
@request_option
@pass_terminal
def handoff_pack(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    *,
    study_code: str,
    folder: Path,
    recipient: str,
    formats: tuple[str, ...],
    purpose: str,
    language: str,
    request: str | None,
) -> None:
    """Pack the released interviews of a study for the coding tool.

    More than a few, or the whole of a study, takes two: you are asked why, another approves, and you run it again
    with --request. The files leave the vault's protection. They are pseudonymised, and still personal data.
    """
    order = Order(folder, formats, recipient, Purpose(purpose), language)
    scan: Scan = click.get_current_context().meta[SCAN]
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        handed = in_two(
            desk, Action.HAND_OFF_BULK, study, terms(desk, study, order),
            lambda approved: hand_off(desk, study, order, scan, approved), request,
        )  # fmt: skip
    OUT.print(f"{counted(handed.interviews, 'interview is', 'interviews are')} in {folder}.", markup=False)
    for reason, count in handed.left_out.items():
        OUT.print(f"Left out: {count}. {reason}", markup=False)
    for file in handed.files:
        OUT.print(f"  {file.sha256}  {file.size:>9}  {file.name}")


@handoff.command("list")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def handoff_list(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """List the hand-offs of a study: who has what since when, and who said that it is deleted."""
    with terminal.desk() as desk:
        found = holders.listed(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say([asdict(one) for one in found], as_json=True)
        return
    for one in found:
        recalled = f", recalled {one.recalled}" if one.recalled else ""
        deleted = f", deleted, said on {one.confirmed}" if one.confirmed else ""
        OUT.print(f"{one.handoff}  {one.day}  {one.recipient}{recalled}{deleted}")
    if not found:
        OUT.print("Nothing of this study was handed off.")


@handoff.command("recall")
@click.argument("study_code", metavar="STUDY")
@click.argument("which", metavar="[HANDOFF]", required=False)
@click.option("--letters", "folder", type=click.Path(path_type=Path), required=True, help="A new folder for letters.")
@pass_terminal
def handoff_recall(terminal: Terminal, study_code: str, which: str | None, folder: Path) -> None:
    """Write a letter to the holder of each hand-off that asks for it to be deleted, and keep that it was recalled."""
    with terminal.desk() as desk:
        written = holders.recall(desk, lookup.study(desk.vault.database, study_code), folder, which)
    OUT.print(f"{counted(len(written), 'letter is', 'letters are')} in {folder}, to be sent.")


@handoff.command("confirm-deleted")
@click.argument("study_code", metavar="STUDY")
@click.argument("which", metavar="HANDOFF")
@pass_terminal
def handoff_confirm_deleted(terminal: Terminal, study_code: str, which: str) -> None:
    """Write down that the holder of a hand-off said that every copy is deleted."""
    with terminal.desk() as desk:
        holders.confirm_deleted(desk, lookup.study(desk.vault.database, study_code), which)
    OUT.print("Written down.")
