"""Names between engine and link key: kept with all they have, and as people decided about them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ingest import naming, roster
from ingest.name_decisions import Step, Verb, decide, steps, undo
from ingest.pseudonyms.apply import Mention
from ingest.pseudonyms.finds import Kind
from policies.actions import Action, Purpose
from storage.errors import NotFound, NotReady
from tests.ingest.interview import transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.link import StudyNames
    from tests.house_fixtures import House

PEOPLE = ("Ingrid Solbakken", "Marit Haugen", "Per Brekke")


@contextmanager
def names_of(house: House) -> Iterator[StudyNames]:
    """The study's names, kept when the body ends."""
    with house.desk("ragna").act(Action.SET_NAMES, house.study, Purpose.ANALYSE) as act:
        yield act.names()


def learn(names: StudyNames, form: str, kind: Kind = Kind.PER, interview: str = "") -> str:
    """Resolve a form as the finder does; returns the id of whose it is."""
    book = naming.load(names)
    entity = book.resolve(form, kind, interview=interview)
    naming.save(names, book)
    return entity.id


def forms(names: StudyNames) -> list[set[str]]:
    """The forms of each name as decided, oldest first."""
    return [entity.forms for entity in naming.load(names)]


def merge(names: StudyNames, into: str, gone: str) -> None:
    """Decide that two names are one."""
    decide(names, Step(Verb.MERGE, into, gone), "", "ragna")


def rename(names: StudyNames, name: str, surrogate: str) -> None:
    """Decide that a name is called otherwise."""
    was = naming.load(names)[name].surrogate
    decide(names, Step(Verb.RENAME, name, surrogate=surrogate, was=was), "", "ragna")


def split(names: StudyNames, name: str, *parted: str) -> str:
    """Decide that some forms are another's; returns the other's id."""
    book = naming.load(names)
    made = book.split(name, set(parted), lambda: "another")
    naming.save(names, book)
    decide(names, Step(Verb.SPLIT, name, made.id, tuple(parted)), "", "ragna")
    return made.id


def test_all_that_an_entity_has_comes_back(house: House) -> None:
    """Number, gender, cohort, interview, forms and surrogate are after keeping what they were before."""
    with names_of(house) as names:
        book = naming.load(names)
        made = [book.resolve(*said) for said in ((PEOPLE[0], Kind.PER), ("Bergen", Kind.LOC))]
        made.append(book.resolve("Kari", Kind.PER, interview="r1"))
        naming.save(names, book)
    with names_of(house) as names:
        assert {entity.id: entity for entity in naming.load(names)} == {entity.id: entity for entity in made}
        assert [entity.number for entity in made] == [1, 1, 2]


def test_a_first_name_of_two_interviews_is_two_people(house: House) -> None:
    """Kept and loaded, each stays with its interview, with a pseudonym of its own."""
    with names_of(house) as names:
        one, other = learn(names, "Kari", interview="r1"), learn(names, "Kari", interview="r2")
        assert one != other
        assert learn(names, "Kari", interview="r1") == one
        book = naming.load(names)
        assert book[one].surrogate != book[other].surrogate


def test_a_merge_takes_in_forms_and_ids(house: House) -> None:
    """The other's forms count as the first's, its id leads to the first, and each has its row as before."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        merge(names, one, other)
    with names_of(house) as names:
        book = naming.load(names)
        assert book[other] is book[one]
        assert forms(names) == [{PEOPLE[0], PEOPLE[1]}]
        assert [{form.form for form in row.forms} for row in names.all()] == [{PEOPLE[0]}, {PEOPLE[1]}]


def test_what_is_learnt_after_a_merge_is_kept_once(house: House) -> None:
    """A new form of a merged name goes into one row, and saving again adds nothing."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        merge(names, one, other)
        assert learn(names, PEOPLE[1]) == one
        assert learn(names, PEOPLE[2]) not in {one, other}
        assert sum(len(row.forms) for row in names.all()) == 3


