"""Whether a study's time is over, for whoever would close it alone: dates set lately do not make it so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import closing, retention, study_facts
from policies.closing_plan import How
from storage.errors import TakesTwo
from storage.records import Study
from storage.withdrawals import RetentionRule

if TYPE_CHECKING:
    from tests.house_fixtures import House

WHY = "It is done."
NOTICE = timedelta(days=30)


def _over(house: House) -> None:
    """One person sets every date of a study so that it is past."""
    astrid, yesterday = house.desk("astrid"), retention.today() - timedelta(days=1)
    study_facts.change(astrid, house.study, {"starts": yesterday, "ends": yesterday})
    for kind in retention.defaults()[1]:
        retention.choose(astrid, house.study, kind, retention.STUDY_END, 0, WHY)


def _long_ago(house: House, *, rules: date, ends: date) -> None:
    """As if the rules and the last day had been set then."""
    with Session(house.vault.database.writer) as session, session.begin():
        for row in session.scalars(sa.select(RetentionRule)):
            row.created = row.created.replace(year=rules.year, month=rules.month, day=rules.day)
        stored = session.get_one(Study, house.study.id)
        stored.changes = [{**one, "on": ends.isoformat()} for one in stored.changes]


def _close(house: House) -> None:
    closing.begin(house.desk("astrid"), house.study, How.DELETE, WHY)


@pytest.mark.parametrize(("rules", "ends"), [(0, 0), (29, 30), (30, 29)])
def test_whoever_sets_its_dates_does_not_close_it_alone(house: House, rules: int, ends: int) -> None:
    """Neither on that day nor within the days of notice that retention gives, be it the last day or how long."""
    _over(house)
    today = retention.today()
    _long_ago(house, rules=today - timedelta(days=rules), ends=today - timedelta(days=ends))
    with pytest.raises(TakesTwo, match="by two only"):
        _close(house)


def test_after_the_days_of_notice_one_closes_it(house: House) -> None:
    """Its time is over then, as everybody who works in it could see."""
    _over(house)
    _long_ago(house, rules=retention.today() - NOTICE, ends=retention.today() - NOTICE)
    _close(house)
    assert closing.under_way(house.desk("astrid"), house.study)
