"""Where the rows take their turns: weights and sound in a temporary folder, and a process for each turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from benchmarks.listeners import CPP_BEAM, CPP_GREEDY, ROWS, TILLIT
from ingest.transcription import models

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
PEERS: Final = ROOT / ".venv-peers"
WHISPER_CPP: Final = "pywhispercpp==1.5.1"
OFFLINE: Final = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True)
class Sound:
    """Decoded sound: a file of 16 kHz mono s16le, its language, and the names the recogniser is told."""

    pcm: Path
    language: str
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What hearing one sound took, without loading, and the text."""

    seconds: float
    cpu: float
    text: str


@dataclass(frozen=True)
class Turn:
    """A process of a row: seconds of loading, bytes of memory at most, and what it heard of each sound."""

    load: float
    peak: int
    heard: list[Heard]


class Bench:
    """A folder with what the rows are given. Use it as a context manager: the folder goes when it is over."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="listen-")
        self.folder = Path(self._folder.name)
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def turn(self, row: str, sounds: Sequence[Sound]) -> Turn:
        """Let a row hear sounds in a process of its own. Raises SystemExit with what it said if it fails."""
        told = [{"pcm": str(sound.pcm), "language": sound.language, "hotwords": sound.hotwords} for sound in sounds]
        job = json.dumps({"row": row, "model": str(self._model(row)), "sounds": told})
        command = [str(_python(row)), "-m", f"benchmarks.listeners.{ROWS[row].module}", job]
        said = json.loads(_run(command, ROWS[row].title).splitlines()[-1])
        return Turn(said["load"], said["peak"], [Heard(**heard) for heard in said["heard"]])

    def _model(self, row: str) -> Path:
        if row == TILLIT:
            return self.folder  # it finds its own
        return self._ggml if _is_cpp(row) else self._ctranslate2

    @cached_property
    def _ctranslate2(self) -> Path:
        folder = self.folder / "weights"
        folder.mkdir()
        for name, content in models.packaged_files().items():
            (folder / name).write_bytes(content)
        return folder

    @cached_property
    def _ggml(self) -> Path:
        target = self.folder / "ggml.bin"
        _run([sys.executable, "-m", "benchmarks.listeners.ggml", str(target)], "Making whisper.cpp's weights")
        return target


def _run(command: list[str], what: str) -> str:
    environment = {**os.environ, **OFFLINE}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"{what} failed:\n{done.stderr}")
    return done.stdout


def able(rows: Iterable[str]) -> list[str]:
    """Those of the rows that can be run here; says why one cannot."""
    asked = list(rows)
    if any(_is_cpp(row) for row in asked) and not _install_whisper_cpp():
        print(f"whisper.cpp is left out: {WHISPER_CPP} could not be installed.")
        return [row for row in asked if not _is_cpp(row)]
    return asked


def _is_cpp(row: str) -> bool:
    return row in {CPP_BEAM, CPP_GREEDY}


def _python(row: str) -> Path:
    return PEERS / "whispercpp" / "bin" / "python" if _is_cpp(row) else Path(sys.executable)


def _install_whisper_cpp() -> bool:
    """Make the environment of whisper.cpp on demand; whether it is there, and works."""
    python = PEERS / "whispercpp" / "bin" / "python"
    check = [str(python), "-c", "import numpy, pywhispercpp.model"]
    if python.exists() and subprocess.run(check, check=False, capture_output=True).returncode == 0:
        return True
    PEERS.mkdir(exist_ok=True)
    (PEERS / ".gitignore").write_text("*\n", encoding="ascii")
    install = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "numpy", WHISPER_CPP]
    steps = [[sys.executable, "-m", "venv", "--clear", str(PEERS / "whispercpp")], install, check]
    return all(subprocess.run(step, check=False, capture_output=True).returncode == 0 for step in steps)
