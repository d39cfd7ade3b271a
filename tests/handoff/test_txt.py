"""Plain text."""

from __future__ import annotations

from handoff import txt
from handoff.source import lines
from tests.handoff.examples import interview


def test_turns_are_parted_by_blank_lines() -> None:
    """Read as Taguette reads it, each paragraph is one turn, letter by letter."""
    told = interview()
    data = txt.write(told)
    assert data.startswith(b"\xef\xbb\xbf[")
    assert data.decode("utf-8-sig").removesuffix("\n\n").split("\n\n") == lines(told)
