"""The link key: names sealed in whichever database, opened where they stand and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.errors import Damaged, Locked
from storage.link import Form, LinkKey, LinkRow, Name, Naming, Seed
from storage.permit import Permit
from storage.sealed import SEALING, Sealing
from tests.servers.databases import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database
    from tests.servers.databases import Place

COLUMNS: list[tuple[type[LinkRow], str, str]] = [
    (Name, "surrogate", "sealed_surrogate"),
    (Form, "form", "sealed_form"),
    (Seed, "seed", "sealed_seed"),
    (Naming, "what", "sealed_what"),
    (Naming, "why", "sealed_why"),
]
MARKS: list[tuple[type[LinkRow], str]] = [(Name, "surrogate_mark"), (Form, "form_mark")]


@pytest.fixture
def link(place: Place) -> Database:
    """Two studies: in one Marit, who is called Ane, and Kari, who is called Liv; in the other another Ane."""
    database = place.made("link")
    with _session(database) as session, session.begin():
        ane = Name(id="n1", study_id="s1", kind="PER", surrogate="Ane", number=1)
        ane.forms = [Form(id="f1", form="Marit"), Form(id="f2", form="Marit Ødegård")]
        liv = Name(id="n2", study_id="s1", kind="PER", surrogate="Liv", number=2, forms=[Form(id="f3", form="Kari")])
        session.add_all([ane, liv, Name(id="n3", study_id="s2", kind="PER", surrogate="Ane", number=1)])
        session.add_all([Seed(id="s1", seed="00" * 32), Seed(id="s2", seed="11" * 32)])
        session.add_all(
            Naming(id=f"d{n}", study_id="s1", number=n, verb="rename", what="Ane", why="Kari", by_person_id="ragna")
            for n in (1, 2)
        )
    return database


def test_names_are_there_for_a_permit(place: Place, link: Database) -> None:
    """What an act gets from the link key is names and forms as people said them, and the same seed every time."""
    key = LinkKey(lambda: (place.open("link"), KEY))
    names = key.names(Permit("act", "s1", link=True))
    assert [(name.surrogate, {form.form for form in name.forms}) for name in names.all()] == [
        ("Ane", {"Marit", "Marit Ødegård"}),
        ("Liv", {"Kari"}),
    ]
    assert names.seed() == bytes(32)
    names.close()
    first = key.names(Permit("act", "s3", link=True))
    seed = first.seed()
    first.keep()
    first.close()
    again = key.names(Permit("act", "s3", link=True))
    assert (again.seed(), len(seed)) == (seed, 32)
    again.close()
    key.close()
    assert link.faults() == []


def test_no_name_stands_in_a_column(link: Database) -> None:
    """No column holds a name, a surrogate or a seed, and equal ones in two studies look different."""
    stored = _stored(link)
    for word in ("Ane", "Liv", "Marit", "Kari", "Ødegård"):
        assert word.encode() not in stored
    with link.reader.connect() as connection:
        marks = connection.execute(sa.select(Name.surrogate_mark)).scalars().all()
    assert len(set(marks)) == 3


def test_a_changed_name_is_sealed_for_its_next_version(link: Database) -> None:
    """Setting a text writes it anew with a new version; setting the same text, or another column, does not."""
    with _session(link) as session, session.begin():
        session.get_one(Name, "n1").surrogate = "Ane Furu"
        same = session.get_one(Name, "n2")
        same.surrogate, same.confirmed = "Liv", True
    with _session(link) as session:
        found = {name.id: (name.surrogate, name.version) for name in session.scalars(sa.select(Name))}
    assert found == {"n1": ("Ane Furu", 2), "n2": ("Liv", 1), "n3": ("Ane", 1)}


def test_a_name_that_was_rolled_back_is_as_it_was(link: Database) -> None:
    """After a rollback the row in hand says what the database says, not what was tried."""
    with _session(link) as session:
        name = session.get_one(Name, "n1")
        name.surrogate = "Siri"
        session.flush()
        assert name.surrogate == "Siri"
        session.rollback()
        assert (name.surrogate, name.version) == ("Ane", 1)


@pytest.mark.parametrize(
    "double",
    [
        lambda: Name(id="n9", study_id="s1", kind="PER", surrogate="Ane", number=9),
        lambda: Name(id="n9", study_id="s1", kind="PER", surrogate="Siri", number=2),
        lambda: Form(id="f9", name_id="n1", form="Marit"),
    ],
)
def test_the_same_text_does_not_stand_twice_within_one_row(link: Database, double: Callable[[], LinkRow]) -> None:
    """Two names of a study do not share a surrogate, and a name has each form once, though the texts are sealed."""
    with _session(link) as session, pytest.raises(IntegrityError), session.begin():
        session.add(double())


@pytest.mark.parametrize(("kind", "text", "column"), COLUMNS)
@pytest.mark.parametrize("how", ["edited", "shortened", "emptied"])
def test_an_edited_name_is_damage(link: Database, kind: type[LinkRow], text: str, column: str, how: str) -> None:
    """A bit changed in any sealed column, or bytes cut off it, and the row does not load."""
    old = _raw(link, kind, column)
    first = next(iter(old))
    edits = {"edited": old[first][:-1] + bytes([old[first][-1] ^ 1]), "shortened": old[first][:9], "emptied": b"\0"}
    _put(link, kind, column, {first: edits[how]})
    _refused(link, kind, text)


@pytest.mark.parametrize(("kind", "text", "column"), COLUMNS)
def test_a_name_moved_to_another_row_is_damage(link: Database, kind: type[LinkRow], text: str, column: str) -> None:
    """Two rows that change what is sealed in them, and neither loads."""
    old = _raw(link, kind, column)
    one, other = list(old)[:2]
    _put(link, kind, column, {one: old[other], other: old[one]})
    _refused(link, kind, text)


@pytest.mark.parametrize(("kind", "text", "column"), COLUMNS)
def test_an_older_name_is_damage(link: Database, kind: type[LinkRow], text: str, column: str) -> None:
    """What a row held before it was changed does not open there again."""
    old = _raw(link, kind, column)
    first = next(iter(old))
    with _session(link) as session, session.begin():
        setattr(session.get_one(kind, first), text, "22" * 32)
    _put(link, kind, column, {first: old[first]})
    _refused(link, kind, text)


@pytest.mark.parametrize(("kind", "column"), MARKS)
def test_a_changed_mark_is_damage(link: Database, kind: type[LinkRow], column: str) -> None:
    """A mark that is not its text's could let the same name in twice."""
    first = next(iter(_raw(link, kind, column)))
    _put(link, kind, column, {first: bytes(32)})
    _refused(link, kind, "id")


