"""A finder run again, and vaults from before decisions were about places: nothing that was decided is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import reading, release, review, stages
from ingest.decisions import Verdict
from ingest.pseudonyms.apply import Mention, from_bytes, to_bytes
from ingest.pseudonyms.finds import Find, Kind
from ingest.reviewing import again, histories, linked
from ingest.work import MENTIONS, Work
from policies.actions import Action, Purpose
from storage.records import Artefact, Decision, Recording, new_id
from storage.transcript import Provenance
from tests.ingest.interview import said

if TYPE_CHECKING:
    import pytest

    from tests.house_fixtures import House

SPOKEN = ("Then I met Martin in Trondheim.", "It was Martin, by a garden.")


def verdicts(house: House, recording: Recording) -> dict[tuple[int, str], str]:
    """Each find by line and words, with its verdict."""
    return {(item.line, item.form): item.verdict for item in review.items(house.desk("ragna"), recording)}


def finder(monkeypatch: pytest.MonkeyPatch, *finds: Find) -> None:
    """From now on the finder finds this, wherever it looks in the whole text."""
    monkeypatch.setattr(stages, "find_names", lambda _text, _language: list(finds))
    monkeypatch.setattr(stages, "find_known", lambda _text, _language, found, *_names: found)


def test_a_finder_that_finds_otherwise_loses_no_decision(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirmed, rejected, added, retyped and corrected: each is as it was, and only what is new is undecided."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    number = {(item.line, item.form): item.number for item in review.items(ragna, recording)}
    review.decide(ragna, recording, Verdict.CONFIRM, [number[0, "Martin"]])
    review.decide(ragna, recording, Verdict.REJECT, [number[0, "Trondheim"]])
    review.retype(ragna, recording, [number[1, "Martin"]], Kind.ORG)
    review.add(ragna, recording, "garden", Kind.LOC)
    review.edit(ragna, recording, 1, "It was certainly Martin, by a garden of Ingrid Hansen.")
    before = verdicts(house, recording)
    kinds = {item.form: item.kind for item in review.items(ragna, recording) if item.line == 1}
    text = "\n".join(SPOKEN)
    at = text.index("met")
    finder(monkeypatch, Find(at, at + len("met Martin"), Kind.PER, 0.9, ("tagger",)))
    assert again.find_again(ragna, recording) == 2
    assert verdicts(house, recording) == before | {(0, "met"): ""}
    assert {item.form: item.kind for item in review.items(ragna, recording) if item.line == 1} == kinds
    for decision in reversed(histories.history(ragna, recording)):
        review.undo(ragna, recording, [decision.number])
    assert verdicts(house, recording) == {(0, "met Martin"): ""}


def test_the_lists_found_before_are_kept(house: House) -> None:
    """Running the same finder again makes a second list and changes nothing that is seen."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    before = review.items(ragna, recording)
    assert again.find_again(ragna, recording) == 0
    assert review.items(ragna, recording) == before
    with Session(house.vault.database.reader) as session:
        versions = session.scalars(sa.select(Artefact.version).where(Artefact.kind == MENTIONS)).all()
    assert sorted(versions) == [1, 2]


def test_names_in_typed_words_are_looked_for_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older finder saw no name in when it was typed becomes a find of the newer one."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    monkeypatch.setattr(linked, "find_names", lambda _text, _language: [])
    review.edit(ragna, recording, 1, "It was Martin, by a garden of Ingrid Hansen.")
    assert (1, "Ingrid Hansen") not in verdicts(house, recording)
    monkeypatch.undo()
    again.find_again(ragna, recording)
    assert verdicts(house, recording)[1, "Ingrid Hansen"] == ""


def decided_before(house: House, recording: Recording, rows: list[tuple[str, str]]) -> None:
    """Verdicts as rows had them before there were payloads: (verdict, the find's id)."""
    ragna = house.desk("ragna").who.id
    with Session(house.vault.database.writer) as session, session.begin():
        for number, (verb, mention) in enumerate(rows, 1):
            row = Decision(recording_id=recording.id, verb=verb, mention=mention, number=number, by_person_id=ragna)
            session.add(row)


def listed_before(house: House, recording: Recording, stage: str, *more: dict[str, Any]) -> list[Mention]:
    """The next list of finds, as a review or a release once made it: the one before with some at its end."""
    with house.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, house.vault.database)
        newest = work.need(MENTIONS)
        before = from_bytes(act.read(newest))
        book = act.names().all()
        fresh = [
            Mention(**{"id": new_id(), "kind": Kind.PER, "score": 1.0, "recognisers": ("person",), **one})
            for one in more
        ]
        assert {one.entity for one in fresh} <= {name.id for name in book}
        made_by = Provenance(stage, "a person", "1")
        act.seal(recording, MENTIONS, to_bytes([*before, *fresh]), made_by, newest.version + 1)
    return [*before, *fresh]


def test_decisions_from_before_keep_their_effect(house: House) -> None:
    """Verdicts by a find's id, a name added over a shorter find, and one the gate came upon, all as before."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    first = listed_before(house, recording, "find names")
    martin, town, other = first[:3]
    longer = {"segment": 0, "start": martin.start - 4, "end": martin.end, "entity": martin.entity}
    added = listed_before(house, recording, "review", longer)[-1]
    garden = {"segment": 1, "start": 20, "end": 26, "entity": martin.entity, "recognisers": ("study",)}
    listed_before(house, recording, "release", garden)
    decided_before(
        house, recording,
        [("confirm", martin.id), ("reject", town.id), ("covered", martin.id), ("confirm", added.id),
         ("confirm", other.id)],
    )  # fmt: skip
    expected = {(0, "met Martin"): "confirm", (0, "Trondheim"): "reject", (1, "Martin"): "confirm", (1, "garden"): ""}
    assert verdicts(house, recording) == expected
    again.find_again(ragna, recording)
    assert verdicts(house, recording) == expected
    review.undo(ragna, recording, [4])
    assert verdicts(house, recording)[0, "Martin"] == "confirm"
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    told = reading.read(ragna, recording).text
    assert "Trondheim" in told
    assert "Martin" not in told


def test_a_vault_from_before_goes_on_with_new_decisions(house: House) -> None:
    """New decisions are numbered on from the old ones, and both stand in the history."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    finds = listed_before(house, recording, "find names")
    decided_before(house, recording, [("reject", finds[0].id)])
    review.decide(ragna, recording, Verdict.CONFIRM, [2])
    assert [(entry.number, entry.verb) for entry in histories.history(ragna, recording)] == [
        (1, "reject"),
        (2, "confirm"),
    ]
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    assert set(verdicts(house, recording).values()) == {"confirm", ""}
