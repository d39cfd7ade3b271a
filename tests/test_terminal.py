"""Around the commands: how they start, how they stop, what they print, and what they say when the house is odd."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from ingest import doctor
from storage.sqlcipher import Sqlcipher
from tests.command import Terminal
from tests.conftest import REPO
from tests.house_fixtures import LATER, PASSPHRASE, TODAY, build, reopen
from tests.sound import opening

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
HIDDEN_NAME = "[b]Etter[/b] [behandling] :warning: [/]"
DUMPABLE = """
import ctypes, resource, sys
import cli
sys.argv = ["tillit", "--version"]
try:
    cli.main()
except SystemExit:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a new vault with a study and three people."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal where there is no vault yet."""
    return Terminal(tmp_path, monkeypatch, capsys)


def _typed(tillit: Terminal, who: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "cli", "--vault", str(tillit.vault), "--as", who, *arguments]


def _without_a_terminal(tillit: Terminal, who: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command as cron would run it: no passphrase, no terminal, and something else on standard input."""
    environment = {name: value for name, value in os.environ.items() if name != "CREDENTIALS_DIRECTORY"}
    return subprocess.run(
        _typed(tillit, who, *arguments),
        input="not a passphrase\n" * 2,
        env=environment,
        cwd=REPO,
        start_new_session=True,  # no controlling terminal
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Somebody else on this machine; only root can become them, so elsewhere these tests are left out."""
    if os.getuid() != 0:
        pytest.skip("needs root, to become somebody else")
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="being dumpable is Linux's")
def test_a_crash_leaves_no_core() -> None:
    """Neither the kernel nor a handler of core dumps may write what is in memory to a disk."""
    done = subprocess.run(
        [sys.executable, "-c", DUMPABLE], cwd=REPO, capture_output=True, text=True, check=False, start_new_session=True
    )
    assert done.stdout.splitlines()[-1] == "(0, 0) 0", done.stderr


def test_a_login_name_with_a_dot_becomes_the_steward(empty: Terminal) -> None:
    """The founder is known by the name they log in with."""
    assert empty("kari.nordmann@example.org", "init").code == 0
    assert empty("kari.nordmann@example.org", "audit", "verify").code == 0


def test_a_refused_founder_leaves_no_vault_behind(empty: Terminal) -> None:
    """A handle nobody can have is refused before anything is made, and the next try works."""
    refused = empty("Kari Nordmann", "init")
    assert refused.code == 12
    assert "--as" in refused.err
    assert not empty.vault.exists()
    assert empty("kari", "init").code == 0


def test_members_may_have_login_names_too(tillit: Terminal) -> None:
    """Whoever works on a study is added by the name they log in with."""
    assert tillit("astrid", "member", "add", "rus", "liv.aas", "--role", "researcher").code == 0
    assert tillit("liv.aas", "status", "rus").code == 0


def test_a_folder_in_use_is_refused_before_the_passphrase_is_asked_for(tillit: Terminal) -> None:
    """Without a terminal to ask at, init over something else still says that the folder is not empty."""
    done = _without_a_terminal(tillit, "astrid", "init")
    assert (done.returncode, "vault already" in done.stderr) == (11, True), done.stderr


@pytest.mark.parametrize("command", ["init", "status"])
def test_without_a_terminal_and_a_passphrase_the_vault_stays_locked(tillit: Terminal, command: str) -> None:
    """Exit code 6 and both ways to give one; standard input is not taken for a passphrase."""
    if command == "init":
        shutil.rmtree(tillit.vault)
    done = _without_a_terminal(tillit, "astrid", command)
    said = " ".join(done.stderr.split())
    assert done.returncode == 6, said
    assert "--passphrase-fd" in said
    assert "tillit-passphrase" in said
    assert "Stopped" not in said


@pytest.mark.parametrize("descriptor", ["99", "-1", "99999999999999999999"])
def test_a_descriptor_that_is_none_is_a_wrong_turn(tillit: Terminal, descriptor: str) -> None:
    """A closed, negative or impossible file descriptor ends in a sentence."""
    assert tillit("astrid", "--passphrase-fd", descriptor, "status").code == 12


def test_brackets_and_colons_are_printed_as_they_were_written(tillit: Terminal) -> None:
    """What looks like markup in a title or a folder's name is text: kept whole, and no reason to fail."""
    dates = ["--starts", str(TODAY), "--ends", str(LATER)]
    made = tillit("astrid", "study", "add", "two", "--title", HIDDEN_NAME, "--approval", "REK [1]", *dates)
    assert made.code == 0
    shown = tillit("astrid", "status", "two")
    assert (shown.code, HIDDEN_NAME in shown.out, "REK [1]" in shown.out) == (0, True, True), shown.err
    missing = tillit("astrid", "status", "[/x]")
    assert (missing.code, "[/x]" in missing.err) == (4, True)
    folder = tillit.vault.parent / "[red]log[/blue]"
    exported = tillit("astrid", "audit", "export", "--to", str(folder))
    assert (exported.code, exported.out.count("[red]log[/blue]")) == (0, 3)


def test_doctor_prints_its_findings_for_people(tillit: Terminal) -> None:
    """Each finding is a line that begins with ok or LOOK."""
    lines = tillit("anybody", "doctor").out.splitlines()
    assert {line[:4] for line in lines} <= {"ok  ", "LOOK"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["review", "rus/P1-99999999999999999999"], 12),
        (["transcript", "show", f"rus/P1-{'9' * 5000}"], 12),
        (["status", "r\udcf8s"], 4),
    ],
)
def test_odd_references_are_wrong_turns(tillit: Terminal, typed: list[str], code: int) -> None:
    """Numbers no database holds and bytes that are no text end in a sentence."""
    assert tillit("ragna", *typed).code == code