def test_after_a_split_the_forms_decide(house: House) -> None:
    """A mention from before is whose its words are now, in the genitive too; one linked since stays put."""
    with names_of(house) as names:
        one, two = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        merge(names, one, two)
        other = split(names, one, PEOPLE[1])
        text = transcript(("Ingrid Solbakken came", "Marit Haugens car"))
        before = [Mention("a", 0, 0, 16, Kind.PER, 1.0, (), one), Mention("b", 1, 0, 13, Kind.PER, 1.0, (), one)]
        left, parted = (mention.entity for mention in naming.settled(names, before, text, "r1"))
        book = naming.load(names)
        assert (book[left].forms, parted) == ({PEOPLE[0]}, other)
        since = Mention("c", 1, 0, 13, Kind.PER, 1.0, (), left)
        assert naming.settled(names, [since], text, "r1") == [since]


def test_a_split_by_interview_takes_what_is_said_there(house: House) -> None:
    """All that one interview calls by the name is another's, whatever its words; elsewhere nothing changes."""
    with names_of(house) as names:
        one = learn(names, PEOPLE[0])
        book = naming.load(names)
        whole = book[one]
        made = replace(whole, id="another", forms=set(whole.forms), surrogate="")
        other = book.make(made, "no", shared=False).id
        naming.save(names, book)
        decide(names, Step(Verb.SPLIT, one, other, (PEOPLE[0],), interview="r2"), "", "ragna")
        text = transcript(("Ingrid Solbakken came",))
        mention = Mention("a", 0, 0, 16, Kind.PER, 1.0, (), one)
        [there], [elsewhere] = (naming.settled(names, [mention], text, recording) for recording in ("r2", "r1"))
        book = naming.load(names)
        assert there.entity == other
        assert book[elsewhere.entity].surrogate != book[other].surrogate
        assert book[elsewhere.entity].forms == book[other].forms == {PEOPLE[0]}


def test_a_rename_holds_until_it_is_undone(house: House) -> None:
    """The pseudonym is the new one everywhere, and after an undo the one it was found with."""
    with names_of(house) as names:
        one = learn(names, PEOPLE[0])
        first = naming.load(names)[one].surrogate
        rename(names, one, "Zebulona Qvist")
        assert naming.load(names)[one].surrogate == "Zebulona Qvist"
        undo(names, None, "", "ragna")
        assert naming.load(names)[one].surrogate == first


def test_a_longer_name_after_a_rename_keeps_the_new_pseudonym(house: House) -> None:
    """The part in use stays; an undo of the rename takes what was added to it with it."""
    with names_of(house) as names:
        one = learn(names, "Solbakken")
        first = naming.load(names)[one].surrogate
        rename(names, one, "Qvistmo")
        book = naming.load(names)
        book[one].surrogate = "Zebulona Qvistmo"
        book[one].forms.add("Ingrid Solbakken")
        book.changed.append(book[one])
        naming.save(names, book)
        assert naming.load(names)[one].surrogate == "Zebulona Qvistmo"
        undo(names, 1, "", "ragna")
        assert naming.load(names)[one].surrogate == first
        assert forms(names) == [{"Solbakken", "Ingrid Solbakken"}]


def test_no_pseudonym_that_was_somebodys_goes_to_another(house: House) -> None:
    """What a rename or a merge set free stands in released texts: no name gets it from then on."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        free = {naming.load(names)[one].surrogate, naming.load(names)[other].surrogate}
        rename(names, one, "Zebulona Qvist")
        merge(names, one, other)
        book = naming.load(names)
        assert all(book.taken.is_barred(word) for surrogate in free for word in surrogate.split())


def test_everything_can_be_undone_and_done_again(house: House) -> None:
    """Undoing a merge, a split and an undo gives back the names as they were, each time."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        found = forms(names)
        merge(names, one, other)
        merged = forms(names)
        split(names, one, PEOPLE[1])
        parted = forms(names)
        for number, as_then in ((2, merged), (3, parted), (4, merged), (1, found)):
            undo(names, number, "", "ragna")
            assert sorted(map(sorted, forms(names))) == sorted(map(sorted, as_then))
        assert [step.in_force for step in steps(names)] == [False, False]


