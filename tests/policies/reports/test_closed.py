"""What is told of a study at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import closing_told
from policies.closing_plan import How
from policies.reports import page, reporting, words
from policies.reports.facts import Tally
from tests.policies.closings import close, interviewed

if TYPE_CHECKING:
    from tests.house_fixtures import House


def test_a_closed_study_tells_what_became_of_it_and_who_confirmed(house: House) -> None:
    """What the certificate counts is there in words, and who has not confirmed yet has said nothing."""
    interviewed(house, "P01")
    done = close(house, How.DELETE)
    closing_told.confirm(house.desk("ragna"), house.study, "My disk is wiped.")
    made = reporting.of_study(house.desk("astrid"), house.study, "erasures")
    sections = {one.name: one for one in made.sections}
    (told,) = sections["closing"].rows
    assert isinstance(told["destroyed"], Tally)
    assert dict(told["destroyed"].counts) == {kind: n for kind, n in done.destroyed.items() if n}
    assert all(code in words.of("nb").terms["destroyed"] for code, _ in told["destroyed"].counts)
    said = {row["who"]: row["answer"] for row in sections["confirmations"].rows}
    assert (said["ragna"], said["ivar"]) == ("My disk is wiped.", None)
    certified = sections["erasures"].rows[-1]
    assert page.text(certified["scope"], words.of("en")) == "the whole study, at its end"
    assert certified["destroyed"] == told["destroyed"]


def test_an_open_study_has_no_end(house: House) -> None:
    """Nothing of it is made up, and nobody is asked to confirm."""
    told = reporting.of_study(house.desk("astrid"), house.study, "erasures").to_dict()
    assert isinstance(told["closing"], dict)
    assert (set(told["closing"].values()), told["confirmations"]) == ({None}, [])
