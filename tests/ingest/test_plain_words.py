"""What people are told where nothing happens, and would wonder why."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from ingest.transcribe_commands import transcribe
from policies.actions import Action
from storage import lookup
from storage.errors import BadInput
from storage.requests import Request
from tests.command import Terminal
from tests.house_fixtures import LATER, TODAY, House, build, reopen
from tests.ingest.audio.making import wav_of
from tests.sound import RATE, opening

if TYPE_CHECKING:
    from pathlib import Path

SILENCE = wav_of(np.zeros((1, RATE * 3)))


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault with a participant who consented, and a silent recording of theirs."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    house.participant("P07")
    house.vault.close()
    (tmp_path / "silent.wav").write_bytes(SILENCE)
    assert terminal("ivar", "add", "rus/P07", str(tmp_path / "silent.wav")).code == 0
    return terminal


def test_a_run_says_what_it_leaves_out(tillit: Terminal) -> None:
    """After a withdrawal and a new consent the recording waits for --again, and nobody is told that nothing waits."""
    purposes = ["--purpose", "record", "--purpose", "transcribe", "--purpose", "analyse"]
    anew = ["consent", "record", "rus/P07", *purposes, "--given", str(TODAY), "--expires", str(LATER)]
    assert tillit("astrid", "consent", "withdraw", "rus/P07").code == 0
    assert tillit("ivar", "run").code == 3
    assert tillit("astrid", *anew, "--letter", "v1").code == 0
    answer = tillit("ivar", "run")
    assert (answer.code, answer.out) == (0, "")
    assert "having stopped before: 1." in answer.err
    assert "--again" in answer.err
    assert "is ready" in tillit("ivar", "run", "--again").out
    assert "Nothing waits" in tillit("ivar", "run").out


def test_the_status_says_whose_key_is_destroyed(tillit: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their consent is still on record, and yet nothing of theirs waits for anybody."""
    vault = reopen(tillit.vault)
    house = House(vault, lookup.study(vault.database, "rus"))
    held = lookup.participant(vault.database, "rus/P07")
    request = lookup.by_id(vault.database, Request, house.approved(Action.SHRED_EARLY, held))
    vault.close()
    monkeypatch.setattr("sys.stdin", io.StringIO("P07\n"))
    assert tillit("astrid", "key", "shred", "rus/P07", "--request", f"rus/{request.number}").code == 0
    [one] = json.loads(tillit("ragna", "status", "--json").out)
    assert one["consenting"] == 0
    assert [line["next"] for line in one["recordings"]] == ["closed: key destroyed"]


def test_a_recording_in_which_nobody_speaks_is_called_that(tillit: Terminal) -> None:
    """An empty page would look like a mistake: the transcript and the sound both say it."""
    assert tillit("ivar", "run").code == 0
    assert "Nobody is heard" in tillit("ragna", "transcript", "show", "rus/P07-1").err
    assert "Nobody is heard" in tillit("ragna", "sound", "rus/P07-1").out


def test_trying_a_silent_file_says_so_beside_the_transcript(tmp_path: Path) -> None:
    """On the standard error, so that the transcript stays what a program can read."""
    (tmp_path / "silent.wav").write_bytes(SILENCE)
    said = CliRunner().invoke(transcribe, [str(tmp_path / "silent.wav"), "--language", "en"], catch_exceptions=False)
    assert said.stdout == ""
    assert "Nobody is heard" in said.stderr


@pytest.mark.parametrize("names", ["Kårvåg".encode("latin-1"), b"\x00\x01\x02", b"x" * 81], ids=["old", "odd", "long"])
def test_a_list_of_names_that_is_none_is_refused(tmp_path: Path, names: bytes) -> None:
    """A sound file or an old encoding would be told to the recogniser as names, and spoil what it hears."""
    (tmp_path / "a.wav").write_bytes(opening(2.0))
    (tmp_path / "names.txt").write_bytes(names)
    with pytest.raises(BadInput):
        CliRunner().invoke(
            transcribe, [str(tmp_path / "a.wav"), "--names", str(tmp_path / "names.txt")], catch_exceptions=False
        )


def test_no_other_weights_are_called_base(tillit: Terminal, tmp_path: Path) -> None:
    """They would be listed, and the packaged ones be used in their place."""
    answer = tillit("astrid", "model", "add", str(tmp_path), "--name", "base")
    assert answer.code == 11
    assert "--name" in answer.err


def test_offers_say_what_their_command_needs(tillit: Terminal) -> None:
    """The converter is installed with Tillit, and fails without packages that are not."""
    assert "pip install" in tillit("astrid", "model", "offers", "--language", "no").err
