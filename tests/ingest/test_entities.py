"""A study's names as they are listed: what is shown, what is not, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import entities, entities_changed, roster
from ingest.entities import Which
from ingest.pseudonyms.finds import Kind
from policies import consent, studies
from policies.actions import Action
from storage import lookup
from storage.errors import Denied, NotFound, NotReady
from storage.records import Participant
from tests.house_fixtures import LATER, TODAY
from tests.ingest.interview import said
from tests.ingest.listing import listed_as, released, two_martins

if TYPE_CHECKING:
    from tests.house_fixtures import House

PER = Kind.PER


def test_names_are_listed_with_where_they_are_said(house: House) -> None:
    """Number, kind, real forms, pseudonym, interviews and which one a first name belongs to; sure once confirmed."""
    one, _, *numbers = two_martins(house)
    assert sorted(numbers) == [1, 2]
    place = listed_as(house, "Trondheim")
    assert (place.kind, place.number, place.interviews, place.only_in, place.confirmed) == (
        "LOC",
        1,
        ["P01-1"],
        "",
        False,
    )
    released(house, one)
    assert listed_as(house, "Martin", "P01-1").confirmed
    assert not listed_as(house, "Martin", "P02-1").confirmed


@pytest.mark.parametrize("who", ["ivar", "astrid", "a-stranger"])
def test_the_map_is_for_researchers_alone(house: House, who: str) -> None:
    """Interviewer, steward and stranger neither see nor change it."""
    said(house, "P01", "Then I met Martin.")
    number = listed_as(house, "Martin").number
    for attempt in (
        lambda: entities.listed(house.desk(who), house.study),
        lambda: entities.suggested(house.desk(who), house.study),
        lambda: entities_changed.history(house.desk(who), house.study),
        lambda: entities_changed.rename(house.desk(who), house.study, Which(PER, number), "Zebulon", ""),
        lambda: entities_changed.undo(house.desk(who), house.study, None, ""),
    ):
        with pytest.raises(Denied):
            attempt()


def test_another_studys_names_are_not_shown(house: House) -> None:
    """A researcher of one study sees nothing of the next one, and its numbers begin at 1."""
    said(house, "P01", "Then I met Martin.")
    other = studies.create(house.desk("astrid"), studies.NewStudy("alko", "Another", "REK 2", TODAY, LATER, "en"))
    with pytest.raises(Denied):
        entities.listed(house.desk("ragna"), other)


def test_what_only_a_closed_interview_says_is_not_shown(house: House) -> None:
    """After a withdrawal its names are gone from the list and cannot be changed; those others say stay."""
    one, _, first, second = two_martins(house)
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, one.participant_id))
    listed = entities.listed(house.desk("ragna"), house.study)
    assert [(line.number, line.forms) for line in listed.names] == [(second, ["Martin"])]
    assert listed.closed == 1
    with pytest.raises(NotFound):
        entities_changed.merge(house.desk("ragna"), house.study, Which(PER, second), first, "")


def test_nothing_is_told_of_decisions_about_names_that_are_not_shown(house: House) -> None:
    """After a withdrawal the history keeps who decided when, and neither names nor reasons."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, listed_as(house, "Martin").number
    entities_changed.rename(ragna, study, Which(PER, number), "Zebulon", "as Martin is too rare")
    entities_changed.undo(ragna, study, 1, "Martin is not rare")
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, recording.participant_id))
    told = entities_changed.history(ragna, study)
    assert [(done.who, done.what, done.why) for done in told] == [
        ("ragna", "rename of names that are not shown", ""),
        ("ragna", "undid 1", ""),
    ]


def test_what_a_shredded_participant_said_is_not_shown(house: House) -> None:
    """Their interview counts as closed, and does not keep the others from being listed."""
    one, _, _, second = two_martins(house)
    house.shred(lookup.by_id(house.vault.database, Participant, one.participant_id))
    listed = entities.listed(house.desk("ragna"), house.study)
    assert [(line.number, line.forms) for line in listed.names] == [(second, ["Martin"])]
    assert listed.closed == 1


def test_a_rostered_name_is_shown_before_anybody_says_it(house: House) -> None:
    """It was written down by people of the study, and has its pseudonym already."""
    roster.add(house.desk("ivar"), house.study, ["Ingrid Solbakken"], PER)
    found = listed_as(house, "Ingrid Solbakken")
    assert (found.interviews, found.confirmed) == ([], True)


def test_a_pseudonym_that_has_become_a_real_name_is_marked(house: House) -> None:
    """The list marks it until it is renamed."""
    said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, listed_as(house, "Martin").number
    entities_changed.rename(ragna, study, Which(PER, number), "Zebulon", "")
    roster.add(ragna, study, ["Zebulon"], PER)
    assert listed_as(house, "Martin").clash
    entities_changed.rename(ragna, study, Which(PER, number), None, "")
    assert not listed_as(house, "Martin").clash


def test_the_history_of_a_split_tells_no_form_that_only_a_closed_interview_says(house: House) -> None:
    """Of what was split off it names what open interviews say, and says that there was more."""
    gone = said(house, "P01", "My sister Ingrid Solbakken came.")
    said(house, "P02", "We met Ingrid at home.")
    said(house, "P03", "We met Wilhelmina too.")
    ragna, numbers = house.desk("ragna"), dict[str, int]()
    for form in ("Ingrid Solbakken", "Ingrid"):
        lines = entities.listed(ragna, house.study).names
        numbers = {one: line.number for line in lines for one in line.forms}
        if numbers[form] != numbers["Wilhelmina"]:
            entities_changed.merge(ragna, house.study, Which(Kind.PER, numbers["Wilhelmina"]), numbers[form], "")
    whole = Which(Kind.PER, numbers["Wilhelmina"])
    entities_changed.split(ragna, house.study, whole, ["Ingrid Solbakken", "Ingrid"], "")
    before = entities_changed.history(ragna, house.study)[-1].what
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, gone.participant_id))
    after = entities_changed.history(ragna, house.study)[-1].what
    assert "Solbakken" in before
    assert "Solbakken" not in after
    assert after.endswith("Ingrid, forms that are not shown")


def test_a_withdrawal_while_names_are_open_shows_and_changes_nothing(house: House) -> None:
    """What was read of an interview before its consent went is not shown after."""
    one = said(house, "P01", "My sister Ingrid Solbakken came.")
    held = lookup.by_id(house.vault.database, Participant, one.participant_id)
    with (
        pytest.raises(NotReady, match="meanwhile"),
        entities.opened(house.desk("ragna"), house.study, Action.SEE_NAMES),
    ):
        consent.withdraw(house.desk("astrid"), held)
