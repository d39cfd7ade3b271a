"""What people type: reasons as they are kept, and the signs that no line may hold; and how they are told counts."""

from __future__ import annotations

import re

import pytest

from policies import typed
from policies.terminal import counted
from storage.errors import BadInput
from tests.conftest import REPO


def test_a_reason_is_one_composed_line() -> None:
    """Blanks and line ends become single blanks, letters are composed, and nothing else changes."""
    assert typed.reason("  For a\n course,\tA\u030a said. ") == "For a course, Å said."
    assert typed.reason(" ") == ""


@pytest.mark.parametrize("why", ["x" * 1001, "\x1b[2J", "Kari\u200bNordmann", "a\u202eb"])
def test_a_book_and_what_steers_a_terminal_are_no_reason(why: str) -> None:
    """Too long, an escape, a joiner that parts a name unseen, letters turned round: none is kept."""
    with pytest.raises(BadInput):
        typed.reason(why)


@pytest.mark.parametrize("why", ["", "  ", "...", "?"])
def test_where_a_reason_is_needed_marks_alone_are_none(why: str) -> None:
    """One has to say something."""
    with pytest.raises(BadInput, match="Say why"):
        typed.needed_reason(why)


def test_the_limits_stand_in_one_place() -> None:
    """No other module lists the categories of control characters, or has a length of its own for a reason."""
    listing = re.compile(r'"Zl", "Zp"|LONGEST_REASON\b.* = \d|characters of a reason')
    modules = (path for room in ("ingest", "policies", "handoff", "storage") for path in (REPO / room).rglob("*.py"))
    assert {path.name for path in modules if listing.search(path.read_text(encoding="utf-8"))} == {"typed.py"}


@pytest.mark.parametrize(
    ("number", "says"), [(0, "0 finds are"), (1, "1 find is"), (2, "2 finds are"), (21, "21 finds are")]
)
def test_one_is_counted_in_the_singular(number: int, says: str) -> None:
    """One find is, and no or more finds are."""
    assert counted(number, "find is", "finds are") == says


def test_most_words_take_an_s() -> None:
    """Only others have to be spelt out."""
    assert [counted(number, "interview") for number in (1, 2)] == ["1 interview", "2 interviews"]
