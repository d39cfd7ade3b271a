"""The commands for keys: unlock, lock, and key rotate | protect | escrow | recover | shred."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click
from rich.progress import Progress

from policies import ceremonies, shredding
from policies.actions import Action
from policies.asking import in_two, request_option
from policies.terminal import ERR, OUT, Fresh, Terminal, counted, pass_terminal
from storage import ceremony, lookup, settings, warden
from storage.ceremony import Seat
from storage.errors import BadInput
from storage.roots import Keeper
from storage.vault import open_vault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from policies.desk import Desk

DURATION = re.compile(r"([1-9][0-9]{0,3})([hm])")
CELL = re.compile(r"([0-9]{1,2}) ([a-z]+)")
TABLE_LINE = re.compile(r"(\s*[0-9]{1,2} [a-z]+\s*)+")
LONGEST = 24 * 3600
link_option = click.option(
    "--link", "of_link", is_flag=True, help="The link key's root instead of the research data's."
)


@click.command()
@click.option("--for", "duration", default="8h", show_default=True, help="How long, such as 30m or 8h; at most 24h.")
@click.option("--link", "with_link", is_flag=True, help="The link key too, which reviews and releases need.")
@pass_terminal
def unlock(terminal: Terminal, duration: str, with_link: bool) -> None:
    """Ask for the passphrase once: later commands of yours need none, until `tillit lock` or the time is over.

    A process of its own holds the root in memory and never gives it out; after a restart of the machine it is gone.
    """
    seconds = _seconds(duration)
    with terminal.desk() as desk:
        names = ["root", "link-root"] if with_link else ["root"]
        ceremonies.unlock(desk, [_seat(terminal, desk, name) for name in names], seconds)
    OUT.print(f"Unlocked for {duration}{', the link key too' if with_link else ''}. Lock again with `tillit lock`.")
    held = warden.connect(settings.read(terminal.folder).id)
    if held and not held.memory_locked:
        ERR.print(
            "Its memory may be swapped to disk: encrypt the swap, or allow it to lock memory (ulimit -l).",
            style="yellow",
        )


@click.command()
@pass_terminal
def lock(terminal: Terminal) -> None:
    """Forget what `tillit unlock` holds; needs no passphrase. Recordings sealed on devices can still be deposited."""
    stopped = warden.stop(settings.read(terminal.folder).id)
    OUT.print("Locked." if stopped else "It was locked already.")


@click.group()
def key() -> None:
    """Rotate, protect, divide, recover and destroy keys."""


@key.command("rotate")
@click.argument("reference", metavar="[STUDY|STUDY/CODE]", required=False)
@click.option("--root", "of_root", is_flag=True, help="The root of the research data.")
@link_option
@click.option("--participants", is_flag=True, help="In STUDY: each participant whose key is older than the study's.")
@click.option(
    "--forget", is_flag=True, help="With STUDY: destroy its former keys; sealed files still on their way are lost."
)
@pass_terminal
def key_rotate(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal, *, reference: str | None, of_root: bool, of_link: bool, participants: bool, forget: bool
) -> None:
    """Give a participant, a study or the vault a new key, and hand over what lies below.

    Sound and text stay as they are: only headers are written anew. It can be stopped at any time, and done again.
    A `tillit worker` that runs meanwhile knows the old root only: start it again after --root.
    """
    if [bool(reference), of_root, of_link].count(True) != 1:
        raise BadInput("Say what to rotate: STUDY, STUDY/CODE, --root or --link.")
    if (forget or participants) and (not reference or "/" in reference):
        raise BadInput("--participants and --forget go with a STUDY.")
    with terminal.desk() as desk:
        if not reference:
            count = ceremonies.rotate_root(desk, _seat(terminal, desk, "link-root" if of_link else "root"))
            OUT.print(
                f"The {'link key’s ' if of_link else ''}root is a new one, and "
                f"{counted(count, 'key below it was', 'keys below it were')} handed over."
            )
            OUT.print(
                "Divide it anew (tillit key escrow), and back up: older snapshots open with the former root only."
            )
        elif "/" in reference:
            count = ceremonies.rotate_participant(desk, lookup.participant(desk.vault.database, reference))
            artefacts = counted(count, "artefact opens", "artefacts open")
            OUT.print(f"{reference} has a new key; {artefacts} with it, and with no older one.")
        elif participants:
            _rotate_participants(desk, reference)
        else:
            count = ceremonies.rotate_study(desk, lookup.study(desk.vault.database, reference), forget=forget)
            held = counted(count, "participant's key is", "participants' keys are")
            OUT.print(f"{reference} has a new key; {held} under it. Give devices the new one:")
            OUT.print(f"tillit study recipient {reference} > {reference}.recipient")


def _rotate_participants(desk: Desk, code: str) -> None:
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        bar = progress.add_task(code, total=None)
        done = 0
        for done, of in ceremonies.rotate_participants(desk, lookup.study(desk.vault.database, code)):
            progress.update(bar, completed=done, total=of)
    OUT.print(f"New keys for {counted(done, 'participant')} of {code}; none is older than the study's now.")


@key.command("protect")
@click.option("--with", "kind", type=click.Choice(["passphrase", "credential", "transit"]), default="passphrase",
              show_default=True, help="Who keeps the root from now on.")  # fmt: skip
@click.option("--address", default="", help="With transit: the OpenBao or Vault server, https://…")
@click.option("--key-name", default="", help="With transit: the name of the server's key.")
@click.option("--new-passphrase-fd", type=int, help="Read the new passphrase from here; without it, a prompt.")
@link_option
@pass_terminal
def key_protect(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal, *, kind: str, address: str, key_name: str, new_passphrase_fd: int | None, of_link: bool
) -> None:
    """Change the passphrase, or hand a root to a systemd credential or a key server.

    With --link the link key gets a passphrase or keeper of its own, so that no one person's secret opens both.
    """
    name = "link-root" if of_link else "root"
    fresh = Fresh(new_passphrase_fd)
    keeper = Keeper(kind, address, key_name)  # type: ignore[arg-type]  # click has seen to the kind
    with terminal.desk() as desk:
        if kind == "passphrase":
            fresh.passphrase()  # asked for before anything is locked
        ceremonies.protect(desk, _seat(terminal, desk, name), keeper, fresh)
    OUT.print(f"The {name.replace('-', ' ')} is kept by: {kind}. Copies of the vault made before open as they did.")


@key.command("escrow")
@click.option("--need", type=int, default=3, show_default=True, help="How many shares make the root whole.")
@click.option("--of", "total", type=int, default=5, show_default=True, help="How many there are.")
@link_option
@request_option
@pass_terminal
def key_escrow(terminal: Terminal, need: int, total: int, of_link: bool, request: str | None) -> None:
    """Divide a root into shares for people who do not meet by chance, and print a sheet for each; it takes two.

    You are asked why; another data steward of the vault approves it, and you run this again with --request.

    Every way to put them together is tried before they are printed: enough always recover, one too few never does.
    Whoever holds enough of them holds the vault: print on paper, into envelopes, and clear the screen.
    """
    with terminal.desk(fresh=True) as desk:
        seat = _seat(terminal, desk, "link-root" if of_link else "root")
        sheets = in_two(
            desk, Action.ESCROW_ROOT, desk.vault.id, ceremonies.division(seat, need, total),
            lambda approved: _divide(desk, seat, need, total, approved), request,
        )  # fmt: skip
    click.echo("\f\n".join(sheets))


def _divide(desk: Desk, seat: Seat, need: int, total: int, approved: str | None) -> list[str]:
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        bar = progress.add_task("rehearsing", total=None)
        return ceremonies.divide(
            desk, seat, need, total, lambda done, of: progress.update(bar, completed=done, total=of), approved
        )


@key.command("recover")
@click.argument("shares", nargs=-1, type=click.File("r"))
@click.option("--new-passphrase-fd", type=int, help="Read the new passphrase from here; without it, a prompt.")
@link_option
@pass_terminal
def key_recover(terminal: Terminal, shares: Sequence[TextIO], new_passphrase_fd: int | None, of_link: bool) -> None:
    """Make a root whole from shares, each a file with its words, or typed in; you choose a new passphrase for it."""
    name = "link-root" if of_link else "root"
    fresh, about = Fresh(new_passphrase_fd), settings.read(terminal.folder)
    words = [_words(one.read()) for one in shares] or _typed()
    fresh.passphrase()
    with ceremony.alone(terminal.folder):
        ceremony.recover(Seat(terminal.folder, about, fresh, name).anew(), words)
    vault = open_vault(terminal.folder, terminal if of_link else fresh)
    try:
        ceremonies.recovered(vault, name)
    finally:
        vault.close()
    OUT.print("The root is whole again, under the new passphrase. The ledger says so.")
    if not of_link:
        OUT.print("The link key's root still has its own: recover it from its shares with --link.")


@key.command("shred")
@click.argument("reference", metavar="STUDY/CODE")
@click.option("--yes", is_flag=True, help="Do not ask for the code once more.")
@request_option
@pass_terminal
def key_shred(terminal: Terminal, reference: str, yes: bool, request: str | None) -> None:
    """Destroy a participant's key: nothing of theirs opens again, here or from any backup made or restored later.

    After a withdrawal, or when the consent has expired, one does it; before, it takes two: you are asked why, another
    data steward approves it, and you run this again with --request.

    There is no way back. The ledger keeps that it happened; a tombstone goes with every backup.
    """
    code = reference.rpartition("/")[2]
    if not yes and click.prompt(f"Type {code} to destroy everything of theirs", err=True) != code:
        raise BadInput("Nothing was destroyed: what was typed is not the code.")
    with terminal.desk(fresh=request is not None) as desk:
        held = lookup.participant(desk.vault.database, reference)
        count = in_two(
            desk, Action.SHRED_EARLY, held, {}, lambda approved: shredding.shred(desk, held, request=approved), request
        )
    OUT.print(
        f"The key of {reference} is destroyed, and {counted(count, 'artefact')} with it. Back up now: backups then "
        "forget too."
    )


def _seat(terminal: Terminal, desk: Desk, name: str) -> Seat:
    secrets = terminal.for_link() if name == "link-root" else terminal
    return Seat(terminal.folder, desk.vault.settings, secrets, name)


def _seconds(text: str) -> int:
    match = DURATION.fullmatch(text)
    seconds = int(match[1]) * (3600 if match[2] == "h" else 60) if match else 0
    if not 0 < seconds <= LONGEST:
        raise BadInput("Say how long as 30m or 8h, and at most 24h.")
    return seconds


def _typed() -> list[str]:
    """Shares from the terminal, one a line, unseen, until an empty one."""
    if not sys.stdin.isatty():
        raise BadInput("Name the files with the shares, or run this at a terminal and type them.")
    typed = iter(lambda: str(click.prompt("Share (Enter to end)", default="", hide_input=True, err=True)), "")
    return [_words(one) for one in typed]


def _words(text: str) -> str:
    """The words of a share, from its sheet, where they stand in a numbered table, or as they are."""
    table = [line for line in text.splitlines() if TABLE_LINE.fullmatch(line)]
    cells = {int(number): word for line in table for number, word in CELL.findall(line)}
    return " ".join(word for _, word in sorted(cells.items())) or " ".join(text.split())
