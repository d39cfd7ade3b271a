"""Review and release: what a person decides counts, stays where it was put, and nothing known slips out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from ingest import naming, reading, release, review
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from policies import consent
from policies.actions import Action, Purpose
from policies.desk import Desk
from storage import lookup
from storage.errors import BadInput, Denied, NotReady
from storage.records import Participant, Recording, Study
from tests.ingest.interview import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.act import Act
    from policies.gate import Gate
    from tests.house_fixtures import House


def _text(house: House, recording: Recording) -> str:
    return reading.read(house.desk("ragna"), _fresh(house, recording)).text


def _fresh(house: House, recording: Recording) -> Recording:
    return lookup.by_id(house.vault.database, Recording, recording.id)


def _forms(house: House, recording: Recording) -> dict[str, int]:
    return {item.form: item.number for item in review.items(house.desk("ragna"), recording)}


def test_finds_are_listed_in_their_sentences(house: House) -> None:
    """Each find comes with its number, its words, what it becomes, and no verdict yet."""
    recording = said(house, "P01", "Then I met Martin in Trondheim.")
    found = review.items(house.desk("ragna"), recording)
    assert [(item.form, item.kind, item.verdict) for item in found] == [
        ("Martin", "PER", ""),
        ("Trondheim", "LOC", ""),
    ]
    assert found[0].before == "Then I met "
    assert "Martin" not in found[0].surrogate


def test_release_waits_for_every_decision(house: House) -> None:
    """While one find is undecided nothing is released; when all are decided the names are gone from the text."""
    recording = said(house, "P01", "Then I met Martin in Trondheim.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    with pytest.raises(NotReady, match="still undecided: 1"):
        release.release(ragna, recording)
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    assert release.release(ragna, recording) == release.Released(1, 2, 0, segments=1)
    assert "Martin" not in _text(house, recording)
    assert "Trondheim" not in _text(house, recording)


def test_a_study_may_say_that_nobody_need_decide(house: House) -> None:
    """With review "not required" the finds are replaced as they were found."""
    recording = said(house, "P01", "Then I met Martin in Trondheim.")
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(Study, house.study.id).review = "not required"
    release.release(house.desk("ragna"), recording)
    assert "Martin" not in _text(house, recording)


def test_a_decision_after_a_release_is_an_attempt_of_its_own(house: House) -> None:
    """What takes a release back lets the engine release it again, which knows each attempt as done or not."""
    recording = said(house, "P01", "They had a broomstick, and Martin and Ingrid.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    first = _fresh(house, recording).attempt
    release.release(ragna, recording)
    review.add(ragna, recording, "broomstick", Kind.PER)
    taken_back = _fresh(house, recording)
    assert (taken_back.stage, first, taken_back.attempt) == ("review", 1, 2)


def test_numbers_stay_when_a_name_is_added(house: House) -> None:
    """A name added before the others in the text does not move their numbers."""
    recording = said(house, "P01", "They had a broomstick, and Martin and Ingrid.")
    before = _forms(house, recording)
    assert review.add(house.desk("ragna"), recording, "broomstick", Kind.PER) == 1
    after = _forms(house, recording)
    assert {form: after[form] for form in before} == before
    assert after["broomstick"] == len(before) + 1


def test_a_longer_name_takes_the_place_of_the_find_within_it(house: House) -> None:
    """Adding "Martin Zq" over the find "Martin" replaces the whole, and nothing of it is left."""
    recording = said(house, "P01", "Then I met Martin brightly there.")
    ragna = house.desk("ragna")
    review.add(ragna, recording, "Martin brightly", Kind.PER)
    assert list(_forms(house, recording)) == ["Martin brightly"]
    release.release(ragna, recording)
    assert "brightly" not in _text(house, recording)


def test_words_that_are_not_there_cannot_be_added(house: House) -> None:
    """Adding what nobody said, or what a find covers already, is a sentence and changes nothing."""
    recording = said(house, "P01", "Then I met Martin.")
    for words in ("Wilhelmina", "Martin", "  "):
        with pytest.raises(BadInput):
            review.add(house.desk("ragna"), recording, words, Kind.PER)
    assert len(_forms(house, recording)) == 1


def test_a_rejected_word_stays_and_the_person_of_that_name_does_not(house: House) -> None:
    """Rejecting a word in one place lets no name out in another, and the release says that it is left there."""
    recording = said(house, "P01", "Then I met Martin.", "They sold Martin there, the drink.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    review.decide(ragna, recording, Verdict.REJECT, [2])
    assert release.release(ragna, recording).left == 1
    first, second = _text(house, recording).split("\n")
    assert "Martin" not in first
    assert "Martin" in second


def test_a_name_known_in_the_study_becomes_a_find_where_it_was_missed(house: House) -> None:
    """A name confirmed in one interview and missed in another holds up the other's release, and is then listed."""
    ragna = house.desk("ragna")
    first = said(house, "P01", "My uncle Zebulonqvist was kind.")
    if "Zebulonqvist" not in _forms(house, first):
        review.add(ragna, first, "Zebulonqvist", Kind.PER)
    review.decide(ragna, first, Verdict.CONFIRM, None)
    release.release(ragna, first)
    second = said(house, "P02", "so they said broomstick was dead by then")
    review.decide(ragna, second, Verdict.CONFIRM, None)
    if "broomstick" not in _forms(house, second):
        with pytest.raises(NotReady, match="known in this study"):
            release.release(ragna, second)
        assert "broomstick" in _forms(house, second)
        review.decide(ragna, second, Verdict.CONFIRM, None)
    release.release(ragna, second)
    assert "broomstick" not in _text(house, second)


