"""Every verb of a review and its undoing, through the door, on a real vault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import reading, release, review, roster
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from ingest.reviewing import histories, linked
from ingest.reviewing.sitting import Remark
from ingest.work import MENTIONS
from storage import lookup
from storage.errors import BadInput, Denied, NotReady
from storage.records import Artefact, Decision, LedgerEntry, Recording
from tests.faults import tables
from tests.ingest.interview import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.desk import Desk
    from tests.house_fixtures import House

SPOKEN = ("Then I met Martin in Trondheim.", "Martin was kind, and so was Ingrid.")


def seen(house: House, recording: Recording) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Each find by its words and line: kind, verdict and entity."""
    found = review.items(house.desk("ragna"), recording)
    return {(one.form, one.line): (one.kind, one.verdict, one.entity) for one in found}


def numbered(house: House, recording: Recording) -> dict[str, int]:
    """The number of each find by its words; of two alike the first."""
    found = review.items(house.desk("ragna"), recording)
    return {one.form: one.number for one in reversed(found)}


def others(house: House, recording: Recording, form: str) -> str:
    """The id of the entity whose name a form is."""
    return next(one.entity for one in review.items(house.desk("ragna"), recording) if one.form == form)


VERBS: dict[str, Callable[[Desk, Recording, dict[str, int]], object]] = {
    "confirm": lambda desk, held, at: review.decide(desk, held, Verdict.CONFIRM, [at["Martin"]]),
    "reject": lambda desk, held, at: review.decide(desk, held, Verdict.REJECT, [at["Martin"]]),
    "add": lambda desk, held, _at: review.add(desk, held, "kind", Kind.PER),
    "retype": lambda desk, held, at: review.retype(desk, held, [at["Martin"]], Kind.ORG),
    "resize": lambda desk, held, at: review.resize(desk, held, at["Martin"], "met Martin"),
    "link": lambda desk, held, at: review.link(desk, held, [at["Martin"]], review.NEW),
    "edit": lambda desk, held, _at: review.edit(desk, held, 0, "Then I met Martha in Trondheim."),
    "speaker": lambda desk, held, _at: review.rename_speaker(desk, held, "Speaker 1", "Mother"),
    "seen": lambda desk, held, _at: review.see(desk, held, None),
}  # fmt: skip


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in {"speaker", "seen"}])
def test_every_verb_changes_what_is_seen_and_its_undoing_brings_it_back(house: House, verb: str) -> None:
    """Done, undone and done again by undoing the undoing; each time the finds are as they should be."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    before = seen(house, recording)
    VERBS[verb](ragna, recording, numbered(house, recording))
    done = seen(house, recording)
    assert done != before
    decision = len(histories.history(ragna, recording))
    review.undo(ragna, recording, [decision])
    assert seen(house, recording) == before
    review.undo(ragna, recording, [decision + 1])
    assert seen(house, recording) == done
    assert [entry.undone for entry in histories.history(ragna, recording)] == [False, True, False]


def test_the_finders_list_is_never_changed(house: House) -> None:
    """After every verb there is one list of finds, the first, and the decisions are rows of their own."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    for verb in ("confirm", "add", "retype", "resize", "link", "edit"):
        VERBS[verb](ragna, recording, numbered(house, recording))
    with Session(house.vault.database.reader) as session:
        lists = session.scalars(sa.select(Artefact.version).where(Artefact.kind == MENTIONS)).all()
        verbs = session.scalars(sa.select(Decision.verb).order_by(Decision.number)).all()
    assert lists == [1]
    assert verbs == ["confirm", "add", "retype", "resize", "link", "edit"]


def test_a_retyped_find_is_another_entity_of_that_kind_and_confirmed(house: House) -> None:
    """The mention alone changes: the other Martin is a person still, and undecided."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.retype(ragna, recording, [numbered(house, recording)["Martin"]], Kind.ORG)
    found = seen(house, recording)
    assert (found["Martin", 0][:2], found["Martin", 1][:2]) == (("ORG", "confirm"), ("PER", ""))
    assert found["Martin", 0][2] != found["Martin", 1][2]


def test_two_of_one_name_are_parted_and_two_names_of_one_are_joined(house: House) -> None:
    """A link to somebody new gives a surrogate of its own, and a link to somebody known gives theirs."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    at = numbered(house, recording)
    review.link(ragna, recording, [at["Martin"]], review.NEW)
    parted = {item.line: item.surrogate for item in review.items(ragna, recording) if item.form == "Martin"}
    assert len(set(parted.values())) == 2
    review.link(ragna, recording, [at["Ingrid"]], others(house, recording, "Martin"))
    surrogates = {item.form: item.surrogate for item in review.items(ragna, recording) if item.verdict}
    assert surrogates["Ingrid"] == surrogates["Martin"]
    with pytest.raises(BadInput, match="no such name"):
        review.link(ragna, recording, [at["Martin"]], "0" * 16)


