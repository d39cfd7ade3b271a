"""What follows from decisions, whatever they are and in whatever order they are taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.finds import Kind
from ingest.reviewing.deeds import Claim, Deed, Edited, Hunk, Renamed, Resized, Undone, Verb, What, from_text, to_text
from ingest.reviewing.fold import Overlay, fold, standing_of
from ingest.reviewing.places import Place, Run, raw
from ingest.reviewing.table import Verdict
from tests.ingest.interview import transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 1, 31, tzinfo=UTC)
LINES = ("Then Kari Berg met Ola.", "He lives in Oslo, in Oslo.", "")
SAID = transcript(LINES)
SAID = replace(SAID, segments=tuple(replace(one, speaker="Speaker 1") for one in SAID.segments))
FINDS = (
    Claim(raw(0, 5, 14), Kind.PER, "e1", 0.9, ("tagger",)),
    Claim(raw(0, 19, 22), Kind.PER, "e2", 0.4, ("gazetteer",)),
    Claim(raw(1, 12, 16), Kind.LOC, "e3", 0.9, ("tagger",)),
    Claim(raw(1, 21, 25), Kind.LOC, "e3", 0.9, ("propagated",)),
)


def deed(number: int, verb: Verb, what: What) -> Deed:
    """A decision of somebody's."""
    return Deed(number, verb, what, "p1", NOW)


def folded(*decided: tuple[Verb, What], finds: Sequence[Claim] = FINDS) -> Overlay:
    """What follows from these decisions, numbered from 1."""
    return fold(SAID, finds, [deed(number, verb, what) for number, (verb, what) in enumerate(decided, 1)])


def words(overlay: Overlay) -> dict[str, Verdict | None]:
    """The names as they stand, and their verdicts; of two alike the later one's."""
    return {overlay.form(one): overlay.verdicts.get(one.id) for one in overlay.mentions}


owners = st.integers(0, 6)
runs = st.builds(
    lambda owner, start, size: Run(owner, start, start + size), owners, st.integers(0, 30), st.integers(0, 12)
)
places = st.builds(Place, st.integers(-1, 3), st.lists(runs, min_size=0, max_size=3).map(tuple))
claims = st.builds(
    Claim, places, st.sampled_from(Kind), st.sampled_from(["e1", "e2", "e9"]), st.just(0.5), st.just(("person",))
)
hunks = st.builds(
    Hunk,
    st.none() | st.tuples(owners, st.integers(0, 30)),
    st.lists(runs, max_size=2).map(tuple),
    st.text("ab Å", max_size=6),
)
edits = st.builds(
    Edited, st.integers(-1, 3), st.lists(hunks, max_size=3).map(tuple), st.lists(claims, max_size=2).map(tuple)
)
decisions = st.one_of(
    st.tuples(st.sampled_from([Verb.CONFIRM, Verb.REJECT, Verb.ADD, Verb.RETYPE, Verb.LINK, Verb.FOUND]), claims),
    st.tuples(st.just(Verb.RESIZE), st.builds(Resized, places, claims)),
    st.tuples(st.just(Verb.EDIT), edits),
    st.tuples(st.just(Verb.SPEAKER), st.builds(Renamed, st.just("Speaker 1"), st.sampled_from(["Mor", "Far"]))),
    st.tuples(st.just(Verb.SEEN), places),
    st.tuples(st.just(Verb.COVERED), st.none()),
    st.tuples(st.just(Verb.UNDO), st.builds(Undone, st.integers(0, 14))),
)


@given(st.lists(decisions, max_size=12))
def test_any_decisions_leave_names_that_fit_and_never_overlap(decided: list[tuple[Verb, What]]) -> None:
    """Whatever is decided and undone, about places that are there or not: every name fits its text, none another."""
    overlay = folded(*decided)
    texts = [segment.text for segment in overlay.transcript.segments]
    ends = dict.fromkeys(range(len(texts)), 0)
    for one in overlay.mentions:
        assert ends[one.segment] <= one.start < one.end <= len(texts[one.segment])
        assert any(map(str.isalnum, texts[one.segment][one.start : one.end])) or one.id in overlay.verdicts
        ends[one.segment] = one.end
    assert len(set(overlay.numbers.values())) == len(overlay.mentions)
    assert overlay.verdicts.keys() <= {one.id for one in overlay.mentions}
    assert overlay.raw == SAID


@given(st.lists(decisions, max_size=10))
def test_undoing_all_that_stands_gives_what_was_found(decided: list[tuple[Verb, What]]) -> None:
    """After every standing decision is undone the text is the recogniser's, the names the finder's, all undecided."""
    made = [deed(number, verb, what) for number, (verb, what) in enumerate(decided, 1)]
    standing = sorted(standing_of(made), reverse=True)
    while [deed for deed in made if deed.number in standing and deed.verb is not Verb.UNDO]:
        target = next(d.number for d in reversed(made) if d.number in standing and d.verb is not Verb.UNDO)
        made.append(deed(len(made) + 1, Verb.UNDO, Undone(target)))
        standing = sorted(standing_of(made))
    overlay, untouched = fold(SAID, FINDS, made), fold(SAID, FINDS, [])
    assert overlay.transcript == SAID
    assert overlay.mentions == untouched.mentions
    assert overlay.verdicts == {}


