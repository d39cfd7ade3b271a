"""Who stands behind a pseudonym of a released interview: told to whoever asked, once another has agreed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from ingest import entities, entities_changed, reidentify, release, review
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from policies import consent, studies
from policies.actions import Role
from storage import lookup
from storage.errors import BadInput, Denied, NotFound, NotReady
from storage.records import Participant, Recording, Study
from storage.requests import Request
from tests.faults.canaries import Hunt
from tests.ingest.interview import said

if TYPE_CHECKING:
    from tests.house_fixtures import House

WHY = "the clinic has to be told"


def _released(house: House, *lines: str) -> Recording:
    """An interview with every find confirmed, released; and a second data steward."""
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    recording = said(house, "P01", *(lines or ("Then I met Martin in Trondheim.",)))
    review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
    release.release(house.desk("ragna"), recording)
    return recording


def _surrogate(house: House, form: str) -> str:
    listed = entities.listed(house.desk("ragna"), house.study).names
    return next(line.surrogate for line in listed if form in line.forms)


def _fresh(house: House, request: Request) -> Request:
    return lookup.by_id(house.vault.database, Request, request.id)


def _agreed(house: House, request: Request, who: str = "signe") -> list[reidentify.Asked]:
    """Approve a request; returns what the one who approved was shown."""
    shown: list[reidentify.Asked] = []

    def agreed(asked: reidentify.Asked) -> bool:
        shown.append(asked)
        return True

    reidentify.approve(house.desk(who), _fresh(house, request), agreed)
    return shown


def test_the_name_is_told_after_another_agreed(house: House) -> None:
    """An interviewer asks, a data steward sees who asks for which pseudonym and why, and the interviewer is told."""
    recording = _released(house)
    surrogate = _surrogate(house, "Martin")
    request = reidentify.ask(house.desk("ivar"), recording, f" {surrogate.lower()} ", WHY)
    assert _agreed(house, request) == [reidentify.Asked("ivar", "rus/P01-1", surrogate.lower(), WHY)]
    assert reidentify.show(house.desk("ivar"), _fresh(house, request)) == ["Martin"]
    with pytest.raises(Denied, match="used already"):
        reidentify.show(house.desk("ivar"), _fresh(house, request))


def test_whoever_does_not_agree_approves_nothing(house: House) -> None:
    """A no leaves the request as it was: nobody is told, and somebody else may still say yes."""
    recording = _released(house)
    request = reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), WHY)
    with pytest.raises(BadInput, match="Nothing was approved"):
        reidentify.approve(house.desk("signe"), _fresh(house, request), lambda _: False)
    with pytest.raises(Denied, match="Nobody else has approved"):
        reidentify.show(house.desk("ivar"), _fresh(house, request))
    _agreed(house, request, "astrid")
    assert reidentify.show(house.desk("ivar"), _fresh(house, request)) == ["Martin"]


def test_a_pseudonym_that_is_not_in_the_text_cannot_be_asked_for(house: House) -> None:
    """What does not stand in this interview's released text is refused, a real name too, and no request is kept."""
    recording = _released(house)
    for words in ("Martin", "Wilhelmina", "  ", "."):
        with pytest.raises(NotFound):
            reidentify.ask(house.desk("ivar"), recording, words, WHY)
    with pytest.raises(NotFound):
        lookup.request(house.vault.database, "rus/1")


def test_words_that_were_said_cannot_be_asked_for_nor_names_written_in_a_reason(house: House) -> None:
    """A pseudonym that is a word of the interview would tell which words are real; a reason is read by others."""
    recording = _released(house)
    with pytest.raises(NotFound, match="were said"):
        reidentify.ask(house.desk("ivar"), recording, "met", WHY)
    with pytest.raises(BadInput, match="holds a name"):
        reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), "Martin has died")


def test_what_was_never_released_is_not_asked_about(house: House) -> None:
    """Before a release nobody but those who review has met a pseudonym."""
    recording = said(house, "P01", "Then I met Martin.")
    with pytest.raises(NotReady, match="never released"):
        reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), WHY)


@pytest.mark.parametrize("why", ["", "   ", "x" * 1001], ids=["none", "blank", "long"])
def test_a_reason_is_needed(house: House, why: str) -> None:
    """Whoever approves has to know what for."""
    with pytest.raises(BadInput, match="Say why"):
        reidentify.ask(house.desk("ivar"), _released(house), "anybody", why)


def test_a_stranger_asks_nothing(house: House) -> None:
    """Only who works in the study may ask."""
    recording = _released(house)
    with pytest.raises(Denied):
        reidentify.ask(house.desk("a-stranger"), recording, _surrogate(house, "Martin"), WHY)


