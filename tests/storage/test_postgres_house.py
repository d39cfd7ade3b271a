"""A whole vault whose databases are in PostgreSQL: the same acts, the same ledger, the same forgetting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from storage.errors import Damaged, NotFound
from storage.link import Form
from storage.permit import Permit
from storage.records import Artefact, Key
from storage.settings import Place, Settings
from tests.faults.canaries import found
from tests.house_fixtures import House, build, reopen
from tests.storage.backups import back_up, interview, read, shred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.postgres import Cluster

SAID = b"I had not spoken to anybody about it"


@pytest.fixture
def served(postgres: Cluster, tmp_path: Path) -> Iterator[House]:
    """A house with its records in one database of a server and the link key in another."""
    records, link = postgres.database(), postgres.database()
    made = build(tmp_path / "vault", elsewhere=Settings("", records=Place(records), link=Place(link)))
    yield made
    made.vault.close()
    postgres.give_back(records)
    postgres.give_back(link)


def test_what_was_kept_is_there_when_the_vault_is_opened_again(served: House) -> None:
    """An interview taken in, its words, its names and the ledger are there after closing; no file holds a table."""
    told = interview(served, "P07", SAID)
    _learn(served, "Gudveig")
    served.vault.close()
    again = reopen(served.vault.folder)
    assert read(again, told) == SAID
    names = again.link.names(Permit("act", served.study.id, link=True))
    assert [form.form for name in names.all() for form in name.forms] == ["Gudveig"]
    names.close()
    assert again.ledger.verify().size > 0
    assert again.database.faults() == []
    again.close()
    assert not list(served.vault.folder.rglob("*.db"))


def test_nothing_of_an_interview_is_on_the_servers_disk(postgres: Cluster, served: House) -> None:
    """Neither what was said, nor the file's name, nor a spoken name is in any file of the server."""
    interview(served, "P07", SAID, filename="Gudveig Unneland.WAV")
    _learn(served, "Gudveig Unneland")
    postgres.do("CHECKPOINT")
    assert found([postgres.data], [SAID, b"Gudveig Unneland", b"Gudveig"]) == []


def test_what_was_shredded_is_in_no_table_after_scrubbing(postgres: Cluster, served: House) -> None:
    """A destroyed key and every header under it are gone from the server's tables, and others' are not."""
    told, other = interview(served, "P07", SAID), interview(served, "P08", SAID)
    with served.vault.database.reader.connect() as connection:
        key = sa.select(Key.sealed_identity).where(Key.owner_id == told.participant.id)
        headers = sa.select(Artefact.header).where(Artefact.participant_id == told.participant.id)
        gone = [connection.execute(key).scalar_one(), *connection.execute(headers).scalars()]
    assert all(_heap(postgres).count(bytes_) for bytes_ in gone)
    shred(served.vault, told.participant)
    served.vault.database.scrub()
    assert not any(_heap(postgres).count(bytes_) for bytes_ in gone)
    with pytest.raises((NotFound, Damaged)):
        read(served.vault, told)
    assert read(served.vault, other) == SAID


def test_a_backup_is_taken_of_it(served: House, tmp_path: Path) -> None:
    """A snapshot is read from the server's tables as from a file's."""
    interview(served, "P07", SAID)
    assert back_up(served.vault, tmp_path / "backup").snapshot


def _learn(house: House, form: str) -> None:
    names = house.vault.link.names(Permit("act", house.study.id, link=True))
    names.add("n1", "PER", "Ane").forms.append(Form(form=form))
    names.keep()
    names.close()


def _heap(postgres: Cluster) -> bytes:
    postgres.do("CHECKPOINT")
    return b"".join(path.read_bytes() for path in sorted((postgres.data / "base").rglob("*")) if path.is_file())
