"""Finding names in a plain text, without a vault: names find | preview. Nothing is kept, and no door is asked.

Other rooms' commands on names join the group `names` from their own modules; `ALSO` says which those are.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from ingest.plain import plain_text
from ingest.pseudonyms.finder import find_names
from ingest.pseudonyms.tongue import TONGUES, tongue
from policies.terminal import ERR

if TYPE_CHECKING:
    from ingest.pseudonyms.finds import Find

ALSO: Final[tuple[str, ...]] = ()
"""Modules whose import adds commands to the group, such as `ingest.rules_commands`."""


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


@names.command("find")
@click.argument("source", metavar="[FILE]", default="-")
@click.option("--language", type=click.Choice(TONGUES), help="What is spoken.  [default: by the small words]")
def names_find(source: str, language: str | None) -> None:
    """Print what is found in a plain text (a file in UTF-8, or standard input) as JSON lines, one a find."""
    text = plain_text(source)
    for find in find_names(text, language or _guessed(text)):
        click.echo(json.dumps(_row(find), ensure_ascii=False))


def _guessed(text: str) -> str:
    language = tongue(text)
    ERR.print(f"Taken for '{language}' by its small words; --language says otherwise.")
    return language


def _row(find: Find) -> dict[str, object]:
    return {
        "start": find.start,
        "end": find.end,
        "type": find.kind.value,
        "score": round(find.score, 3),
        "recognisers": list(find.recognisers),
    }
