"""The command line, wired together: who asks, where the vault is, and what happens to an error.

Each room keeps its own commands; a command parses, calls one function and prints. Exit codes are those of
storage.errors.
"""

from __future__ import annotations

import ctypes
import getpass
import logging
import os
import resource
import sys
import threading
import warnings
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, cast

import click
from sqlalchemy.exc import DBAPIError

from handoff import SCAN
from policies import studies
from policies.terminal import ERR, OUT, Terminal, elsewhere, pass_terminal, places
from storage import lookup, new_vault
from storage.errors import StorageFailed, TillitError, Unanswered

NOBODY_THERE = (
    "Nobody answered that question: the standard input is at its end, so the command stopped there. Run it at a "
    "terminal, or give the answers on its standard input, a line each, in the order in which they are asked for."
)
STOPPED = 130
PR_SET_DUMPABLE = 4  # linux/prctl.h


ROOMS = {
    "policies.audit_commands": ("audit",),
    "policies.commands": ("participant",),
    "policies.consent_commands": ("consent",),
    "policies.letter_commands": ("letter",),
    "policies.people_commands": ("member",),
    "policies.rule_examples_commands": ("policy",),
    "policies.why_commands": ("why",),
    "policies.key_commands": ("key", "lock", "unlock"),
    "policies.break_glass_commands": ("break-glass",),
    "policies.reports.commands": ("report",),
    "policies.requests_commands": ("request",),
    "policies.store_commands": ("backup", "fsck", "restore"),
    "ingest.deposit_commands": ("deposit", "seal"),
    "ingest.intake_commands": ("add",),
    "ingest.commands": ("doctor", "model", "run", "status", "worker"),
    "ingest.study_commands": ("study",),
    "ingest.voice_commands": ("voice",),
    "ingest.retention_commands": ("retention",),
    "ingest.withdraw_commands": ("withdraw",),
    "policies.withdrawal_commands": ("certificate", "hold"),
    "ingest.names_commands": ("names",),
    "ingest.roster_commands": ("roster",),
    "ingest.reidentify_commands": ("reidentify",),
    "ingest.review_commands": ("release", "review", "sound", "transcript"),
    "ingest.transcribe_commands": ("transcribe",),
    "ingest.bleep_commands": ("bleep",),
    "handoff.commands": ("handoff",),
}


class Rooms(click.Group):
    """Loads the room of a command when the command is asked for: a recogniser's libraries take a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return sorted([*super().list_commands(ctx), *(name for names in ROOMS.values() for name in names)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        for room, names in ROOMS.items():
            if cmd_name in names:
                return cast("click.Command", getattr(import_module(room), cmd_name.replace("-", "_")))
        return super().get_command(ctx, cmd_name)


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--vault",
    type=click.Path(path_type=Path),
    default=Path("vault"),
    envvar="TILLIT_VAULT",
    show_default=True,
    show_envvar=True,
    help="The folder that holds everything.",
)
@click.option(
    "--as",
    "handle",
    default=getpass.getuser,
    envvar="TILLIT_AS",
    show_envvar=True,
    help="Who you are in this vault.  [default: your login name]",
)
@click.option(
    "--passphrase-fd",
    type=int,
    help="Read the passphrase from this file descriptor. Without it: the systemd credential "
    "'tillit-passphrase', or a prompt.",
)
@click.option(
    "--link-passphrase-fd",
    type=int,
    help="The link key's, if it has one of its own. Without it: the systemd credential 'tillit-link-passphrase'.",
)
@click.version_option(package_name="tillit")
@click.pass_context
def tillit(
    context: click.Context, vault: Path, handle: str, passphrase_fd: int | None, link_passphrase_fd: int | None
) -> None:
    """Carry research interviews from the recorder to the coding tool, sealed all the way.

    A first time through: init, study add, participant add, consent record, add, run, review, release, handoff.
    """
    context.obj = Terminal(vault, handle, passphrase_fd, link_passphrase_fd)
    context.meta[SCAN] = lambda *given: import_module("ingest.outgoing").scan(*given)


@tillit.command()
@elsewhere
@pass_terminal
def init(terminal: Terminal, /, **named: str) -> None:
    """Make a new vault and become its data steward.

    You choose its passphrase. Without it nothing in the vault can ever be opened, by anybody: keep a copy where
    fire and theft cannot reach both.
    """
    lookup.handle(terminal.handle)
    terminal.new = True
    with new_vault.made(terminal.folder, terminal, places(named)) as vault:
        studies.found(vault, terminal.handle)
    OUT.print(f"A vault is ready in {terminal.folder}. You are its data steward, as {terminal.handle}.")


def main() -> None:
    """Run a command; a typed error becomes its sentence and exit code, anything else its type and place alone."""
    _leave_no_core()
    _quote_nothing()
    _read_from_somewhere()
    _print_whatever_comes()
    try:
        _run()
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was being answered
        os._exit(STOPPED)


def _run() -> None:
    try:
        _asking()
    except TillitError as error:
        ERR.print(error.sentence, style="red")
        sys.exit(error.exit_code)
    except DBAPIError:  # what it says may quote a row
        ERR.print(
            "The vault's database could not be read or written. Check that its disk is well and not full; if it is, "
            "the database is damaged: restore the vault from a backup.",
            style="red",
        )
        sys.exit(StorageFailed.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _stop()
    except Exception as error:  # noqa: BLE001  # the last door: what a library says may quote an interview
        ERR.print(
            f"Something unexpected happened ({_place(error)}), and the command stopped there. `tillit status` shows "
            "how far each interview has come, `tillit doctor` and `tillit audit verify` whether all is well.",
            style="red",
        )
        sys.exit(70)


def _asking() -> None:
    """Run the command; a question that meets the end of the input is nobody's Ctrl-C, though click raises the same."""
    try:
        tillit.main(standalone_mode=False)
    except click.Abort as stopped:
        if not isinstance(stopped.__context__, EOFError):
            raise
        ERR.print()  # the question is still on its line
        raise Unanswered(NOBODY_THERE) from None


def _stop() -> NoReturn:
    """End the process now: the engine's threads would hold it up, and a kill loses nothing that was kept."""
    ERR.print("Stopped. What was done is kept; the same command goes on from there.")
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever was reading has gone
            stream.flush()
    os._exit(STOPPED)


def _leave_no_core() -> None:
    """A crash must not write memory, and with it an interview, to a disk.

    The limit stops the kernel's own core files; only a process that is not dumpable is kept from a handler such as
    systemd-coredump too (core(5), prctl(2)), and from the debuggers of other processes of the same user.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _quote_nothing() -> None:
    """What dies beside the command says its type alone: a thread, a finaliser, a library's warning or log line.

    Any of them may quote an interview, and what stands on standard error stands in the journal.
    """

    def tell(kind: type[BaseException] | None) -> None:
        ERR.print(f"Something unexpected happened beside the command ({kind.__name__ if kind else 'unknown'}).")

    threading.excepthook = lambda died: tell(died.exc_type)
    sys.unraisablehook = lambda died: tell(died.exc_type)
    warnings.simplefilter("ignore")
    logging.lastResort = None


def _read_from_somewhere() -> None:
    """A standard input that was closed is an empty one: Python has none then, and whoever reads from it stumbles."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  # it lasts as long as the process


def _print_whatever_comes() -> None:
    """What a terminal's encoding has no sign for is printed as its number, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _place(error: BaseException) -> str:
    """The error's type and where it was raised, never what it says."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} at {where}"


if __name__ == "__main__":
    main()
