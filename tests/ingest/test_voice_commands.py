"""`tillit voice`, as people type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest import speakers_known
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage import lookup
from tests.command import Terminal
from tests.house_fixtures import LATER, TODAY, build, reopen
from tests.ingest.audio.making import wav_of
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

ALONE = 14.0  # seconds of the sample interview before the second person speaks


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault whose study keeps voices, and knows Ivar's and Ragna's."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault, voices="kept")
    for who in ("ivar", "ragna"):
        speakers_known.enrol(house.desk(who), house.study, [0.6, -0.8])
    house.vault.close()
    return terminal


def test_voices_are_listed_and_forgotten(tillit: Terminal) -> None:
    """One's own without saying whose, another's by the steward alone; the list has whose they are and no number."""
    listed = tillit("ivar", "voice", "list", "rus", "--json")
    assert [one["who"] for one in json.loads(listed.out)] == ["ivar", "ragna"]
    assert "0.6" not in listed.out
    assert tillit("ivar", "voice", "forget", "rus", "ragna").code == 3
    assert tillit("ivar", "voice", "forget", "rus").code == 0
    assert "ivar" not in tillit("ragna", "voice", "list", "rus").out
    assert tillit("astrid", "voice", "forget", "rus", "ragna").code == 0
    assert json.loads(tillit("astrid", "voice", "list", "rus", "--json").out) == []
    assert "No voice" in tillit("ivar", "voice", "forget", "rus").err


def test_ones_own_voice_is_enrolled_from_a_recording(tillit: Terminal, tmp_path: Path) -> None:
    """A short recording, in whatever format, becomes a voice of unit length; the sound is kept nowhere."""
    sound = opening(ALONE)
    (tmp_path / "me.wav").write_bytes(sound)
    assert tillit("ivar", "voice", "forget", "rus").code == 0
    answer = tillit("ivar", "voice", "enrol", "rus", str(tmp_path / "me.wav"))
    assert (answer.code, answer.err) == (0, "")
    vault = reopen(tillit.vault)
    study = lookup.study(vault.database, "rus")
    voice = speakers_known.interviewers(Desk(vault, Gate(vault), Actor(PIPELINE, PIPELINE)), study)["ivar"]
    assert len(voice) == 192
    assert sum(number * number for number in voice) == pytest.approx(1.0, abs=1e-5)
    assert not set(vault.blobs.names())
    vault.close()


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (opening(5.0), "seconds of speech"),
        (wav_of(np.zeros((1, 16_000 * 20))), "There are 0 seconds of speech"),
        (wav_of(np.zeros((1, 16_000 * 601))), "longer than ten minutes"),
        (opening(ALONE + 7.0), "More than one voice"),
        (b"Dear Kari" * 999, "not a recording"),
        (None, "cannot be opened"),
    ],
    ids=["too little", "silence", "too long", "two voices", "a letter", "nothing there"],
)
def test_a_recording_that_is_no_voice_is_refused(
    tillit: Terminal, tmp_path: Path, sound: bytes | None, why: str
) -> None:
    """With a sentence that says what to do; the voice that was there before stays."""
    if sound is not None:
        (tmp_path / "me.wav").write_bytes(sound)
    answer = tillit("ivar", "voice", "enrol", "rus", str(tmp_path / "me.wav"))
    assert answer.code not in {0, 70}
    assert why in answer.err
    assert [one["who"] for one in json.loads(tillit("ivar", "voice", "list", "rus", "--json").out)] == [
        "ivar",
        "ragna",
    ]


def test_where_no_voices_are_kept_enrolling_is_refused(tillit: Terminal, tmp_path: Path) -> None:
    """In a study made without --voices kept the door says no, and why."""
    (tmp_path / "me.wav").write_bytes(opening(ALONE))
    dates = ["--starts", str(TODAY), "--ends", str(LATER)]
    assert tillit("astrid", "study", "add", "alko", "--title", "T", "--approval", "REK 2", *dates).code == 0
    assert tillit("astrid", "member", "add", "alko", "ivar", "--role", "interviewer").code == 0
    assert "keeps no voices" in tillit("ivar", "voice", "enrol", "alko", str(tmp_path / "me.wav")).err


@pytest.mark.parametrize(("said", "kept"), [(("--speakers", "find"), None), (("--speakers", "3"), 3), ((), 2)])
def test_a_study_says_how_many_speak_and_what_is_kept(
    tillit: Terminal, said: tuple[str, ...], kept: int | None
) -> None:
    """A number, or that it is to be found out; voices are kept only where it was said."""
    dates = ["--starts", str(TODAY), "--ends", str(LATER)]
    how = [*said, *(("--voices", "kept") if said else ())]
    assert tillit("astrid", "study", "add", "alko", "--title", "T", "--approval", "REK 2", *dates, *how).code == 0
    vault = reopen(tillit.vault)
    study = lookup.study(vault.database, "alko")
    assert (study.speakers, study.voices) == (kept, "kept" if said else "never")
    vault.close()
