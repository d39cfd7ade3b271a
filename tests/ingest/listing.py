"""A study's names as a researcher sees them, and interviews that say them, for tests of decisions about names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest import entities, reading, release, review
from ingest.decisions import Verdict
from storage import lookup
from storage.records import Recording
from tests.ingest.interview import said

if TYPE_CHECKING:
    from ingest.entities import Line
    from tests.house_fixtures import House


def listed_as(house: House, form: str, only_in: str = "") -> Line:
    """How a name is listed that has this form, and belongs to this interview if one is given."""
    listed = entities.listed(house.desk("ragna"), house.study).names
    return next(line for line in listed if form in line.forms and (not only_in or line.only_in == only_in))


def released(house: House, *recordings: Recording) -> list[str]:
    """Confirm every find of the recordings and release them; returns their texts."""
    ragna = house.desk("ragna")
    for recording in recordings:
        review.decide(ragna, recording, Verdict.CONFIRM, None)
        release.release(ragna, fresh(house, recording))
    return [reading.read(ragna, fresh(house, recording)).text for recording in recordings]


def fresh(house: House, recording: Recording) -> Recording:
    """The row as it is now."""
    return lookup.by_id(house.vault.database, Recording, recording.id)


def stages(house: House, *recordings: Recording) -> list[str]:
    """The last stage done of each."""
    return [fresh(house, recording).stage for recording in recordings]


def two_martins(house: House) -> tuple[Recording, Recording, int, int]:
    """Two interviews that each speak of a Martin; and the numbers of the two."""
    one, other = said(house, "P01", "Then I met Martin in Trondheim."), said(house, "P02", "I saw Martin there.")
    return one, other, listed_as(house, "Martin", "P01-1").number, listed_as(house, "Martin", "P02-1").number
