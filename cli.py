"""The command line, wired together: who asks, where the vault is, and what happens to an error.

Each room keeps its own commands; a command parses, calls one function and prints. Exit codes are those of
storage.errors.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from handoff.commands import handoff
from ingest.commands import add, doctor, model, run, status, study, worker
from ingest.review_commands import release, review, transcript
from policies import studies
from policies.commands import audit, consent, member, participant
from policies.terminal import ERR, OUT, Terminal, pass_terminal
from storage import vault as vaults
from storage.errors import TillitError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
@click.version_option(package_name="tillit")
@click.pass_context
def tillit(context: click.Context, vault: Path, handle: str, passphrase_fd: int | None) -> None:
    """Carry research interviews from the recorder to the coding tool, sealed all the way.

    A first time through: init, study add, participant add, consent record, add, run, review, release, handoff.
    """
    context.obj = Terminal(vault, handle, passphrase_fd)


@tillit.command()
@pass_terminal
def init(terminal: Terminal) -> None:
    """Make a new vault and become its data steward.

    You choose its passphrase. Without it nothing in the vault can ever be opened, by anybody: keep a copy where
    fire and theft cannot reach both.
    """
    vaults.create(terminal.folder, terminal.passphrase(new=True))
    with terminal.desk() as desk:
        studies.found(desk.vault, terminal.handle)
    OUT.print(f"A vault is ready in {terminal.folder}. You are its data steward, as {terminal.handle}.")


for command in (
    study, member, participant, consent, add, status, run, worker,
    transcript, review, release, handoff, model, audit, doctor,
):  # fmt: skip
    tillit.add_command(command)


def main() -> None:
    """Run a command; a typed error becomes its sentence and exit code, anything else its type and place alone."""
    try:
        tillit.main(standalone_mode=False)
    except TillitError as error:
        ERR.print(error.sentence, style="red", markup=False)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        ERR.print("Stopped. What was done is kept; the same command goes on from there.")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # the last door: what a library says may quote an interview
        ERR.print(
            f"Something unexpected happened ({_place(error)}). Nothing was lost; try again, or run `tillit doctor`."
        )
        sys.exit(70)


def _place(error: BaseException) -> str:
    """The error's type and where it was raised, never what it says."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} at {where}"


if __name__ == "__main__":
    main()
