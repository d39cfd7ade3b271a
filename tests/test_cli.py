"""The commands as people type them: the whole way, and every wrong turn on it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

import cli
from ingest.transcription import models
from scripts.commands_page import commands
from storage.errors import Damaged, StorageFailed
from storage.sqlcipher import Sqlcipher
from tests.command import Terminal
from tests.conftest import REPO
from tests.house_fixtures import LATER, PASSPHRASE, TODAY, build
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 12.0
REAL_NAMES = ("Martin", "Ingrid", "Sandvik", "Bergen")


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a new vault with a study, three people, and a participant who consented."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    assert terminal("ivar", "participant", "add", "rus/P07").code == 0
    assert _consent(terminal, "record", "transcribe", "analyse") == 0
    described = terminal("ivar", "participant", "describe", "rus/P07", "--attr", "sex=woman", "--attr", "age=50-55")
    assert described.code == 0
    (tmp_path / "Martin Sandvik.wav").write_bytes(opening(SECONDS))
    return terminal


def _consent(tillit: Terminal, *purposes: str) -> int:
    named = [word for purpose in purposes for word in ("--purpose", purpose)]
    dates = ["--given", str(TODAY), "--expires", str(LATER), "--letter", "v1"]
    return tillit("ivar", "consent", "record", "rus/P07", *named, *dates).code


def _add(tillit: Terminal, tmp_path: Path) -> None:
    assert tillit("ivar", "add", "rus/P07", str(tmp_path / "Martin Sandvik.wav")).code == 0


def test_the_whole_way_from_recorder_to_coding_tool(tillit: Terminal, tmp_path: Path) -> None:
    """Taken in, transcribed, reviewed, released and handed off; no real name is in any byte of the hand-off."""
    _add(tillit, tmp_path)
    assert tillit("ivar", "run").code == 0
    raw = tillit("ragna", "transcript", "show", "rus/P07-1", "--real-names").out
    assert all(name in raw for name in REAL_NAMES)
    refused = tillit("ragna", "release", "rus/P07-1")
    assert refused.code == 8
    assert "undecided" in refused.err
    assert tillit("ragna", "review", "rus/P07-1", "--confirm", "all").code == 0
    released = tillit("ragna", "release", "rus/P07-1")
    assert released.code == 0, released.err
    folder = tmp_path / "out"
    order = ["handoff", "rus", "--to", str(folder), "--for"]
    assert tillit("ragna", *order, "Ragna").code == 2
    assert "share_text" in tillit("ragna", *order, "A company abroad", "--purpose", "analyse").err
    assert tillit("ragna", *order, "ragna", "--purpose", "analyse").code == 0
    files = {path.name for path in folder.iterdir()}
    assert files == {"P07-1.docx", "P07-1.vtt", "study.qdpx", "cases.csv", "README.txt", "manifest.json"}
    shown = tillit("ragna", "transcript", "show", "rus/P07-1").out
    content = shown.encode() + b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [name for name in REAL_NAMES if name.encode() in content]
    assert "woman" in (folder / "cases.csv").read_text(encoding="utf-8-sig")
    assert tillit("astrid", "audit", "verify").code == 0


def test_a_receipt_has_the_hash_of_exactly_the_bytes(tillit: Terminal, tmp_path: Path) -> None:
    """The interviewer can compare the receipt with sha256sum of the file on the recorder."""
    answer = tillit("ivar", "add", "rus/P07", str(tmp_path / "Martin Sandvik.wav"), "--json")
    receipt = json.loads(answer.out)
    assert receipt["sha256"] == hashlib.sha256((tmp_path / "Martin Sandvik.wav").read_bytes()).hexdigest()
    assert receipt["recording"] == "rus/P07-1"
    assert receipt["seconds"] == SECONDS
    assert "Martin" not in answer.out


def test_the_same_file_again_gets_its_receipt_again(tillit: Terminal, tmp_path: Path) -> None:
    """Whoever is not sure that the first upload arrived may repeat it: the same receipt, and nothing is doubled."""
    path = str(tmp_path / "Martin Sandvik.wav")
    first = tillit("ivar", "add", "rus/P07", path, "--json")
    again = tillit("ivar", "add", "rus/P07", path, "--json")
    assert again.code == 0
    assert json.loads(again.out) == json.loads(first.out)
    assert len(json.loads(tillit("ivar", "status", "--json").out)[0]["recordings"]) == 1
    assert len([path for path in (tillit.vault / "blobs").rglob("*") if path.is_file()]) == 1


def test_only_somebody_with_a_role_sets_the_pipeline_to_work(tillit: Terminal, tmp_path: Path) -> None:
    """A stranger cannot run what waits, and who ran it is in the ledger."""
    _add(tillit, tmp_path)
    assert tillit("mallory", "run").code == 3
    assert tillit("ivar", "run").code == 0
    seen = json.loads(tillit("astrid", "audit", "list", "--json").out)
    runs = [(entry["who"], entry["outcome"]) for entry in seen if entry["what"] == "run"]
    assert runs == [("a stranger", "DENIED"), ("ivar", "done")]


def test_a_transcript_says_what_made_it(tillit: Terminal, tmp_path: Path) -> None:
    """Engine, version, weights with their hash, parameters, seconds and machine class are kept with the words."""
    _add(tillit, tmp_path)
    assert tillit("ivar", "run").code == 0
    made = json.loads(tillit("ragna", "transcript", "show", "rus/P07-1", "--json").out)["made_by"]
    assert made["engine"] == "tillit-whisper"
    assert made["model_sha256"] == models.packaged().sha256
    assert made["parameters"]["beam"] >= 1
    assert made["took"] > 0
    assert "cores" in made["machine"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.wav", b"Kari sa at hun ville slutte. " * 40, "not a recording"),
        ("nothing.wav", b"", "no sound"),
        ("points.wav", b"ffconcat version 1.0\nfile other.wav\n", "names other files"),
        ("cut.wav", opening(SECONDS)[: len(opening(SECONDS)) // 2], "ends before"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_and_leaves_nothing(
    tillit: Terminal, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """Exit code 5, a sentence, an entry in the ledger, and not a byte of it in the vault."""
    (tmp_path / name).write_bytes(content)
    answer = tillit("ivar", "add", "rus/P07", str(tmp_path / name))
    assert answer.code == 5
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert "Kari" not in answer.err
    assert [path for path in (tillit.vault / "blobs").rglob("*") if path.is_file()] == []
    assert json.loads(tillit("ivar", "status", "--json").out)[0]["recordings"] == []
    last = json.loads(tillit("astrid", "audit", "list", "--json").out)
    assert any(entry["outcome"].startswith("failed: ") for entry in last)


def test_a_folder_goes_on_past_a_bad_file(tillit: Terminal, tmp_path: Path) -> None:
    """One bad file in a folder is reported, the good one is kept, and the exit code says that not all went well."""
    folder = tmp_path / "recorder"
    folder.mkdir()
    (folder / "a.wav").write_bytes(b"not sound")
    (folder / "b.wav").write_bytes(opening(SECONDS))
    answer = tillit("ivar", "add", "rus/P07", str(folder))
    assert answer.code == 5
    assert "RECEIPT" in answer.out
    assert "Of 2 recordings 1 was not taken in." in answer.err


def test_without_consent_nothing_is_taken_in_and_the_sentence_says_why(tillit: Terminal, tmp_path: Path) -> None:
    """A participant without recorded consent: exit code 3, and what the steward must do."""
    assert tillit("ivar", "participant", "add", "rus/P08").code == 0
    answer = tillit("ivar", "add", "rus/P08", str(tmp_path / "Martin Sandvik.wav"))
    assert answer.code == 3
    assert "consent record" in answer.err


def test_nobody_is_described_before_they_consent(tillit: Terminal) -> None:
    """Attributes of a participant without recorded consent: exit code 3, and what to do."""
    assert tillit("ivar", "participant", "add", "rus/P08").code == 0
    answer = tillit("ivar", "participant", "describe", "rus/P08", "--attr", "sex=woman")
    assert answer.code == 3
    assert "consent record" in answer.err


def test_a_withdrawal_stops_what_is_queued_and_closes_what_is_there(tillit: Terminal, tmp_path: Path) -> None:
    """After a withdrawal the pipeline refuses to go on and nobody can read."""
    _add(tillit, tmp_path)
    assert tillit("astrid", "consent", "withdraw", "rus/P07").code == 0
    answer = tillit("ivar", "run")
    assert answer.code == 3
    assert "withdrawn" in answer.err
    assert tillit("ragna", "transcript", "show", "rus/P07-1").code == 3


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (["status", "nowhere"], 4, "no study nowhere"),
        (["add", "rus/P99", "x.wav"], 4, "no participant rus/P99"),
        (["add", "rus-P07", "x.wav"], 12, "Name it as"),
        (["add", "rus/P07", "no-such-file.wav"], 12, "cannot be opened"),
        (["transcript", "show", "rus/P07"], 12, "Name a recording"),
        (["transcript", "show", "rus/P07-9"], 4, "no recording"),
        (["consent", "record", "rus/P07", "--purpose", "fun", "--given", "2026-01-01", "--expires", "2027-01-01",
          "--letter", "v1"], 12, "names one or more"),
        (["participant", "add", "rus/Kari Nordmann"], 12, "A code is"),
        (["participant", "add", "rus/P07"], 11, "there already"),
        (["member", "add", "rus", "x", "--role", "steward"], 3, "No rule lets you"),
        (["model", "check", "nb-large"], 4, "no model of that name"),
        (["frobnicate"], 2, "No such command"),
        (["release", "rus/P07-1"], 4, "no recording"),
    ],
)  # fmt: skip
def test_wrong_turns_end_in_a_sentence_and_an_exit_code(
    tillit: Terminal, typed: list[str], code: int, says: str
) -> None:
    """Every mistake a person makes gets its own exit code and a sentence, never a traceback."""
    answer = tillit("ivar", *typed)
    assert (answer.code, says in " ".join(answer.err.split())) == (code, True), answer.err
    assert "Traceback" not in answer.err


def test_a_stranger_is_refused_and_remembered(tillit: Terminal) -> None:
    """Somebody with no role sees nothing, and the ledger knows that a stranger asked."""
    assert tillit("mallory", "status", "rus").code == 3
    seen = json.loads(tillit("astrid", "audit", "list", "--json").out)
    assert [entry["who"] for entry in seen if entry["outcome"] == "DENIED"] == ["a stranger"]


def test_a_wrong_passphrase_is_locked(tillit: Terminal, tmp_path: Path) -> None:
    """The vault stays closed, with exit code 6."""
    (tmp_path / "credentials" / "tillit-passphrase").write_bytes(b"something else")
    assert tillit("ivar", "status").code == 6


def test_the_passphrase_may_come_from_a_file_descriptor(tillit: Terminal) -> None:
    """A script gives it through a pipe, so that it is never an argument."""
    command = [
        sys.executable,
        "-m",
        "cli",
        "--vault",
        str(tillit.vault),
        "--as",
        "ivar",
        "--passphrase-fd",
        "0",
        "status",
    ]
    done = subprocess.run(command, input=PASSPHRASE + b"\n", capture_output=True, cwd=REPO, check=False)
    assert done.returncode == 0, done.stderr


def test_init_makes_a_vault_and_its_steward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new vault has its maker as steward, and a second init leaves it alone."""
    tillit = Terminal(tmp_path, monkeypatch, capsys)
    assert tillit("astrid", "init").code == 0
    assert tillit("astrid", "audit", "verify").code == 0
    assert tillit("astrid", "init").code == 11
    assert tillit("astrid", "audit", "verify").code == 0


