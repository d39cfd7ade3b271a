"""`tillit names list` and its like, and `tillit reidentify`, as people type them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest import release, review
from ingest.decisions import Verdict
from policies import studies
from policies.actions import Role
from tests.command import Answer, Terminal
from tests.house_fixtures import build
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path


class Typing(Terminal):
    """Somebody who also types answers to what the commands ask."""

    def typed(self, text: str, *arguments: str, who: str = "ragna") -> Answer:
        """Run a command as `who` with `text` on standard input."""
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
        return self(who, *arguments)

    def names(self, kind: str = "PER") -> list[dict[str, Any]]:
        """The names of a kind, as listed."""
        return [one for one in json.loads(self("ragna", "names", "list", "rus", "--json").out) if one["kind"] == kind]


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal at a vault with two data stewards, and two interviews that each speak of a Martin, both released."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    for code in ("P01", "P02"):
        recording = said(house, code, "Then I met Martin in Trondheim.")
        review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
        release.release(house.desk("ragna"), recording)
    house.vault.close()
    return terminal


def test_the_list_shows_numbers_names_and_pseudonyms(tillit: Typing) -> None:
    """As a table and as JSON, with a word of warning that they are real."""
    one, other = tillit.names()
    assert (one["number"], one["forms"], one["only_in"]) == (1, ["Martin"], "P01-1")
    answer = tillit("ragna", "names", "list", "rus")
    assert answer.code == 0
    assert all(word in answer.out for word in ("Martin", one["surrogate"], other["surrogate"], "only P02-1"))
    assert "looks over your shoulder" in answer.err


def test_suggestions_say_which_and_why(tillit: Typing) -> None:
    """Two Martins of two interviews may be one; after somebody merged them nothing is left to suggest."""
    answer = tillit("ragna", "names", "suggest", "rus")
    assert answer.out.startswith("PER 1 (Martin) and 2 (Martin): ")
    assert "tillit names merge rus NUMBER NUMBER" in answer.err
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    assert tillit("ragna", "names", "suggest", "rus").out == ""


def test_two_that_were_told_apart_are_not_suggested_again(tillit: Typing) -> None:
    """A merge that was undone is somebody's word that they are two."""
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    tillit.typed("\n", "names", "undo", "rus")
    assert json.loads(tillit("ragna", "names", "suggest", "rus", "--json").out) == []


def test_merge_undo_and_history(tillit: Typing) -> None:
    """The reason is asked for; each says how many interviews have to be released again, and history has it all."""
    answer = tillit.typed("the same Martin\n", "names", "merge", "rus", "1", "2")
    assert (answer.code, answer.out) == (0, "They are 1 now.\n")
    assert "2 released interviews" in answer.err
    assert [one["number"] for one in tillit.names()] == [1]
    assert tillit.typed("\n", "names", "undo", "rus", "1").out == "Decision 1 is undone, or stands again.\n"
    assert [one["number"] for one in tillit.names()] == [1, 2]
    told = tillit("ragna", "names", "history", "rus", "--json").out
    assert all(word in told for word in ("merged PER 2 into PER 1", "the same Martin", "undone", "undid 1"))
    assert "undone" in tillit("ragna", "names", "history", "rus").out


def test_split_asks_for_the_forms(tillit: Typing) -> None:
    """One a line until an empty one; none at all splits nothing, and an interview needs no form."""
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    assert tillit.typed("\n", "names", "split", "rus", "1").code == 12
    assert tillit.typed("Martin\n\n\n", "names", "split", "rus", "1").code == 12
    answer = tillit.typed("another Martin\n", "names", "split", "rus", "1", "--in", "rus/P02-1")
    assert (answer.code, answer.out) == (0, "What was split off is 3.\n")
    assert [one["number"] for one in tillit.names()] == [1, 3]


def test_rename_asks_for_the_pseudonym_or_draws_one(tillit: Typing) -> None:
    """What is typed is taken; with --redraw nothing is asked but why."""
    before = tillit.names()[0]["surrogate"]
    assert tillit.typed("Zebulon\nhis brother's name\n", "names", "rename", "rus", "1").code == 0
    assert tillit.names()[0]["surrogate"] == "Zebulon"
    assert tillit.typed("\n", "names", "rename", "rus", "1", "--redraw").code == 0
    assert tillit.names()[0]["surrogate"] not in {"Zebulon", before}
    assert tillit.typed("Bergen\n\n", "names", "rename", "rus", "1", "--kind", "LOC").code == 0
    assert tillit.names("LOC")[0]["surrogate"] == "Bergen"


def test_names_are_no_arguments(tillit: Typing) -> None:
    """Whoever types one behind the command is told that it takes none."""
    for command in (
        ["split", "rus", "1", "Martin"],
        ["rename", "rus", "1", "Zebulon"],
        ["merge", "rus", "1", "Martin"],
    ):
        assert tillit.typed("", "names", *command).code == 2


def test_a_refusal_quotes_nothing(tillit: Typing) -> None:
    """A real name typed as a pseudonym is refused in a sentence that does not repeat it."""
    answer = tillit.typed("Trondheim\n\n", "names", "rename", "rus", "1")
    assert answer.code == 12
    assert "Trondheim" not in answer.err


def test_reidentify_in_two(tillit: Typing) -> None:
    """One asks, another sees it and says yes, the first is shown the name, once; each is told what comes next."""
    surrogate = tillit.names()[0]["surrogate"]
    asked = tillit.typed(f"{surrogate}\n", "reidentify", "request", "rus/P01-1", "--why", "the clinic", who="ivar")
    assert (asked.code, "tillit reidentify approve rus/1" in asked.out) == (0, True)
    assert tillit.typed("n\n", "reidentify", "approve", "rus/1", who="signe").code == 12
    answer = tillit.typed("y\n", "reidentify", "approve", "rus/1", who="signe")
    assert f"ivar asks who “{surrogate}” is in rus/P01-1, because: the clinic" in answer.err
    assert "tillit reidentify show rus/1" in answer.out
    assert tillit("ivar", "reidentify", "show", "rus/1").out == "Martin\n"
    again = tillit("ivar", "reidentify", "show", "rus/1")
    assert (again.code, again.out) == (3, "")


def test_reidentify_alone_is_refused(tillit: Typing) -> None:
    """A steward who asks cannot say yes, with --yes neither; a request that is not there is a sentence."""
    surrogate = tillit.names()[0]["surrogate"]
    tillit.typed(f"{surrogate}\n", "reidentify", "request", "rus/P01-1", "--why", "the clinic", who="astrid")
    answer = tillit("astrid", "reidentify", "approve", "rus/1", "--yes")
    assert (answer.code, "asked for this yourself" in answer.err) == (3, True)
    assert tillit("astrid", "reidentify", "show", "rus/1").code == 3
    assert [tillit("astrid", "reidentify", "show", name).code for name in ("rus/9", "rus", "rus/x")] == [4, 12, 12]
