"""Who may write, see and be told the names of a study's roster: those who work in it, and the pipeline by consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies import consent, studies
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage.errors import Denied
from tests.house_fixtures import LATER, TODAY, given
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from policies.facts import Thing
    from tests.house_fixtures import House


def _desk(house: House, who: str) -> Desk:
    return Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE)) if who == PIPELINE else house.desk(who)


def _opens(desk: Desk, action: Action, thing: Thing, purpose: Purpose = Purpose.STEWARDSHIP) -> bool:
    try:
        with desk.act(action, thing, purpose) as act:
            return act.names().all() == []
    except Denied:
        return False


@pytest.mark.parametrize("action", [Action.SET_ROSTER, Action.SEE_ROSTER])
@pytest.mark.parametrize("who", ["astrid", "ivar", "ragna", "a-stranger", PIPELINE])
def test_who_works_in_a_study_writes_and_sees_its_roster(house: House, action: Action, who: str) -> None:
    """Steward, interviewer and researcher do; a stranger does not, and the pipeline has a door of its own."""
    assert _opens(_desk(house, who), action, house.study) is (who in {"astrid", "ivar", "ragna"})


@pytest.mark.parametrize("action", [Action.SET_ROSTER, Action.SEE_ROSTER])
@pytest.mark.parametrize("who", ["ivar", "ragna"])
def test_another_studys_roster_is_none_of_theirs(house: House, action: Action, who: str) -> None:
    """A role in one study opens nothing of the next one."""
    new = studies.NewStudy("alko", "Another", "REK 2", TODAY, LATER, "no")
    other = studies.create(house.desk("astrid"), new)
    assert not _opens(house.desk(who), action, other)


@pytest.mark.parametrize("who", ["astrid", "ivar", "ragna", PIPELINE])
def test_only_the_pipeline_is_told_the_roster_for_a_recording(house: House, who: str) -> None:
    """Nobody opens the link key by a recording to be transcribed but the pipeline."""
    recording = keep(house, house.participant("P01"))
    opens = _opens(_desk(house, who), Action.KNOW_ROSTER, recording, Purpose.TRANSCRIBE)
    assert opens is (who == PIPELINE)


@pytest.mark.parametrize("spoil", ["withdrawn", "expired", "another purpose"])
def test_the_roster_is_told_only_where_consent_allows_transcribing(house: House, spoil: str) -> None:
    """A withdrawal, an expired consent and one to something else shut the door, as they do for transcribing."""
    held = house.participant("P01")
    recording, robot = keep(house, held), _desk(house, PIPELINE)
    assert _opens(robot, Action.KNOW_ROSTER, recording, Purpose.TRANSCRIBE)
    if spoil == "withdrawn":
        consent.withdraw(house.desk("astrid"), held)
    elif spoil == "expired":
        last_year = TODAY.replace(year=TODAY.year - 1, day=1)
        consent.record(house.desk("astrid"), held, given((Purpose.TRANSCRIBE,), expires=last_year))
    else:
        consent.record(house.desk("astrid"), held, given((Purpose.RECORD, Purpose.ANALYSE)))
    assert not _opens(robot, Action.KNOW_ROSTER, recording, Purpose.TRANSCRIBE)