def test_a_find_is_made_longer_or_shorter(house: House) -> None:
    """What a person says the name is counts, and must share words with the find."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    number = numbered(house, recording)["Martin"]
    for wrong in ("Trondheim", "nobody", ""):
        with pytest.raises(BadInput, match="share some"):
            review.resize(ragna, recording, number, wrong)
    review.resize(ragna, recording, number, "Martin in Trondheim")
    assert seen(house, recording)["Martin in Trondheim", 0][1] == "confirm"
    assert ("Trondheim", 0) not in seen(house, recording)
    review.resize(ragna, recording, numbered(house, recording)["Martin in Trondheim"], "Martin")
    assert seen(house, recording)["Martin", 0][1] == "confirm"


def test_a_speaker_is_renamed_and_undone_and_the_release_says_it(house: House) -> None:
    """The released text calls them as decided, and an undone renaming as they were called before."""
    recording = said(house, "P01", *SPOKEN, speaker="Speaker 1")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    review.rename_speaker(ragna, recording, "Speaker 1", "Her partner")
    review.rename_speaker(ragna, recording, "Her partner", "Mother")
    release.release(ragna, fresh(house, recording))
    assert {one.speaker for one in reading.read(ragna, recording).segments} == {"Mother"}
    review.undo(ragna, recording, [len(histories.history(ragna, recording))])
    assert {one.speaker for one in reading.read(ragna, recording, real_names=True).segments} == {"Her partner"}
    wrong = ("", "a:b", "a\nb", "x" * 64, "Martin", "Wilhelmina Oksnes", "M\u200dother")
    for label, name in (("Nobody", "x"), *(("Her partner", name) for name in wrong)):
        with pytest.raises(BadInput):
            review.rename_speaker(ragna, recording, label, name)


def test_what_is_flagged_is_shown_and_not_replaced(house: House) -> None:
    """Something that tells who it is without a name stands in the list, is seen once, and stays in the release."""
    recording = said(house, "P01", "I was the only female skipper in the fjord, and met Martin.", language="en")
    ragna = house.desk("ragna")
    flags = review.look(ragna, recording).flags
    assert [flag.seen for flag in flags] == [False] * len(flags) != []
    assert review.see(ragna, recording, [flags[0].number]) == 1
    assert review.look(ragna, recording).flags[0].seen
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    assert "skipper" in reading.read(ragna, recording).text
    review.see(ragna, recording, None)
    assert fresh(house, recording).stage == "release"
    with pytest.raises(BadInput):
        review.see(ragna, recording, [99])


def test_undoing_what_is_not_there_is_refused(house: House) -> None:
    """A number nobody decided, a decision undone already, and nothing at all."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    review.undo(ragna, recording, [1])
    for wrong in ([1], [9], []):
        with pytest.raises(BadInput):
            review.undo(ragna, recording, wrong)
    assert len(histories.history(ragna, recording)) == 2


def test_who_when_and_why_are_kept_sealed(house: House) -> None:
    """The reason and the words are told to the reviewer, and are in no row or ledger entry in the open."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    reason = "hun ba om det, på tirsdagen"
    review.add(ragna, recording, "kind", Kind.PER, Remark(why=reason))
    review.edit(ragna, recording, 0, "Then I met Zqvistmann in Trondheim.")
    first, second = histories.history(ragna, recording)
    assert (first.verb, first.words, first.who, first.why) == ("add", "kind (PER)", "ragna", reason)
    assert second.words == "Martin -> Zqvistmann"
    with pytest.raises(BadInput, match="Say why in at most"):
        review.add(ragna, recording, "met", Kind.PER, Remark(why="x" * 1001))
    for hidden in (reason, "Zqvistmann"):
        assert [place for place, value in tables.values(house.vault) if hidden.encode() in value] == []
    with Session(house.vault.database.reader) as session:
        leaves = [json.loads(entry.leaf) for entry in session.scalars(sa.select(LedgerEntry))]
    assert {"verbs": ["add"], "decisions": [1]}.items() <= next(one for one in leaves if one.get("verbs")).items()


def test_two_reviewers_do_not_overwrite_each_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who saw the list before somebody else decided is told so, and so is who decides in the same moment."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    last = review.look(ragna, recording).last
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    with pytest.raises(NotReady, match="at the same time"):
        review.decide(ragna, recording, Verdict.REJECT, [1], Remark(as_of=last))
    real = linked.linked

    def meanwhile(*arguments: object) -> object:
        monkeypatch.setattr(review, "linked", real)
        review.decide(house.desk("ragna"), recording, Verdict.REJECT, [2])
        return real(*arguments)  # type: ignore[arg-type]  # handed through as they came

    monkeypatch.setattr(review, "linked", meanwhile)
    with pytest.raises(NotReady, match="at the same time"):
        review.add(ragna, recording, "kind", Kind.PER)
    assert [entry.verb for entry in histories.history(ragna, recording)] == ["confirm", "reject"]


def test_a_name_of_the_roster_that_somebody_added_stays_known(house: House) -> None:
    """Taken out of the roster it stays in the link key, for a mention is of it, and is hidden."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    roster.add(ragna, house.study, ["kind"], Kind.PER)
    review.add(ragna, recording, "kind", Kind.PER)
    assert not roster.remove(ragna, house.study, "kind")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, fresh(house, recording))
    assert "kind" not in reading.read(ragna, recording).text


def test_only_a_researcher_may_review(house: House) -> None:
    """The interviewer and the steward are turned away from every verb, and nothing is kept."""
    recording = said(house, "P01", *SPOKEN)
    for handle in ("ivar", "astrid"):
        for verb, doing in VERBS.items():
            with pytest.raises(Denied):
                doing(house.desk(handle), recording, {"Martin": 1, "Ingrid": 4})
            assert verb
    assert histories.history(house.desk("ragna"), recording) == []


def test_numbers_that_nobody_was_shown_are_refused(house: House) -> None:
    """A find, a line or a decision of no such number is a sentence."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    with pytest.raises(BadInput, match="they go to 4"):
        review.decide(ragna, recording, Verdict.CONFIRM, [5])
    with pytest.raises(BadInput, match="no such line"):
        review.edit(ragna, recording, 2, "x")
    assert review.decide(ragna, recording, Verdict.CONFIRM, None) == 4
    assert review.decide(ragna, recording, Verdict.CONFIRM, None) == 0


def fresh(house: House, recording: Recording) -> Recording:
    """The recording as its row is now."""
    return lookup.by_id(house.vault.database, Recording, recording.id)