@pytest.mark.parametrize(
    "given", [b"", b"\xff\xfe\x00", b"\x89PNG\r\n", b"tillit/other\n0\n\n", b"tillit\n1\n\n\xe2\x80\x94 a b\n"]
)
def test_a_kept_checkpoint_that_is_none_is_refused(tillit: Terminal, given: bytes) -> None:
    """An empty file, a picture or another log's checkpoint is neither read as one nor passed over."""
    kept = tillit.vault.parent / "kept.txt"
    kept.write_bytes(given)
    answer = tillit("astrid", "audit", "verify", "--checkpoint", str(kept))
    assert (answer.code, "kept checkpoint" in " ".join(answer.err.split())) == (7, True), answer.err


def test_a_kept_checkpoint_is_compared(tillit: Terminal) -> None:
    """The steward's own checkpoint, given back, is a checkpoint of this ledger."""
    kept = tillit.vault.parent / "kept.txt"
    kept.write_text(tillit("astrid", "audit", "checkpoint").out, encoding="utf-8")
    assert tillit("astrid", "audit", "verify", "--checkpoint", str(kept)).code == 0


def test_a_vault_of_a_newer_tillit_says_so(tillit: Terminal) -> None:
    """A database this version does not know: exit code 7, and what to do."""
    vault = reopen(tillit.vault)
    with vault.database.writer.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    vault.close()
    answer = tillit("astrid", "status")
    assert (answer.code, "Upgrade Tillit" in " ".join(answer.err.split())) == (7, True), answer.err


def test_somebody_elses_vault_is_answered_with_a_sentence(tillit: Terminal) -> None:
    """A folder whose rights keep one out: exit code 10, no traceback and no path."""
    with _as_nobody():
        answer = tillit("astrid", "status")
    assert (answer.code, "yours to read" in " ".join(answer.err.split())) == (10, True), answer.err
    assert str(tillit.vault) not in answer.err


def test_doctor_looks_at_rights_and_space() -> None:
    """It says what this user cannot use in the vault, how much space is left, and nothing of what it cannot see."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        build(Path(place) / "vault").vault.close()
        found = {one.name: one for one in doctor.examine(Path(place) / "vault")}
        assert found["access"].well
        assert "GB are free" in found["space"].sentence
        with _as_nobody():
            shut = {one.name: one for one in doctor.examine(Path(place) / "vault")}
    assert not shut["access"].well
    assert {"folder", "blobs", "vault"} & set(shut) == set()


def test_the_last_door_promises_nothing_it_does_not_know(tillit: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error nobody foresaw it says where it was and how to look, not that all is well."""

    def burst(_self: Sqlcipher) -> None:
        raise RuntimeError("Kari Nordmann said")

    monkeypatch.setattr(Sqlcipher, "check", burst)
    answer = tillit("ivar", "status")
    said = " ".join(answer.err.split())
    assert (answer.code, "Nothing was lost" in said, "audit verify" in said, "Kari" in said) == (
        70,
        False,
        True,
        False,
    )


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_run_at_once(tillit: Terminal, times: int) -> None:
    """In the middle of a stage, pressed once or twice: exit code 130, no traceback, and the same command goes on."""
    consented = ["--purpose", "record", "--purpose", "transcribe", "--given", str(TODAY), "--expires", str(LATER)]
    assert tillit("ivar", "participant", "add", "rus/P07").code == 0
    assert tillit("ivar", "consent", "record", "rus/P07", *consented, "--letter", "v1").code == 0
    sound = tillit.vault.parent / "a.wav"
    sound.write_bytes(opening(40.0))
    assert tillit("ivar", "add", "rus/P07", str(sound)).code == 0
    command = _typed(tillit, "ivar", "run", "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPO) as run:
        assert run.stdout is not None
        next(line for line in run.stdout if json.loads(line)["stage"] == "transcribe")
        for _ in range(times):
            run.send_signal(signal.SIGINT)
        rest, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert '"transcribe", "done": 1,' not in rest  # the engine's thread did not come to the end of its stage
    assert times > 1 or "Stopped." in said
    assert tillit("ivar", "run").code == 0


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("mark", [True, False])
def test_make_clean_spares_what_is_no_demo(tmp_path: Path, mark: bool) -> None:
    """A folder called demo-vault goes only if the demo made it."""
    held = tmp_path / "demo-vault"
    held.mkdir()
    if mark:
        (held / "THIS-IS-A-DEMO").touch()
    done = subprocess.run(
        [shutil.which("make") or "", "-f", str(REPO / "Makefile"), "clean"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert held.exists() is not mark
    assert ("left alone" in done.stdout) is not mark


def test_the_passphrase_reaches_a_vault_made_without_a_terminal(empty: Terminal) -> None:
    """A script makes a vault with the passphrase in a pipe."""
    command = _typed(empty, "astrid", "--passphrase-fd", "0", "init")
    done = subprocess.run(
        command, input=PASSPHRASE, cwd=REPO, capture_output=True, check=False, start_new_session=True
    )
    assert done.returncode == 0, done.stderr
    reopen(empty.vault).close()
