"""A review at a terminal: a key for each thing there is to say, and every decision kept at once."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click
import pytest

from ingest import review
from ingest.decisions import Verdict
from ingest.reviewing.terminal import Review
from tests.house_fixtures import PASSPHRASE, build
from tests.ingest.interview import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.records import Recording
    from tests.house_fixtures import House

SPOKEN = ("Then I met Martin in Trondheim.", "Martin was kind, and so was Ingrid.")


def sat(house: House, recording: Recording, keys: str, *answers: str) -> Review:
    """A sitting in which these keys are pressed and these lines typed; then nobody is there any more."""
    pressed, typed = iter(keys), iter(answers)

    def key() -> str:
        try:
            return next(pressed)
        except StopIteration:
            raise EOFError from None

    sitting = Review(house.desk("ragna"), recording, key, lambda _text, default: next(typed) or default)
    sitting.run()
    return sitting


def verdicts(house: House, recording: Recording) -> dict[tuple[int, str], str]:
    """Each find by line and words, with its verdict."""
    return {(item.line, item.form): item.verdict for item in review.items(house.desk("ragna"), recording)}


def shown_first(house: House, recording: Recording) -> tuple[int, str]:
    """Line and words of the find that comes first."""
    item = review.look(house.desk("ragna"), recording).ranked[0]
    return item.line, item.form


def test_yes_and_no_decide_one_after_the_other(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Four finds and four keys: all are decided as pressed, and it says how far it is and what comes next."""
    recording = said(house, "P01", *SPOKEN)
    first = shown_first(house, recording)
    sat(house, recording, "nyyy")
    found = verdicts(house, recording)
    assert found.pop(first) == "reject"
    assert set(found.values()) == {"confirm"}
    out = capsys.readouterr().out
    assert "1 of 4" in out
    assert "4 of 4" in out
    assert "Every find is decided." in out
    assert review.items(house.desk("ragna"), recording)[0].surrogate in out


@pytest.mark.parametrize("keys", ["yq", "y", "y\x04"])
def test_whoever_stops_keeps_what_was_decided(house: House, capsys: pytest.CaptureFixture[str], keys: str) -> None:
    """With q, or when the terminal is gone, the decision stands and it says how many are left."""
    recording = said(house, "P01", *SPOKEN)
    sat(house, recording, keys.replace("\x04", ""))
    assert list(verdicts(house, recording).values()).count("confirm") == 1
    assert "Of 4 finds 3 are undecided" in capsys.readouterr().out


def test_a_confirms_all_of_a_name_and_u_takes_all_of_it_back(house: House) -> None:
    """One key for every undecided find of one entity; u takes back the last thing done, and then the one before."""
    recording, ragna = said(house, "P01", *SPOKEN), house.desk("ragna")
    number = {item.form: item.number for item in review.items(ragna, recording)}
    review.decide(ragna, recording, Verdict.CONFIRM, [number["Trondheim"], number["Ingrid"]])
    sat(house, recording, "a")
    assert set(verdicts(house, recording).values()) == {"confirm"}
    other = said(house, "P02", *SPOKEN)
    sat(house, other, "yauu")
    assert set(verdicts(house, other).values()) == {""}


def only(house: House, code: str) -> Recording:
    """A recording with one find."""
    recording = said(house, code, "And then I met Martin there.")
    assert list(verdicts(house, recording)) == [(0, "Martin")]
    return recording


def test_t_says_it_is_of_another_kind(house: House) -> None:
    """Another key says which; any other changes nothing."""
    recording = only(house, "P01")
    sat(house, recording, "tx")
    assert verdicts(house, recording) == {(0, "Martin"): ""}
    sat(house, recording, "tl")
    (item,) = review.items(house.desk("ragna"), recording)
    assert (item.kind, item.verdict) == ("LOC", "confirm")


