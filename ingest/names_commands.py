"""Finding names in a plain text, without a vault: names find | preview. Nothing is kept, and no door is asked.

Other commands on names join the group `names` from their own modules; `ALSO` says which those are.
"""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from ingest.plain import named, plain_text
from ingest.pseudonyms.apply import mentions_of, pseudonymise
from ingest.pseudonyms.finder import ROSTER, find_known, find_names
from ingest.pseudonyms.indirect import flags
from ingest.pseudonyms.linking import Book
from ingest.pseudonyms.tongue import TONGUES, is_latin, tongue
from ingest.pseudonyms.why import why, why_flagged
from policies.terminal import ERR
from storage.transcript import Provenance, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.indirect import Flag

ALSO: Final[tuple[str, ...]] = ("ingest.again_commands", "ingest.entities_commands")
"""Modules whose import adds commands to the group, such as `ingest.rules_commands`."""

INDIRECT: Final = "INDIRECT"
ASSUMED: Final = "no"
NOT_TOLD: Final = (
    "What is spoken could not be told: none of the small words of a language known here is in it. '{language}' is "
    "assumed; --language says otherwise."
)
OTHER_SCRIPT: Final = "Names in other scripts than the Latin are not looked for well: look for them yourself."


class _Group(click.Group):
    """Brings in the commands that other modules add, once somebody asks for the group's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        for module in ALSO:
            import_module(module)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module in ALSO:
            import_module(module)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Group)
def names() -> None:
    """Find names, and say what becomes of them."""


def _finding(command: Callable[..., None]) -> Callable[..., None]:
    """What finding takes, whatever is done with the finds."""
    for option in (
        click.option("--roster", metavar="FILE", help="A file of names that are said, one a line."),
        click.option(
            "--threshold",
            type=float,
            help="Between 0 and 1: a higher one finds more, and more that is none.  [default: the tagger's own]",
        ),
        click.option("--language", type=click.Choice(TONGUES), help="What is spoken.  [default: by the small words]"),
        click.argument("source", metavar="[FILE]", default="-"),
    ):
        command = option(command)
    return command


@names.command("find")
@_finding
@click.option("--indirect", is_flag=True, help="Flag what may tell indirectly who somebody is, too.")
def names_find(
    source: str, language: str | None, threshold: float | None, roster: str | None, *, indirect: bool
) -> None:
    """Print what is found in a plain text in UTF-8, from a file or the standard input, as JSON lines, one a find.

    `start` and `end` count Unicode code points from 0, line ends as they stand, a byte order mark not counted. `type`
    is PER, LOC, ORG or ID; with --indirect INDIRECT too, which has no score and is never replaced. What is found is
    printed by its place alone, but the text itself is for your eyes: interviews go through `tillit add`.
    """
    text = plain_text(source)
    language = _language(text, language)
    finds = _found(text, language, threshold, roster)
    rows = [_row(find) for find in finds]
    rows += [_flag_row(flag) for flag in flags(text, language, finds)] if indirect else []
    for row in sorted(rows, key=lambda row: (row["start"], row["end"])):
        click.echo(json.dumps(row, ensure_ascii=False))


@names.command("preview")
@_finding
@click.option("--seed", help="Draw the surrogates from this, to have the same again.  [default: new ones each time]")
def names_preview(
    source: str, language: str | None, threshold: float | None, roster: str | None, seed: str | None
) -> None:
    """Print a plain text as it would be replaced: every find by a surrogate that is thrown away afterwards.

    It shows how a text will read. It has not been reviewed: names that were missed are still in it.
    """
    text = plain_text(source)
    language = _language(text, language)
    finds = find_known(text, language, _found(text, language, threshold, roster), [])  # one kind, so one surrogate
    book = Book(seed=sha256(seed.encode()).digest() if seed else secrets.token_bytes(32))
    plain = _transcript(text, language)
    replaced = pseudonymise(plain, mentions_of(plain, finds, book, interview="preview"), book)
    click.echo(replaced.text, nl=False)


def _language(text: str, given: str | None) -> str:
    """What was said to be spoken, else what the small words say; with a word on what cannot be told or done."""
    if not is_latin(text):
        ERR.print(OTHER_SCRIPT, style="yellow")
    if given:
        return given
    language = tongue(text)
    if language is None:
        ERR.print(NOT_TOLD.format(language=ASSUMED), style="yellow")
        return ASSUMED
    ERR.print(f"Taken for '{language}' by its small words; --language says otherwise.")
    return language


def _found(text: str, language: str, threshold: float | None, roster: str | None) -> list[Find]:
    finds = find_names(text, language, threshold=threshold)
    if roster is None:
        return finds
    given = named(roster)
    ERR.print(given.sentence)
    return find_known(text, language, finds, given.names, ROSTER)


def _transcript(text: str, language: str) -> Transcript:
    """A transcript whose canonical text is the text."""
    segments = tuple(Segment(0.0, 0.0, line) for line in text.split("\n"))
    return Transcript(language, 0.0, segments, Provenance("preview", "tillit-names", "1"))


def _row(find: Find) -> dict[str, int | float | str | list[str] | None]:
    return {
        "start": find.start,
        "end": find.end,
        "type": find.kind.value,
        "score": round(find.score, 3),
        "recognisers": list(find.recognisers),
        "why": why(find.recognisers, find.score),
    }


def _flag_row(flag: Flag) -> dict[str, int | float | str | list[str] | None]:
    return {
        "start": flag.start,
        "end": flag.end,
        "type": INDIRECT,
        "score": None,
        "recognisers": [f"indirect:{flag.sort}"],
        "why": why_flagged(flag.why),
    }
