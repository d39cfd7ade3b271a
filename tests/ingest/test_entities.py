"""A study's names as its researchers see and change them, in a vault with interviews that say them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingest import entities, entities_changed, reading, release, review, roster
from ingest.decisions import Verdict
from ingest.entities import Which
from ingest.entities_changed import Changed
from ingest.pseudonyms.finds import Kind
from policies import consent, studies
from storage import lookup
from storage.errors import BadInput, Denied, NotFound, NotReady
from storage.records import Participant, Recording
from tests.faults.canaries import Hunt
from tests.house_fixtures import LATER, TODAY
from tests.ingest.interview import said

if TYPE_CHECKING:
    from ingest.entities import Line
    from tests.house_fixtures import House

PER = Kind.PER


def _line(house: House, form: str, only_in: str = "") -> Line:
    """How a name is listed that has this form, and belongs to this interview if one is given."""
    listed = entities.listed(house.desk("ragna"), house.study).names
    return next(line for line in listed if form in line.forms and (not only_in or line.only_in == only_in))


def _release(house: House, *recordings: Recording) -> list[str]:
    """Confirm every find of the recordings and release them; returns their texts."""
    ragna = house.desk("ragna")
    for recording in recordings:
        review.decide(ragna, recording, Verdict.CONFIRM, None)
        release.release(ragna, _fresh(house, recording))
    return [reading.read(ragna, _fresh(house, recording)).text for recording in recordings]


def _fresh(house: House, recording: Recording) -> Recording:
    return lookup.by_id(house.vault.database, Recording, recording.id)


def _stages(house: House, *recordings: Recording) -> list[str]:
    return [_fresh(house, recording).stage for recording in recordings]


def _two_martins(house: House) -> tuple[Recording, Recording, int, int]:
    """Two interviews that each speak of a Martin; and the numbers of the two."""
    one, other = said(house, "P01", "Then I met Martin in Trondheim."), said(house, "P02", "I saw Martin there.")
    return one, other, _line(house, "Martin", "P01-1").number, _line(house, "Martin", "P02-1").number


def test_names_are_listed_with_where_they_are_said(house: House) -> None:
    """Number, kind, real forms, pseudonym, interviews and which one a first name belongs to; sure once confirmed."""
    one, _, *numbers = _two_martins(house)
    assert sorted(numbers) == [1, 2]
    place = _line(house, "Trondheim")
    assert (place.kind, place.number, place.interviews, place.only_in, place.confirmed) == (
        "LOC",
        1,
        ["P01-1"],
        "",
        False,
    )
    _release(house, one)
    assert _line(house, "Martin", "P01-1").confirmed
    assert not _line(house, "Martin", "P02-1").confirmed


def test_a_merge_gives_both_one_pseudonym(house: House) -> None:
    """Two first names of two interviews become one person in the released texts of both."""
    one, other, first, second = _two_martins(house)
    _release(house, one, other)
    assert entities_changed.merge(house.desk("ragna"), house.study, Which(PER, first), second, "the same") == Changed(
        first, 2
    )
    assert _stages(house, one, other) == ["review", "review"]
    surrogate = _line(house, "Martin").surrogate
    assert all(surrogate in text for text in _release(house, one, other))
    assert _line(house, "Martin").interviews == ["P01-1", "P02-1"]


def test_an_undone_merge_leaves_two_again(house: House) -> None:
    """Each has its number and pseudonym back, and what was released meanwhile has to be released again."""
    one, other, first, second = _two_martins(house)
    before = [_line(house, "Martin", where) for where in ("P01-1", "P02-1")]
    ragna = house.desk("ragna")
    entities_changed.merge(ragna, house.study, Which(PER, first), second, "")
    _release(house, one, other)
    assert entities_changed.undo(ragna, house.study, None, "they are not") == Changed(1, 2)
    after = [_line(house, "Martin", where) for where in ("P01-1", "P02-1")]
    assert [(line.number, line.surrogate) for line in after] == [(line.number, line.surrogate) for line in before]


def test_a_change_leaves_other_interviews_released(house: House) -> None:
    """Only interviews that say the name are taken back, and those not released stay where they are."""
    one, other, first, _ = _two_martins(house)
    third = said(house, "P03", "We lived in Bergen then.")
    _release(house, one, third)
    assert entities_changed.rename(house.desk("ragna"), house.study, Which(PER, first), "Zebulon", "").set_back == 1
    assert _stages(house, one, other, third) == ["review", "apply pseudonyms", "release"]


def test_a_split_makes_two_of_one(house: House) -> None:
    """After a merge some forms can be parted off; each text then has the pseudonym of whom it speaks."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Ingrid Solbakken.")
    ragna, study = house.desk("ragna"), house.study
    first, second = _line(house, "Martin Haugen").number, _line(house, "Ingrid Solbakken").number
    entities_changed.merge(ragna, study, Which(PER, first), second, "")
    made = entities_changed.split(ragna, study, Which(PER, first), ["ingrid solbakken"], "a mistake").number
    texts = _release(house, one, other)
    left, parted = _line(house, "Martin Haugen"), _line(house, "Ingrid Solbakken")
    assert (left.number, parted.number) == (first, made)
    assert made not in {first, second}
    assert left.surrogate in texts[0]
    assert parted.surrogate in texts[1]
    assert left.surrogate != parted.surrogate


