"""Hand-offs under way when a participant takes a purpose back, or asks for an embargo."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handoff.register import hand_off
from policies.actions import Action, Purpose
from policies.consent_changes import Change, amend
from storage.errors import BadInput, Denied
from tests.handoff.examples import unscanned
from tests.handoff.test_register import _order, _outside, _participant, _rows
from tests.house_fixtures import TODAY
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House

CHANGES = [
    Change(TODAY, remove=frozenset({Purpose.SHARE_TEXT})),
    Change(TODAY, embargo=TODAY + timedelta(days=2)),
]


@pytest.mark.parametrize("change", CHANGES, ids=["purpose", "embargo"])
@pytest.mark.parametrize("during", [Action.HAND_OFF_RECORDING, Action.HAND_OFF])
def test_an_amendment_during_the_hand_off_stops_all_of_it(
    house: House, tmp_path: Path, during: Action, change: Change
) -> None:
    """While packing, and up to the register's commit: nothing is written, and run again it goes without them."""
    _participant(house, "P01")
    second = _participant(house, "P02")
    order = _order(tmp_path / "ut", "A colleague", Purpose.SHARE_TEXT)

    def change_it() -> None:
        with suppress(BadInput):  # the second interview's door comes to it too, and there it changes nothing
            amend(house.desk("ivar"), second, change)

    slow = meanwhile(house.desk("ragna"), during, change_it)
    with pytest.raises(Denied):
        hand_off(slow, house.study, order, unscanned)
    assert (_outside(tmp_path), _rows(house)) == ([], [])
    again = hand_off(house.desk("ragna"), house.study, order, unscanned)
    assert (again.interviews, sum(again.left_out.values())) == (1, 1)
