"""Studies, letters and consents as they are typed, and a recording in the queue whose purpose is taken away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.command import Terminal
from tests.house_fixtures import LATER, TODAY, build
from tests.ingest.audio.making import wav_of
from tests.sound import RATE

if TYPE_CHECKING:
    from pathlib import Path

PURPOSES = ("--purpose", "record", "--purpose", "transcribe", "--purpose", "analyse")
DAYS = ("--given", str(TODAY), "--expires", str(LATER))


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault with a participant, letter v2, a form and three silent seconds."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    (tmp_path / "letter.txt").write_bytes(b"Vil du delta?")
    (tmp_path / "form.pdf").write_bytes(b"signed")
    (tmp_path / "silent.wav").write_bytes(wav_of(np.zeros((1, RATE * 3))))
    assert terminal("astrid", "letter", "add", "rus", "v2", str(tmp_path / "letter.txt")).code == 0
    assert terminal("ivar", "participant", "add", "rus/P07").code == 0
    return terminal


def test_a_purpose_taken_away_stops_what_waits_in_the_queue(tillit: Terminal, tmp_path: Path) -> None:
    """Taken in with consent to transcribe; without it the run stops before it hears anything, and says why."""
    assert tillit("ivar", "consent", "record", "rus/P07", *PURPOSES, *DAYS, "--letter", "v2").code == 0
    assert tillit("ivar", "add", "rus/P07", str(tmp_path / "silent.wav")).code == 0
    amended = tillit("ivar", "consent", "amend", "rus/P07", "--remove-purpose", "transcribe")
    assert (amended.code, "record, analyse." in amended.out) == (0, True)
    run = tillit("ivar", "run")
    assert (run.code, "did not consent to this purpose" in run.err) == (3, True)
    [study] = json.loads(tillit("ragna", "status", "--json").out)
    assert [line["stage"] for line in study["recordings"]] == ["received"]


def test_an_embargo_lets_the_pipeline_work_and_nobody_read(tillit: Terminal, tmp_path: Path) -> None:
    """Transcribed and drafted, it waits for its date."""
    until = ("--embargo", str(TODAY + timedelta(days=2)))
    assert tillit("ivar", "consent", "record", "rus/P07", *PURPOSES, *DAYS, "--letter", "v2", *until).code == 0
    assert tillit("ivar", "add", "rus/P07", str(tmp_path / "silent.wav")).code == 0
    assert tillit("ivar", "run").code == 0
    refused = tillit("ragna", "transcript", "show", "rus/P07-1")
    assert (refused.code, "embargo" in refused.err) == (3, True)
    assert tillit("ivar", "consent", "amend", "rus/P07", "--no-embargo").code == 0
    assert tillit("ragna", "transcript", "show", "rus/P07-1").code == 0


def test_evidence_and_history_as_they_are_typed(tillit: Terminal, tmp_path: Path) -> None:
    """A scan comes back, a place on the recording is checked against its length, and the history has both."""
    scan = ("--scan", str(tmp_path / "form.pdf"))
    assert tillit("ivar", "consent", "record", "rus/P07", *PURPOSES, *DAYS, "--letter", "v2", *scan).code == 0
    assert tillit("ivar", "add", "rus/P07", str(tmp_path / "silent.wav")).code == 0
    said = ("--how", "on the recording", "--recording", "rus/P07-1", "--from", "00:00:01")
    assert tillit("ivar", "consent", "amend", "rus/P07", *said, "--to", "00:00:09").code == 12
    assert tillit("ivar", "consent", "amend", "rus/P07", *said).code == 12
    assert tillit("ivar", "consent", "amend", "rus/P07", *said, "--to", "soon").code == 12
    assert tillit("ivar", "consent", "amend", "rus/P07", *said, "--to", "0:03").code == 0
    assert tillit("astrid", "consent", "scan", "rus/P07").out == "signed"
    assert "Consents of rus/P07" in tillit("astrid", "consent", "show", "rus/P07").out
    first, second = json.loads(tillit("ivar", "consent", "show", "rus/P07", "--json").out)
    assert (first["state"], second["state"]) == ("amended", "in force")
    assert "P07-1 00:00:01 to 00:00:03" in second["evidence"]


def test_a_letter_that_is_not_there_is_said(tillit: Terminal) -> None:
    """And which there are can be looked up, and read."""
    answer = tillit("ivar", "consent", "record", "rus/P07", *PURPOSES, *DAYS, "--letter", "v9")
    assert (answer.code, "tillit letter add" in answer.err) == (4, True)
    assert [one["version"] for one in json.loads(tillit("ivar", "letter", "list", "rus", "--json").out)] == [
        "v1",
        "v2",
    ]
    assert tillit("ivar", "letter", "show", "rus", "v2").out == "Vil du delta?"


def test_what_is_to_be_notified_is_said_until_it_was(tillit: Terminal) -> None:
    """In the change itself, in the study and in the status; once it is sent, nowhere. The export then has its name."""
    assert tillit("astrid", "consent", "export", "rus/P07").code == 8
    changed = tillit("astrid", "study", "change", "rus", "--controller", "University of Oslo", "--special", "health")
    assert changed.code == 0
    for words in (("study", "show", "rus"), ("status",)):
        assert tillit("astrid", *words).err.count("tillit study notified rus NUMBER") == 2
    for number in ("1", "2"):
        assert tillit("astrid", "study", "notified", "rus", number, "--on", str(TODAY)).code == 0
    assert "notified rus NUMBER" not in tillit("astrid", "status").err
    assert tillit("ivar", "consent", "record", "rus/P07", *PURPOSES, *DAYS, "--letter", "v2").code == 0
    [record] = json.loads(tillit("astrid", "consent", "export", "rus").out)["@graph"]
    assert record["dpv:hasDataController"]["dct:title"] == "University of Oslo"


def test_a_study_starts_with_what_an_ethics_office_asks(tillit: Terminal) -> None:
    """Said at the start, it is no change and nothing is due."""
    made = tillit(
        "astrid", "study", "add", "alko", "--title", "T", "--approval", "REK 2", "--starts", str(TODAY), "--ends",
        str(LATER), "--controller", "NTNU", "--legal-basis", "public task", "--offence-data", "--sample", "18",
        "--cohort", "A", "--cohort", "B", "--processor", "A house", "2026/7", "2026-01-02",
    )  # fmt: skip
    assert made.code == 0, made.err
    facts = json.loads(tillit("astrid", "study", "show", "alko", "--json").out)
    assert (facts["controller"], facts["sample"], facts["cohorts"], facts["due"]) == ("NTNU", 18, ["A", "B"], [])
    assert facts["processors"] == [{"name": "A house", "agreement": "2026/7", "date": "2026-01-02"}]
    assert facts["offence_data"] is True
