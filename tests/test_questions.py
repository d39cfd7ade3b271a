"""What becomes of a question that nobody answers, and of one that somebody answers with Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from storage.errors import Unanswered
from tests.command import Typing
from tests.conftest import REPO
from tests.house_fixtures import build

if TYPE_CHECKING:
    from pathlib import Path

ASKS = ("study", "review", "rus", "not-required")


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal at a new vault with a study and three people."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    build(terminal.vault).vault.close()
    return terminal


def _command(tillit: Typing) -> list[str]:
    return [sys.executable, "-m", "cli", "--vault", str(tillit.vault), "--as", "astrid", *ASKS]


def _stop(asking: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C until it is heard: one that comes in the moment before a read begins waits for the read's end."""
    while asking.poll() is None:
        asking.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            asking.wait(timeout=5)


def test_a_question_at_the_end_of_the_input_says_that_nobody_answered(tillit: Typing) -> None:
    """Its own exit code, and how to run it; not that it was stopped, and nothing is changed."""
    answer = tillit.typed("", *ASKS, who="astrid")
    said = " ".join(answer.err.split())
    assert answer.code == Unanswered.exit_code == 14
    assert "Nobody answered that question" in said
    assert "on its standard input, a line each" in said
    assert "Stopped" not in said
    assert tillit("astrid", "study", "review", "rus").out == "Review before a release: required.\n"


def test_a_closed_input_is_an_empty_one(tillit: Typing) -> None:
    """Where a service manager closed it, the same sentence comes, and not that something unexpected happened."""
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *_command(tillit)]
    done = subprocess.run(closed, cwd=REPO, capture_output=True, text=True, check=False)
    assert (done.returncode, "Nobody answered that question" in done.stderr) == (14, True), done.stderr


def test_ctrl_c_at_a_question_is_still_a_stop(tillit: Typing) -> None:
    """Whoever is there and presses it reads that they stopped it."""
    typing, keyboard = os.pipe()
    with subprocess.Popen(_command(tillit), cwd=REPO, stdin=typing, stderr=subprocess.PIPE) as asking:
        assert asking.stderr is not None
        said = b""
        while b"Why" not in said:
            said += asking.stderr.read(1)
        _stop(asking)
        said += asking.stderr.read()
    for end in (typing, keyboard):
        os.close(end)
    assert (asking.returncode, b"Stopped. What was done is kept" in said) == (130, True), said
