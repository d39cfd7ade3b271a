"""`tillit add`, as an interviewer types it: files one by one, or joined as the parts of one interview."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake_commands, parts
from ingest.intake import Receipt
from ingest.parts import Part
from policies import studies
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage.records import Recording
from tests.command import Terminal
from tests.house_fixtures import build, reopen
from tests.ingest.audio.making import BY_NAME, tone
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault with a participant who consented, and a card with three parts of an interview."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    house.participant("P07")
    house.vault.close()
    (tmp_path / "card").mkdir()
    for number, seconds in ((1, 1.0), (2, 0.5), (10, 0.75)):
        (tmp_path / "card" / f"REC{number}.WAV").write_bytes(opening(seconds))
    return terminal


def test_a_folder_joined_is_one_recording_in_the_order_it_was_counted(tillit: Terminal, tmp_path: Path) -> None:
    """One receipt for the folder: its parts in the recorder's order, REC2 before REC10, the seconds of all of them."""
    answer = tillit("ivar", "add", "rus/P07", str(tmp_path / "card"), "--joined", "--json")
    receipt = json.loads(answer.out)
    assert (answer.code, receipt["recording"], receipt["seconds"]) == (0, "rus/P07-1", 2.25)
    sizes = [(tmp_path / "card" / f"REC{number}.WAV").stat().st_size for number in (1, 2, 10)]
    assert [part["size"] for part in receipt["parts"]] == sizes
    shown = tillit("ivar", "add", "rus/P07", str(tmp_path / "card"), "--joined").out
    assert all(part["sha256"] in shown for part in receipt["parts"])
    status = json.loads(tillit("ivar", "status", "rus", "--json").out)
    assert [line["seconds"] for line in status[0]["recordings"]] == [2.25]


def test_without_joining_each_file_is_a_recording(tillit: Terminal, tmp_path: Path) -> None:
    """Three receipts, and no list of parts in any."""
    answer = tillit("ivar", "add", "rus/P07", str(tmp_path / "card"))
    assert (answer.code, answer.out.count("RECEIPT")) == (0, 3)
    assert "part 1" not in answer.out


def test_a_bad_part_is_named_and_nothing_is_kept(tillit: Terminal, tmp_path: Path) -> None:
    """The sentence says which of how many; the exit code is that of a bad recording, and no recording is there."""
    (tmp_path / "card" / "REC3.WAV").write_bytes(b"no sound" * 999)
    answer = tillit("ivar", "add", "rus/P07", str(tmp_path / "card"), "--joined")
    assert "Part 3 of 4" in answer.err
    assert "REC3" not in answer.err
    assert answer.code == tillit("ivar", "add", "rus/P07", str(tmp_path / "card" / "REC3.WAV")).code != 0
    assert json.loads(tillit("ivar", "status", "rus", "--json").out)[0]["recordings"] == []


def test_an_empty_folder_is_told(tillit: Terminal, tmp_path: Path) -> None:
    """There is nothing to take in, joined or not."""
    (tmp_path / "empty").mkdir()
    for how in ([], ["--joined"]):
        assert "no file" in tillit("ivar", "add", "rus/P07", str(tmp_path / "empty"), *how).err


def test_a_recorders_dates_are_heeded_and_sealed(tillit: Terminal, tmp_path: Path) -> None:
    """It is told that parts were dated in another order, or single files one after the other; the dates are sealed."""
    for number, minute in ((1, "00:03"), (2, "00:00")):
        said = {"date": f"2026-01-31 10:{minute}", "model": "DM-770", "make": "Olympus"}
        (tmp_path / f"REC{number}.flac").write_bytes(tone(BY_NAME["flac-flac"], 3.0 + number, metadata=said))
    first, second = (str(tmp_path / f"REC{number}.flac") for number in (1, 2))
    joined = tillit("ivar", "add", "rus/P07", first, second, "--joined", "--json")
    assert joined.code == 0
    assert "another order" in joined.err
    assert "--joined" in tillit("ivar", "add", "rus/P07", second, first).err
    assert "another order" not in tillit("ivar", "add", "rus/P07", second, first, "--joined").err
    vault = reopen(tillit.vault)
    with Session(vault.database.reader) as session:
        recording = session.get_one(Recording, json.loads(joined.out)["id"])
    with Desk(vault, Gate(vault), studies.actor(vault, "ragna")).act(
        Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE
    ) as act:
        came = [(part.recorded, part.device) for part in parts.opened(act, recording)]
    assert came == [("2026-01-31T10:00:03", "Olympus DM-770"), ("2026-01-31T10:00:00", "Olympus DM-770")]
    with vault.database.reader.connect() as connection:
        rows = [str(row) for table in ("recording", "artefact", "ledger_entry")
                for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))]  # noqa: S608  # fixed names  # fmt: skip
    assert not any("DM-770" in row or "2026-01-31" in row for row in rows)
    vault.close()


def _receipt(*came: Part) -> Receipt:
    return Receipt("rus/P07-1", "ab", "cd", 5, 600.0, "wav/pcm_s16le", "2026-01-31", 7, came)


ONE = Part("REC1.WAV", "ab" * 32, 5, "2026-01-31T10:00:00", "DM-770")
NEXT = Part("REC2.WAV", "cd" * 32, 5, "2026-01-31T10:10:30", "DM-770")


def test_what_looks_wrong_is_hinted_at() -> None:
    """Parts in another order than their dates', and single files that look like parts; nothing where all is well."""
    assert list(intake_commands._hints([_receipt(NEXT, ONE)])) == [intake_commands.OTHER_ORDER]
    assert list(intake_commands._hints([_receipt(ONE), _receipt(NEXT)])) == [intake_commands.LOOKS_JOINED]
    assert list(intake_commands._hints([_receipt(ONE, NEXT)])) == []
    assert list(intake_commands._hints([_receipt(NEXT), _receipt(ONE)])) == []
