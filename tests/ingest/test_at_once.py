"""Recordings under way at once: with different weights, and one that fails among those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import pipeline
from ingest.transcription import models, registry
from storage import lookup
from storage.errors import BadModel
from storage.records import Recording
from tests.ingest.under_way import taken_in, transcript
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


def brought(house: House, folder: Path) -> None:
    """The packaged weights, and an empty file by which they hash otherwise, registered by the folder's name."""
    folder.mkdir()
    for name, content in models.packaged_files().items():
        (folder / name).write_bytes(content)
    (folder / models.FEATURES).write_bytes(b"{}")
    registry.register(house.desk("astrid"), folder)


def heard_with(house: House, code: str, model: str) -> Recording:
    """A recording that is to be heard with these weights."""
    recording = taken_in(house, code, opening(8.0))
    with house.vault.database.writer.begin() as connection:
        connection.execute(sa.update(Recording).where(Recording.id == recording.id).values(model=model))
    return lookup.by_id(house.vault.database, Recording, recording.id)


def test_one_that_fails_holds_up_nobody_and_goes_on_when_it_can(house: House, tmp_path: Path) -> None:
    """Others' words are the same whichever weights lie beside; the problem is noted, and another attempt ends well."""
    brought(house, tmp_path / "mine")
    lost = tmp_path / "mine" / "model.bin"
    good = [heard_with(house, "P01", "base"), heard_with(house, "P02", "mine"), heard_with(house, "P03", "base")]
    with pipeline.at_work(house.vault, lambda *_: None) as desk:
        assert pipeline.finish_all(desk, good) == {one.id: None for one in good}
        lost.rename(tmp_path / "elsewhere")
        pair = [heard_with(house, "P04", "mine"), heard_with(house, "P05", "base")]
        ends = pipeline.finish_all(desk, pair)
        assert [isinstance(ends[one.id], BadModel) for one in pair] == [True, False]
        stopped, went_on = (lookup.by_id(house.vault.database, Recording, one.id) for one in pair)
        assert "model" in (stopped.problem or "")
        assert (went_on.problem, went_on.stage) == (None, "apply pseudonyms")
        (tmp_path / "elsewhere").rename(lost)
        assert pipeline.finish(desk, pipeline.again(desk, stopped)) is None
    words = {tuple(s.text for s in transcript(house, one).segments) for one in (*good, *pair)}
    assert len(words) == 1
