"""`tillit roster`, as people type it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from ingest import roster, roster_commands
from tests.command import Terminal
from tests.faults.canaries import Hunt
from tests.house_fixtures import build

if TYPE_CHECKING:
    from pathlib import Path

NAMES = "Zebulona Qvistmo\nKvitbotunet\r\n\n  Åse\n"
KEPT = ["Zebulona Qvistmo", "Kvitbotunet", "Åse"]


class Typing(Terminal):
    """Somebody who also types, or pipes, something into the commands."""

    def typed(self, text: bytes, *arguments: str) -> tuple[int, str, str]:
        """Run a command as Ivar with `text` on standard input; the exit code, and what was printed where."""
        stdin = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")
        self._monkeypatch.setattr("sys.stdin", stdin)
        answer = self("ivar", *arguments)
        return answer.code, answer.out, answer.err

    def listed(self) -> list[str]:
        """The names in the roster."""
        return [one["name"] for one in json.loads(self("ragna", "roster", "list", "rus", "--json").out)]


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal at a new vault with a study and three people."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


def test_names_are_typed_until_an_empty_line(tillit: Typing) -> None:
    """One a line; what comes after the empty line is not read as names."""
    code, out, err = tillit.typed(NAMES.encode(), "roster", "add", "rus")
    assert (code, tillit.listed()) == (0, KEPT[:2])
    assert "one a line" in err
    assert out == "New in the roster: 2. In all: 2.\n"


@pytest.mark.parametrize("source", ["a file", "standard input", "a file with a mark of its byte order"])
def test_names_are_read_from_a_list(tillit: Typing, tmp_path: Path, source: str) -> None:
    """To its end, blank lines and blanks around names left out; the same list again adds nothing."""
    (tmp_path / "names.txt").write_text(NAMES, encoding="utf-8-sig" if "mark" in source else "utf-8")
    path = "-" if source == "standard input" else str(tmp_path / "names.txt")
    for new in (3, 0):
        code, out, _ = tillit.typed(NAMES.encode(), "roster", "add", "rus", "--from", path, "--kind", "LOC")
        assert (code, out) == (0, f"New in the roster: {new}. In all: 3.\n")
    assert tillit.listed() == KEPT


def test_the_list_shows_names_and_no_pseudonyms(tillit: Typing) -> None:
    """The day, the kind and the name; who stands behind a pseudonym cannot be read from it."""
    tillit.typed(b"Kari\n", "roster", "add", "rus")
    [one] = json.loads(tillit("ivar", "roster", "list", "rus", "--json").out)
    assert one.keys() == {"name", "kind", "since"}
    assert tillit("ivar", "roster", "list", "rus").out == f"{one['since']} PER Kari\n"


def test_a_name_is_taken_out_by_asking_for_it(tillit: Typing) -> None:
    """It is typed after the command, not in it; the answer says what becomes of it, and quotes nothing."""
    tillit.typed(NAMES.encode(), "roster", "add", "rus", "--from", "-")
    code, out, _ = tillit.typed(b"kvitbotunet\n", "roster", "remove", "rus")
    assert (code, tillit.listed()) == (0, [KEPT[0], KEPT[2]])
    assert "backups" in out
    code, _, err = tillit.typed(b"kvitbotunet\n", "roster", "remove", "rus")
    assert code == 4
    assert "kvitbotunet" not in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"Kari\n" + b"x" * 81, "Line 2 is longer"),
        (b"Kari\nLiv\x1b[2J", "Line 2 has control characters"),
        ("Kårvåg".encode("latin-1"), "not in UTF-8"),
        (b"Stad\n" * (roster_commands.LONGEST_FILE // 5 + 1), "too long"),
        (b"".join(b"Stad%d\n" % number for number in range(roster.MOST + 1)), "at most 500"),
    ],
    ids=["long", "control", "Latin-1", "huge", "many"],
)
def test_a_list_that_is_none_is_refused_without_a_word_of_it(tillit: Typing, text: bytes, says: str) -> None:
    """Each says what is wrong and where, quotes nothing, and nothing is kept."""
    code, out, err = tillit.typed(text, "roster", "add", "rus", "--from", "-")
    assert (code, out, tillit.listed()) == (12, "", [])
    assert says in err
    assert Hunt([b"Kari", b"Stad", b"xxxx"]).within(err.encode()) == set()


@pytest.mark.parametrize("where", ["nowhere", "."])
def test_a_list_that_cannot_be_read_is_a_sentence_without_its_path(tillit: Typing, tmp_path: Path, where: str) -> None:
    """A file that is not there, or is a folder: the path of a person's file is not repeated."""
    code, _, err = tillit.typed(b"", "roster", "add", "rus", "--from", str(tmp_path / where))
    assert code == 12
    assert str(tmp_path) not in err


def test_names_are_no_arguments(tillit: Typing) -> None:
    """Whoever types one behind the command is told that it takes none."""
    for command in (["add", "rus", "Kari"], ["remove", "rus", "Kari"]):
        assert tillit.typed(b"", "roster", *command)[0] == 2
    assert tillit.listed() == []


def test_it_is_said_that_not_all_of_many_names_are_told(tillit: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above what the recogniser takes, the answer says how many it is told."""
    monkeypatch.setattr(roster, "TOLD", 2)
    _, _, err = tillit.typed(NAMES.encode(), "roster", "add", "rus", "--from", "-")
    assert "newest 2" in err
