"""What changes of a study's names do to interviews that were released before: those that may say them go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest import entities_changed
from ingest.entities import Which
from ingest.pseudonyms.finds import Kind
from policies import consent
from storage import lookup
from storage.records import Participant
from tests.ingest.interview import said
from tests.ingest.listing import fresh, listed_as, released, two_martins

if TYPE_CHECKING:
    from tests.house_fixtures import House

PER = Kind.PER


def test_an_undone_rename_sets_back_what_was_parted_from_the_name_since(house: House) -> None:
    """A released interview that says the half split off later may have had its pseudonym from the rename."""
    said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Ingrid Solbakken.")
    ragna, study = house.desk("ragna"), house.study
    first, second = listed_as(house, "Martin Haugen").number, listed_as(house, "Ingrid Solbakken").number
    entities_changed.merge(ragna, study, Which(PER, first), second, "")
    entities_changed.rename(ragna, study, Which(PER, first), "Zebulon Ask", "")
    entities_changed.split(ragna, study, Which(PER, first), ["Ingrid Solbakken"], "")
    recording = said(house, "P03", "There was Ingrid Solbakken.")
    released(house, recording)
    assert entities_changed.undo(ragna, study, 2, "").set_back == 1
    assert fresh(house, recording).stage != "release"


def test_a_released_interview_that_is_closed_is_set_back_too(house: House) -> None:
    """It cannot be looked into, so it may say the name; should its consent open again, it has to be released again."""
    one, _, _, second = two_martins(house)
    released(house, one)
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, one.participant_id))
    before = fresh(house, one)
    entities_changed.rename(house.desk("ragna"), house.study, Which(PER, second), "Zebulon", "")
    after = fresh(house, one)
    assert before.stage == "release"
    assert after.stage != before.stage
    assert after.attempt == before.attempt + 1
