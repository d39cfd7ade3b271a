"""Why the door answers as it does: the same answer, in words, and nothing opened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from policies import consent, people, why
from policies.actions import CONSENTED, Purpose, Role
from storage.errors import BadInput, Denied, NotFound
from tests.command import Terminal
from tests.house_fixtures import given
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


def _ask(house: House, who: str, action: str, of: str, purpose: str | None = None, by: str = "astrid") -> why.Answer:
    return why.explain(house.desk(by), who, action, of, purpose)


def test_what_is_allowed_is_told_with_role_and_rule(house: House) -> None:
    """Yes, as what, and by which rule; and that it was asked is in the ledger, as an act of its own."""
    keep(house, house.participant("P01"))
    answer = _ask(house, "ragna", "read_transcript", "rus/P01-1")
    assert (answer.allowed, answer.rules, answer.change) == (True, ("researcher-interviews",), "")
    assert "ragna, as researcher in rus, may" in answer.because
    leaves = [json.loads(leaf) for leaf in house.vault.ledger.leaves()]
    assert (leaves[-2]["action"], leaves[-1]["explained"], leaves[-1]["answer"]) == (
        "explain",
        "read_transcript",
        True,
    )


def test_a_role_that_is_missing_is_named(house: House) -> None:
    """Where no rule lets somebody, the roles that would be let in are those the rules let in."""
    keep(house, house.participant("P01"))
    answer = _ask(house, "ivar", "review", "rus/P01-1")
    assert not answer.allowed
    assert "ivar, as interviewer in rus" in answer.because
    assert "reviewer or researcher." in answer.change
    assert "who has no role in rus" in _ask(house, "nobody", "see_status", "rus").because


def test_a_consent_that_is_missing_is_said_and_whether_a_role_is_missing_besides(house: House) -> None:
    """The rule's own sentence comes first; a role is named only where it would still be missing."""
    participant = house.participant("P01")
    keep(house, participant)
    consent.record(house.desk("astrid"), participant, given((Purpose.RECORD,)))
    researcher = _ask(house, "ragna", "read_transcript", "rus/P01-1")
    assert researcher.rules == ("consent-purpose",)
    assert "did not consent to this purpose" in researcher.because
    assert "role" not in researcher.change
    assert "researcher" in _ask(house, "ivar", "read_transcript", "rus/P01-1").change


def test_what_only_the_pipeline_does_is_said(house: House) -> None:
    """No role is offered for what no person does, and the pipeline can be asked about."""
    keep(house, house.participant("P01"))
    assert "Only the pipeline" in _ask(house, "astrid", "transcribe", "rus/P01-1").change
    assert _ask(house, "pipeline", "transcribe", "rus/P01-1").allowed


def test_a_purpose_is_asked_for_where_there_are_several_and_a_wrong_one_is_said(house: House) -> None:
    """Nothing is guessed: which purpose has to be said, and one that is never meant is a no that says which are."""
    with pytest.raises(BadInput, match="--purpose"):
        _ask(house, "ragna", "hand_off", "rus")
    assert _ask(house, "ragna", "hand_off", "rus", "archive").allowed
    assert "share_text" in _ask(house, "ragna", "hand_off", "rus", "contact").change


def test_a_typo_is_told_with_what_is_near(house: House) -> None:
    """An action there is not, a voice there is not and a vault by another name are refused in words."""
    with pytest.raises(BadInput, match="read_transcript"):
        _ask(house, "ragna", "read_transcripts", "rus/P01-1")
    with pytest.raises(NotFound):
        _ask(house, "ragna", "forget_voice", "rus/ivar")
    with pytest.raises(BadInput, match="vault"):
        _ask(house, "ragna", "back_up", "rus")


def test_only_stewards_auditors_and_the_investigator_may_ask(house: House) -> None:
    """Others are refused; a vault's auditor may ask about every study and about the vault."""
    people.add(house.desk("astrid"), None, "aud", [Role.AUDITOR])
    people.add(house.desk("astrid"), house.study, "ida", [Role.INVESTIGATOR])
    for who in ("ragna", "ivar", "nobody"):
        with pytest.raises(Denied):
            _ask(house, "ragna", "see_status", "rus", by=who)
    assert _ask(house, "ragna", "see_status", "rus", by="ida").allowed
    assert _ask(house, "ragna", "see_status", "rus", by="aud").allowed
    assert "administrator" in _ask(house, "ragna", "back_up", "vault", by="aud").change


def test_it_is_a_command(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`tillit why` prints yes or no, the reason, what would have to change and the rule; --json the same."""
    house.participant("P01", CONSENTED)
    house.vault.close()
    tillit = Terminal(tmp_path, monkeypatch, capsys)
    said = tillit("astrid", "why", "ragna", "take_in", "rus/P01")
    assert (said.code, said.out.startswith("No: No rule lets ragna")) == (0, True), said.err
    assert "interviewer" in said.out
    asked = json.loads(tillit("astrid", "why", "ivar", "take_in", "rus/P01", "--json").out)
    assert (asked["allowed"], asked["rules"]) == (True, ["interviewer-take-in"])
