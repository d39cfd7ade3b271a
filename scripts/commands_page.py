"""Writes docs/commands.md from the commands' own help; a test says when it is out of date.

Run: python scripts/commands_page.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import tillit
from storage import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
WIDTH = 100
HEAD = """# Commands

Made from the commands' own help by `scripts/commands_page.py`. `RECORDING` is study/participant-number, such as
`rus/P07-1`.
"""


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below `command` that does something, with what one types."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        if below := command.get_command(context, name):
            yield from commands(below, f"{path} {name}")


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## tillit\n", _help(tillit, "tillit")]
    for path, command in commands(tillit, "tillit"):
        parts += [f"## {path}\n", _help(command, path)]
    return "\n".join([*parts, _codes()])


def _help(command: click.Command, path: str) -> str:
    names = tillit.context_settings["help_option_names"]  # click remembers the first it was asked with
    with click.Context(
        command, None, path, max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=names
    ) as context:
        return f"```text\n{command.get_help(context)}\n```\n"


def _codes() -> str:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TillitError)]
    rows = [f"| {kind.exit_code} | {kind.__doc__} |" for kind in sorted(kinds, key=lambda kind: kind.exit_code)]
    own = [
        "| 2 | The command was typed wrong. |",
        "| 70 | Something unexpected: its type and place, never its text. |",
    ]
    own.append("| 130 | Stopped by the person. |")
    return "\n".join(["## Exit codes", "", "| code | meaning |", "|---|---|", "| 0 | Done. |", *rows, *own, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
