"""`tillit study review`: setting the policy on the command line, and what it means for an interview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import release, study_rules
from policies import review_policy
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import NotReady
from storage.records import Study
from tests.command import Typing
from tests.house_fixtures import House, build, reopen
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Recording

WAIVED = ("study", "review", "rus", "not-required")


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal at a new vault with a study and three people."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


def _approve(tillit: Typing) -> None:
    """Let another data steward approve what was asked for first."""
    vault = reopen(tillit.vault)
    House(vault, lookup.study(vault.database, "rus")).second_steward()
    vault.close()
    assert tillit("signe", "request", "approve", "rus/1", "--yes").code == 0


def test_the_policy_is_set_and_shown_with_its_reason(tillit: Typing) -> None:
    """Everybody in the study reads what holds, who said so and why; a researcher cannot set it."""
    assert tillit("ragna", "study", "review", "rus").out == "Review before a release: required.\n"
    assert tillit.typed("I like to\n", *WAIVED).code == 3
    assert tillit.typed("For a [course].\n", *WAIVED, who="astrid").code == 8
    _approve(tillit)
    assert tillit("astrid", *WAIVED, "--request", "rus/1").code == 0
    shown = tillit("ragna", "study", "review", "rus").out
    assert "Review before a release: not required." in shown
    assert "astrid: not required. For a [course]." in shown


@pytest.mark.parametrize("why", [" ", "...", "\x1b[2J because"])
def test_no_reason_no_change(tillit: Typing, why: str) -> None:
    """A sentence that says nothing, or steers a terminal, is refused, and review stays required."""
    assert tillit.typed(f"{why}\n", *WAIVED, who="astrid").code == 12
    assert "required.\n" in tillit("astrid", "study", "review", "rus").out


def test_the_reason_is_no_argument(tillit: Typing) -> None:
    """Whoever types it behind the command, where a shell's history keeps it, is told that there is no such option."""
    assert tillit("astrid", *WAIVED, "--why", "For a course.").code == 2


def test_review_cannot_be_waived_while_making_a_study(tillit: Typing) -> None:
    """The option there was is gone: the policy is set by itself, with a reason."""
    made = ("--title", "T", "--approval", "REK 3", "--starts", "2026-01-01", "--ends", "2036-01-01")
    assert tillit("astrid", "study", "add", "ny", *made, "--review", "not required").code == 2


def test_back_to_required_finds_must_be_decided_again(house: House) -> None:
    """What was released without a look stays; the next interview waits for a person."""
    astrid, ragna = house.desk("astrid"), house.desk("ragna")
    house.review_not_required()
    first = said(house, "P01", "Then I met Martin in Trondheim.")
    assert release.release(ragna, first).version == 1
    review_policy.choose(astrid, house.study, review_policy.REQUIRED, "Real ones.")
    with pytest.raises(NotReady, match="undecided"):
        release.release(ragna, said(house, "P02", "Then I met Martin in Trondheim."))


def test_a_policy_that_changes_during_a_release_keeps_nothing(house: House) -> None:
    """A release that began without a look at the finds is not kept once a look is required."""
    house.review_not_required()
    recording = said(house, "P01", "Then I met Martin in Trondheim.")
    study = lookup.by_id(house.vault.database, Study, house.study.id)
    assert study.review == review_policy.NOT_REQUIRED
    with pytest.raises(NotReady, match="changed at the same time"):
        _released_while_it_is_set(house, recording, study)


def _released_while_it_is_set(house: House, recording: Recording, study: Study) -> None:
    with house.desk("ragna").act(Action.RELEASE, recording, Purpose.ANALYSE) as act:
        study_rules.unless_changed(act, study)
        review_policy.choose(house.desk("astrid"), study, review_policy.REQUIRED, "Real ones.")
