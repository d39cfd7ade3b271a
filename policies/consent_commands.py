"""`tillit consent`: record what a participant agreed to, amend it, show it, take it back."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Column, Table

from policies import consent as consents
from policies import consent_changes, consent_evidence, consent_export, consent_history
from policies.actions import CONSENTED, Purpose
from policies.consent_evidence import IN_WRITING, ON_RECORDING, WAYS, Said, Scanned
from policies.letter_commands import contents
from policies.terminal import DAY, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput
from storage.records import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from policies.consent_evidence import Evidence
    from policies.desk import Desk

PURPOSE = click.Choice([purpose.value for purpose in CONSENTED])
CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-5]?[0-9]):)?([0-9]{1,5}(?:\.[0-9]{1,3})?)")


def evidence_options(command: Callable[..., None]) -> Callable[..., None]:
    """What shows that a consent was given."""
    for name, kind, text in reversed(
        (
            (
                "--scan",
                click.Path(path_type=Path),
                "The signed form, scanned: sealed under the participant's key.",
            ),
            ("--recording", str, "Or the participant's recording on which they say so, such as rus/P07-1,"),
            ("--from", str, "from here on, as 00:00:12"),
            ("--to", str, "up to here, as 00:00:55."),
        )
    ):
        command = click.option(name, type=kind, help=text, metavar="FILE" if name == "--scan" else None)(command)
    return command


@click.group()
def consent() -> None:
    """Record, amend and withdraw consent, and show what was agreed to."""


@consent.command("record")
@click.argument("reference", metavar="STUDY/CODE")
@click.option(
    "--purpose", "purposes", multiple=True, required=True, help=f"{', '.join(CONSENTED)}; give it again for more."
)
@click.option("--given", type=DAY, required=True, help="The day consent was given, YYYY-MM-DD.")
@click.option("--expires", type=DAY, required=True, help="The last day it holds.")
@click.option("--letter", required=True, help="Which version of the information letter they got; see tillit letter.")
@click.option("--language", default="", help="In which language, if the letter is there in several.")
@click.option("--how", type=click.Choice(WAYS), help="How it was given.  [default: in writing]")
@click.option("--embargo", type=DAY, help="The first day on which more may be done than record and transcribe.")
@evidence_options
@pass_terminal
def consent_record(
    terminal: Terminal,
    /,
    *,
    reference: str,
    purposes: tuple[str, ...],
    letter: str,
    language: str,
    **given: Any,  # noqa: ANN401  # each option has its kind
) -> None:
    """Record what a participant agreed to. The newest record counts."""
    named, days = consents.purposes_named(purposes), {name: _day(given[name]) for name in ("given", "expires")}
    with terminal.desk() as desk:
        stated = consents.Given(
            named, how=_how(given) or IN_WRITING, letter=letter, language=language,
            embargo=_day(given["embargo"]), shown_by=_shown_by(desk, given), **days,
        )  # fmt: skip
        made = consents.record(desk, lookup.participant(desk.vault.database, reference), stated)
    OUT.print(f"Consent of {reference} is recorded for: {', '.join(made.purposes)}.")


@consent.command("amend")
@click.argument("reference", metavar="STUDY/CODE")
@click.option("--add-purpose", "add", multiple=True, type=PURPOSE, help="They agree to this too.")
@click.option("--remove-purpose", "remove", multiple=True, type=PURPOSE, help="They do not agree to this any more.")
@click.option("--given", type=DAY, help="The day they said so.  [default: today]")
@click.option("--expires", type=DAY, help="Another last day.")
@click.option("--embargo", type=DAY, help="Another first day for more than recording and transcribing.")
@click.option("--no-embargo", "open_now", is_flag=True, help="End the embargo.")
@click.option("--letter", default="", help="Another version of the letter, if they got one.")
@click.option("--language", default="", help="In which language, if the letter is there in several.")
@click.option("--how", type=click.Choice(WAYS), help="How they said so.")
@evidence_options
@pass_terminal
def consent_amend(
    terminal: Terminal,
    /,
    *,
    reference: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    **given: Any,  # noqa: ANN401  # each option has its kind
) -> None:
    """Change a consent as the participant wishes; what it was before stays on record.

    A purpose taken away stops what it allowed at once, in work that is queued and in hand-offs being packed too.
    """
    today = now().astimezone().date()
    with terminal.desk() as desk:
        change = consent_changes.Change(
            given=_day(given["given"]) or today, add=frozenset(map(Purpose, add)),
            remove=frozenset(map(Purpose, remove)), expires=_day(given["expires"]), embargo=_day(given["embargo"]),
            open_now=given["open_now"], letter=given["letter"], language=given["language"], how=_how(given),
            shown_by=_shown_by(desk, given),
        )  # fmt: skip
        made = consent_changes.amend(desk, lookup.participant(desk.vault.database, reference), change)
    OUT.print(f"Consent of {reference} is now for: {', '.join(made.purposes)}.")


@consent.command("withdraw")
@click.argument("reference", metavar="STUDY/CODE")
@pass_terminal
def consent_withdraw(terminal: Terminal, reference: str) -> None:
    """Withdraw a participant's consent: from now on nothing of theirs opens, and work in flight keeps nothing."""
    with terminal.desk() as desk:
        consents.withdraw(desk, lookup.participant(desk.vault.database, reference))
    OUT.print(f"Consent of {reference} is withdrawn. Nothing of theirs can be opened, unless they consent anew.")
    OUT.print(f"It is all still there, sealed. What destroys it: tillit withdraw {reference}")


