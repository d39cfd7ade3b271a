"""What the reports say of a house whose doings are known, and to whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy.orm import Session

from policies import why
from policies.reports import reporting
from storage.errors import Denied
from storage.records import LedgerEntry, Participant
from tests.policies.keeping import FILE_NAME, WORDS
from tests.policies.reports.lived import RECIPIENT

if TYPE_CHECKING:
    from tests.house_fixtures import House
    from tests.policies.reports.lived import Lived


def _told(house: House, kind: str, who: str = "astrid") -> dict[str, Any]:
    """A report on the study as JSON has it, through text and back."""
    return cast(
        "dict[str, Any]", json.loads(json.dumps(reporting.of_study(house.desk(who), house.study, kind).to_dict()))
    )


def _extract(past: Lived, participant: Participant, *, handles: bool = False) -> dict[str, Any]:
    made = reporting.of_participant(past.house.desk("astrid"), participant, handles=handles)
    return cast("dict[str, Any]", json.loads(json.dumps(made.to_dict())))


def test_the_record_of_processing_counts_what_there_is(past: Lived) -> None:
    """Participants, consents that hold, what opens still and who got what are as they came about."""
    told = _told(past.house, "processing")
    people = told["people"]
    assert (people["participants"], people["withdrawn"], people["destroyed"]) == (4, 2, 2)
    assert {one["participants"] for one in told["purposes"]} == {people["consents_that_hold"]} == {2}
    assert {one["kind"]: one["count"] for one in told["data"]} == {"original": 2, "released": 2, "transcript": 2}
    assert [(one["recipient"], one["purpose"], one["interviews"]) for one in told["recipients"]] == [
        (RECIPIENT, "share_text", 2)
    ]
    assert told["controller"]["name"] == "Universitetet i Nord"
    assert told["people"]["special_categories"] == ["health"]


def test_what_nobody_stated_says_which_command_states_it(past: Lived) -> None:
    """It is null in JSON, with the command beside it, and nothing takes its place."""
    told = _told(past.house, "processing")
    assert told["study"]["legal_basis"] is told["people"]["sample"] is told["processors"][0]["name"] is None
    assert told["not_stated"]["people.sample"] == "tillit study change rus --sample NUMBER"
    assert told["not_stated"]["changes.0.notified"] == "tillit study notified rus 1 --on YYYY-MM-DD"
    assert "controller.name" not in told["not_stated"]


def test_controls_have_keys_second_persons_holds_and_broken_glass(past: Lived) -> None:
    """Keys that stand and were destroyed, what took two, what was refused and by which rule."""
    told = _told(past.house, "controls")
    assert (told["keys"]["participants_with_key"], told["keys"]["keys_destroyed"]) == (2, 2)
    assert told["keys"]["keys"] == told["keys"]["post_quantum"] == 3
    early = next(one for one in told["in_two"] if one["action"] == "shred_early")
    assert (early["asked"], early["approved"], early["used"], early["closed"]) == (1, 1, 1, 0)
    assert [(one["who"], one["acts"], one["verdict"]) for one in told["broken_glass"]] == [("ivar", 1, "waits")]
    assert [(one["kind"], one["on"], one["until"]) for one in told["holds"]] == [
        ("legal", "participant", "2999-01-01")
    ]
    assert {one["rule"]: one["times"] for one in told["refusals"]} == {None: 1, "shred-takes-two": 1}


def test_erasures_are_told_as_the_ledger_has_them(past: Lived) -> None:
    """One was certified, one is kept under a hold, one key was destroyed without either; nobody is named."""
    told = _told(past.house, "erasures")
    done, held = sorted(told["erasures"], key=lambda one: one["state"])  # they may be of the same second
    assert [(one["state"], one["ground"]) for one in (done, held)] == [
        ("done", "participant"), ("held", "participant"),
    ]  # fmt: skip
    assert (done["destroyed"]["artefacts"], done["days"], held["entry"]) == (3, 0, None)
    assert held["kept"] == ["legal: REK 2026/17 wants it kept."]
    leaf = json.loads(list(past.house.vault.ledger.leaves())[done["entry"]])
    assert (leaf["event"], leaf["act"]) == ("erased", done["certificate"])
    assert told["key_destruction"] == {"destroyed": 2, "uncertified": 1}
    assert [(one["recipient"], one["interviews"], one["withdrawn"]) for one in told["recall"]] == [(RECIPIENT, 2, 1)]
    assert not any(code in json.dumps(told) for code in ("P01", "P02", "P03", "P04"))


def test_access_has_who_and_from_when_until_when(past: Lived) -> None:
    """Whoever lost a role is there with its end, and what each did is counted from the ledger."""
    told = _told(past.house, "access")
    roles = {(one["who"], one["role"], one["scope"], one["until"] is None) for one in told["members"]}
    assert {("astrid", "steward", "vault", True), ("ragna", "researcher", "study", False)} <= roles
    assert ("olav", "auditor", "study", True) in roles
    did = {one["who"]: one for one in told["doings"]}
    assert (did["ragna"]["opened"], did["ivar"]["opened"], did["ivar"]["refused"]) == (3, 1, 1)
    assert next(one for one in told["actions"] if one["action"] == "read_transcript")["allowed"] == 4


def test_an_extract_has_every_access_with_its_purpose_and_no_handles(past: Lived) -> None:
    """Each reading by role, the refused one apart, the recipient by name; the staff's handles only if asked for."""
    told = _extract(past, past.read)
    reads = [one for one in told["accesses"] if one["action"] == "read_transcript"]
    assert [(one["purpose"], one["role"], one["on"], one["by_broken_glass"]) for one in reads] == [
        ("analyse", ["researcher"], "P02-1", False), ("analyse", ["researcher"], "P02-1", False),
        ("analyse", ["interviewer"], "P02-1", True),
    ]  # fmt: skip
    assert told["handed_off"][0]["recipient"] == RECIPIENT
    assert told["handed_off"][0]["interviews"] == ["P02-1"]
    assert not any(handle in json.dumps(told) for handle in ("ragna", "ivar", "astrid"))
    named = _extract(past, past.read, handles=True)
    assert [one["who"] for one in named["accesses"] if one["action"] == "read_transcript"] == [
        "ragna",
        "ragna",
        "ivar",
    ]


