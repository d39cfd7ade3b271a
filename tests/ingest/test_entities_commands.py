"""`tillit names list` and its like, as people type them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest import release, review
from ingest.decisions import Verdict
from policies import studies
from policies.actions import Role
from tests.command import Typing
from tests.house_fixtures import build
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path


class Names(Typing):
    """Somebody who types answers, and reads the list of names."""

    def names(self, kind: str = "PER") -> list[dict[str, Any]]:
        """The names of a kind, as listed."""
        return [one for one in json.loads(self("ragna", "names", "list", "rus", "--json").out) if one["kind"] == kind]


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Names:
    """A terminal at a vault with two data stewards, and two interviews that each speak of a Martin, both released."""
    terminal = Names(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    for code in ("P01", "P02"):
        recording = said(house, code, "Then I met Martin in Trondheim.")
        review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
        release.release(house.desk("ragna"), recording)
    house.vault.close()
    return terminal


def test_the_list_shows_numbers_names_and_pseudonyms(tillit: Names) -> None:
    """As a table and as JSON, with a word of warning that they are real."""
    one, other = tillit.names()
    assert (one["number"], one["forms"], one["only_in"]) == (1, ["Martin"], "P01-1")
    answer = tillit("ragna", "names", "list", "rus")
    assert answer.code == 0
    assert all(word in answer.out for word in ("Martin", one["surrogate"], other["surrogate"], "only P02-1"))
    assert "looks over your shoulder" in answer.err


def test_suggestions_say_which_and_why(tillit: Names) -> None:
    """Two Martins of two interviews may be one; after somebody merged them nothing is left to suggest."""
    answer = tillit("ragna", "names", "suggest", "rus")
    assert answer.out.startswith("PER 1 (Martin) and 2 (Martin): ")
    assert "tillit names merge rus NUMBER NUMBER" in answer.err
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    assert tillit("ragna", "names", "suggest", "rus").out == ""


def test_two_that_were_told_apart_are_not_suggested_again(tillit: Names) -> None:
    """A merge that was undone is somebody's word that they are two."""
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    tillit.typed("\n", "names", "undo", "rus")
    assert json.loads(tillit("ragna", "names", "suggest", "rus", "--json").out) == []


def test_merge_undo_and_history(tillit: Names) -> None:
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


def test_split_asks_for_the_forms(tillit: Names) -> None:
    """One a line until an empty one; none at all splits nothing, and an interview needs no form."""
    tillit.typed("\n", "names", "merge", "rus", "1", "2")
    assert tillit.typed("\n", "names", "split", "rus", "1").code == 12
    assert tillit.typed("Martin\n\n\n", "names", "split", "rus", "1").code == 12
    answer = tillit.typed("another Martin\n", "names", "split", "rus", "1", "--in", "rus/P02-1")
    assert (answer.code, answer.out) == (0, "What was split off is 3.\n")
    assert [one["number"] for one in tillit.names()] == [1, 3]


def test_rename_asks_for_the_pseudonym_or_draws_one(tillit: Names) -> None:
    """What is typed is taken; with --redraw nothing is asked but why."""
    before = tillit.names()[0]["surrogate"]
    assert tillit.typed("Zebulon\nhis brother's name\n", "names", "rename", "rus", "1").code == 0
    assert tillit.names()[0]["surrogate"] == "Zebulon"
    assert tillit.typed("\n", "names", "rename", "rus", "1", "--redraw").code == 0
    assert tillit.names()[0]["surrogate"] not in {"Zebulon", before}
    assert tillit.typed("Bergen\n\n", "names", "rename", "rus", "1", "--kind", "LOC").code == 0
    assert tillit.names("LOC")[0]["surrogate"] == "Bergen"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("merge", "rus", "1", "9"), 4),
        (("merge", "rus", "1", "1"), 12),
        (("split", "rus", "9"), 4),
        (("split", "rus", "1"), 12),
        (("split", "rus", "1", "--in", "rus/P02-1"), 12),
        (("split", "rus", "1", "--in", "rus/P01-1"), 12),
        (("rename", "rus", "9"), 4),
        (("rename", "rus", "9", "--redraw"), 4),
        (("undo", "rus"), 4),
        (("undo", "rus", "7"), 4),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_asked(
    tillit: Names, arguments: tuple[str, ...], code: int
) -> None:
    """Nobody thinks of a reason for a name or a decision that is not there, or for what cannot be done with it."""
    answer = tillit.typed("because\n", "names", *arguments)
    assert answer.code == code
    assert not any(question in answer.err for question in ("Why", "pseudonym", "Form"))


def test_who_may_not_is_refused_before_anything_is_asked(tillit: Names) -> None:
    """The door is asked first: a data steward, who may not change names, is not asked why; the ledger has the try."""
    answer = tillit.typed("because\n", "names", "merge", "rus", "1", "2", who="astrid")
    assert (answer.code, "Why" in answer.err) == (3, False)
    acts = json.loads(tillit("astrid", "audit", "list", "--json").out)
    assert [act["outcome"] for act in acts if act["what"] == "set_names"] == ["DENIED"]


def test_the_same_pseudonym_again_is_no_change(tillit: Names) -> None:
    """Whoever types what a name has is told so, and nothing is decided or set back."""
    answer = tillit.typed(f"{tillit.names()[0]['surrogate']}\n\n", "names", "rename", "rus", "1")
    assert (answer.code, "has that pseudonym already" in answer.err) == (11, True)
    assert json.loads(tillit("ragna", "names", "history", "rus", "--json").out) == []


def test_a_pseudonym_that_steers_a_terminal_is_refused_for_that(tillit: Names) -> None:
    """The sentence speaks of control characters, not of blanks and lengths."""
    answer = tillit.typed("Zeb\x1b[2Julon\n\n", "names", "rename", "rus", "1")
    assert (answer.code, "control character" in answer.err, "blanks" in answer.err) == (12, True, False)


def test_one_is_said_in_the_singular(tillit: Names) -> None:
    """One interview says it, not one interviews."""
    answer = tillit.typed("Zebulon\n\n", "names", "rename", "rus", "1")
    assert "1 released interview says it, and has to be released again." in answer.err


def test_names_are_no_arguments(tillit: Names) -> None:
    """Whoever types one behind the command is told that it takes none."""
    for command in (
        ["split", "rus", "1", "Martin"],
        ["rename", "rus", "1", "Zebulon"],
        ["merge", "rus", "1", "Martin"],
    ):
        assert tillit.typed("", "names", *command).code == 2


def test_a_refusal_quotes_nothing(tillit: Names) -> None:
    """A real name typed as a pseudonym is refused in a sentence that does not repeat it."""
    answer = tillit.typed("Trondheim\n\n", "names", "rename", "rus", "1")
    assert answer.code == 12
    assert "Trondheim" not in answer.err
