"""Numbers of names and what people decide about them, as the link key keeps them, in either kind of database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage import migrate
from storage.link import LinkKey, Name
from storage.permit import Permit
from tests.servers.databases import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.link import StudyNames
    from tests.servers.databases import Place


@pytest.fixture
def key(place: Place) -> Iterator[LinkKey]:
    """A link key without a name."""
    place.made("link")
    made = LinkKey(lambda: (place.open("link"), KEY))
    yield made
    made.close()


def _names(key: LinkKey, study: str = "s1") -> StudyNames:
    return key.names(Permit("act", study, link=True))


def test_names_are_numbered_by_study_and_kind(key: LinkKey) -> None:
    """Each kind of each study counts from 1, in the order of making; a number that is given is kept."""
    names = _names(key)
    made = [names.add(f"n{n}", kind, f"Ane {n}") for n, kind in enumerate(("PER", "PER", "LOC", "PER"))]
    given = names.add("n9", "PER", "Liv", 7)
    names.keep()
    names.close()
    assert [(name.kind, name.number) for name in (*made, given)] == [
        ("PER", 1), ("PER", 2), ("LOC", 1), ("PER", 3), ("PER", 7),
    ]  # fmt: skip
    other = _names(key, "s2")
    assert other.add("m1", "PER", "Ane").number == 1
    other.close()


def test_what_was_kept_about_a_name_is_there_again(key: LinkKey) -> None:
    """Cohort, number and the interview it belongs to come back as they were kept."""
    names = _names(key)
    name = names.add("n1", "PER", "Ane")
    name.cohort, name.interview = 1950, "r1"
    names.keep()
    names.close()
    again = _names(key)
    assert [(one.cohort, one.number, one.interview) for one in again.all()] == [(1950, 1, "r1")]
    again.close()


def test_decisions_are_numbered_in_their_study_and_seen_by_no_other(key: LinkKey) -> None:
    """They come in their order with who and why; another study has its own and sees none of these."""
    names = _names(key)
    names.decide("merge", "7 into 3", "the same uncle", "ragna")
    names.decide("undo", "", "", "ragna", undoes=1)
    names.keep()
    names.close()
    other = _names(key, "s2")
    assert other.namings() == []
    assert other.decide("merge", "", "", "ragna").number == 1
    other.close()
    again = _names(key)
    assert [(row.number, row.verb, row.what, row.why, row.by_person_id, row.undoes) for row in again.namings()] == [
        (1, "merge", "7 into 3", "the same uncle", "ragna", None),
        (2, "undo", "", "", "ragna", 1),
    ]
    again.close()


def test_two_decisions_do_not_have_one_number(key: LinkKey) -> None:
    """The database refuses a second decision of the same number, whoever wrote it."""
    names = _names(key)
    names.decide("merge", "", "", "ragna").number = 1
    names.decide("merge", "", "", "ragna").number = 1
    with pytest.raises(IntegrityError):
        names.keep()
    names.close()


def test_names_from_before_are_numbered_by_age(place: Place) -> None:
    """The oldest of each study and kind becomes 1, whatever order the rows stand in, and is the whole study's."""
    database = place.create("link")
    migrate.up(database, "link", "0003", key=KEY)
    rows = [("n1", "s1", "PER", 3), ("n2", "s1", "PER", 1), ("n3", "s1", "LOC", 2), ("n4", "s2", "PER", 1)]
    old = sa.table("name", *map(sa.column, ("id", "study_id", "kind", "confirmed", "version", "surrogate_mark")),
                   sa.column("created", sa.DateTime()), sa.column("sealed_surrogate"))  # fmt: skip
    with database.writer.begin() as connection:
        for name, study, kind, day in rows:
            values = {"id": name, "study_id": study, "kind": kind, "created": datetime(2026, 1, day, tzinfo=UTC)}
            sealed = {"sealed_surrogate": b"sealed", "surrogate_mark": name.encode(), "confirmed": True, "version": 1}
            connection.execute(sa.insert(old).values(**values, **sealed))
    migrate.up(database, "link", key=KEY)
    with database.reader.connect() as connection:
        found = connection.execute(sa.select(Name.id, Name.number, Name.interview).order_by(Name.id)).all()
    assert [tuple(row) for row in found] == [("n1", 2, ""), ("n2", 1, ""), ("n3", 1, ""), ("n4", 1, "")]
    migrate.down(database, "link", "0003", key=KEY)
    migrate.up(database, "link", key=KEY)
    with database.reader.connect() as connection:
        assert connection.execute(sa.select(Name.number).order_by(Name.id)).scalars().all() == [2, 1, 1, 1]
