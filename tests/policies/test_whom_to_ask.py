"""A refusal says whom to ask, in a way that fits whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies import decide
from policies.actions import Action, Purpose
from storage.errors import Denied

if TYPE_CHECKING:
    from tests.house_fixtures import House


@pytest.mark.parametrize(
    ("who", "action", "says"),
    [
        ("astrid", Action.SEE_NAMES, decide.A_STEWARD),
        ("ivar", Action.SEE_NAMES, decide.ANOTHER_ROLE),
        ("mallory", Action.SEE_NAMES, decide.A_STRANGER),
        ("ragna", Action.ADD_MEMBER, decide.ANOTHER_ROLE),
    ],
)
def test_nobody_is_sent_to_themselves(house: House, who: str, action: Action, says: str) -> None:
    """A data steward is not told to ask the data steward; others are, for a role or for another one."""
    purpose = Purpose.ANALYSE if action is Action.SEE_NAMES else Purpose.STEWARDSHIP
    with pytest.raises(Denied) as refused, house.desk(who).act(action, house.study, purpose):
        pass
    assert refused.value.sentence == decide.NO_RULE + says


def test_what_is_the_whole_vaults_is_for_its_own_stewards(house: House) -> None:
    """No role in a study helps there, so none is spoken of."""
    with (
        pytest.raises(Denied) as refused,
        house.desk("ragna").act(Action.CREATE_STUDY, house.vault.id, Purpose.STEWARDSHIP),
    ):
        pass
    assert refused.value.sentence == decide.NO_RULE + decide.THE_VAULT
