"""For tests of withdrawals: interviews that say names, and what can still be got at of one that was withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.withdrawing import Pipeline
from policies import withdrawal
from policies.actions import Action, Purpose
from policies.withdrawal import Ground, Scope
from storage import lookup
from storage.records import Participant

if TYPE_CHECKING:
    from policies.withdrawal import Done
    from storage.records import Recording
    from tests.house_fixtures import House


def whose(house: House, recording: Recording) -> Participant:
    """Whose a recording is."""
    return lookup.by_id(house.vault.database, Participant, recording.participant_id)


def withdraw(house: House, participant: Participant, scope: Scope = Scope.ALL) -> Done:
    """As the data steward does it."""
    return withdrawal.withdraw(house.desk("astrid"), participant, scope, Ground.PARTICIPANT, Pipeline())


def forms(house: House) -> set[str]:
    """Every real form in the link key."""
    with house.desk("ragna").act(Action.SEE_NAMES, house.study, Purpose.ANALYSE) as act:
        return {form.form for name in act.names().all() for form in name.forms}