def test_a_mention_found_between_a_split_and_its_undo_finds_home(house: House) -> None:
    """What was linked to a part that is no more is of the whole again."""
    with names_of(house) as names:
        one, two = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        merge(names, one, two)
        other = split(names, one, PEOPLE[1])
        rest = next(entity.id for entity in naming.load(names) if entity.forms == {PEOPLE[0]})
        undo(names, None, "", "ragna")
        book = naming.load(names)
        assert book[other] is book[rest] is book[one]
        text = transcript((PEOPLE[1],))
        since = [Mention("a", 0, 0, 12, Kind.PER, 1.0, (), name) for name in (other, rest)]
        assert [mention.entity for mention in naming.settled(names, since, text, "r1")] == [one, one]


def test_the_later_decision_about_a_name_is_undone_first(house: House) -> None:
    """A merge whose result was split stays until the split is undone; one about others does not matter."""
    with names_of(house) as names:
        one, two, three = (learn(names, form) for form in PEOPLE)
        merge(names, one, two)
        split(names, one, PEOPLE[1])
        rename(names, three, "Zebulona Qvist")
        with pytest.raises(NotReady, match="Decision 2"):
            undo(names, 1, "", "ragna")
        undo(names, 2, "", "ragna")
        undo(names, 1, "", "ragna")
        assert forms(names) == [{form} for form in PEOPLE]


@pytest.mark.parametrize("number", [None, 1, 7])
def test_what_is_not_there_or_undone_cannot_be_undone(house: House, number: int | None) -> None:
    """No decision at all, one of another number, and one that was undone already."""
    with names_of(house) as names:
        rename(names, learn(names, PEOPLE[0]), "Zebulona Qvist")
        undo(names, 1, "", "ragna")
        with pytest.raises(NotFound, match="no such decision"):
            undo(names, number, "", "ragna")


def test_a_merged_name_is_sure_if_either_was(house: House) -> None:
    """What leaves is searched for the forms of both; a mention of either leads to the one in that book too."""
    with names_of(house) as names:
        one, other, _ = (learn(names, form) for form in PEOPLE)
        naming.confirm(names, [other])
        merge(names, one, other)
        book = naming.confirmed(names)
        assert [entity.forms for entity in book] == [{PEOPLE[0], PEOPLE[1]}]
        assert book[other] is book[one]


def test_a_pseudonym_that_is_somebodys_real_name_is_told_by_number(house: House) -> None:
    """Only of those asked for, and no more once it was renamed."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        rename(names, one, "Qvistmo")
        third = learn(names, "Qvistmo")
        assert naming.clashing(names, [one, other, third]) == ["PER 1"]
        assert naming.clashing(names, [other, third]) == []
        rename(names, one, "Zebulona Furu")
        assert naming.clashing(names, [one, other, third]) == []


def test_decisions_about_a_name_that_is_gone_are_passed_over(house: House) -> None:
    """A name taken out of the link key with its roster leaves decisions behind that change nothing."""
    with names_of(house) as names:
        one, other = learn(names, PEOPLE[0]), learn(names, PEOPLE[1])
        merge(names, one, other)
        rename(names, other, "Zebulona Qvist")
        [row] = [row for row in names.all() if row.id == other]
        names.forget(row.forms[0])
        assert forms(names) == [{PEOPLE[0]}]


def test_a_rostered_name_somebody_decided_about_outlives_its_roster(house: House) -> None:
    """Taken out of the roster it is told no more, and stays in the link key, or the decision could not be undone."""
    ragna = house.desk("ragna")
    roster.add(ragna, house.study, [PEOPLE[0], PEOPLE[2]], Kind.PER)
    with names_of(house) as names:
        one = next(row.id for row in names.all() if row.forms[0].form == PEOPLE[0])
        rename(names, one, "Zebulona Qvist")
    assert not roster.remove(ragna, house.study, PEOPLE[0])
    assert roster.remove(ragna, house.study, PEOPLE[2])
    with names_of(house) as names:
        undo(names, None, "", "ragna")
        assert forms(names) == [{PEOPLE[0]}]
