"""Information letters: kept whole in versions, and named by every consent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import consent, letters
from policies.actions import CONSENTED
from storage.consents import Letter
from storage.errors import AlreadyThere, BadInput, Damaged, Denied, NotFound
from tests.house_fixtures import LETTER, given

if TYPE_CHECKING:
    from tests.house_fixtures import House

NYNORSK = b"Vil du vere med i eit forskingsprosjekt? " + bytes(range(256))


def test_a_letter_comes_back_byte_for_byte(house: House) -> None:
    """What was added is what is shown, whatever sort of file it is, and its hash is listed."""
    letters.add(house.desk("astrid"), house.study, "v2", "nn", NYNORSK)
    assert letters.content(house.desk("ragna"), house.study, "v2") == NYNORSK
    newest = letters.listed(house.desk("ivar"), house.study)[-1]
    assert (newest.version, newest.language, newest.sha256) == ("v2", "nn", hashlib.sha256(NYNORSK).hexdigest())


def test_a_version_is_never_replaced(house: House) -> None:
    """The same version in the same language is refused, whatever is in it; another language is another letter."""
    with pytest.raises(AlreadyThere):
        letters.add(house.desk("astrid"), house.study, LETTER, "nb", b"Another text")
    letters.add(house.desk("astrid"), house.study, LETTER, "se", b"Another language")
    assert len(letters.listed(house.desk("astrid"), house.study)) == 2


def test_only_the_steward_adds_letters(house: House) -> None:
    """Neither interviewer nor researcher decides what participants are told."""
    for who in ("ivar", "ragna", "a-stranger"):
        with pytest.raises(Denied):
            letters.add(house.desk(who), house.study, "v2", "nb", b"text")


@pytest.mark.parametrize(
    ("version", "language", "content"),
    [("", "nb", b"x"), ("v\n2", "nb", b"x"), ("v" * 41, "nb", b"x"), ("v2", "Bokmål", b"x"), ("v2", "", b"x"),
     ("v2", "nb", b""), ("v2", "nb", bytes(letters.LARGEST + 1))],
)  # fmt: skip
def test_what_cannot_be_a_letter_is_refused(house: House, version: str, language: str, content: bytes) -> None:
    """Names that no line can hold, languages that are no code, and files of no or too many bytes."""
    with pytest.raises(BadInput):
        letters.add(house.desk("astrid"), house.study, version, language, content)


def test_a_consent_names_a_letter_that_is_there(house: House) -> None:
    """A version nobody added is refused with a sentence that says what to do, and no consent is kept."""
    participant = house.participant("P01", ())
    with pytest.raises(NotFound, match="tillit letter add"):
        consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), letter="v9"))
    made = consent.record(house.desk("ivar"), participant, given(CONSENTED))
    assert made.version == 1
    assert made.letter_id is not None


def test_a_letter_in_two_languages_is_named_with_its_language(house: House) -> None:
    """Which one somebody got cannot be guessed, so it is asked."""
    letters.add(house.desk("astrid"), house.study, LETTER, "se", b"another")
    participant = house.participant("P01", ())
    with pytest.raises(BadInput, match="--language"):
        consent.record(house.desk("ivar"), participant, given(CONSENTED))
    made = consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), language="se"))
    with Session(house.vault.database.reader) as session:
        assert session.get_one(Letter, str(made.letter_id)).language == "se"


def test_a_letter_somebody_edited_is_not_shown_as_what_was_agreed_to(house: House) -> None:
    """Its text against its hash, and its hash against the ledger."""
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Letter).values(content=b"You agree to everything"))
    with pytest.raises(Damaged):
        letters.content(house.desk("astrid"), house.study, LETTER)
