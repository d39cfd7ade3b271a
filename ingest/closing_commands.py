"""`tillit study close | closing | confirm`: the end of a study, by whoever answers for it and by everybody in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.withdrawing import Pipeline
from policies import closing, closing_told, second_person
from policies.actions import Action
from policies.asking import in_two, request_option
from policies.closing_anonymous import STILL_TELLS
from policies.closing_plan import How, plan
from policies.terminal import OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import AlreadyThere, BadInput, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.closing import Done
    from policies.closing_plan import Plan
    from policies.closing_told import Standing
    from policies.desk import Desk
    from storage.records import Study

NOT_TYPED = "Nothing was done: what was typed is not the study's code."
NOT_SAID = "Nothing was written down. Delete your copies first: files, exports, mail, paper, recorder, phone, backups."
WHY = "Why, in a sentence that names nobody"
MEANS = {
    How.DELETE: "Nothing of anybody is left. What happened stays in the ledger, by ids.",
    How.ANONYMISE: "The released text is left, with the descriptions of participants. It counts as anonymous only "
    "when nobody can be told from it, by any means somebody is likely to use. What may still tell somebody:",
    How.ARCHIVE: "What is of those who agreed to `archive` is left, for as long as `tillit retention show` says.",
}
QUESTION = (
    "Is no copy of your own left of anything of {study}: files, exports, coding projects, mail, paper, recorder, "
    "phone, backups? Say what you deleted, or 'yes', without names"
)


@click.command("close")
@click.argument("study_code", metavar="STUDY")
@click.option("--how", type=click.Choice([how.value for how in How]), required=True,
              help="Leave nothing; the released text; or what participants agreed to have archived.")  # fmt: skip
@click.option("--certificate", "file", type=click.Path(path_type=Path), help="A new file for the certificate.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask for the study's code.")
@request_option
@json_option
@pass_terminal
def study_close(  # noqa: PLR0913  # one parameter an option
    terminal: Terminal,
    *,
    study_code: str,
    how: str,
    file: Path | None,
    dry_run: bool,
    yes: bool,
    request: str | None,
    as_json: bool,
) -> None:
    """Close a study: nothing comes in or leaves any more, what is to go is destroyed. Shows first what will happen.

    Before its time is over it takes two: you are asked why, another approves it, and you run this with --request. What
    a hold keeps is left until it is lifted. Stopped halfway, the same command goes on from there.
    """
    if file is not None and file.exists():
        raise AlreadyThere("The place for the certificate is there already. Name a new one.")
    with terminal.desk(fresh=request is not None) as desk:
        study = lookup.study(desk.vault.database, study_code)
        planned = plan(desk, study, How(how))
        if not as_json:
            _show(planned)
        done = None if dry_run else _close(desk, study, How(how), request, yes=yes)
    if file is not None and done is not None:
        _write(file, done.certificate)
    if as_json:
        say({"plan": planned.to_dict(), "done": done.to_dict() if done else None}, as_json=True)
    elif done is not None:
        _tell(done, study_code, file)


def _close(desk: Desk, study: Study, how: How, request: str | None, *, yes: bool) -> Done:
    if not yes and click.prompt(f"Type {study.code} to go on", err=True) != study.code:
        raise BadInput(NOT_TYPED)
    there = closing.under_way(desk, study)
    if there is not None:
        closing.check(there, how)
    else:
        _begin(desk, study, how, request)
    return closing.go_on(desk, study, Pipeline())


def _begin(desk: Desk, study: Study, how: How, request: str | None) -> None:
    if request is not None:
        why = second_person.why(lookup.request(desk.vault.database, request))
    else:
        why = click.prompt(WHY, err=True)
    in_two(
        desk, Action.CLOSE_STUDY_EARLY, study, closing.terms(how),
        lambda approved: closing.begin(desk, study, how, why, approved), request, why,
    )  # fmt: skip


def _show(planned: Plan) -> None:
    people = ", ".join(f"{number} {fate}" for fate, number in sorted(planned.people.items())) or "nobody"
    OUT.print(f"{planned.study}, {planned.how}. Participants: {people}.")
    for what, counts in planned.kinds.items():
        if counts:
            OUT.print(f"  {what}: {_counts(counts)}")
    for one in planned.holders:
        OUT.print(f"  {one.recipient} holds hand-off {one.handoff} of {one.day}: {', '.join(one.interviews)}")
    for hold in planned.holds:
        OUT.print(f"  A hold stands: {hold}")
    OUT.print(MEANS[How(planned.how)])
    for one_thing in STILL_TELLS if planned.how == How.ANONYMISE else ():
        OUT.print(f"  - {one_thing}")
    if planned.two:
        OUT.print("The time of what is left is not over: this takes two.")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "nothing"


def _tell(done: Done, code: str, file: Path | None) -> None:
    for what, counts in (("Destroyed", done.destroyed), ("Kept", done.kept), ("Held", done.held)):
        OUT.print(f"{what}: {_counts(counts)}.")
    if file is not None:
        OUT.print(f"The certificate: {file}")
    if done.waits:
        OUT.print(f"A hold keeps some of it. Once it is lifted: tillit study close {code} --how {done.how}")
    OUT.print("Back up now, the link key too: backups then forget as well.")
    OUT.print(f"What is left to do, and who is to confirm: tillit study closing {code}")


@click.command("closing")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def study_closing(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """Show where a study's closing stands: what became of what, who confirmed, and what is left to do."""
    with terminal.desk() as desk:
        found = closing_told.standing(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say(found.to_dict(), as_json=True)
        return
    OUT.print(f"{found.study} is closed since {found.since}, by {found.by} ({found.how}): {found.why}")
    for what, counts in (("Destroyed", found.destroyed), ("Kept", found.kept), ("Held", found.held)):
        if found.certified:
            OUT.print(f"  {what}: {_counts(counts)}")
    for hold in found.holds:
        OUT.print(f"  Hold {hold}")
    _tell_who(found)
    for one in found.left:
        OUT.print(f"Left to do: {one}")
    if not found.left:
        OUT.print("Nothing is left to do.", style="green")


def _tell_who(found: Standing) -> None:
    for member in found.members:
        role = "" if member.now else ", who had a role here"
        OUT.print(f"  {member.who}{role}: {f'{member.when}: {member.said}' if member.when else 'has not confirmed'}")
    for holder in found.holders:
        recalled = f", recalled {holder.recalled}" if holder.recalled else ""
        said = f"deleted, said on {holder.confirmed}" if holder.confirmed else f"not said to be deleted{recalled}"
        OUT.print(f"  Hand-off {holder.handoff} of {holder.day}, {holder.recipient}: {said}")


@click.command("confirm")
@click.argument("study_code", metavar="STUDY")
@pass_terminal
def study_confirm(terminal: Terminal, study_code: str) -> None:
    """Confirm, for yourself, that no copy of your own is left of a study that is closed. You are asked.

    Your words are kept with your handle and the day, and the ledger, which is signed, has that you said it.
    """
    with terminal.desk() as desk:
        study = lookup.study(desk.vault.database, study_code)
        said = click.prompt(QUESTION.format(study=study.code), err=True)
        if said.strip().casefold() in {"no", "nei", "n"}:
            raise BadInput(NOT_SAID)
        closing_told.confirm(desk, study, said)
    OUT.print(f"Written down: no copy of yours is left of {study_code}.")


def _write(file: Path, certificate: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as kept:
            kept.write(certificate)
    except OSError:
        raise StorageFailed(
            "The certificate could not be written there, and what it says is done. Run the same command again."
        ) from None