def test_b_says_what_the_name_is(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """The words that are the name are typed; words that are not there are refused and nothing is changed."""
    recording = only(house, "P01")
    sat(house, recording, "bb", "nobody", "met Martin")
    assert "share some with the find" in capsys.readouterr().out
    assert verdicts(house, recording) == {(0, "met Martin"): "confirm"}


def test_l_says_whose_name_it_is(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """By a part of the name, by a number where several share it, or somebody new."""
    other = said(house, "P02", "It was Ingrid Hansen, and Ingrid Nilsen.")
    review.decide(house.desk("ragna"), other, Verdict.CONFIRM, None)
    recording = only(house, "P01")
    before = review.items(house.desk("ragna"), recording)[0].surrogate
    sat(house, recording, "lll", "ingrid", "9", "zzz", "ingrid", "1")
    out = capsys.readouterr().out
    assert "Give one of those numbers" in out
    assert "There are 0 names like that" in out
    (item,) = review.items(house.desk("ragna"), recording)
    assert item.verdict == "confirm"
    assert item.entity in {one.entity for one in review.items(house.desk("ragna"), other)}
    fresh = only(house, "P03")
    sat(house, fresh, "l", "new")
    assert review.items(house.desk("ragna"), fresh)[0].surrogate not in {before, item.surrogate}


def test_e_corrects_the_words(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Which words are wrong and what was said: names in the new words come up at once."""
    recording = only(house, "P01")
    sat(house, recording, "ee", "nowhere", "x", "And then", "With Ingrid Hansen")
    assert "do not stand in that line" in capsys.readouterr().out
    assert verdicts(house, recording) == {(0, "Martin"): "", (0, "Ingrid Hansen"): ""}
    sat(house, recording, "e", "With", "")
    assert review.look(house.desk("ragna"), recording).lines[0].startswith("Ingrid Hansen I met Martin")


def test_m_adds_a_name_that_was_missed(house: House) -> None:
    """Its words and what it is are asked for."""
    recording = only(house, "P01")
    sat(house, recording, "ml", "there")
    assert verdicts(house, recording) == {(0, "Martin"): "", (0, "there"): "confirm"}


def test_s_skips_and_a_key_that_is_none_helps(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """A skipped find comes no more in this sitting; ? and any other key list the keys; u without anything says so."""
    recording = only(house, "P01")
    sat(house, recording, "?zu")
    out = capsys.readouterr().out
    assert out.count("it is no name: reject it") == 2
    assert "decided nothing yet" in out
    assert len(sat(house, recording, "sy").skipped) == 1
    assert verdicts(house, recording) == {(0, "Martin"): ""}


def test_who_leaves_a_question_unanswered_changes_nothing(house: House) -> None:
    """Ctrl-C at a question goes back to the find."""
    recording = only(house, "P01")

    def gone(_text: str, _default: str) -> str:
        raise click.Abort

    keys = iter("bq")
    Review(house.desk("ragna"), recording, lambda: next(keys), gone).run()
    assert verdicts(house, recording) == {(0, "Martin"): ""}


def test_what_is_flagged_comes_after_the_finds(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """It is seen with y, and does not come again."""
    recording = said(house, "P01", "I was the only female skipper in the fjord.")
    review.decide(house.desk("ragna"), recording, Verdict.REJECT, None)
    assert review.look(house.desk("ragna"), recording).flags
    sat(house, recording, "y" * 9)
    assert "left to see" in capsys.readouterr().out
    assert all(flag.seen for flag in review.look(house.desk("ragna"), recording).flags)


def test_what_somebody_else_decided_meanwhile_is_not_overwritten(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key is not taken; the find is shown as it is now."""
    recording = only(house, "P01")
    pressed = iter(["y", "q"])

    def key() -> str:
        one = next(pressed)
        if one == "y":
            review.decide(house.desk("ragna"), recording, Verdict.REJECT, [1])
        return one

    Review(house.desk("ragna"), recording, key).run()
    assert "at the same time" in capsys.readouterr().out
    assert verdicts(house, recording) == {(0, "Martin"): "reject"}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault with one interview to review, closed; and the passphrase where systemd would put it."""
    house = build(tmp_path / "vault")
    only(house, "P01")
    house.vault.close()
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "tillit-passphrase").write_bytes(PASSPHRASE)
    return tmp_path


def test_the_command_asks_at_a_terminal(vault: Path) -> None:
    """On a real terminal, without options, it shows the find and takes a key; the decision is there afterwards."""
    command = [sys.executable, "-m", "cli", "--vault", str(vault / "vault"), "--as", "ragna", "review", "rus/P01-1"]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(vault / "credentials"), "TERM": "xterm"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    assert "Martin" in _until(ours, lambda text: "other keys" in text)
    assert "Every find is decided." in _until(ours, lambda text: "tillit release" in text, b"y")
    assert process.wait(30) == 0
    os.close(ours)


def test_with_an_option_nothing_is_asked(vault: Path) -> None:
    """On a real terminal too, --list lists and ends."""
    command = [sys.executable, "-m", "cli", "--vault", str(vault / "vault"), "--as", "ragna", "review", "rus/P01-1"]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(vault / "credentials"), "TERM": "xterm"}
    process = subprocess.Popen([*command, "--list"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = _until(ours, lambda _text: False)
    assert "Martin" in shown
    assert "other keys" not in shown
    assert process.wait(30) == 0
    os.close(ours)


def _until(terminal: int, enough: Callable[[str], bool], key: bytes = b"", patience: float = 60) -> str:
    """What the terminal shows until it is enough, or the program is gone.

    The key is pressed again and again: what is pressed before somebody waits for it is thrown away.
    """
    text, end = "", time.monotonic() + patience
    while not enough(text) and time.monotonic() < end:
        with suppress(OSError):
            os.write(terminal, key)
        if select.select([terminal], [], [], 1)[0]:
            with suppress(OSError):
                piece = os.read(terminal, 4096)
                text += piece.decode(errors="replace")
                continue
            break
    return text
