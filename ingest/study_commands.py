"""`tillit study`: make a study, seal for it, choose how its names are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest import study_rules
from ingest.closing_commands import study_close, study_closing, study_confirm
from ingest.study_facts_commands import (
    facts_given,
    facts_options,
    study_change,
    study_notified,
    study_show,
)
from ingest.transcription import registry
from ingest.transcription.languages import whisper_code
from policies import pseudonym_rules, review_policy, second_person, studies
from policies.actions import Action
from policies.asking import in_two, request_option
from policies.terminal import DAY, OUT, Terminal, pass_terminal
from storage import lookup

if TYPE_CHECKING:
    from datetime import datetime

    from policies.desk import Desk
    from policies.pseudonym_rules import RuleSet
    from policies.review_policy import Policy
    from storage.records import Study

ASKED = ("controller", "legal_basis", "special_categories", "offence_data", "sample", "cohorts", "processors")
FIND = "find"
MOST_SPEAKERS = 6


@click.group()
def study() -> None:
    """Make studies."""


@study.command("add")
@click.argument("code")
@click.option("--title", required=True, help="What the study is called.")
@click.option(
    "--approval", required=True, help="The reference of its approval (REK, Sikt); nothing is taken in without."
)
@click.option("--starts", type=DAY, required=True, help="First day recordings may be taken in, YYYY-MM-DD.")
@click.option("--ends", type=DAY, required=True, help="Last day, YYYY-MM-DD.")
@click.option("--language", default="no", show_default=True, help="What is spoken: no, nn, da, sv, en …, or 'detect'.")
@click.option(
    "--model",
    metavar="NAME|PATH",
    default="base",
    show_default=True,
    help="The recogniser's weights: a name, or a folder.",
)
@click.option(
    "--speakers",
    type=click.Choice([*map(str, range(1, MOST_SPEAKERS + 1)), FIND]),
    default="2",
    show_default=True,
    help="How many speak in an interview; 'find' is less sure than knowing it.",
)
@click.option(
    "--style",
    type=click.Choice(["verbatim", "plain"]),
    default="verbatim",
    show_default=True,
    help="Write hesitations down (um, eh), or leave it to the model, which mostly leaves them out.",
)
@click.option(
    "--voices",
    type=click.Choice(["never", "kept"]),
    default="never",
    show_default=True,
    help="Whether voices may be kept, sealed, to tell who speaks in later interviews. They are biometric "
    "data (GDPR art. 9): 'kept' only if the approval and the consent letter cover it.",
)
@click.option(
    "--pseudonyms",
    metavar="NAME",
    default=pseudonym_rules.DEFAULT,
    show_default=True,
    help="How names are replaced: a set of rules in policies/pseudonyms.toml, such as names, tags or strict.",
)
@facts_options
@pass_terminal
def study_add(
    terminal: Terminal, /, *, starts: datetime, ends: datetime, language: str, speakers: str,
    **given: Any,  # noqa: ANN401  # each option has its kind
) -> None:  # fmt: skip
    """Make a study; you become its data steward."""
    facts = facts_given({name: given.pop(name) for name in ASKED})
    spoken = "" if language == "detect" else language
    whisper_code(spoken or None)
    with terminal.desk() as desk:
        given["model"] = registry.chosen(desk, given["model"]).name
        many = None if speakers == FIND else int(speakers)
        new = studies.NewStudy(
            starts=starts.date(), ends=ends.date(), language=spoken, speakers=many, facts=facts, **given
        )
        made = studies.create(desk, new)
    OUT.print(f"Study {made.code} is ready. Next: tillit member add {made.code} WHO --role interviewer")


@study.command("recipient")
@click.argument("study_code", metavar="STUDY")
@pass_terminal
def study_recipient(terminal: Terminal, study_code: str) -> None:
    """Print what devices seal this study's recordings to, for `tillit seal` or the stock age command. No secret."""
    with terminal.desk() as desk:
        click.echo(studies.recipient(desk, lookup.study(desk.vault.database, study_code)))


@study.command("pseudonyms")
@click.argument("study_code", metavar="STUDY")
@click.argument("name", metavar="[NAME]", required=False)
@request_option
@pass_terminal
def study_pseudonyms(terminal: Terminal, study_code: str, name: str | None, request: str | None) -> None:
    """Show how the names of a study are replaced; with NAME, choose another set of rules for it.

    The sets are in policies/pseudonyms.toml. Under other rules what was released is to be released again. A change
    takes two: you are asked why, another data steward approves it, and you run this again with --request.
    """
    with terminal.desk() as desk:
        found = lookup.study(desk.vault.database, study_code)
        chosen = _chosen(desk, found, name, request) if name else study_rules.Chosen(study_rules.seen(desk, found))
    for line in _told(chosen.rules):
        OUT.print(line)
    if chosen.released:
        OUT.print(f"To be released again, with `tillit release`: {chosen.released}.")
    if chosen.drafts:
        OUT.print(f"Drafts to be made anew, by `tillit run`: {chosen.drafts}.")


def _chosen(desk: Desk, found: Study, name: str, request: str | None) -> study_rules.Chosen:
    return in_two(
        desk, Action.SET_PSEUDONYMS, found, study_rules.terms(pseudonym_rules.named(name)),
        lambda approved: study_rules.choose(desk, found, name, approved), request,
    )  # fmt: skip


@study.command("review")
@click.argument("study_code", metavar="STUDY")
@click.argument(
    "review", metavar="[required|not-required]", type=click.Choice(["required", "not-required"]), required=False
)
@request_option
@pass_terminal
def study_review(terminal: Terminal, study_code: str, review: str | None, request: str | None) -> None:
    """Show whether every find must be decided before a release; with an answer, set it otherwise, in writing.

    A study starts as required. With not-required the pipeline releases by itself what no person has looked at. You are
    asked why; name nobody. The reason is kept with the study, with who gave it and when; the ledger has what was set.
    not-required takes two: another data steward approves it, and you run this again with --request.
    """
    with terminal.desk() as desk:
        found = lookup.study(desk.vault.database, study_code)
        if review is None:
            policy = review_policy.seen(desk, found)
        else:
            policy = _set(desk, found, review.replace("-", " "), request)
    OUT.print(f"Review before a release: {policy.review}.")
    for each in policy.history:
        OUT.print(f"  {each.day} {each.by}: {each.review}. {each.why}")


def _set(desk: Desk, found: Study, review: str, request: str | None) -> Policy:
    """With what was asked for goes why it was."""
    if request is not None:
        reason = second_person.why(lookup.request(desk.vault.database, request))
    else:
        reason = click.prompt("Why, in a sentence that names nobody", err=True)
    return in_two(
        desk, Action.WAIVE_REVIEW, found, {},
        lambda approved: review_policy.choose(desk, found, review, reason, approved), request, reason,
    )  # fmt: skip


for one in (study_show, study_change, study_notified, study_close, study_closing, study_confirm):
    study.add_command(one)


def _told(rules: RuleSet) -> list[str]:
    """A set in words, a line each."""
    ways = [f"{kind} {way}" for kind, way in rules.ways.items()]
    ways += [f"{sort} {way}" for sort, way in rules.sorts.items()]
    marked = "Surrogates stand in brackets." if rules.marked else "Surrogates stand without brackets."
    return [f"{rules.name}: {rules.says}", f"{', '.join(ways)}. {marked}"]
