"""Hundreds of canaries go through the whole house while it is killed again and again: none lies in the clear."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from ingest import pipeline
from tests.faults import planted, tables, whole_run
from tests.faults.canaries import Hunt
from tests.faults.whole_run import EMPTY, ROUTE, Run
from tests.house_fixtures import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONG = bool(os.environ.get("TILLIT_SOAK"))
PHASES = (0.1, 0.3, 0.5, 0.7, 0.9) if LONG else (0.75,)  # where in its share of a stage each kill falls
KILLS = 4 if LONG else 2  # in each of ten stages
RECORDINGS = 20
EVERYBODYS = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108  # looked into, not written to


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that this process too has its temporary and home folder in."""
    for name, folder in whole_run.PRIVATE.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.mark.parametrize("phase", PHASES)
def test_no_canary_is_in_the_clear_anywhere_after_kills_all_the_way(root: Path, phase: float) -> None:
    """After twenty kills from intake to backup nothing of what went in can be read but by who has the passphrase."""
    began = time.time()
    shares = [(number + phase) / KILLS for number in range(KILLS)]
    with planted.keys_seen() as keys:
        run = whole_run.begin(root, max(RECORDINGS, 1 + KILLS * len(whole_run.MACHINE)), secrets.token_hex(4))
        whole_run.cut_short(run, dict.fromkeys(ROUTE, shares))
        kept, given = _kept_inside(run, keys), _handed_off(run)
    assert run.kills >= 20
    assert len(kept) + len(given) >= 200
    _all_arrived(run)
    for place in EMPTY:
        assert list((root / place).iterdir()) == [], f"something was left in {place}"
    hunt = Hunt([*kept, *given])
    assert [hit for folder in ("vault", "backups", "logs") for hit in hunt.under(root / folder)] == []
    assert [place for place, value in tables.values(run.house.vault) if hunt.within(value)] == []
    assert [hit for hit in hunt.under(root / "given") if hit[1] < len(kept)] == []
    own = Hunt(canary for one in run.carried for canary in one.canaries())  # no other test's
    assert [str(path) for path in _written_since(began) if own.within(path.read_bytes())] == []
    _each_would_be_found(root, hunt, [*kept, *given])


def _kept_inside(run: Run, keys: set[bytes]) -> list[bytes]:
    """What is in no hand-off either: keys, names of files, sound, real names."""
    sound = (canary for one in run.carried for canary in one.canaries())
    heard = (canary for one in run.carried for canary in planted.never_out(run.house, run.recording(one)))
    return sorted({*keys, *sound, *heard})


def _handed_off(run: Run) -> list[bytes]:
    """What a hand-off is made of: attributes, and the words of transcripts."""
    said = {words for one in run.carried for words in planted.words_of(run.house, run.recording(one))}
    return sorted(said.union(value.encode() for one in run.carried for value in one.attributes.values()))


def _all_arrived(run: Run) -> None:
    assert {run.recording(one).stage for one in run.carried} == {"release"}
    assert pipeline.waiting(run.house.vault) == []
    assert run.house.vault.ledger.verify().size > 0


def _written_since(began: float) -> Iterator[Path]:
    """This user's files in the machine's common places that are no other test's."""
    for folder, below, names in (step for common in EVERYBODYS for step in os.walk(common)):
        below[:] = [name for name in below if not name.startswith("pytest-of-")]
        for path in (Path(folder, name) for name in names):
            with suppress(OSError):
                about = path.stat(follow_symlinks=False)
                if (
                    about.st_mtime >= began
                    and about.st_uid == os.getuid()
                    and path.is_file()
                    and os.access(path, os.R_OK)
                ):
                    yield path


def _each_would_be_found(root: Path, hunt: Hunt, hunted: Sequence[bytes]) -> None:
    """The control: with a copy of each canary in a log, each is reported."""
    log = root / "logs" / "99.err"
    log.write_bytes(b"\n".join(hunted))
    assert len(list(hunt.under(root / "logs"))) == len(hunted)
    log.unlink()


def test_what_the_job_engine_holds_is_looked_at(tmp_path: Path) -> None:
    """A name in any table of the job engine's would be found, and so would one in the link key's database."""
    house = build(tmp_path / "vault")
    with pipeline.at_work(house.vault, lambda *_: None):
        pass
    row = "INSERT INTO workflow_status (workflow_uuid, status, inputs, created_at, updated_at, priority) VALUES "
    with house.vault.database.jobs.begin() as connection:
        connection.execute(sa.text(row + "('1', 'ERROR', 'Ingrid Sandvik', 0, 0, 0)"))
    hunt = Hunt([b"Ingrid Sandvik"])
    assert [place for place, value in tables.values(house.vault) if hunt.within(value)] == ["workflow_status.inputs"]
    assert {"ledger_entry.leaf", "operation_outputs", "name.kind"} - {place for place, _ in tables.values(house.vault)}
    house.vault.close()
