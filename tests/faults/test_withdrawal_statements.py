"""Whatever statement of a withdrawal fails, access is closed or nothing happened, and the same again ends it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import withdrawal
from policies.withdrawal import Ground, Scope
from storage import certificates
from storage.consents import Consent
from storage.records import Key
from tests.faults.failing import PAIR, Way, at_every_statement
from tests.policies.keeping import artefacts, keep

if TYPE_CHECKING:
    from policies.withdrawal import Done
    from storage.records import Participant, Recording
    from tests.house_fixtures import House

WAYS = PAIR if os.environ.get("TILLIT_SOAK") else PAIR[:1]
"""Each takes half a minute: that a statement failed and was persisted all the same is tried in the soak."""


def withdraw(house: House, participant: Participant) -> Done:
    """As the data steward does it."""
    return withdrawal.withdraw(house.desk("astrid"), participant, Scope.ALL, Ground.PARTICIPANT, Pipeline())


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_withdrawal_that_fails_is_ended_by_the_next(house: House, way: Way) -> None:
    """A key never goes before the consent, and after the next run nothing is left and one certificate holds."""
    held: list[tuple[Participant, Recording]] = []

    def next_one() -> None:
        one = house.participant(f"P{len(held)}")
        held.append((one, keep(house, one)))

    def check(error: BaseException | None) -> None:
        participant, recording = held[-1]
        with Session(house.vault.database.reader) as session:
            key = session.scalars(sa.select(Key).where(Key.owner_id == participant.id)).first()
            consent = session.scalars(sa.select(Consent).where(Consent.participant_id == participant.id)).one()
        assert key is not None or consent.withdrawn_at is not None
        assert error is not None or key is None
        done = withdraw(house, participant)
        assert not any(artefact.header for artefact in artefacts(house, recording))
        assert certificates.read(house.vault.ledger.signer.vkey, done.certificate).destroyed["artefacts"] == 2
        next_one()

    next_one()
    assert at_every_statement(lambda: withdraw(house, held[-1][0]), check, way) > 10
    assert house.vault.ledger.verify().size > 0
