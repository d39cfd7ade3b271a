"""The documents say what is there: every command documented, every link alive, every claimed command real."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from cli import tillit
from ingest import STAGES
from scripts.commands_page import commands, page
from tests.conftest import REPO

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = dict(commands(tillit, "tillit"))
PAGES = [REPO / "README.md", REPO / "CHANGELOG.md", *sorted((REPO / "docs").rglob("*.md")), REPO / "samples/README.md"]
HANDBOOK = REPO / "docs" / "handbook"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_has_help(path: str) -> None:
    """A command without a help text, or with an option without one, is not finished."""
    command = COMMANDS[path]
    assert (command.help or "").strip()
    silent = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert silent == []


def test_the_commands_page_is_up_to_date() -> None:
    """docs/commands.md is what scripts/commands_page.py writes today."""
    assert (REPO / "docs" / "commands.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_in_the_handbook(path: str) -> None:
    """Somebody who reads the handbook meets every command at least once."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(HANDBOOK.glob("*.md")))
    words = path.removeprefix("tillit ")
    assert re.search(rf"tillit (--as \w+ )?{words}\b", text)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    """Every relative link in a page names a file that exists."""
    links = re.findall(r"\]\(([^)#]+)\)", file.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (file.parent / link).exists()] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_commands_named_in_the_docs_exist(file: Path) -> None:
    """A `tillit …` command a page tells people to type is one that exists."""
    known = {word for path in COMMANDS for word in path.split()[1:2]}
    typed = re.findall(
        r"(?:^|[`(\s])tillit (?:--as \w+ )?([a-z]+(?:-[a-z]+)*)", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    prose = {"is", "on", "and", "in"}
    assert {word for word in typed if word not in prose} <= known


def test_the_stages_are_told_in_their_order() -> None:
    """The handbook's list of stages is the one the pipeline runs."""
    text = (HANDBOOK / "README.md").read_text(encoding="utf-8")
    assert " → ".join(stage.name for stage in STAGES) in text


def test_the_readme_has_the_two_commands() -> None:
    """A newcomer finds `make demo` and `make test` on the first page."""
    text = (REPO / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
