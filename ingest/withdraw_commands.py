"""`tillit withdraw`: show what a withdrawal would do, ask, and do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.withdrawing import Pipeline
from policies import shredding, withdrawal, withdrawal_letters
from policies.terminal import OUT, Terminal, counted, json_option, pass_terminal, say
from policies.withdrawal import Ground, Scope
from policies.withdrawal_plan import plan
from storage import lookup
from storage.errors import AlreadyThere, BadInput, StorageFailed

if TYPE_CHECKING:
    from policies.desk import Desk
    from policies.withdrawal import Done
    from policies.withdrawal_plan import Plan
    from storage.records import Participant

NOT_TYPED = "Nothing was done: what was typed is not the code."
BOTH = "Say either --only sound or --from-now."
WHAT = {
    Scope.ALL: "All of this is destroyed, and nothing of theirs opens again, here or from a backup restored later.",
    Scope.SOUND: (
        "Their sound and voice are destroyed, here and in a backup restored later. What was written of it stays, and "
        "no new sound is taken in. The next backup lets go of their former key: older snapshots in it then restore "
        "without anything of theirs, and the newest has what stays."
    ),
    Scope.FROM_NOW: "Nothing is destroyed. What is here opens for nobody, and nothing new is made of it.",
}
UNREAD = (
    "Cannot be read: {unread}. No name is destroyed: one of theirs may be needed there. The keys do not wait for that."
)
AGAIN = "Once that is restored, or withdrawn too, destroy their names: tillit withdraw {reference}"
UNDER_HOLD = "A hold stands ({holds}): access is closed and jobs are stopped, and what is sealed is kept."


@click.command()
@click.argument("reference", metavar="STUDY/CODE")
@click.option("--only", type=click.Choice(["sound"]), help="Destroy their sound, and leave what was written of it.")
@click.option("--from-now", is_flag=True, help="Destroy nothing: what is published stays, and nothing more is done.")
@click.option("--ground", type=click.Choice([ground.value for ground in Ground if ground is not Ground.RETENTION]),
              default=Ground.PARTICIPANT.value, show_default=True, help="Who wants it.")  # fmt: skip
@click.option("--letters", "folder", type=click.Path(path_type=Path),
              help="A new folder for a recall letter to each holder of a hand-off.")  # fmt: skip
@click.option("--certificate", "file", type=click.Path(path_type=Path), help="A new file for the certificate.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask for the code once more.")
@json_option
@pass_terminal
def withdraw(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    *,
    reference: str,
    only: str | None,
    from_now: bool,
    ground: str,
    folder: Path | None,
    file: Path | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Let a participant withdraw: close, stop, destroy, recall, certify. Shows first what will happen.

    Under a hold it closes and stops, and keeps what is sealed. Stopped halfway, the same command goes on from there.
    """
    if only and from_now:
        raise BadInput(BOTH)
    scope = Scope.SOUND if only else Scope.FROM_NOW if from_now else Scope.ALL
    for new in (folder, file):
        if new is not None and new.exists():
            raise AlreadyThere("The place for the letters or the certificate is there already. Name a new one.")
    with terminal.desk() as desk:
        participant = lookup.participant(desk.vault.database, reference)
        planned = plan(desk, participant, Pipeline(), shredding.SOUND if scope is Scope.SOUND else None)
        if not as_json:
            _show(planned, scope)
        done = None if dry_run else _do(desk, participant, scope, Ground(ground), yes=yes)
        if done is not None and folder is not None and scope is not Scope.FROM_NOW:
            withdrawal_letters.write(desk, participant, folder)
    if file is not None and done is not None and done.certificate:
        _write(file, done.certificate)
    if as_json:
        say({"plan": planned.to_dict(), "done": done.to_dict() if done else None}, as_json=True)
    elif done is not None:
        _tell(done, reference, planned, folder, file)


def _do(desk: Desk, participant: Participant, scope: Scope, ground: Ground, *, yes: bool) -> Done:
    if not yes and click.prompt(f"Type {participant.code} to go on", err=True) != participant.code:
        raise BadInput(NOT_TYPED)
    return withdrawal.withdraw(desk, participant, scope, ground, Pipeline())


def _show(planned: Plan, scope: Scope) -> None:
    there = [
        counted(planned.recordings, "recording"),
        f"{counted(planned.artefacts, 'artefact')} ({planned.bytes / 1e6:.1f} MB)",
        counted(planned.decisions, "decision"),
        counted(planned.requests, "request"),
        counted(planned.voices, "voice"),
        counted(planned.deposits, "waiting deposit"),
        f"{counted(planned.names, 'entry', 'entries')} of the link key that nobody else needs",
        counted(planned.jobs, "job"),
    ]
    OUT.print(f"{planned.participant}: {', '.join(there)}.")
    for one in planned.holders:
        OUT.print(f"  {one.recipient} holds hand-off {one.handoff} of {one.day}: {', '.join(one.interviews)}")
    if planned.backups:
        OUT.print(
            f"  {counted(planned.backups, 'backup')} made since: back up again, and with --keep let go of older ones."
        )
    if planned.unread:
        OUT.print(f"  {UNREAD.format(unread=', '.join(planned.unread))}")
    for hold in planned.holds:
        OUT.print(f"  A hold stands: {hold}")
    OUT.print(WHAT[scope])


def _tell(done: Done, reference: str, planned: Plan, folder: Path | None, file: Path | None) -> None:
    OUT.print(f"Access to {reference} is closed; {counted(done.jobs, 'job')} stopped.")
    if done.kept:
        OUT.print(UNDER_HOLD.format(holds="; ".join(done.kept)))
        OUT.print(f"Once it is lifted (tillit hold lift), destroy it: tillit withdraw {reference}")
    elif done.certificate:
        OUT.print(f"Destroyed: {', '.join(f'{number} {what}' for what, number in sorted(done.counts.items()))}.")
        OUT.print(f"The certificate: {file or f'tillit certificate show {reference}'}")
        OUT.print("Back up now, the link key too: backups then forget as well.")
    if done.unread:
        OUT.print(UNREAD.format(unread=", ".join(done.unread)))
        OUT.print(AGAIN.format(reference=reference))
    if planned.holders and folder:
        OUT.print(f"Recall letters to send are in {folder}.")
    elif planned.holders and done.scope is not Scope.FROM_NOW:
        OUT.print(f"Write to whoever holds hand-offs: tillit withdraw {reference} --letters FOLDER")


def _write(file: Path, certificate: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as kept:
            kept.write(certificate)
    except OSError:
        raise StorageFailed(
            "The certificate could not be written there, and what it says is done. See `tillit certificate show`."
        ) from None