def test_a_worker_stops_cleanly_when_asked(tillit: Terminal, tmp_path: Path) -> None:
    """A worker that gets SIGTERM after finishing a recording ends with code 0, and the work is kept."""
    _add(tillit, tmp_path)
    command = [sys.executable, "-m", "cli", "--vault", str(tillit.vault), "--as", "ivar", "worker", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPO) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            news = json.loads(line)
            if (news["stage"], news["done"]) == ("apply pseudonyms", 1):
                worker.terminate()
                break
        assert worker.wait(timeout=60) == 0
    stage = json.loads(tillit("ivar", "status", "--json").out)[0]["recordings"][0]["stage"]
    assert stage == "apply pseudonyms"


def test_two_workers_do_not_take_each_others_work(tillit: Terminal) -> None:
    """While one process works on a vault a second one says so and stops."""
    with (tillit.vault / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = tillit("ivar", "run")
    assert answer.code == 8
    assert "Another" in answer.err


def test_damage_is_reported_and_not_read(tillit: Terminal, tmp_path: Path) -> None:
    """One flipped bit in a sealed payload is Damaged, with exit code 7, and no half transcript is printed."""
    _add(tillit, tmp_path)
    for path in (tillit.vault / "blobs").rglob("*"):
        if path.is_file():
            spoilt = bytearray(path.read_bytes())
            spoilt[len(spoilt) // 2] ^= 1
            path.write_bytes(spoilt)
    answer = tillit("ivar", "run")
    assert answer.code == 7, answer.err


def test_doctor_needs_no_passphrase_and_says_what_it_sees(tillit: Terminal) -> None:
    """It looks at sandbox, weights, swap and folder, and each finding is a sentence."""
    found = json.loads(tillit("anybody", "doctor", "--json").out)
    assert {finding["name"] for finding in found} >= {"versions", "sandbox", "weights", "swap", "folder"}
    assert all(finding["sentence"].endswith((".", "7")) or finding["name"] == "versions" for finding in found)


def test_a_model_is_registered_by_hash_and_checked(tillit: Terminal, tmp_path: Path) -> None:
    """Weights that change after they were added are not used any more."""
    folder = tmp_path / "nb-tiny"
    folder.mkdir()
    for name, content in models.packaged_files().items():
        (folder / name).write_bytes(content)
    assert tillit("astrid", "model", "add", str(folder)).code == 0
    assert "nb-tiny" in tillit("ivar", "model", "list").out
    assert tillit("astrid", "model", "check", "nb-tiny").code == 0
    (folder / "vocabulary.txt").write_bytes(b"other words")
    assert tillit("astrid", "model", "check", "nb-tiny").code == 9
    shutil.rmtree(folder)
    assert tillit("astrid", "model", "check", "nb-tiny").code == 9


def test_no_secret_is_an_argument() -> None:
    """No command takes a passphrase as an option or argument: at most the number of a file descriptor to read one."""
    takes = [p for _, command in commands(cli.tillit, "tillit") for p in command.params if "pass" in (p.name or "")]
    assert [p.name for p in takes if not (str(p.name).endswith("_fd") and p.type is click.INT)] == []


def test_a_damaged_database_is_a_sentence(tillit: Terminal) -> None:
    """Pages that do not authenticate are told as such by whatever command meets them, without a traceback."""
    path = tillit.vault / "records.db"
    spoilt = bytearray(path.read_bytes())
    for at in range(len(spoilt) // 2, len(spoilt), 4096):
        spoilt[at + 100] ^= 1
    path.write_bytes(spoilt)
    answers = [tillit("astrid", *command) for command in (("status",), ("fsck",), ("audit", "verify"))]
    assert {answer.code for answer in answers} <= {StorageFailed.exit_code, Damaged.exit_code}
    assert all("Traceback" not in answer.err and answer.err for answer in answers)


def test_an_unexpected_error_shows_its_type_and_place_only(tillit: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a library says in an exception, the person sees where it happened and nothing of what it quoted."""

    def burst(_self: Sqlcipher) -> None:
        raise RuntimeError("Kari Nordmann said")

    monkeypatch.setattr(Sqlcipher, "check", burst)
    answer = tillit("ivar", "status")
    assert answer.code == 70
    assert "RuntimeError" in answer.err
    assert "Kari" not in answer.out + answer.err