def test_a_withdrawal_ends_a_request(house: House) -> None:
    """Approved or not, once the participant has withdrawn nobody is told whom they spoke of."""
    recording = _released(house)
    request = reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), WHY)
    _agreed(house, request)
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, recording.participant_id))
    with pytest.raises(Denied, match="withdrawn"):
        reidentify.show(house.desk("ivar"), _fresh(house, request))


def test_a_pseudonym_that_was_changed_meanwhile_tells_nothing(house: House) -> None:
    """After a rename the old one is nobody's; the approval is not used up, and the newest text has the new one."""
    recording, ragna = _released(house), house.desk("ragna")
    request = reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), WHY)
    _agreed(house, request)
    number = next(line.number for line in entities.listed(ragna, house.study).names if "Martin" in line.forms)
    entities_changed.rename(ragna, house.study, entities.Which(Kind.PER, number), None, "")
    with pytest.raises(NotFound, match="any more"):
        reidentify.show(house.desk("ivar"), _fresh(house, request))
    assert _fresh(house, request).used is None


def test_a_tag_is_told_like_a_pseudonym(house: House) -> None:
    """Where the study's rules put tags into the text, those are what people ask about."""
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(Study, house.study.id).pseudonyms = "tags"
    recording = _released(house, "Then I met Martin and Ingrid.")
    tag = next(line for line in entities.listed(house.desk("ragna"), house.study).names if line.forms == ["Ingrid"])
    request = reidentify.ask(house.desk("ivar"), recording, f"[person {tag.number}]", WHY)
    _agreed(house, request)
    assert reidentify.show(house.desk("ivar"), _fresh(house, request)) == ["Ingrid"]


def test_only_names_of_that_interview_are_told(house: House) -> None:
    """A name that only another interview says is not told, though its pseudonym is the study's."""
    recording = _released(house)
    other = said(house, "P02", "We lived in Bergen then.")
    review.decide(house.desk("ragna"), other, Verdict.CONFIRM, None)
    release.release(house.desk("ragna"), other)
    with pytest.raises(NotFound):
        reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Bergen"), WHY)


def test_what_only_another_interview_called_them_is_not_told(house: House) -> None:
    """Two interviews speak of one person; asked in the one, the fuller name of the other stays with that."""
    recording, other = _released(house), said(house, "P02", "I saw Martin Haugen there.")
    lines = entities.listed(house.desk("ragna"), house.study).names
    numbers = {form: line.number for line in lines for form in line.forms if line.kind == "PER"}
    if numbers["Martin"] != numbers["Martin Haugen"]:
        which = entities.Which(Kind.PER, numbers["Martin"])
        entities_changed.merge(house.desk("ragna"), house.study, which, numbers["Martin Haugen"], "")
        release.release(house.desk("ragna"), lookup.by_id(house.vault.database, Recording, recording.id))
    request = reidentify.ask(house.desk("ivar"), recording, _surrogate(house, "Martin"), WHY)
    _agreed(house, request)
    consent.withdraw(house.desk("astrid"), lookup.by_id(house.vault.database, Participant, other.participant_id))
    assert reidentify.show(house.desk("ivar"), _fresh(house, request)) == ["Martin"]


def test_the_ledger_has_every_step_and_no_name(house: House) -> None:
    """Asking, approving and showing are entries about the participant; names, pseudonym and reason are in none."""
    recording = _released(house)
    surrogate = _surrogate(house, "Martin")
    request = reidentify.ask(house.desk("ivar"), recording, surrogate, WHY)
    _agreed(house, request)
    reidentify.show(house.desk("ivar"), _fresh(house, request))
    leaves = list(house.vault.ledger.leaves())
    entries = [json.loads(leaf) for leaf in leaves]
    about = [entry["participant"] for entry in entries if "identif" in entry.get("action", "")]
    assert about == [recording.participant_id] * 3
    assert Hunt([b"Martin", surrogate.encode(), WHY.encode()]).within(b"\n".join(leaves)) == set()


@pytest.mark.parametrize(
    ("text", "surrogate", "there"),
    [
        ("So Birthe said.", "Birthe", True),
        ("It was birthes house.", "Birthe", True),
        ("Birthe Furu's house", "birthe furu", True),
        ("Birthe, Furu", "Birthe Furu", False),
        ("Birthe\nFuru", "Birthe Furu", False),
        ("They asked [PERSON 3] in.", "[PERSON 3]", True),
        ("They asked [PERSON 3] in.", "PERSON 3", True),
        ("Birthemor said.", "Birthe", False),
        ("", "Birthe", False),
        ("Birthe", "", False),
    ],
)
def test_a_pseudonym_stands_in_a_text_as_whole_words(text: str, surrogate: str, *, there: bool) -> None:
    """In whatever case, in the genitive too, a tag with its brackets or without; never across lines or in a word."""
    assert reidentify.stands_in(text, surrogate) is there