@pytest.mark.parametrize(
    ("kind", "column", "to"), [(Name, "study_id", "s2"), (Form, "name_id", "n3"), (Naming, "study_id", "s2")]
)
def test_a_row_that_was_given_to_another_is_damage(link: Database, kind: type[LinkRow], column: str, to: str) -> None:
    """A name does not open for another study's permit, nor a form under another name."""
    last = {Name: "n2", Form: "f1", Naming: "d1"}[kind]
    _put(link, kind, column, {last: to})
    _refused(link, kind, "id")


@pytest.mark.parametrize("key", [None, bytes(32)], ids=["no key", "another key"])
def test_names_stay_closed_without_their_key(link: Database, key: bytes | None) -> None:
    """Rows load without a key, for those who copy or count them; their texts do not open. Another key is damage."""
    with Session(link.reader, info={SEALING: Sealing(key)} if key else {}) as session:
        with pytest.raises((Locked, Damaged)):
            _ = session.get_one(Name, "n1").surrogate
        assert session.scalar(sa.select(sa.func.count()).select_from(Form)) == 3


def _session(link: Database) -> Session:
    return Session(link.writer, expire_on_commit=False, info={SEALING: Sealing(KEY)})


def _raw(link: Database, kind: type[LinkRow], column: str) -> dict[str, bytes]:
    table = LinkRow.metadata.tables[kind.__tablename__]
    with link.reader.connect() as connection:
        rows = connection.execute(sa.select(table.c.id, table.c[column]).order_by(table.c.id)).all()
    return {row[0]: row[1] for row in rows}


def _put(link: Database, kind: type[LinkRow], column: str, values: dict[str, str | bytes]) -> None:
    table = LinkRow.metadata.tables[kind.__tablename__]
    with link.writer.begin() as connection:
        for row, value in values.items():
            connection.execute(sa.update(table).where(table.c.id == row).values({column: value}))


def _refused(link: Database, kind: type[LinkRow], text: str) -> None:
    with _session(link) as session, pytest.raises(Damaged):
        _ = [getattr(row, text) for row in session.scalars(sa.select(kind))]


def _stored(link: Database) -> bytes:
    with link.reader.connect() as connection:
        rows = [tuple(row) for table in LinkRow.metadata.sorted_tables for row in connection.execute(sa.select(table))]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
