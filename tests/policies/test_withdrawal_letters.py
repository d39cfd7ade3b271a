"""Recall letters name hand-offs, interviews by code and files by hash, in the study's language, and nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.withdrawing import Pipeline
from policies import withdrawal_letters, withdrawal_plan
from policies.actions import Action, Purpose
from storage.errors import AlreadyThere, Denied
from storage.records import Handoff
from tests.house_fixtures import build
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Recording
    from tests.house_fixtures import House


def handed(house: House, *recordings: Recording) -> str:
    """A hand-off of these interviews; its id."""
    row = Handoff(id="ab" * 16, study_id=house.study.id, recipient="ragna", purpose="analyse",
                  recordings=[one.id for one in recordings], manifest={"rus.qdpx": "c0ffee" * 10},
                  by_person_id=house.desk("ragna").who.id)  # fmt: skip
    with house.desk("ragna").act(Action.HAND_OFF, house.study, Purpose.ANALYSE) as act:
        act.add(row)
    return row.id


@pytest.mark.parametrize(("language", "word"), [("en", "Please delete"), ("nn", "Vi ber deg slette")])
def test_a_letter_for_each_hand_off_that_holds_theirs(tmp_path: Path, language: str, word: str) -> None:
    """The plan names the holder, and the letter says what to delete in which files, in the study's language."""
    house = build(tmp_path / "vault", language=language)
    one, two = house.participant("P01"), house.participant("P02")
    handoff = handed(house, keep(house, one), keep(house, two))
    (holder,) = withdrawal_plan.plan(house.desk("astrid"), one, Pipeline()).holders
    assert (holder.recipient, holder.interviews) == ("ragna", ("P01-1",))
    (path,) = withdrawal_letters.write(house.desk("astrid"), one, tmp_path / "letters")
    letter = path.read_text(encoding="utf-8")
    assert all(part in " ".join(letter.split()) for part in (word, handoff, "P01-1", "c0ffee", "ragna"))
    assert "P02" not in letter
    with pytest.raises(AlreadyThere):
        withdrawal_letters.write(house.desk("astrid"), one, tmp_path / "letters")
    with pytest.raises(Denied):
        withdrawal_letters.write(house.desk("ragna"), one, tmp_path / "others")
    house.vault.close()
