"""A study's rules for names: who may choose them, and what another choice does to interviews that are done."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import pipeline, reading, review, study_rules
from ingest.release import release
from ingest.stages import RUN
from ingest.work import PSEUDONYMISED, Work
from policies import studies
from policies.actions import Action, Purpose, Role
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from storage.errors import Denied, NotFound, NotReady
from storage.records import Artefact, LedgerEntry, Recording
from storage.requests import Request
from tests.command import Terminal
from tests.house_fixtures import LATER, TODAY, House, build, reopen
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path

LINE = "I met Martin Holloway in Leeds."


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a new vault with a study and three people."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


def _approved(tillit: Terminal, rules: str) -> str:
    """The name of an approved request for this set of rules."""
    vault = reopen(tillit.vault)
    number = lookup.by_id(
        vault.database, Request, House(vault, lookup.study(vault.database, "rus")).rules(rules)
    ).number
    vault.close()
    return f"rus/{number}"


def _released(house: House, code: str) -> Recording:
    """An interview of which all is decided and that is released."""
    recording = said(house, code, LINE)
    review.decide(house.desk("ragna"), recording, review.Verdict.CONFIRM, None)
    release(house.desk("ragna"), recording)
    return recording


def _released_while_rules_change(house: House, recording: Recording) -> None:
    with house.desk("ragna").act(Action.RELEASE, recording, Purpose.ANALYSE) as act:
        act.change(recording, stage="release")
        study_rules.unless_changed(act, house.study)
        study_rules.choose(house.desk("astrid"), house.study, "strict", house.rules("strict"))


def _fresh(house: House, recording: Recording) -> Recording:
    return lookup.by_id(house.vault.database, Recording, recording.id)


def _run(house: House, recording: Recording) -> None:
    """What `tillit run` does once more after the rules were changed."""
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(Action.APPLY_PSEUDONYMS, recording, Purpose.TRANSCRIBE) as act:
        RUN["apply pseudonyms"](Work(act, recording, house.vault.database))


def _drafts(house: House, recording: Recording) -> int:
    query = sa.select(sa.func.count()).where(Artefact.recording_id == recording.id, Artefact.kind == PSEUDONYMISED)
    with Session(house.vault.database.reader) as session:
        return session.scalar(query) or 0


def test_a_new_study_replaces_names_and_may_say_otherwise(house: House) -> None:
    """What is not said is the set `names`; a set there is not makes no study."""
    assert study_rules.seen(house.desk("astrid"), house.study).name == "names"
    strict = studies.NewStudy("alko", "Another", "REK 2", TODAY, LATER, "no", pseudonyms="strict")
    made = studies.create(house.desk("astrid"), strict)
    assert study_rules.seen(house.desk("astrid"), made).name == "strict"
    with pytest.raises(NotFound):
        studies.create(house.desk("astrid"), replace(strict, code="tobakk", pseudonyms="loose"))


@pytest.mark.parametrize("who", ["ivar", "ragna", "a-stranger"])
def test_only_the_data_steward_chooses(house: House, who: str) -> None:
    """Those who work in the study may see what its rules are, and no more; a stranger not even that."""
    with pytest.raises(Denied):
        study_rules.choose(house.desk(who), house.study, "strict")
    if who == "a-stranger":
        with pytest.raises(Denied):
            study_rules.seen(house.desk(who), house.study)
    assert study_rules.seen(house.desk("ragna"), house.study).name == "names"


def test_other_rules_take_a_release_back(house: House) -> None:
    """What was released is to be released again, by the new rules; nothing a person decided is asked again."""
    recording = _released(house, "P01")
    chosen = study_rules.choose(house.desk("astrid"), house.study, "tags", house.rules("tags"))
    assert (chosen.released, chosen.drafts) == (1, 0)
    back = _fresh(house, recording)
    assert (back.stage, back.attempt) == ("review", recording.attempt + 1)
    assert review.items(house.desk("ragna"), recording)[0].verdict == "confirm"


def test_other_rules_make_drafts_anew(house: House) -> None:
    """An interview nobody has reviewed goes back to the pipeline, which makes the draft by the new rules, once."""
    recording = said(house, "P01", LINE)
    assert study_rules.choose(house.desk("astrid"), house.study, "tags", house.rules("tags")).drafts == 1
    assert _fresh(house, recording).stage == "find names"
    assert [one.id for one in pipeline.waiting(house.vault)] == [recording.id]
    for _ in range(2):
        _run(house, recording)
    assert _drafts(house, recording) == 2
    text = reading.read(house.desk("ragna"), recording).text
    assert text == "I met [PERSON 1] in [PLACE 1]."


def test_the_same_rules_again_change_nothing(house: House) -> None:
    """Saying what is so already takes no release back."""
    recording = _released(house, "P01")
    chosen = study_rules.choose(house.desk("astrid"), house.study, "names", house.rules("names"))
    assert (chosen.released, chosen.drafts) == (0, 0)
    assert _fresh(house, recording).stage == "release"


def test_other_studies_are_left_alone(house: House) -> None:
    """A choice is one study's."""
    new = studies.NewStudy("alko", "Another", "REK 2", TODAY, LATER, "no")
    other = studies.create(house.desk("astrid"), new)
    recording = _released(house, "P01")
    house.second_steward()
    studies.add_member(house.desk("astrid"), other, "signe", [Role.STEWARD])
    approved = house.approved(Action.SET_PSEUDONYMS, other, {"rules": "strict"})
    assert study_rules.choose(house.desk("astrid"), other, "strict", approved).released == 0
    assert _fresh(house, recording).stage == "release"