def test_every_entry_about_a_participant_is_in_their_extract(past: Lived) -> None:
    """What the ledger's rows hold under a participant's id, allowed or refused, is what the extract shows."""
    told = _extract(past, past.withdrew)
    with Session(past.house.vault.database.reader) as session:
        rows = session.query(LedgerEntry).filter_by(participant_id=past.withdrew.id).all()
    decided = {row.position for row in rows if json.loads(row.leaf)["event"] == "decision"}
    assert {one["entry"] for one in told["accesses"] + told["refused"]} == decided
    assert [(one["action"], one["role"]) for one in told["refused"]] == [("read_transcript", ["interviewer"])]


def test_an_extract_stands_after_the_key_is_gone(past: Lived) -> None:
    """It says when the key was destroyed, and which accesses there were before."""
    told = _extract(past, past.destroyed)
    assert told["about"]["destroyed"] is not None
    assert {"record_consent", "take_in", "shred_early"} <= {one["action"] for one in told["accesses"]}


def test_a_report_says_how_far_the_ledger_was_read(past: Lived) -> None:
    """Its length and root are those of a signed checkpoint, and that the report was made is in the ledger after it."""
    told = _told(past.house, "controls")["ledger"]
    assert told["verified"]
    leaves = [json.loads(leaf) for leaf in past.house.vault.ledger.leaves()]
    assert leaves[told["entries"] - 1]["action"] == "see_report"
    assert (leaves[told["entries"]]["report"], leaves[told["entries"]]["entries"]) == ("controls", told["entries"])


def test_a_ledger_that_was_edited_is_said_to_be(own_past: Lived) -> None:
    """The report is made all the same, and says that what it tells may be wrong."""
    with Session(own_past.house.vault.database.writer) as session, session.begin():
        row = session.query(LedgerEntry).filter_by(position=12).one()
        row.leaf = row.leaf.replace(b'"v":1', b'"v": 1')
    told = _told(own_past.house, "access")["ledger"]
    assert not told["verified"]
    assert told["problem"]


def test_an_auditor_may_and_a_researcher_may_not(own_past: Lived) -> None:
    """Reports on the study are for its stewards, investigator and auditors; an extract is for the stewards alone."""
    house = own_past.house
    assert _told(house, "access", "olav")["about"] == "rus"
    for who in ("ivar", "ragna", "a-stranger"):
        with pytest.raises(Denied):
            reporting.of_study(house.desk(who), house.study, "access")
    for who in ("olav", "ivar"):
        with pytest.raises(Denied):
            reporting.of_participant(house.desk(who), own_past.read)
    answer = why.explain(house.desk("astrid"), "olav", "see_accesses", "rus/P02", None)
    assert (answer.allowed, "steward" in answer.change) == (False, True)
    assert why.explain(house.desk("astrid"), "olav", "see_report", "rus", None).rules == ("who-sees-reports",)


def test_no_report_has_a_name_or_a_word_of_an_interview(past: Lived) -> None:
    """Neither what was said nor what a file was called is in any of them."""
    reports = [_told(past.house, kind) for kind in reporting.OF_STUDY]
    reports += [_extract(past, one, handles=True) for one in (past.withdrew, past.read, past.held, past.destroyed)]
    text = json.dumps(reports, ensure_ascii=False)
    assert not any(found in text for found in (WORDS.decode(), "Kari", FILE_NAME, "Bergen"))
