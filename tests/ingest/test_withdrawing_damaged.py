"""What else is damaged does not keep a withdrawal from destroying keys; it says what it could not read, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import withdrawal_plan
from storage import certificates
from storage.errors import StorageFailed
from storage.link import Form, Name
from storage.records import Artefact, Decision, Key, new_id
from tests.command import Typing
from tests.ingest.interview import said
from tests.ingest.withdrawn import forms, whose, withdraw

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Recording
    from tests.house_fixtures import House

KARI = "My sister Ingrid Solbakken moved to Bergen with Marit Haugen."
OLA = "In Bergen I met Per Brekke."
WAYS = ["payload", "header", "decision", "column", "key"]


def damage(house: House, recording: Recording, way: str) -> None:
    """Do something to an interview that no act of the house does."""
    finds = sa.and_(Artefact.recording_id == recording.id, Artefact.kind == "mentions")
    with Session(house.vault.database.writer) as session, session.begin():
        if way == "payload":
            house.vault.blobs.remove(session.scalars(sa.select(Artefact).where(finds)).one().blob)
        elif way == "header":
            session.execute(sa.update(Artefact).where(finds).values(header=b"age"))
        elif way == "column":
            session.execute(
                sa.text("UPDATE artefact SET made_by = '{' WHERE recording_id = :id"), {"id": recording.id}
            )
        elif way == "key":
            session.execute(sa.delete(Key).where(Key.owner_id == recording.participant_id))
        else:
            session.add(Decision(id=new_id(), recording_id=recording.id, verb="add", number=7))


def living(house: House, recording: Recording) -> int:
    """How many keys there are of whose recording it is."""
    with Session(house.vault.database.reader) as session:
        return len(session.scalars(sa.select(Key).where(Key.owner_id == recording.participant_id)).all())


@pytest.mark.parametrize("way", WAYS)
def test_keys_go_whatever_another_interview_looks_like(house: House, way: str) -> None:
    """However another is damaged, this one's key is destroyed and certified, no name is, and it says why."""
    gone, other = said(house, "P01", KARI), said(house, "P02", OLA)
    before = forms(house)
    damage(house, other, way)
    planned = withdrawal_plan.plan(house.desk("astrid"), whose(house, gone), Pipeline())
    done = withdraw(house, whose(house, gone))
    assert planned.unread == done.unread == ("rus/P02-1",)
    assert (planned.names, done.counts["names"]) == (0, 0)
    assert (living(house, gone), forms(house)) == (0, before)
    assert certificates.read(house.vault.ledger.signer.vkey, done.certificate).destroyed["artefacts"] > 0


def test_the_same_again_destroys_the_names_once_all_can_be_read(house: House) -> None:
    """When the damaged interview is whole again the names only the first said go, and the certificate counts them."""
    gone, other = said(house, "P01", KARI), said(house, "P02", OLA)
    damage(house, other, "decision")
    first = withdraw(house, whose(house, gone))
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.delete(Decision).where(Decision.recording_id == other.id))
    again = withdraw(house, whose(house, gone))
    assert (first.unread, again.unread) == (("rus/P02-1",), ())
    assert forms(house) == {"Bergen", "Per Brekke"}
    told = certificates.read(house.vault.ledger.signer.vkey, again.certificate).destroyed
    assert (told["names"], told["artefacts"]) == (again.counts["names"], first.counts["artefacts"])
    assert told["names"] > 0
    assert withdraw(house, whose(house, gone)).counts == again.counts


@pytest.mark.parametrize("way", ["payload", "header", "decision"])
def test_what_is_damaged_of_their_own_keeps_nothing(house: House, way: str) -> None:
    """Their own interview goes with all its names although nobody can read it any more."""
    gone = said(house, "P01", KARI)
    said(house, "P02", OLA)
    damage(house, gone, way)
    done = withdraw(house, whose(house, gone))
    assert (living(house, gone), done.unread) == (0, ())
    assert forms(house) == {"Bergen", "Per Brekke"}


def test_what_cannot_be_fetched_just_now_is_waited_for(house: House) -> None:
    """Where their own interview's payload is out of reach their key stays, and with it all names, until it is back."""
    gone = said(house, "P01", KARI)
    said(house, "P02", OLA)
    before = forms(house)
    with Session(house.vault.database.reader) as session:
        newest = sa.select(Artefact).where(Artefact.recording_id == gone.id, Artefact.kind == "mentions")
        (payload,) = house.vault.folder.rglob(session.scalars(newest).one().blob)
    aside = payload.rename(payload.with_suffix(".aside"))
    payload.mkdir()
    with pytest.raises(StorageFailed):
        withdraw(house, whose(house, gone))
    assert (living(house, gone), forms(house)) == (1, before)
    payload.rmdir()
    aside.rename(payload)
    withdraw(house, whose(house, gone))
    assert (living(house, gone), forms(house)) == (0, {"Bergen", "Per Brekke"})


def test_a_damaged_link_key_keeps_no_key(house: House) -> None:
    """Where the names themselves cannot be read the keys are destroyed first, and the names another time."""
    gone = said(house, "P01", KARI)
    link = house.vault.link._opened()[0]
    sealed = "SELECT id, sealed_form FROM form ORDER BY id"
    with link.writer.begin() as connection:
        kept = connection.execute(sa.text(sealed)).tuples().all()
        connection.execute(sa.text("UPDATE form SET sealed_form = :what"), {"what": b"spoilt"})
    done = withdraw(house, whose(house, gone))
    assert (living(house, gone), done.unread) == (0, ("the study's names",))
    with link.writer.begin() as connection:
        for row, was in kept:
            connection.execute(sa.text("UPDATE form SET sealed_form = :was WHERE id = :row"), {"was": was, "row": row})
    assert withdraw(house, whose(house, gone)).unread == ()
    assert not forms(house)


def test_names_that_came_back_with_an_older_link_key_go_again(house: House) -> None:
    """The same command destroys what a restored backup of the link key brought back, as the handbook says."""
    gone = said(house, "P01", KARI)
    link = house.vault.link._opened()[0]
    with link.reader.connect() as connection:
        kept = {row: connection.execute(sa.select(*row.__table__.columns)).mappings().all() for row in (Name, Form)}
    withdraw(house, whose(house, gone))
    with link.writer.begin() as connection:
        for row, values in kept.items():
            connection.execute(sa.insert(row), list(map(dict, values)))
    assert forms(house)
    withdraw(house, whose(house, gone))
    assert not forms(house)


def test_the_steward_is_told_and_the_command_ends_well(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The dry run and the withdrawal both name the interview that cannot be read, and how to go on."""
    gone, other = said(house, "P01", KARI), said(house, "P02", OLA)
    damage(house, other, "payload")
    tillit = Typing(tmp_path, monkeypatch, capsys)
    assert "Cannot be read: rus/P02-1" in tillit("astrid", "withdraw", "rus/P01", "--dry-run").out
    done = tillit("astrid", "withdraw", "rus/P01", "--yes")
    assert done.code == 0, done.err
    assert "Cannot be read: rus/P02-1" in done.out
    assert "tillit withdraw rus/P01" in done.out
    assert living(house, gone) == 0
