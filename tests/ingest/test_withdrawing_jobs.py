"""A withdrawal stops what is queued or under way, and whoever runs the pipeline is told so in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import pipeline
from ingest.withdrawing import Pipeline
from storage.errors import Denied
from storage.records import new_id
from tests.ingest.interview import said
from tests.ingest.withdrawn import whose, withdraw

if TYPE_CHECKING:
    from tests.house_fixtures import House

QUEUED = (
    "INSERT INTO workflow_status (workflow_uuid, status, name, created_at, updated_at, priority) "
    "VALUES (:id, 'ENQUEUED', 'interview', 0, 0, 0)"
)


def test_jobs_of_theirs_are_cancelled_and_nobody_elses(house: House) -> None:
    """What waits for their recordings is cancelled before any key goes; a worker that meets it says what happened."""
    gone, stays = said(house, "P01", "I met Ingrid Solbakken."), new_id()
    assert withdraw(house, whose(house, said(house, "P09", "Nothing at all."))).jobs == 0  # before the first run
    with pipeline.at_work(house.vault, lambda *_: None) as desk:
        with house.vault.database.jobs.begin() as connection:
            for one in (gone.id, stays):
                connection.execute(sa.text(QUEUED), {"id": f"{one}.1"})
        assert Pipeline.jobs(house.desk("astrid"), whose(house, gone)) == [f"{gone.id}.1"]
        assert withdraw(house, whose(house, gone)).jobs == 1
        with house.vault.database.jobs.connect() as connection:
            rows = connection.execute(sa.text("SELECT workflow_uuid, status FROM workflow_status")).tuples().all()
        assert dict(rows) == {f"{gone.id}.1": "CANCELLED", f"{stays}.1": "ENQUEUED"}
        problem = pipeline.finish(desk, gone)
    assert isinstance(problem, Denied)
    assert "withdrew" in problem.sentence
