"""The ledger fails at every write of the commands that tell or hand out: nothing is printed, nothing is written.

Which acts there are, and that none of them opens anything without the ledger, is tried in test_door_ledger.py; here
it is what people type, from the keyboard to the screen and the folder of a hand-off.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ingest import entities, reidentify, release, review, roster
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from policies import studies
from policies.actions import Role
from storage import lookup
from storage.errors import StorageFailed
from storage.requests import Request
from tests.command import Answer, Typing
from tests.faults.ledger_down import GONE, Said, at_every_write
from tests.house_fixtures import build, reopen
from tests.ingest.interview import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, WORDS = "Martin", "Hallelujah"
SECRETS = (NAME, WORDS)
SOAK = bool(os.environ.get("TILLIT_SOAK"))
OUT = "OUT"  # stands for a folder that is new in every run
COMMANDS = {
    "the released text": ("ragna", ("transcript", "show", "rus/P01-1")),
    "the real names": ("ragna", ("transcript", "show", "--real-names", "--json", "rus/P01-1")),
    "the names of a study": ("ragna", ("names", "list", "rus")),
    "the roster": ("ragna", ("roster", "list", "rus")),
    "who it is": ("ivar", ("reidentify", "show", "rus/1")),
    "a hand-off": (
        "ragna",
        ("handoff", "rus", "--to", OUT, "--for", "ragna", "--purpose", "analyse", "--format", "txt"),
    ),
}


@dataclass
class Typist:
    """Somebody who types a command again and again, and what came of it the last time."""

    terminal: Typing
    folder: Path
    folders: Iterator[int] = field(default_factory=itertools.count)

    def type(self, who: str, arguments: tuple[str, ...]) -> None:
        """Type it; an exit code is told as the failure it stands for."""
        self.out = self.folder / str(next(self.folders))
        self.answer = Answer(1, "", "")
        self.answer = self.terminal(who, *(str(self.out) if one == OUT else one for one in arguments))
        if self.answer.code:
            raise StorageFailed("The command failed.")

    def told(self) -> str:
        """All that was printed, and all that lies outside the vault, the names of folders begun included."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        written = "".join(path.read_bytes().decode("utf-8", "replace") for path in files)
        return self.answer.out + self.answer.err + written


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    """At a vault with a released interview, a roster, and an approved request for who is behind a pseudonym."""
    terminal = Typing(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    ragna, recording = house.desk("ragna"), said(house, "P01", f"{WORDS}, then I met {NAME} in Trondheim.")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    roster.add(ragna, house.study, [NAME], Kind.PER)
    names = entities.listed(ragna, house.study).names
    surrogate = next(line.surrogate for line in names if NAME in line.forms)
    request = reidentify.ask(house.desk("ivar"), recording, surrogate, "the clinic has to be told")
    reidentify.approve(house.desk("signe"), lookup.by_id(house.vault.database, Request, request.id), lambda _: True)
    house.vault.close()
    (tmp_path / "out").mkdir()
    return Typist(terminal, tmp_path / "out")


@pytest.mark.parametrize("file_gone", [True, False] if SOAK else [True], ids=lambda gone: "file" if gone else "both")
@pytest.mark.parametrize("what", COMMANDS)
def test_what_the_ledger_did_not_take_nobody_is_told(typist: Typist, what: str, *, file_gone: bool) -> None:
    """Whichever write fails, a command that failed printed and wrote not a word; one that told is in the ledger."""
    who, arguments = COMMANDS[what]
    vault = reopen(typist.terminal.vault)
    said_before = Said.from_now(vault)

    def check(error: BaseException | None) -> None:
        nonlocal said_before
        told = any(secret in typist.told() for secret in SECRETS)
        assert told == (error is None), typist.answer
        assert not told or said_before.kept()
        assert error is None or typist.answer.code == StorageFailed.exit_code, typist.answer
        said_before = Said.from_now(vault)

    assert at_every_write(lambda: typist.type(who, arguments), check, GONE, file_gone=file_gone) > 6
    vault.close()
