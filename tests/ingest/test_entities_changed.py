"""Changing a study's names in a vault with interviews that say them: what comes of it, and what is kept of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingest import entities, entities_changed, roster
from ingest.entities import Which
from ingest.entities_changed import Changed
from ingest.pseudonyms.finds import Kind
from storage.errors import BadInput, NotFound, NotReady
from tests.faults.canaries import Hunt
from tests.ingest.interview import said
from tests.ingest.listing import listed_as, released, stages, two_martins

if TYPE_CHECKING:
    from tests.house_fixtures import House

PER = Kind.PER


def test_a_merge_gives_both_one_pseudonym(house: House) -> None:
    """Two first names of two interviews become one person in the released texts of both."""
    one, other, first, second = two_martins(house)
    released(house, one, other)
    assert entities_changed.merge(house.desk("ragna"), house.study, Which(PER, first), second, "the same") == Changed(
        first, 2
    )
    assert stages(house, one, other) == ["review", "review"]
    surrogate = listed_as(house, "Martin").surrogate
    assert all(surrogate in text for text in released(house, one, other))
    assert listed_as(house, "Martin").interviews == ["P01-1", "P02-1"]


def test_an_undone_merge_leaves_two_again(house: House) -> None:
    """Each has its number and pseudonym back, and what was released meanwhile has to be released again."""
    one, other, first, second = two_martins(house)
    before = [listed_as(house, "Martin", where) for where in ("P01-1", "P02-1")]
    ragna = house.desk("ragna")
    entities_changed.merge(ragna, house.study, Which(PER, first), second, "")
    released(house, one, other)
    assert entities_changed.undo(ragna, house.study, None, "they are not") == Changed(1, 2)
    after = [listed_as(house, "Martin", where) for where in ("P01-1", "P02-1")]
    assert [(line.number, line.surrogate) for line in after] == [(line.number, line.surrogate) for line in before]


def test_a_change_leaves_other_interviews_released(house: House) -> None:
    """Only interviews that say the name are taken back, and those not released stay where they are."""
    one, other, first, _ = two_martins(house)
    third = said(house, "P03", "We lived in Bergen then.")
    released(house, one, third)
    assert entities_changed.rename(house.desk("ragna"), house.study, Which(PER, first), "Zebulon", "").set_back == 1
    assert stages(house, one, other, third) == ["review", "apply pseudonyms", "release"]


def test_a_split_makes_two_of_one(house: House) -> None:
    """After a merge some forms can be parted off; each text then has the pseudonym of whom it speaks."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Ingrid Solbakken.")
    ragna, study = house.desk("ragna"), house.study
    first, second = listed_as(house, "Martin Haugen").number, listed_as(house, "Ingrid Solbakken").number
    entities_changed.merge(ragna, study, Which(PER, first), second, "")
    made = entities_changed.split(ragna, study, Which(PER, first), ["ingrid solbakken"], "a mistake").number
    texts = released(house, one, other)
    left, parted = listed_as(house, "Martin Haugen"), listed_as(house, "Ingrid Solbakken")
    assert (left.number, parted.number) == (first, made)
    assert made not in {first, second}
    assert left.surrogate in texts[0]
    assert parted.surrogate in texts[1]
    assert left.surrogate != parted.surrogate


def test_a_split_by_interview_parts_what_has_the_same_words(house: House) -> None:
    """Two who are called alike in two interviews, and were taken for one, can be told apart by where they are said."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Martin Haugen.")
    ragna, study = house.desk("ragna"), house.study
    first = listed_as(house, "Martin Haugen")
    assert first.interviews == ["P01-1", "P02-1"]
    made = entities_changed.split_off(ragna, study, Which(PER, first.number), other, "his cousin").number
    lines = {line.number: line for line in entities.listed(ragna, study).names if "Martin Haugen" in line.forms}
    assert {number: line.interviews for number, line in lines.items()} == {first.number: ["P01-1"], made: ["P02-1"]}
    texts = released(house, one, other)
    assert lines[first.number].surrogate in texts[0]
    assert lines[made].surrogate in texts[1]
    assert lines[made].surrogate not in texts[0]


def test_what_cannot_be_split_is_a_sentence(house: House) -> None:
    """A form that is not there, every form there is, an interview that does not say it, or the only one that does."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "We lived in Bergen.")
    ragna, study, number = house.desk("ragna"), house.study, listed_as(house, "Martin Haugen").number
    for forms in ([], ["Wilhelmina"], ["Martin Haugen"], ["Martin Haugen", "Wilhelmina"]):
        with pytest.raises(BadInput):
            entities_changed.split(ragna, study, Which(PER, number), forms, "")
    for recording in (one, other):
        with pytest.raises(BadInput):
            entities_changed.split_off(ragna, study, Which(PER, number), recording, "")
    assert entities_changed.history(ragna, study) == []