def test_a_set_there_is_not_is_refused(house: House) -> None:
    """With the names of those there are, before anything is asked or changed."""
    with pytest.raises(NotFound, match="strict"):
        study_rules.choose(house.desk("astrid"), house.study, "loose")


def test_work_by_rules_that_changed_meanwhile_is_not_kept(house: House) -> None:
    """An act that read the study before the change keeps nothing of what it did by the old rules."""
    recording = said(house, "P01", LINE)
    with pytest.raises(NotReady, match="Release again"):
        _released_while_rules_change(house, recording)
    assert _fresh(house, recording).stage == "find names"


def test_a_choice_is_in_the_ledger(house: House) -> None:
    """Which set, instead of which, and how many are to be released again."""
    _released(house, "P01")
    study_rules.choose(house.desk("astrid"), house.study, "strict", house.rules("strict"))
    with Session(house.vault.database.reader) as session:
        newest = session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.position.desc()).limit(1)).one()
    entry = json.loads(newest.leaf)
    told = {"rules": "strict", "before": "names", "to_release_again": 1, "drafts": 0}
    assert entry.items() >= told.items()


def test_the_command_shows_and_changes_the_rules(tillit: Terminal) -> None:
    """The steward sees the set in words, and another one after choosing it; the interviewer cannot choose."""
    assert tillit("ivar", "study", "pseudonyms", "rus").out.startswith("names: Other names")
    assert tillit("ivar", "study", "pseudonyms", "rus", "strict").code == 3
    request = _approved(tillit, "places-generalised")
    answer = tillit("astrid", "study", "pseudonyms", "rus", "places-generalised", "--request", request)
    assert (answer.code, answer.out.splitlines()[1]) == (
        0,
        "PER surrogate, LOC generalise, ORG generalise, ID tag, date generalise. Surrogates stand without brackets.",
    )
    assert tillit("astrid", "study", "pseudonyms", "rus").out == answer.out
    missing = tillit("astrid", "study", "pseudonyms", "rus", "loose")
    assert missing.code == 4
    assert "names, tags, places-generalised, strict" in missing.err


def test_the_command_says_how_many_are_to_be_released_again(tillit: Terminal) -> None:
    """One released and one draft: a line each, with the command to go on with."""
    vault = reopen(tillit.vault)
    house = House(vault, lookup.study(vault.database, "rus"))
    _released(house, "P01")
    said(house, "P02", LINE)
    house.vault.close()
    out = tillit("astrid", "study", "pseudonyms", "rus", "tags", "--request", _approved(tillit, "tags")).out
    assert "released again, with `tillit release`: 1." in out
    assert "made anew, by `tillit run`: 1." in out


def test_a_study_is_made_with_a_set(tillit: Terminal) -> None:
    """`--pseudonyms` takes a set's name, and refuses what is none."""
    rest = ("--title", "T", "--approval", "REK 3", "--starts", str(TODAY), "--ends", str(LATER))
    assert tillit("astrid", "study", "add", "alko", *rest, "--pseudonyms", "strict").code == 0
    assert tillit("astrid", "study", "pseudonyms", "alko").out.startswith("strict: ")
    assert tillit("astrid", "study", "add", "tobakk", *rest, "--pseudonyms", "loose").code == 4