@given(st.lists(decisions, max_size=8))
def test_a_decision_and_its_undoing_change_nothing(decided: list[tuple[Verb, What]]) -> None:
    """An undone decision leaves text, names and verdicts as they were, and undoing the undoing brings it back."""
    overlay = folded(*decided)
    more = (Verb.CONFIRM, FINDS[1])
    number = len(decided) + 1
    undone = folded(*decided, more, (Verb.UNDO, Undone(number)))
    assert (undone.transcript, undone.mentions, undone.verdicts) == (
        overlay.transcript,
        overlay.mentions,
        overlay.verdicts,
    )
    again = folded(*decided, more, (Verb.UNDO, Undone(number)), (Verb.UNDO, Undone(number + 1)))
    assert again.verdicts == folded(*decided, more).verdicts


@given(decisions)
def test_decisions_are_read_as_they_were_written(decided: tuple[Verb, What]) -> None:
    """Their sealed text, opened, is the same decision with the same reason."""
    verb, what = decided
    assert from_text(verb, to_text(what, "fordi 🙂")) == (what, "fordi 🙂")


def test_a_new_list_takes_over_verdicts_by_place() -> None:
    """A find of a later list at a decided place has its verdict, whatever its place in the list and its kind."""
    decided = [(Verb.CONFIRM, FINDS[1]), (Verb.REJECT, FINDS[2])]
    newer = [replace(FINDS[2], kind=Kind.ORG), replace(FINDS[1], entity="e7"), replace(FINDS[0], score=0.1)]
    overlay = folded(*decided, finds=newer)
    assert words(overlay) == {"Kari Berg": None, "Ola": Verdict.CONFIRM, "Oslo": Verdict.REJECT}
    assert [one.entity for one in overlay.mentions] == ["e1", "e7", "e3"]


def test_what_was_decided_outlives_a_list_without_it() -> None:
    """A find that the newer finder lacks stays where somebody decided it, confirmed or rejected."""
    overlay = folded((Verb.CONFIRM, FINDS[1]), (Verb.REJECT, FINDS[2]), finds=[])
    assert words(overlay) == {"Ola": Verdict.CONFIRM, "Oslo": Verdict.REJECT}


def test_of_a_longer_find_what_lies_outside_the_decided_one_is_undecided() -> None:
    """Confirmed "Kari" in a newer find "Kari Berg" stays, and "Berg" waits for somebody."""
    short = replace(FINDS[0], place=raw(0, 5, 9))
    for verb, verdict in ((Verb.CONFIRM, Verdict.CONFIRM), (Verb.REJECT, Verdict.REJECT)):
        assert words(folded((verb, short), finds=FINDS[:1])) == {"Kari": verdict, "Berg": None}
    assert words(folded((Verb.CONFIRM, FINDS[0]), finds=[short])) == {"Kari Berg": Verdict.CONFIRM}


def test_the_later_of_two_decisions_counts_and_the_rest_keeps_its_verdict() -> None:
    """A longer name over a shorter takes its place; a shorter over a longer leaves the rest as it was decided."""
    short = replace(FINDS[0], place=raw(0, 10, 14))
    assert words(folded((Verb.CONFIRM, short), (Verb.ADD, FINDS[0]), finds=[])) == {"Kari Berg": Verdict.CONFIRM}
    both = folded((Verb.CONFIRM, FINDS[0]), (Verb.REJECT, short), finds=[])
    assert words(both) == {"Kari": Verdict.CONFIRM, "Berg": Verdict.REJECT}


def test_a_name_that_was_resized_leaves_nothing_behind() -> None:
    """What was taken off a name is no name, and the undoing brings the whole find back."""
    shorter = Resized(FINDS[0].place, replace(FINDS[0], place=raw(0, 5, 9)))
    assert words(folded((Verb.RESIZE, shorter), finds=FINDS[:1])) == {"Kari": Verdict.CONFIRM}
    assert words(folded((Verb.RESIZE, shorter), (Verb.UNDO, Undone(1)), finds=FINDS[:1])) == {"Kari Berg": None}


def test_what_is_left_of_an_edited_name_waits_for_somebody() -> None:
    """A confirmed name of two words that lost one is undecided, and one that lost both is gone."""
    one = Edited(0, (Hunk((0, 8), (Run(0, 9, 14),), ""),))
    both = Edited(0, (Hunk((0, 3), (Run(0, 4, 14),), ""),))
    assert words(folded((Verb.CONFIRM, FINDS[0]), (Verb.EDIT, one), finds=FINDS[:1])) == {"Kari": None}
    assert words(folded((Verb.CONFIRM, FINDS[0]), (Verb.EDIT, both), finds=FINDS[:1])) == {}


def test_numbers_once_shown_stay() -> None:
    """What is added comes behind, whatever its place in the text, and what is undone leaves a gap."""
    first = replace(FINDS[0], place=raw(0, 0, 4))
    before, after = folded(), folded((Verb.ADD, first), (Verb.ADD, replace(first, place=raw(1, 0, 2))))
    assert {name: after.numbers[name] for name in before.numbers} == before.numbers
    assert sorted(after.numbers.values()) == [1, 2, 3, 4, 5, 6]
    undone = folded((Verb.ADD, first), (Verb.ADD, replace(first, place=raw(1, 0, 2))), (Verb.UNDO, Undone(1)))
    assert sorted(undone.numbers.values()) == [1, 2, 3, 4, 6]


def test_a_speaker_is_called_as_the_last_decision_says() -> None:
    """Renaming twice gives the second name, and undoing that the first."""
    twice = [(Verb.SPEAKER, Renamed("Speaker 1", "Mor")), (Verb.SPEAKER, Renamed("Speaker 1", "Far"))]
    assert {one.speaker for one in folded(*twice).transcript.segments} == {"Far"}
    assert {one.speaker for one in folded(*twice, (Verb.UNDO, Undone(2))).transcript.segments} == {"Mor"}
