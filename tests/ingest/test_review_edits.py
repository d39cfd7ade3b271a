"""Corrected words: the text as a person heard it, the names in it, and what a release makes of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import reading, release, review
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from ingest.reviewing import histories
from storage.errors import BadInput, NotReady
from tests.ingest.interview import said

if TYPE_CHECKING:
    from storage.records import Recording
    from tests.house_fixtures import House

SPOKEN = ("Then I met Martin in Trondheim.", "They were kind.")


def real(house: House, recording: Recording) -> list[str]:
    """The corrected lines."""
    return [one.text for one in reading.read(house.desk("ragna"), recording, real_names=True).segments]


def names(house: House, recording: Recording) -> dict[str, str]:
    """The finds by their words, with their verdicts."""
    return {item.form: item.verdict for item in review.items(house.desk("ragna"), recording)}


def test_names_elsewhere_move_and_keep_their_verdicts(house: House) -> None:
    """Words put in before a decided name leave it decided, and in the release it is replaced where it stands now."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    review.edit(ragna, recording, 0, "Then, as I said, I met Martin in the town of Trondheim.")
    assert names(house, recording) == {"Martin": "confirm", "Trondheim": "confirm"}
    release.release(ragna, recording)
    told = reading.read(ragna, recording)
    assert told.segments[0].text.startswith("Then, as I said, I met ")
    assert not {"Martin", "Trondheim"} & {word.text.strip(".") for word in told.segments[0].words}
    assert [word.text for word in told.segments[0].words] == told.segments[0].text.split()


def test_a_name_that_is_typed_is_found_and_waits_for_somebody(house: House) -> None:
    """The finder reads what was typed; the release waits until that is decided, and then hides it."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    assert review.edit(ragna, recording, 1, "They were kind, Ingrid Hansen above all.") == 1
    assert names(house, recording)["Ingrid Hansen"] == ""
    with pytest.raises(NotReady, match="undecided: 1"):
        release.release(ragna, recording)
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    assert "Ingrid" not in reading.read(ragna, recording).text


def test_what_is_typed_in_the_place_of_a_name_is_never_let_through(house: House) -> None:
    """A name corrected to a word no finder knows is a find to decide; a rejected one corrected is none."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    review.edit(ragna, recording, 0, "Then I met broomstick in Trondheim.")
    assert names(house, recording) == {"broomstick": "", "Trondheim": "confirm"}
    other = said(house, "P02", *SPOKEN)
    review.decide(ragna, other, Verdict.REJECT, None)
    review.edit(ragna, other, 0, "Then I met broomstick in Trondheim.")
    assert names(house, other) == {"Trondheim": "reject"}


def test_a_name_edited_away_is_gone_until_the_edit_is_undone(house: House) -> None:
    """Its verdict comes back with it, and so do the words and their times."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    before = reading.read(ragna, recording, real_names=True)
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    review.edit(ragna, recording, 0, "Then I met.")
    assert names(house, recording) == {}
    edited = next(entry.number for entry in histories.history(ragna, recording) if entry.verb == "edit")
    review.undo(ragna, recording, [edited])
    assert names(house, recording) == {"Martin": "confirm", "Trondheim": "confirm"}
    assert reading.read(ragna, recording, real_names=True) == before


def test_two_edits_of_a_line_are_undone_one_by_one(house: House) -> None:
    """The first of two edits in different words can be undone alone; of the same words the later goes first."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.edit(ragna, recording, 1, "They were so kind.")
    review.edit(ragna, recording, 1, "We were so kind.")
    review.edit(ragna, recording, 1, "We were very kind.")
    with pytest.raises(BadInput, match="Decision 3"):
        review.undo(ragna, recording, [1])
    review.undo(ragna, recording, [2])
    assert real(house, recording)[1] == "They were very kind."
    review.undo(ragna, recording, [1, 3])
    assert real(house, recording)[1] == SPOKEN[1]
    review.undo(ragna, recording, [4])
    assert real(house, recording)[1].startswith("We were")


def test_a_name_added_in_typed_words_is_decided_there(house: House) -> None:
    """Additions reach words that were typed, and moving them again does not lose the decision."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.edit(ragna, recording, 1, "They were kind in the garden.")
    review.add(ragna, recording, "garden", Kind.LOC)
    review.edit(ragna, recording, 1, "They were never kind in the garden.")
    assert names(house, recording)["garden"] == "confirm"
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    assert "garden" not in reading.read(ragna, recording).text


def test_a_name_known_in_the_study_is_found_in_typed_words_at_the_release(house: House) -> None:
    """The gate's look reads the corrected text, and what it comes upon is a find by the house, at its place."""
    ragna = house.desk("ragna")
    recording = said(house, "P02", "so they said that he was dead by then", "it was long ago")
    review.edit(ragna, recording, 1, "it was long ago, with broomstick")
    first = said(house, "P01", "My uncle broomstick was kind.")
    review.add(ragna, first, "broomstick", Kind.PER)
    review.decide(ragna, first, Verdict.CONFIRM, None)
    release.release(ragna, first)
    review.decide(ragna, recording, Verdict.REJECT, None)
    if "broomstick" not in names(house, recording):
        with pytest.raises(NotReady, match="known in this study"):
            release.release(ragna, recording)
        assert histories.history(ragna, recording)[-1].who == "tillit"
        review.decide(ragna, recording, Verdict.CONFIRM, None)
        release.release(ragna, recording)
        assert "broomstick" not in reading.read(ragna, recording).text


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "\x00", "x" * 200_001, SPOKEN[1], f"  {SPOKEN[1]} "])
def test_what_is_no_line_or_changes_nothing_is_refused(house: House, text: str) -> None:
    """Two lines, signs that cannot be printed, too much of it, or what stands there already."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    with pytest.raises(BadInput):
        review.edit(ragna, recording, 1, text)
    assert histories.history(ragna, recording) == []


@pytest.mark.parametrize("text", ["", "שלום, Ingrid אמרה", "🙂 ok 🙂", "e\u0301t"])
def test_a_line_may_become_anything_else(house: House, text: str) -> None:
    """Nothing at all, another script, emoji, or letters in pieces, which are put together."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.edit(ragna, recording, 1, text)
    assert real(house, recording)[1] == text.replace("e\u0301", "é")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
