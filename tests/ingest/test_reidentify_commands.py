"""`tillit reidentify`, as people type it: asked by one, listed, approved by another, shown once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from ingest import entities, release, review
from ingest.decisions import Verdict
from policies import studies
from policies.actions import Role
from storage import lookup
from storage.records import now
from storage.requests import Request
from tests.command import Answer, Typing
from tests.faults.canaries import Hunt
from tests.house_fixtures import build, reopen
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path

WHY = "the clinic has to be told"


class Asking(Typing):
    """Somebody in a study with a released interview, and the pseudonym there."""

    surrogate: str

    def ask(self, who: str = "ivar") -> Answer:
        """Ask who stands behind the pseudonym, and why it is needed."""
        return self.typed(f"{self.surrogate}\n{WHY}\n", "reidentify", "request", "rus/P01-1", who=who)

    def listed(self, who: str = "ragna") -> list[dict[str, Any]]:
        """What `reidentify list` tells."""
        found: list[dict[str, Any]] = json.loads(self(who, "reidentify", "list", "rus", "--json").out)
        return found


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asking:
    """A terminal at a vault with two data stewards, and an interview that speaks of a Martin, released."""
    terminal = Asking(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    ragna, recording = house.desk("ragna"), said(house, "P01", "Then I met Martin in Trondheim.")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    lines = entities.listed(ragna, house.study).names
    terminal.surrogate = next(line.surrogate for line in lines if line.forms == ["Martin"])
    house.vault.close()
    return terminal


def _let_it_expire(tillit: Asking) -> None:
    vault = reopen(tillit.vault)
    request = lookup.request(vault.database, "rus/1")
    with Session(vault.database.writer) as session, session.begin():
        session.get_one(Request, request.id).expires = now() - timedelta(seconds=1)
    vault.close()


def test_reidentify_in_two(tillit: Asking) -> None:
    """One asks, another sees it and says yes, the first is shown the name, once; each is told what comes next."""
    asked = tillit.ask()
    assert (asked.code, "tillit reidentify approve rus/1" in asked.out) == (0, True)
    assert tillit.typed("n\n", "reidentify", "approve", "rus/1", who="signe").code == 12
    answer = tillit.typed("y\n", "reidentify", "approve", "rus/1", who="signe")
    assert f"ivar asks who “{tillit.surrogate}” is in rus/P01-1, because: {WHY}" in answer.err
    assert "tillit reidentify show rus/1" in answer.out
    assert tillit("ivar", "reidentify", "show", "rus/1").out == "Martin\n"
    again = tillit("ivar", "reidentify", "show", "rus/1")
    assert (again.code, again.out) == (3, "")


def test_reidentify_alone_is_refused(tillit: Asking) -> None:
    """A steward who asks cannot say yes, with --yes neither, and is told that it takes another data steward."""
    tillit.ask("astrid")
    answer = tillit("astrid", "reidentify", "approve", "rus/1", "--yes")
    assert (answer.code, "another data steward" in answer.err) == (3, True)
    assert tillit("astrid", "reidentify", "show", "rus/1").code == 3


def test_a_reason_is_no_argument(tillit: Asking) -> None:
    """Whoever types it behind the command, where a shell's history keeps it, is told that there is no such option."""
    assert tillit("ivar", "reidentify", "request", "rus/P01-1", "--why", WHY).code == 2


def test_a_request_that_is_not_there_says_where_to_look(tillit: Asking) -> None:
    """The command that lists requests is named, and not one that does not."""
    answer = tillit("astrid", "reidentify", "show", "rus/9")
    assert (answer.code, "`tillit request list`" in answer.err) == (4, True)
    assert [tillit("astrid", "reidentify", "show", name).code for name in ("rus", "rus/x")] == [12, 12]


def test_requests_are_listed_with_how_far_they_have_come(tillit: Asking) -> None:
    """Waiting, approved, used: who asked for which interview, who approved it, and until when it is good."""
    assert tillit("ragna", "reidentify", "list").out == "Nobody has asked who stands behind a pseudonym.\n"
    assert tillit.listed() == []
    tillit.ask()
    (line,) = tillit.listed()
    assert [line[part] for part in ("request", "recording", "who")] == ["rus/1", "rus/P01-1", "ivar"]
    assert (line["state"], line["approved_by"], line["until"] > line["asked"]) == ("waiting", "", True)
    tillit("signe", "reidentify", "approve", "rus/1", "--yes")
    assert [(one["state"], one["approved_by"]) for one in tillit.listed()] == [("approved", "signe")]
    tillit("ivar", "reidentify", "show", "rus/1")
    assert [one["state"] for one in tillit.listed()] == ["used"]
    shown = tillit("ivar", "reidentify", "list").out
    assert all(word in shown for word in ("rus/1", "rus/P01-1", "ivar", "used", "signe"))


def test_a_request_whose_time_is_over_is_listed_as_expired(tillit: Asking) -> None:
    """Approved or not: nobody can go on with it."""
    tillit.ask()
    _let_it_expire(tillit)
    assert [one["state"] for one in tillit.listed()] == ["expired"]


def test_the_list_holds_no_name_pseudonym_or_reason(tillit: Asking) -> None:
    """Whoever works in the study may see it, and only some of them may see those."""
    tillit.ask()
    shown = tillit("ivar", "reidentify", "list", "rus").out + json.dumps(tillit.listed("ivar"))
    assert Hunt([b"Martin", tillit.surrogate.encode(), WHY.encode()]).within(shown.encode()) == set()


def test_the_list_is_asked_for_at_the_door(tillit: Asking) -> None:
    """A stranger is refused, and looking is in the ledger like everything else."""
    tillit.ask()
    assert tillit("mallory", "reidentify", "list", "rus").code == 3
    assert tillit.listed("astrid")
    acts = json.loads(tillit("astrid", "audit", "list", "--json").out)
    seen = [(act["who"], act["outcome"]) for act in acts if act["what"] == "see_status"]
    assert seen[-2:] == [("a stranger", "DENIED"), ("astrid", "done")]


@pytest.mark.parametrize("who", ["astrid", "ivar"])
def test_a_used_request_is_refused_in_one_sentence(tillit: Asking, who: str) -> None:
    """Nobody reads that it can go on beside that it was used."""
    tillit.ask()
    tillit("signe", "reidentify", "approve", "rus/1", "--yes")
    tillit("ivar", "reidentify", "show", "rus/1")
    if who == "ivar":
        answer = tillit("ivar", "reidentify", "show", "rus/1")
    else:
        answer = tillit("astrid", "reidentify", "approve", "rus/1", "--yes")
    assert (answer.code, "used already" in answer.err) == (3, True)
    assert "can go on" not in answer.err
    assert "time for this is over" not in answer.err


def test_an_expired_request_is_refused_in_one_sentence(tillit: Asking) -> None:
    """Neither that somebody can still approve it, nor that another has to."""
    tillit.ask("astrid")
    _let_it_expire(tillit)
    for verb in ("approve", "show"):
        answer = tillit("astrid", "reidentify", verb, "rus/1")
        assert (answer.code, "time for this is over" in answer.err) == (3, True)
        assert not any(other in answer.err for other in ("approved this", "asked for this yourself"))


def test_a_reason_with_control_characters_is_refused(tillit: Asking) -> None:
    """It would be printed on the terminal of the one who approves."""
    answer = tillit.typed(f"{tillit.surrogate}\n\x1b[2Jbecause\n", "reidentify", "request", "rus/P01-1", who="ivar")
    assert (answer.code, "control characters" in answer.err) == (12, True)