def test_a_review_after_a_release_takes_the_release_back(house: House) -> None:
    """A name added after a release closes the hand-off until the interview is released again, as a new version."""
    recording = said(house, "P01", "Then I met Martin and broomstick.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    review.add(ragna, recording, "broomstick", Kind.PER)
    assert _fresh(house, recording).stage == "review"
    with (
        pytest.raises(Denied, match="not released"),
        ragna.act(Action.HAND_OFF_RECORDING, _fresh(house, recording), Purpose.ANALYSE),
    ):
        pytest.fail("the door opened")
    assert release.release(ragna, recording).version == 2
    assert "broomstick" not in _text(house, recording)


def test_releasing_twice_makes_one_version(house: House) -> None:
    """What is released and unchanged is not released again."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    assert release.release(ragna, recording).version == 1
    assert release.release(ragna, recording).version == 1


def test_a_decision_during_a_release_is_not_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody decides while a release is being made, the release keeps nothing and says to try again."""
    recording = said(house, "P01", "Then I met Martin and broomstick.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    real = release._left

    def meanwhile(*arguments: object) -> object:
        monkeypatch.setattr(release, "_left", real)
        review.decide(house.desk("ragna"), recording, Verdict.REJECT, [1])
        return real(*arguments)  # type: ignore[arg-type]  # handed through as they came

    monkeypatch.setattr(release, "_left", meanwhile)
    with pytest.raises(NotReady, match="at the same time"):
        release.release(ragna, recording)
    assert _fresh(house, recording).stage == "review"


def test_a_failed_release_leaves_no_confirmed_name(house: House) -> None:
    """A release that is refused changes nothing in the link key."""
    recording = said(house, "P01", "Then I met Martin.")
    ragna = house.desk("ragna")
    with pytest.raises(NotReady):
        release.release(ragna, recording)
    with ragna.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        assert [name.confirmed for name in act.names().all()] == [False]
        assert len(list(naming.confirmed(act.names()))) == 0


def test_names_learnt_in_an_act_that_a_withdrawal_ended_are_forgotten(house: House) -> None:
    """If consent is withdrawn while a name is being added, neither the mention nor the name is kept."""
    recording = said(house, "P01", "We sat by the old teapot that day.")
    ragna = house.desk("ragna")
    gate = _Withdrawing(house, recording)
    with pytest.raises(Denied, match="withdrawn"):
        review.add(Desk(house.vault, gate, ragna.who), recording, "teapot", Kind.PER)  # type: ignore[arg-type]  # a gate by shape
    other = said(house, "P02", "Nothing here.")
    with ragna.act(Action.REVIEW, other, Purpose.ANALYSE) as act:
        assert "teapot" not in {form.form for name in act.names().all() for form in name.forms}


class _Withdrawing:
    """The real door, at which the participant withdraws just before the act ends."""

    def __init__(self, house: House, recording: Recording) -> None:
        self._house = house
        self._recording = recording
        self._gate: Gate = house.desk("ragna").gate

    def act(self, *asked: object, **_declared: object) -> object:
        """The real act, with a withdrawal as the last of its body."""

        @contextmanager
        def acting() -> Iterator[Act]:
            with self._gate.act(*asked) as act:  # type: ignore[arg-type]  # handed through as they came
                yield act
                held = lookup.by_id(self._house.vault.database, Participant, self._recording.participant_id)
                consent.withdraw(self._house.desk("astrid"), held)

        return acting()


@pytest.mark.parametrize(("typed", "meant"), [("3", [3]), ("1,4-6", [1, 4, 5, 6]), (" 2 - 3 ", [2, 3]), ("all", None)])
def test_numbers_as_people_type_them(typed: str, meant: list[int] | None) -> None:
    """Single numbers, lists, ranges and "all"."""
    assert review.numbers(typed) == meant


@pytest.mark.parametrize("typed", ["", "x", "1-", "-3", "5-3", "1;2", "99999999999999"])
def test_numbers_that_make_no_sense_are_refused(typed: str) -> None:
    """A typing error decides nothing."""
    with pytest.raises(BadInput):
        review.numbers(typed)