@consent.command("show")
@click.argument("reference", metavar="STUDY/CODE")
@json_option
@pass_terminal
def consent_show(terminal: Terminal, reference: str, as_json: bool) -> None:
    """Show every consent of a participant, the oldest first: for what, when, how, to which letter."""
    with terminal.desk() as desk:
        lines = consent_history.history(desk, lookup.participant(desk.vault.database, reference))
    if as_json:
        say([line.to_dict() for line in lines], as_json=True)
    elif lines:
        OUT.print(_table(reference, lines))
    else:
        OUT.print("No consent is recorded for this participant.")


def _table(reference: str, lines: list[consent_history.Line]) -> Table:
    """Five columns, so that eighty characters are enough: what belongs together stands below each other."""
    columns = (Column("", no_wrap=True), Column("for", overflow="fold"), Column("when", no_wrap=True))
    rest = (Column(title, overflow="fold") for title in ("how", "by"))
    table = Table(*columns, *rest, title=f"Consents of {reference}", show_lines=True)
    for line in lines:
        letter = f"letter {line.letter} ({line.language})" if line.language else f"letter {line.letter}"
        when = [f"given {line.given}", f"until {line.expires}", f"closed to {line.embargo}" if line.embargo else ""]
        how = [line.how, line.evidence, letter if line.letter else ""]
        said = (
            filter(None, parts) for parts in ([str(line.version), line.state], line.purposes, when, how, [line.by])
        )
        table.add_row(*map("\n".join, said))
    return table


@consent.command("scan")
@click.argument("reference", metavar="STUDY/CODE")
@pass_terminal
def consent_scan(terminal: Terminal, reference: str) -> None:
    """Print the newest scan of a signed form as it was given: tillit consent scan rus/P07 | less."""
    with terminal.desk() as desk:
        content = consent_evidence.opened(desk, lookup.participant(desk.vault.database, reference))
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


@consent.command("export")
@click.argument("reference", metavar="STUDY|STUDY/CODE")
@pass_terminal
def consent_export_(terminal: Terminal, reference: str) -> None:
    """Print consent records (ISO/IEC TS 27560, in DPV terms, JSON-LD) of a participant or of everybody in a study."""
    with terminal.desk() as desk:
        if "/" in reference:
            found = consent_export.of_participant(desk, lookup.participant(desk.vault.database, reference))
        else:
            found = consent_export.of_study(desk, lookup.study(desk.vault.database, reference))
    say(found, as_json=True)


def _day(given: datetime | None) -> Any:  # noqa: ANN401  # a day, or None exactly where None is given
    return given.date() if given else None


def _how(given: dict[str, Any]) -> str:
    """As it was said, else as the evidence tells."""
    if given["how"]:
        return str(given["how"])
    return ON_RECORDING if given["recording"] else IN_WRITING if given["scan"] else ""


def _shown_by(desk: Desk, given: dict[str, Any]) -> Evidence | None:
    if given["scan"] and given["recording"]:
        raise BadInput("A consent is shown by a scan or by a recording. Record the other with `tillit consent amend`.")
    if bool(given["recording"]) != bool(given["from"]) or bool(given["recording"]) != bool(given["to"]):
        raise BadInput("Say where on the recording: --recording, --from and --to belong together.")
    if given["recording"]:
        recording = lookup.recording(desk.vault.database, given["recording"])
        return Said(recording, seconds(given["from"]), seconds(given["to"]))
    return Scanned(contents(given["scan"])) if given["scan"] else None


def seconds(text: str) -> float:
    """Seconds of "00:01:05", "1:05" or "65". Raises BadInput."""
    match = CLOCK.fullmatch(text)
    if match is None:
        raise BadInput("A time on a recording is written as hours, minutes and seconds, such as 00:01:05.")
    hours, minutes, rest = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest)
