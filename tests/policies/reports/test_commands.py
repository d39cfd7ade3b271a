"""`tillit report` at the terminal."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from policies.reports import reporting
from storage.ledger import Entry
from storage.records import new_id
from tests.command import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.policies.reports.lived import Lived


@pytest.fixture
def tillit(
    own_past: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal at a vault with a past."""
    own_past.house.vault.close()
    return Terminal(tmp_path, monkeypatch, capsys)


def test_each_report_is_a_page_json_and_a_file(tillit: Terminal, tmp_path: Path) -> None:
    """On the terminal in Norwegian, in English if asked, as JSON, and as a file only its owner can read."""
    shown = tillit("olav", "report", "controls", "rus")
    assert (shown.code, "Sikkerhet ved behandlingen" in shown.out) == (0, True), shown.err
    assert "Security of processing" in tillit("olav", "report", "controls", "rus", "--language", "en").out
    assert json.loads(tillit("olav", "report", "erasures", "rus", "--json").out)["report"] == "erasures"
    file = tmp_path / "tilgang.odt"
    assert tillit("olav", "report", "access", "rus", "--to", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes()[30:69] == b"mimetypeapplication/vnd.oasis.opendocum"


def test_a_file_that_is_there_is_not_written_over(tillit: Terminal, tmp_path: Path) -> None:
    """It is refused before the vault is opened, and what was in it stays."""
    file = tmp_path / "there.odt"
    file.write_text("mine")
    refused = tillit("astrid", "report", "processing", "rus", "--to", str(file))
    assert (refused.code != 0, "there already" in refused.err, file.read_text()) == (True, True, "mine")
    nowhere = tillit("astrid", "report", "processing", "rus", "--to", str(tmp_path / "none" / "a.odt"))
    assert (nowhere.code != 0, "could not be written" in nowhere.err) == (True, True)


def test_a_participants_extract_is_for_the_steward(tillit: Terminal) -> None:
    """With handles only where they are asked for; an auditor is refused and told whom to ask."""
    plain = tillit("astrid", "report", "accesses", "rus/P02", "--language", "en", "--json")
    assert (plain.code, "ragna" in plain.out, "researcher" in plain.out) == (0, False, True), plain.err
    assert "ragna" in tillit("astrid", "report", "accesses", "rus/P02", "--handles", "--json").out
    assert tillit("olav", "report", "accesses", "rus/P02").code == 3


def test_a_long_ledger_is_read_without_keeping_it(house: House) -> None:
    """Of ten thousand acts of others nothing is in the report, and its length is the ledger's."""
    facts = {
        "actor": "0" * 32, "action": "see_status", "resource": f"Study/{new_id()}", "purpose": "stewardship",
        "allow": True, "rules": ["steward-study"],
    }  # fmt: skip
    with Session(house.vault.database.writer) as session, session.begin():
        house.vault.ledger.append_all(session, [Entry("decision", new_id(), facts) for _ in range(10_000)])
    house.vault.ledger.follow()
    told = reporting.of_study(house.desk("astrid"), house.study, "access")
    assert told.position.entries > 10_000
    assert told.position.verified
    assert sum(row["allowed"] for row in told.sections[2].rows if isinstance(row["allowed"], int)) < 20
