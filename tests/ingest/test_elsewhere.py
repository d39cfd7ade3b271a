"""The same house with its records and link key in PostgreSQL and its payloads in S3: nothing above storage differs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake, pipeline, reading
from policies import ceremonies, safekeeping
from policies.safekeeping import Plan
from storage import lookup
from storage.errors import NotFound
from storage.records import Recording
from storage.settings import Place, Settings
from storage.transcript import Transcript
from tests.house_fixtures import House, Known, build, reopen
from tests.policies.keeping import WORDS, keep, opened
from tests.servers.seaweed import BUCKET, seaweed
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.postgres import Cluster
    from tests.servers.seaweed import Seaweed

__all__ = ["seaweed"]


def silent(_done: int, _total: int) -> None:
    """Hears how far it is."""


@pytest.fixture
def secrets(seaweed: Seaweed) -> Known:
    """The passphrase, and what opens the bucket."""
    pair = seaweed.credentials
    text = f"{pair['access_key_id']}\n{pair['secret_access_key']}\n"
    return Known(credentials={"tillit-s3": text.encode()})


@pytest.fixture
def elsewhere(postgres: Cluster, seaweed: Seaweed, tmp_path: Path) -> Settings:
    """Two databases and a corner of a bucket."""
    objects = Place(f"s3://{BUCKET}/{tmp_path.name}", seaweed.endpoint, "us-east-1")
    return Settings("", Place(postgres.database()), Place(postgres.database()), objects)


def test_the_whole_line_runs_on_postgresql_and_s3(tmp_path: Path, elsewhere: Settings, secrets: Known) -> None:
    """Taken in, transcribed, pseudonymised and released, by the job engine on the same server; the ledger adds up."""
    house = build(tmp_path / "vault", review="not required", elsewhere=elsewhere, secrets=secrets)
    intake.take_in(house.desk("ivar"), house.participant("P01"), io.BytesIO(opening(8.0)), "a.wav")
    with Session(house.vault.database.reader) as session:
        recording = session.scalars(sa.select(Recording)).one()
    with pipeline.at_work(house.vault, lambda *_: None) as desk:
        assert pipeline.finish(desk, recording) is None
    released = reading.read(house.desk("ragna"), lookup.by_id(house.vault.database, Recording, recording.id))
    assert isinstance(released, Transcript)
    assert released.text
    assert "Martin" not in released.text
    assert house.vault.ledger.verify().size > 0
    assert safekeeping.examine(house.desk("astrid"), silent) == []
    assert not (house.vault.folder / "records.db").exists()
    assert not (house.vault.folder / "blobs").exists()
    house.vault.close()


def test_keys_are_rotated_and_destroyed_there_too(tmp_path: Path, elsewhere: Settings, secrets: Known) -> None:
    """On PostgreSQL and S3 a rotation leaves everything readable, and a shred nothing of the participant's."""
    house = build(tmp_path / "vault", elsewhere=elsewhere, secrets=secrets)
    one, two = house.participant("P01"), house.participant("P02")
    gone, stays = keep(house, one), keep(house, two)
    ceremonies.rotate_study(house.desk("astrid"), house.study)
    ceremonies.rotate_participant(house.desk("astrid"), two)
    assert opened(house, gone) == opened(house, stays) == [WORDS, WORDS]
    house.shred(one)
    with pytest.raises(NotFound):
        opened(house, gone)
    assert opened(house, stays) == [WORDS, WORDS]
    assert len(list(house.vault.blobs.names())) == 2
    assert safekeeping.examine(house.desk("astrid"), silent) == []
    house.vault.close()


def test_a_study_grows_from_a_laptop_to_a_server_and_back(
    house: House, tmp_path: Path, elsewhere: Settings, secrets: Known
) -> None:
    """A backup goes from SQLCipher and a folder into PostgreSQL and S3, its backup back; all opens each time."""
    recording = keep(house, house.participant("P01"))
    kept = house.vault.ledger.checkpoint()
    safekeeping.back_up_link(house.desk("astrid"), tmp_path / "link-1", silent)
    safekeeping.back_up(house.desk("astrid"), tmp_path / "records-1", silent)
    plan = Plan(tmp_path / "records-1", tmp_path / "link-1", elsewhere=elsewhere)
    safekeeping.restore(tmp_path / "server", plan, secrets, secrets, silent)
    server = House(reopen(tmp_path / "server", secrets), house.study)
    assert server.vault.database.kind == "postgresql"
    assert opened(server, recording) == [WORDS, WORDS]
    later = keep(server, server.participant("P02"))
    safekeeping.back_up_link(server.desk("astrid"), tmp_path / "link-2", silent)
    safekeeping.back_up(server.desk("astrid"), tmp_path / "records-2", silent)
    safekeeping.restore(
        tmp_path / "laptop", Plan(tmp_path / "records-2", tmp_path / "link-2"), secrets, secrets, silent
    )
    laptop = House(reopen(tmp_path / "laptop", secrets), house.study)
    assert laptop.vault.database.kind == "sqlcipher"
    assert opened(laptop, recording) == opened(laptop, later) == [WORDS, WORDS]
    assert laptop.vault.ledger.verify(kept).size > 0
    for one in (server, laptop):
        one.vault.close()