def test_a_renamed_name_has_the_new_pseudonym_in_the_text(house: House) -> None:
    """The one that was typed, or, redrawn, another than it had."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna, study, line = house.desk("ragna"), house.study, listed_as(house, "Martin")
    entities_changed.rename(ragna, study, Which(PER, line.number), "Zebulon", "it was his brother's name")
    assert "Zebulon" in released(house, recording)[0]
    entities_changed.rename(ragna, study, Which(PER, line.number), None, "")
    drawn = listed_as(house, "Martin").surrogate
    assert drawn not in {line.surrogate, "Zebulon"}
    assert drawn in released(house, recording)[0]


@pytest.mark.parametrize("surrogate", ["Martin", "Trondheim", "", "  ", "."])
def test_a_pseudonym_that_is_a_real_name_or_nothing_is_refused(house: House, surrogate: str) -> None:
    """Nor may it be another's; the name stays what it was."""
    said(house, "P01", "Then I met Martin in Trondheim.")
    line = listed_as(house, "Martin")
    for wanted in (surrogate, listed_as(house, "Trondheim").surrogate):
        with pytest.raises(BadInput):
            entities_changed.rename(house.desk("ragna"), house.study, Which(PER, line.number), wanted, "")
    assert listed_as(house, "Martin") == line


def test_numbers_that_are_nobodys_are_a_sentence(house: House) -> None:
    """A number of no name, of another kind, and a name with itself."""
    said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, listed_as(house, "Martin").number
    with pytest.raises(NotFound, match="no PER 9"):
        entities_changed.merge(ragna, study, Which(PER, number), 9, "")
    with pytest.raises(NotFound, match="no LOC"):
        entities_changed.rename(ragna, study, Which(Kind.LOC, number), "Furuvik", "")
    with pytest.raises(BadInput, match="with itself"):
        entities_changed.merge(ragna, study, Which(PER, number), number, "")


def test_a_pseudonym_that_was_anothers_is_refused(house: House) -> None:
    """What a name was called before stands in released texts, and an undo would give it back."""
    *_, first, second = two_martins(house)
    ragna, study = house.desk("ragna"), house.study
    before = listed_as(house, "Martin", "P01-1").surrogate
    entities_changed.rename(ragna, study, Which(PER, first), "Zebulon", "")
    with pytest.raises(BadInput, match="or was"):
        entities_changed.rename(ragna, study, Which(PER, second), before.upper(), "")
    entities_changed.rename(ragna, study, Which(PER, first), before, "")
    assert listed_as(house, "Martin", "P01-1").surrogate == before


def test_a_pseudonym_that_is_a_real_name_stops_the_release(house: House) -> None:
    """The sentence names the name by its number; after a rename, and not before, the interview is released."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, listed_as(house, "Martin").number
    entities_changed.rename(ragna, study, Which(PER, number), "Zebulon", "")
    roster.add(ragna, study, ["Zebulon"], PER)
    with pytest.raises(NotReady, match=f"PER {number}"):
        released(house, recording)
    entities_changed.rename(ragna, study, Which(PER, number), None, "")
    assert listed_as(house, "Martin").surrogate in released(house, recording)[0]


def test_what_was_decided_is_told_with_who_and_why(house: House) -> None:
    """Each decision in order, with whether it still counts; the ledger has the ids, and no name or reason."""
    *_, first, second = two_martins(house)
    ragna, study = house.desk("ragna"), house.study
    entities_changed.merge(ragna, study, Which(PER, first), second, "the same Martin")
    entities_changed.rename(ragna, study, Which(PER, first), "Zebulon", "")
    entities_changed.undo(ragna, study, 1, "not the same")
    told = entities_changed.history(ragna, study)
    assert [(done.number, done.who, done.why, done.undone) for done in told] == [
        (1, "ragna", "the same Martin", True),
        (2, "ragna", "", False),
        (3, "ragna", "not the same", False),
    ]
    assert told[0].what == f"merged PER {second} into PER {first}"
    assert told[1].what.endswith("to Zebulon")
    assert told[2].what == "undid 1"
    leaves = b"\n".join(house.vault.ledger.leaves())
    assert Hunt([b"Martin", b"Zebulon", b"not the same"]).within(leaves) == set()
    verbs = [json.loads(leaf).get("verb") for leaf in house.vault.ledger.leaves()]
    assert [verb for verb in verbs if verb in {"merge", "rename", "undo"}] == ["merge", "rename", "undo"]


def test_a_merge_that_a_split_builds_on_is_undone_after_it(house: House) -> None:
    """The sentence says which decision comes first, and nothing changes."""
    said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Ingrid Solbakken.")
    ragna, study = house.desk("ragna"), house.study
    first, second = listed_as(house, "Martin Haugen").number, listed_as(house, "Ingrid Solbakken").number
    entities_changed.merge(ragna, study, Which(PER, first), second, "")
    entities_changed.split(ragna, study, Which(PER, first), ["Ingrid Solbakken"], "")
    with pytest.raises(NotReady, match="Decision 2"):
        entities_changed.undo(ragna, study, 1, "")
    entities_changed.undo(ragna, study, 2, "")
    assert entities_changed.undo(ragna, study, 1, "").number == 1
    assert {line.number for line in entities.listed(ragna, study).names if line.kind == "PER"} == {first, second}


def test_a_reason_is_kept_short(house: House) -> None:
    """A reason of a thousand and one characters is refused, and the change with it."""
    said(house, "P01", "Then I met Martin.")
    with pytest.raises(BadInput, match="at most 1000"):
        entities_changed.rename(
            house.desk("ragna"), house.study, Which(PER, listed_as(house, "Martin").number), None, "x" * 1001
        )
    assert entities_changed.history(house.desk("ragna"), house.study) == []
