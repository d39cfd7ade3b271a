"""The steward's commands for the ledger: what they print, what they refuse, and that a proof leaves the house."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import audit
from storage.errors import AlreadyThere, Damaged, NotFound, StorageFailed
from storage.ledger import Entry
from tests.command import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


@pytest.fixture
def tillit(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """Somebody typing, in the house's vault."""
    house.participant("P01")
    return Terminal(tmp_path, monkeypatch, capsys)


def _break(house: House) -> None:
    with house.vault.database.writer.begin() as connection:
        connection.execute(
            sa.text("CREATE TRIGGER broken BEFORE INSERT ON ledger_entry BEGIN SELECT 1 FROM nowhere; END")
        )


def _mend(house: House) -> None:
    with house.vault.database.writer.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER broken"))


def test_a_proof_is_checked_where_there_is_no_vault(tillit: Terminal, tmp_path: Path) -> None:
    """What `prove` prints holds under the exported key, says which entry it is about, and needs no passphrase."""
    kept, proof, export = tmp_path / "kept.txt", tmp_path / "proof.txt", tmp_path / "export"
    kept.write_text(tillit("astrid", "audit", "checkpoint").out, encoding="utf-8")
    assert tillit("astrid", "audit", "export", "--to", str(export)).code == 0
    proof.write_text(tillit("astrid", "audit", "prove", "2", "--since", str(kept)).out, encoding="utf-8")
    tillit.vault = tmp_path / "no vault"
    key = ["--key", str(export / "key.txt")]
    answer = tillit("anybody", "audit", "check-proof", str(proof), *key, "--since", str(kept))
    assert (answer.code, "entry 2" in answer.err, "only grew" in answer.err) == (0, True, True), answer.err
    assert answer.out == (export / "entries.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[2]
    assert tillit("anybody", "audit", "check-proof", str(proof), *key).code == 0


def test_a_proof_that_was_edited_is_refused(tillit: Terminal, tmp_path: Path) -> None:
    """Another number under the same proof is damage; another file, key or a missing second part is wrong input."""
    kept, proof, export = tmp_path / "kept.txt", tmp_path / "proof.txt", tmp_path / "export"
    kept.write_text(tillit("astrid", "audit", "checkpoint").out, encoding="utf-8")
    tillit("astrid", "audit", "export", "--to", str(export))
    text = tillit("astrid", "audit", "prove", "2").out
    key = ["--key", str(export / "key.txt")]
    for written, more, code in (
        (text.replace("index 2", "index 3"), key, 7),
        (text, [*key, "--since", str(kept)], 12),
        ("a poem\n", key, 12),
        (text, ["--key", str(kept)], 12),
    ):
        proof.write_text(written, encoding="utf-8")
        assert tillit("anybody", "audit", "check-proof", str(proof), *more).code == code


def test_two_proofs_are_not_one(house: House) -> None:
    """The growth of one proof behind the entry of another is refused: both must lead to the same checkpoint."""
    ledger, desk = house.vault.ledger, house.desk("astrid")
    kept = ledger.checkpoint()
    first, second = (audit.prove(desk, 0, kept) for _ in range(2))
    assert audit.check_proof(ledger.signer.vkey, first, kept).index == 0
    mixed = first.partition("\nold ")[0] + "\nold " + second.partition("\nold ")[2]
    with pytest.raises(Damaged, match="different checkpoints"):
        audit.check_proof(ledger.signer.vkey, mixed, kept)


def test_only_a_steward_takes_a_proof_and_it_is_remembered(house: House, tillit: Terminal) -> None:
    """A researcher gets none, an entry that is not there is not found, and the ledger knows what was proved."""
    assert tillit("ragna", "audit", "prove", "0").code == 3
    assert tillit("astrid", "audit", "prove", "99999").code == 4
    assert tillit("astrid", "audit", "prove", "0").code == 0
    assert json.loads(list(house.vault.ledger.leaves())[-1])["proved"] == 0


def test_growth_from_what_is_no_checkpoint_is_refused(house: House) -> None:
    """A file that is no checkpoint of this ledger is refused, and nothing is proved."""
    with pytest.raises(Damaged):
        audit.prove(house.desk("astrid"), 0, "a poem\n")
    with pytest.raises(NotFound):
        audit.prove(house.desk("astrid"), -1, None)


def test_verify_says_what_waits_and_what_the_file_lacks(house: House, tillit: Terminal) -> None:
    """A lost file and a database that took no entries are told beside the good news, and heal by themselves."""
    (house.vault.folder / "ledger.log").unlink()
    _break(house)
    house.vault.ledger.record(Entry("test", "act"))
    with pytest.raises(StorageFailed):  # the check is an act too, and its end cannot be kept
        audit.verify(house.desk("astrid"), None)
    assert any("the database could not take" in said for said in house.vault.ledger.warnings())
    _mend(house)
    answer = tillit("astrid", "audit", "verify")
    assert (answer.code, "adds up" in answer.out, answer.err) == (0, True, "")
    (house.vault.folder / "ledger.log").unlink()
    (house.vault.folder / "ledger.log").mkdir()
    answer = tillit("astrid", "audit", "verify")
    assert (answer.code, "adds up" in answer.out, "could not be read" in answer.err) == (0, True, True)


def test_a_database_that_cannot_be_read_to_its_end_is_damage(house: House) -> None:
    """Pages of the database that do not authenticate end the check in a sentence, not in the driver's words."""
    with Session(house.vault.database.writer) as session, session.begin():
        house.vault.ledger.append_all(session, [Entry("test", "act", {"n": number}) for number in range(20_000)])
    house.vault.database.scrub()
    path = house.vault.folder / "records.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size * 2 // 3)
        file.write(bytes(1 << 20))
    house.vault.database.close()
    with pytest.raises(Damaged, match="cannot be read to its end"):
        audit.verify(house.desk("astrid"), None)


def test_the_list_has_entries_of_every_kind(house: House) -> None:
    """Entries that waited, digests of rows, and what the vault wrote by itself are lines like the others."""
    house.vault.ledger.record(Entry("restored", "act", {"buried": 0}))
    seen = audit.entries(house.desk("astrid"), 0)
    assert ("the vault", "restored", "done") in {(one.who, one.what, one.outcome) for one in seen}
    assert any(b'"rows"' in leaf for leaf in house.vault.ledger.leaves())


def test_an_export_that_cannot_be_written_says_so(house: House, tmp_path: Path) -> None:
    """A place that takes no folder ends in a sentence; one that is there is left alone."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageFailed, match="export"):
        audit.export(house.desk("astrid"), tmp_path / "file" / "export")
    with pytest.raises(AlreadyThere):
        audit.export(house.desk("astrid"), tmp_path / "file")
