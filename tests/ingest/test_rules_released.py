"""What each set of rules makes of an interview that is reviewed and released; the scan of what leaves agrees to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ingest import reading, release, review, study_rules
from policies import pseudonym_rules
from tests.ingest.interview import said
from tests.ingest.listing import fresh

if TYPE_CHECKING:
    from tests.house_fixtures import House

LINES = (
    "Jeg heter Ingrid Solbakken og vokste opp i Trondheim.",
    "Ingrids bror satt på Ullersmo fengsel da jeg ble født den 12. mars 1974.",
)
REAL = ("Ingrid", "Solbakken", "Trondheim", "Ullersmo", "12. mars")
TAGGED = r"\[PERSON \d+\]"
MADE_UP = r"heter [A-ZÆØÅ]\w+ [A-ZÆØÅ]\w+ og"
EXPECTED = {
    "names": (MADE_UP, r"opp i [A-ZÆØÅ][\w ]+\.", r"på \[\w+ \d+\]"),
    "tags": (rf"heter {TAGGED} og", r"opp i \[STED \d+\]\.", r"\[1974\]"),
    "places-generalised": (MADE_UP, r"opp i \[by i Trøndelag\]\.", r"\[fengsel\]", r"\[1974\]"),
    "strict": (rf"heter {TAGGED} og", r"opp i \[STED \d+\]\.", r"på \[\w+ \d+\]"),
}


def test_every_set_is_tried() -> None:
    """A set that is added to pseudonyms.toml has to be added here."""
    assert EXPECTED.keys() == set(pseudonym_rules.sets())


@pytest.mark.parametrize("rules", EXPECTED)
def test_a_released_interview_follows_the_studys_rules(house: House, rules: str) -> None:
    """Each kind of name becomes what the set says, none is left, and the release finds nothing to stop it."""
    if rules != house.study.pseudonyms:
        study_rules.choose(house.desk("astrid"), house.study, rules, house.rules(rules))
    recording = said(house, "P01", *LINES, language="no")
    review.decide(house.desk("ragna"), recording, review.Verdict.CONFIRM, None)
    release.release(house.desk("ragna"), fresh(house, recording))
    text = reading.read(house.desk("ragna"), fresh(house, recording)).text
    assert [name for name in REAL if name in text] == []
    assert [expected for expected in EXPECTED[rules] if not re.search(expected, text)] == [], text
