"""`tillit study show`, `change` and `notified`: what an ethics office asks about a study, and what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.transcription import registry
from policies import study_facts
from policies.terminal import DAY, ERR, OUT, Terminal, json_option, pass_terminal, say
from storage import lookup
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from policies.study_facts import Facts

NOT_SAID = "not said"


def facts_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options in which what an ethics office asks is said; one that is not given is None or ()."""
    options = (
        click.option("--controller", help="Who answers for the data (GDPR art. 4(7)), such as a university."),
        click.option("--legal-basis", type=click.Choice(study_facts.BASES), help="GDPR art. 6(1)(a), (e) or (f)."),
        click.option(
            "--special", "special_categories", multiple=True, type=click.Choice(study_facts.SPECIAL),
            help="A special category of data (art. 9) that will be said; give it again for more.",
        ),
        click.option("--offence-data/--no-offence-data", default=None, help="Whether offences are said (art. 10)."),
        click.option("--sample", type=int, help="How many participants are approved."),
        click.option(
            "--cohort", "cohorts", multiple=True, help="A study they are drawn from; give it again for more."
        ),
        click.option(
            "--processor", "processors", nargs=3, multiple=True, metavar="NAME REFERENCE DATE",
            help="Who processes for the controller, by which agreement of which day (art. 28); again for more.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def facts_given(given: dict[str, Any]) -> dict[str, Any]:
    """What was said of a study in options, by the names of its columns. Raises BadInput."""
    said = {name: value for name, value in given.items() if value is not None and value != ()}
    for name in ("special_categories", "cohorts"):
        if name in said:
            said[name] = list(dict.fromkeys(said[name]))
    if "processors" in said:
        said["processors"] = [_agreement(*one) for one in said["processors"]]
    study_facts.checked(said)
    return said


def _agreement(name: str, reference: str, day: str) -> dict[str, str]:
    try:
        signed = DAY.convert(day, None, None)
    except click.BadParameter:
        raise BadInput("The day of a processor's agreement is written YYYY-MM-DD.") from None
    return {"name": name, "agreement": reference, "date": signed.date().isoformat()}


@click.command("show")
@click.argument("study_code", metavar="STUDY")
@json_option
@pass_terminal
def study_show(terminal: Terminal, study_code: str, as_json: bool) -> None:
    """Show what is kept of a study, what was changed, and what is to be notified."""
    with terminal.desk() as desk:
        facts = study_facts.seen(desk, lookup.study(desk.vault.database, study_code))
    if as_json:
        say(facts.to_dict(), as_json=True)
    else:
        _tell(facts)


@click.command("change")
@click.argument("study_code", metavar="STUDY")
@click.option("--title", help="What the study is called.")
@click.option("--approval", help="The reference of its approval.")
@click.option("--starts", type=DAY, help="First day recordings may be taken in, YYYY-MM-DD.")
@click.option("--ends", type=DAY, help="Last day.")
@click.option("--model", metavar="NAME|PATH", help="The recogniser's weights, for what is taken in from now on.")
@click.option("--voices", type=click.Choice(["never", "kept"]), help="Whether voices may be kept.")
@facts_options
@pass_terminal
def study_change(
    terminal: Terminal, /, *, study_code: str, starts: datetime | None, ends: datetime | None, model: str | None,
    **given: Any,  # noqa: ANN401  # each option has its kind
) -> None:  # fmt: skip
    """Change what is kept of a study; what was before stays. You are told what REK or Sikt is to be notified of.

    Options that may be given again, such as --cohort, replace all there were.
    """
    wanted = facts_given(given)
    wanted |= {name: day.date() for name, day in (("starts", starts), ("ends", ends)) if day}
    with terminal.desk() as desk:
        wanted |= {"model": registry.chosen(desk, model).name} if model else {}
        _tell(study_facts.change(desk, lookup.study(desk.vault.database, study_code), wanted))


@click.command("notified")
@click.argument("study_code", metavar="STUDY")
@click.argument("number", type=int)
@click.option("--on", "day", type=DAY, required=True, help="The day it was sent, YYYY-MM-DD.")
@pass_terminal
def study_notified(terminal: Terminal, study_code: str, number: int, day: datetime) -> None:
    """Write down that change NUMBER was notified to REK or Sikt, so that it is due no more."""
    with terminal.desk() as desk:
        facts = study_facts.notified(desk, lookup.study(desk.vault.database, study_code), number, day.date())
    OUT.print(f"Change {number} of {study_code} was notified on {day.date()}.")
    for sentence in facts.due:
        ERR.print(sentence, style="yellow")


def _tell(facts: Facts) -> None:
    OUT.print(f"{facts.study}: {facts.title}", style="bold")
    for name, text in _lines(facts):
        OUT.print(f"  {name:18} {text}")
    for one in facts.changes:
        told = one.notified and f", notified {one.notified}"
        OUT.print(f"  {one.number}. {one.on} {one.by}: {one.field} {_said(one.before)} → {_said(one.after)}{told}")
    for sentence in (*facts.advice, *facts.due):
        ERR.print(sentence, style="yellow")


def _lines(facts: Facts) -> list[tuple[str, str]]:
    return [
        ("approval", facts.approval),
        ("from, to", f"{facts.starts}, {facts.ends}"),
        ("controller", _said(facts.controller)),
        ("legal basis", _said(facts.legal_basis)),
        ("special categories", _said(facts.special_categories)),
        ("offence data", "yes" if facts.offence_data else "no"),
        ("processors", _said(facts.processors)),
        ("sample", f"{facts.participants} of {_said(facts.sample)}"),
        ("drawn from", _said(facts.cohorts)),
        ("voices", facts.voices),
        ("model", facts.model),
    ]


def _said(value: Any) -> str:  # noqa: ANN401  # whatever a fact is
    if isinstance(value, list):
        return ", ".join(" ".join(one.values()) if isinstance(one, dict) else one for one in value) or "none"
    return str(value) if value not in {"", None} else NOT_SAID
