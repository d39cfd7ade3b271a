"""Whatever breaks, and whatever the error quotes: no screen, log, ledger or job table repeats an interview."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import pytest
import sqlalchemy as sa

from handoff import docx
from ingest import doctor, intake, naming, release, review, status
from ingest.audio import decode
from ingest.decisions import Verdict
from policies import audit, studies
from policies.act import Act
from storage.transcript import Transcript
from tests.command import Terminal
from tests.faults import tables
from tests.faults.canaries import Hunt
from tests.house_fixtures import build, reopen
from tests.ingest.interview import said
from tests.sound import opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "Åse Brekkestø drakk"
QUOTED = CANARY.encode()
ERRORS: dict[str, Callable[[], BaseException]] = {
    "RuntimeError": lambda: RuntimeError(CANARY),
    "KeyError": lambda: KeyError(CANARY),
    "OSError": lambda: OSError(5, CANARY, f"/home/{CANARY}.wav"),
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", QUOTED, 0, 1, CANARY),
    "a database's": lambda: sa.exc.IntegrityError("INSERT", {"said": CANARY}, ValueError(CANARY)),
    "a group": lambda: ExceptionGroup(CANARY, [ValueError(CANARY), TypeError(CANARY)]),
    "MemoryError": lambda: MemoryError(CANARY),
    "AssertionError": lambda: AssertionError(QUOTED),
}


@dataclass(frozen=True)
class Breaks:
    """A command, and what in the middle of it breaks."""

    who: str
    typed: tuple[str, ...]
    holder: object
    name: str


COMMANDS = {
    "status": Breaks("ivar", ("status",), status, "overview"),
    "add": Breaks("ivar", ("add", "rus/P01", "SOUND"), intake, "check"),
    "run": Breaks("ivar", ("run", "--again"), decode, "listening_copy"),
    "transcript": Breaks("ragna", ("transcript", "show", "rus/P01-1"), Transcript, "from_bytes"),
    "review": Breaks("ragna", ("review", "rus/P01-1"), naming, "load"),
    "confirm": Breaks("ragna", ("review", "rus/P01-1", "--confirm", "all"), Act, "later"),
    "release": Breaks("ragna", ("release", "rus/P02-1"), release, "pseudonymise"),
    "handoff": Breaks(
        "ragna", ("handoff", "rus", "--to", "OUT", "--for", "ragna", "--purpose", "analyse"), docx, "write"
    ),
    "describe": Breaks("astrid", ("participant", "describe", "rus/P01", "--attr", f"kin={CANARY}"), Act, "seal_text"),
    "participant": Breaks("astrid", ("participant", "add", "rus/P09"), studies, "add_participant"),
    "audit": Breaks("astrid", ("audit", "list"), audit, "entries"),
    "doctor": Breaks("astrid", ("doctor",), doctor, "examine"),
}


def _raiser(make: Callable[[], BaseException], raised: list[BaseException]) -> Callable[..., NoReturn]:
    def burst(*arguments: object, **named: object) -> NoReturn:
        sentence = [CANARY, arguments, named]  # a local, as a traceback with locals would show it
        error = make()
        raised.append(error)
        error.add_note(f"while reading {sentence[0]}")
        raise error from ValueError(CANARY)

    return burst


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal at a vault with four interviews: to review, to release, released, and just taken in."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    house = build(terminal.vault)
    spoken = f"Then I met Martin, and {CANARY}."
    _undecided, decided, released = (said(house, code, spoken) for code in ("P01", "P02", "P03"))
    for recording in (decided, released):
        review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
    release.release(house.desk("ragna"), released)
    intake.take_in(house.desk("ivar"), house.participant("P04"), io.BytesIO(opening(2.0)), f"{CANARY}.wav")
    house.vault.close()
    (tmp_path / "sound.wav").write_bytes(opening(3.0))
    return terminal


@pytest.mark.parametrize("command", COMMANDS)
def test_an_error_that_quotes_an_interview_is_repeated_nowhere(
    command: str, tillit: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors of every kind, with an interview's words in text, cause, notes and locals, end in a sentence."""
    breaks, hunt = COMMANDS[command], Hunt([QUOTED])
    typed = [
        {"SOUND": str(tmp_path / "sound.wav"), "OUT": str(tmp_path / "out")}.get(word, word) for word in breaks.typed
    ]
    caplog.set_level(logging.NOTSET)
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    for kind, make in ERRORS.items():
        raised: list[BaseException] = []
        with monkeypatch.context() as patched:
            patched.setattr(breaks.holder, breaks.name, _raiser(make, raised))
            answer = tillit(breaks.who, *typed)
        assert raised, f"{kind} did not happen"
        assert answer.code not in {0, 2}
        assert hunt.within((answer.out + answer.err + caplog.text).encode()) == set(), kind
        caplog.clear()
    _is_clean(tillit, hunt)


def _is_clean(tillit: Terminal, hunt: Hunt) -> None:
    assert list(hunt.under(tillit.vault.parent)) == []
    vault = reopen(tillit.vault)
    assert [place for place, value in tables.values(vault) if hunt.within(value)] == []
    vault.close()
