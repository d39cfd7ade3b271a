"""What an ethics office asks about a study: kept with what was before, and due until it was notified."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import study_facts
from policies.actions import Action, Purpose
from storage.errors import BadInput, Denied, NotFound, NotReady
from storage.records import Study
from tests.house_fixtures import LATER, TODAY
from tests.listened import participants_voice

if TYPE_CHECKING:
    from policies.study_facts import Facts
    from tests.house_fixtures import House

DAY = timedelta(days=1)
AGREEMENT = {"name": "A transcription house", "agreement": "2026/7", "date": "2026-01-02"}
NOTIFIED: dict[str, tuple[Any, str]] = {
    "ends": (LATER + DAY, "date"),
    "starts": (TODAY - DAY, "date"),
    "sample": (18, "sample"),
    "cohorts": (["Cohort A", "Cohort B"], "sample"),
    "special_categories": (["health"], "data type"),
    "offence_data": (True, "data type"),
    "voices": ("kept", "data type"),
    "model": ("nb-large", "method"),
    "processors": ([AGREEMENT], "method"),
    "controller": ("University of Oslo", "controller"),
    "legal_basis": ("public task", "legal basis"),
}


def _change(house: House, **wanted: Any) -> Facts:
    return study_facts.change(house.desk("astrid"), house.study, wanted)


@pytest.mark.parametrize("field", NOTIFIED)
def test_what_is_to_be_notified_stands_until_it_was(house: House, field: str) -> None:
    """Each such change is due, with its sort, until the day it was sent is written down."""
    value, sort = NOTIFIED[field]
    facts = _change(house, **{field: value})
    assert [f"change of {sort} " in sentence for sentence in facts.due] == [True]
    assert study_facts.seen(house.desk("ragna"), house.study).due == facts.due
    told = study_facts.notified(house.desk("astrid"), house.study, 1, TODAY)
    assert told.due == []
    assert told.changes[0].notified == TODAY.isoformat()


def test_what_was_before_is_kept(house: House) -> None:
    """Two changes of the same thing are two lines, each with both values, who made it and when."""
    _change(house, controller="NTNU")
    facts = _change(house, controller="UiO", title="Another title")
    assert [(one.number, one.field, one.before, one.after, one.by) for one in facts.changes] == [
        (1, "controller", "", "NTNU", "astrid"),
        (2, "controller", "NTNU", "UiO", "astrid"),
        (3, "title", "Life after treatment", "Another title", "astrid"),
    ]
    assert len(facts.due) == 2


def test_more_participants_than_were_approved_are_a_change_of_sample(house: House) -> None:
    """Nobody has to type it: who is there is counted, and it is not over before the sample is another."""
    _change(house, sample=1)
    study_facts.notified(house.desk("astrid"), house.study, 1, TODAY)
    for code in ("P01", "P02"):
        house.participant(code)
    [sentence] = study_facts.seen(house.desk("astrid"), house.study).due
    assert "2 participants" in sentence


@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"title": "Life after treatment"}, {"controller": " "}, {"controller": "a\nb"}, {"controller": "x" * 201},
        {"legal_basis": "because"}, {"special_categories": ["mood"]}, {"sample": 0}, {"cohorts": [""]},
        {"ends": TODAY - DAY}, {"starts": LATER + DAY},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(house: House, wanted: dict[str, Any]) -> None:
    """Nothing at all, what it is already, empty and odd lines, what is no basis or category, dates that cross."""
    with pytest.raises(BadInput):
        _change(house, **wanted)
    assert study_facts.seen(house.desk("astrid"), house.study).changes == []


@pytest.mark.parametrize("who", ["ivar", "ragna", "a-stranger"])
def test_only_the_steward_changes_a_study(house: House, who: str) -> None:
    """Neither changes nor what was notified are anybody else's to write down."""
    with pytest.raises(Denied):
        study_facts.change(house.desk(who), house.study, {"sample": 3})
    with pytest.raises(Denied):
        study_facts.notified(house.desk(who), house.study, 1, TODAY)


def test_only_a_change_that_is_due_is_notified(house: House) -> None:
    """Not one there is not, not one nobody has to be told of, and not on a day to come."""
    _change(house, title="Another title")
    for number in (1, 2):
        with pytest.raises(NotFound):
            study_facts.notified(house.desk("astrid"), house.study, number, TODAY)
    with pytest.raises(BadInput, match="yet to come"):
        study_facts.notified(house.desk("astrid"), house.study, 1, TODAY + DAY * 2)


def test_a_study_that_keeps_voices_forgets_them_before_it_says_never(house: House) -> None:
    """Biometric data does not stay behind in a study that says it keeps none."""
    _change(house, voices="kept")
    participant = house.participant("P01")
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        act.add(participants_voice(act, participant))
    with pytest.raises(NotReady, match="voice forget"):
        _change(house, voices="never")


@pytest.mark.parametrize(("starts", "ends"), [(TODAY - 9 * DAY, TODAY - 2 * DAY), (TODAY + 2 * DAY, LATER)])
def test_nothing_is_taken_in_outside_the_dates_as_they_were_changed(house: House, starts: Any, ends: Any) -> None:
    """The door goes by the dates that stand now."""
    participant = house.participant("P01")
    _change(house, starts=starts, ends=ends)
    with (
        pytest.raises(Denied, match="start and end dates"),
        house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD),
    ):
        pytest.fail("the door opened")


def test_the_ledger_names_the_fields_and_not_what_they_say(house: House) -> None:
    """A controller may be a person; the ledger outlives everything."""
    _change(house, controller="Kari Nordmann enkeltpersonforetak")
    leaves = b"".join(house.vault.ledger.leaves())
    assert b'"changed":["controller"]' in leaves.replace(b" ", b"")
    assert b"Nordmann" not in leaves


def test_studies_from_before_have_facts_that_say_nothing(house: House) -> None:
    """What nobody wrote down is empty, and nothing is due."""
    with Session(house.vault.database.reader) as session:
        study = session.scalars(sa.select(Study)).one()
    assert (study.controller, study.sample, study.changes, study_facts.due(study, 5)) == ("", None, [], [])