def test_a_split_by_interview_parts_what_has_the_same_words(house: House) -> None:
    """Two who are called alike in two interviews, and were taken for one, can be told apart by where they are said."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "I saw Martin Haugen.")
    ragna, study = house.desk("ragna"), house.study
    first = _line(house, "Martin Haugen")
    assert first.interviews == ["P01-1", "P02-1"]
    made = entities_changed.split_off(ragna, study, Which(PER, first.number), other, "his cousin").number
    lines = {line.number: line for line in entities.listed(ragna, study).names if "Martin Haugen" in line.forms}
    assert {number: line.interviews for number, line in lines.items()} == {first.number: ["P01-1"], made: ["P02-1"]}
    texts = _release(house, one, other)
    assert lines[first.number].surrogate in texts[0]
    assert lines[made].surrogate in texts[1]
    assert lines[made].surrogate not in texts[0]


def test_what_cannot_be_split_is_a_sentence(house: House) -> None:
    """A form that is not there, every form there is, an interview that does not say it, or the only one that does."""
    one, other = said(house, "P01", "Then I met Martin Haugen."), said(house, "P02", "We lived in Bergen.")
    ragna, study, number = house.desk("ragna"), house.study, _line(house, "Martin Haugen").number
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
    ragna, study, line = house.desk("ragna"), house.study, _line(house, "Martin")
    entities_changed.rename(ragna, study, Which(PER, line.number), "Zebulon", "it was his brother's name")
    assert "Zebulon" in _release(house, recording)[0]
    entities_changed.rename(ragna, study, Which(PER, line.number), None, "")
    drawn = _line(house, "Martin").surrogate
    assert drawn not in {line.surrogate, "Zebulon"}
    assert drawn in _release(house, recording)[0]


@pytest.mark.parametrize("surrogate", ["Martin", "Trondheim", "", "  ", "."])
def test_a_pseudonym_that_is_a_real_name_or_nothing_is_refused(house: House, surrogate: str) -> None:
    """Nor may it be another's; the name stays what it was."""
    said(house, "P01", "Then I met Martin in Trondheim.")
    line = _line(house, "Martin")
    for wanted in (surrogate, _line(house, "Trondheim").surrogate):
        with pytest.raises(BadInput):
            entities_changed.rename(house.desk("ragna"), house.study, Which(PER, line.number), wanted, "")
    assert _line(house, "Martin") == line


def test_numbers_that_are_nobodys_are_a_sentence(house: House) -> None:
    """A number of no name, of another kind, and a name with itself."""
    said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, _line(house, "Martin").number
    with pytest.raises(NotFound, match="no PER 9"):
        entities_changed.merge(ragna, study, Which(PER, number), 9, "")
    with pytest.raises(NotFound, match="no LOC"):
        entities_changed.rename(ragna, study, Which(Kind.LOC, number), "Furuvik", "")
    with pytest.raises(BadInput, match="with itself"):
        entities_changed.merge(ragna, study, Which(PER, number), number, "")


@pytest.mark.parametrize("who", ["ivar", "astrid", "a-stranger"])
def test_the_map_is_for_researchers_alone(house: House, who: str) -> None:
    """Interviewer, steward and stranger neither see nor change it."""
    said(house, "P01", "Then I met Martin.")
    number = _line(house, "Martin").number
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
    one, _, first, second = _two_martins(house)
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, one.participant_id))
    listed = entities.listed(house.desk("ragna"), house.study)
    assert [(line.number, line.forms) for line in listed.names] == [(second, ["Martin"])]
    assert listed.closed == 1
    with pytest.raises(NotFound):
        entities_changed.merge(house.desk("ragna"), house.study, Which(PER, second), first, "")


def test_a_rostered_name_is_shown_before_anybody_says_it(house: House) -> None:
    """It was written down by people of the study, and has its pseudonym already."""
    roster.add(house.desk("ivar"), house.study, ["Ingrid Solbakken"], PER)
    line = _line(house, "Ingrid Solbakken")
    assert (line.interviews, line.confirmed) == ([], True)


def test_a_pseudonym_that_has_become_a_real_name_is_marked(house: House) -> None:
    """The list marks it until it is renamed."""
    said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, _line(house, "Martin").number
    entities_changed.rename(ragna, study, Which(PER, number), "Zebulon", "")
    roster.add(ragna, study, ["Zebulon"], PER)
    assert _line(house, "Martin").clash
    entities_changed.rename(ragna, study, Which(PER, number), None, "")
    assert not _line(house, "Martin").clash


def test_a_pseudonym_that_is_a_real_name_stops_the_release(house: House) -> None:
    """The sentence names the name by its number; after a rename, and not before, the interview is released."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna, study, number = house.desk("ragna"), house.study, _line(house, "Martin").number
    entities_changed.rename(ragna, study, Which(PER, number), "Zebulon", "")
    roster.add(ragna, study, ["Zebulon"], PER)
    with pytest.raises(NotReady, match=f"PER {number}"):
        _release(house, recording)
    entities_changed.rename(ragna, study, Which(PER, number), None, "")
    assert _line(house, "Martin").surrogate in _release(house, recording)[0]


def test_what_was_decided_is_told_with_who_and_why(house: House) -> None:
    """Each decision in order, with whether it still counts; the ledger has the ids, and no name or reason."""
    *_, first, second = _two_martins(house)
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
    first, second = _line(house, "Martin Haugen").number, _line(house, "Ingrid Solbakken").number
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
            house.desk("ragna"), house.study, Which(PER, _line(house, "Martin").number), None, "x" * 1001
        )
    assert entities_changed.history(house.desk("ragna"), house.study) == []
