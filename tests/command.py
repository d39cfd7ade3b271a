"""Runs the real command line in this process and tells what a person would have seen."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cli
from tests.house_fixtures import PASSPHRASE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@dataclass
class Answer:
    """An exit code, and what was printed where."""

    code: int
    out: str
    err: str


class Terminal:
    """Somebody typing `tillit …`, with the passphrase in a systemd credential."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.vault = folder / "vault"
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        credentials = folder / "credentials"
        credentials.mkdir()
        (credentials / "tillit-passphrase").write_bytes(PASSPHRASE + b"\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
        monkeypatch.setenv("COLUMNS", "200")
        for lasting in ("_leave_no_core", "_quote_nothing"):  # what outlives a test is tried in processes of its own
            monkeypatch.setattr(cli, lasting, lambda: None)

    def __call__(self, who: str, *arguments: str) -> Answer:
        """Type a command as `who`."""
        typed = ["tillit", "--vault", str(self.vault), "--as", who, *arguments]
        self._monkeypatch.setattr(sys, "argv", typed)
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        seen = self._capsys.readouterr()
        return Answer(code, seen.out, seen.err)


class Typing(Terminal):
    """Somebody who also types answers to what the commands ask."""

    def typed(self, text: str, *arguments: str, who: str = "ragna") -> Answer:
        """Run a command as `who` with `text` on standard input."""
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
        return self(who, *arguments)
