"""Who spoke: error rate, speed and memory of the diariser on the reference recordings, beside the packaged peers.

    python -m benchmarks.speakers [--peers] [--hours 3]

A row is a recording and an engine; DER is in percent, overlap counted, at a collar of 0 and of 0.25 s, with what the
first is made of (missed, false, confused); `times` is times real time, MB the process's peak so far. `given` was told
the number of speakers, `found` was not. The degraded pairs are made here: white noise at 15 dB, a small room, a
telephone. Of dev00 only the first 30 s are in the reference and only they are heard. With --peers, senko 0.2.2 as it
comes and resemblyzer 0.1.4 with spectral clustering run on the same sound; they need PyTorch, so a Python of their own
is made once in .venv-peers. With --hours, only memory and speed on the pairs repeated for so long.

Reach: on every set at or below the better peer, and faster than 20 times real time on two cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

from benchmarks.der import Errors, Span, errors, within
from benchmarks.listeners.sound import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

ROOT: Final = Path(__file__).resolve().parent.parent
AUDIO: Final = ROOT.parent / "shared" / "audio"
PEERS: Final = ROOT / ".venv-peers" / "speakers"
PACKAGES: Final = ("torch==2.13.0", "senko==0.2.2", "resemblyzer==0.1.4", "setuptools<81")
RATE: Final = 16_000
COLLAR: Final = 0.25
WRITTEN_DOWN: Final = {"dev00": 30.0}
"""Seconds of a recording that its reference covers, where that is not all."""


@dataclass(frozen=True)
class Recording:
    """Sound as 16 kHz mono s16le, who spoke in it when, and the set it belongs to."""

    name: str
    group: str
    pcm: bytes
    reference: list[Span]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pcm) / 2 / RATE

    @property
    def speakers(self) -> int:
        """How many speak."""
        return len({label for *_, label in self.reference})


def recordings() -> Iterator[Recording]:
    """The reference recordings, then the pairs made worse."""
    for name in ("sample.wav", "dev00.wav"):
        yield _read(name, Path(name).stem)
    pairs = [_read(f"two-speakers-{number}.flac", "pairs") for number in (0, 1)]
    yield from pairs
    for kind, worse in (("noise", noisy), ("room", roomy), ("telephone", telephoned)):
        for pair in pairs:
            sound = worse(_narrow(np.frombuffer(pair.pcm, "<i2") / 32_768))
            pcm = (np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes()
            yield Recording(f"{pair.name}, {kind}", "degraded pairs", pcm, pair.reference)


def _read(name: str, group: str) -> Recording:
    stem = Path(name).stem
    until = WRITTEN_DOWN.get(stem, float("inf"))
    rows = [line.split() for line in (AUDIO / f"{stem}.rttm").read_text(encoding="utf-8").splitlines()]
    spans = [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]
    pcm = decode(AUDIO / name)
    return Recording(stem, group, pcm[: int(min(until * RATE * 2, len(pcm)))], within(spans, until))


def noisy(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """With white noise 15 dB below the speech."""
    noise = np.random.default_rng(15).standard_normal(len(sound))
    return _narrow(sound + noise * np.sqrt(np.square(sound).mean()) * 10 ** (-15 / 20))


def roomy(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """In a room with 0.4 s of reverberation, as loud as the direct sound."""
    length = int(0.4 * RATE)
    tail = np.random.default_rng(4).standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    response = np.concatenate([[1.0], tail / np.sqrt(np.square(tail).sum())])
    return _narrow(0.7 * fftconvolve(sound, response)[: len(sound)])


def telephoned(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Through 300 to 3,400 Hz at 8 kHz, in the 8 bits of µ-law."""
    band = butter(4, [300, 3400], "band", fs=8_000, output="sos")
    narrow = np.clip(sosfilt(band, resample_poly(sound, 1, 2)), -1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    heard = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    return _narrow(resample_poly(heard, 2, 1)[: len(sound)])


def _narrow(sound: Any) -> NDArray[np.float32]:  # noqa: ANN401 - scipy is untyped
    return np.asarray(sound, np.float32)


def peers() -> Path:
    """The peers' own Python, made if it is not there."""
    if not (PEERS / "ready").exists():
        print("Installing the peers (some minutes, once) …")
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (PEERS.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        (PEERS / "ready").touch()
    return PEERS / "bin" / "python"


@contextmanager
def engine(python: Path, name: str) -> Iterator[Callable[..., dict[str, Any]]]:
    """A diariser in its own process, to be asked about one recording after another."""
    script = str(Path(__file__).with_name("speakers_worker.py"))
    environment = {"PYTHONPATH": str(ROOT)} if name == "tillit" else {}
    with subprocess.Popen(
        [str(python), script, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOME": str(PEERS), **environment},
    ) as process:
        jobs, answers = process.stdin, process.stdout
        if jobs is None or answers is None:
            raise ValueError("the diariser needs both pipes")

        def ask(pcm: bytes, count: int | None, times: int = 1) -> dict[str, Any]:
            job = {"bytes": len(pcm), "count": count, "times": times}
            jobs.write(json.dumps(job).encode() + b"\n" + pcm)
            jobs.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield ask
        jobs.close()


Row = tuple[str, Recording, dict[str, Any]]


def rows(sounds: list[Recording], *, with_peers: bool) -> Iterator[Row]:
    """Every engine on every recording; an engine at a time has the machine."""
    own = Path(sys.executable)
    jobs: list[tuple[str, str, Path, bool]] = [("given", "tillit", own, True), ("found", "tillit", own, False)]
    if with_peers:
        jobs += [("senko, found", "senko", peers(), False), ("resemblyzer, given", "resemblyzer", peers(), True)]
    for title, name, python, told in jobs:
        with engine(python, name) as ask:
            for sound in sounds:
                yield title, sound, ask(sound.pcm, sound.speakers if told else None)


def table(measured: list[Row]) -> Table:
    """A row for each recording and engine, and one for each set."""
    shown = Table("", "engine", "DER 0 s", "missed", "false", "confused", "DER 0.25 s", "voices", "times", "MB")
    sums: dict[tuple[str, str], tuple[Errors, Errors]] = defaultdict(lambda: (NOTHING, NOTHING))
    for title, sound, answer in measured:
        found = [(start, end, label) for start, end, label in answer["turns"]]
        strict, lenient = errors(sound.reference, found), errors(sound.reference, found, COLLAR)
        before = sums[sound.group, title]
        sums[sound.group, title] = before[0] + strict, before[1] + lenient
        heard = f"{len({label for *_, label in found})} of {sound.speakers}"
        speed = f"{sound.seconds / answer['seconds']:.0f}"
        shown.add_row(sound.name, title, *_figures(strict, lenient), heard, speed, f"{answer['mb']:.0f}")
    shown.add_section()
    for (group, title), (strict, lenient) in sorted(sums.items(), key=lambda item: item[0][0]):
        shown.add_row(f"set: {group}", title, *_figures(strict, lenient))
    return shown


NOTHING: Final = Errors(0.0, 0.0, 0.0, 0.0)


def _figures(strict: Errors, lenient: Errors) -> tuple[str, ...]:
    return (f"{strict.rate:.1f}", *(f"{part:.1f}" for part in strict.parts()), f"{lenient.rate:.1f}")


def lasting(hours: float) -> None:
    """Memory and speed on much sound: the pairs, over and over."""
    pcm = b"".join(sound.pcm for sound in recordings() if sound.group == "pairs")
    times = max(1, round(hours * 3600 * RATE * 2 / len(pcm)))
    with engine(Path(sys.executable), "tillit") as ask:
        answer = ask(pcm, None, times)
    seconds = times * len(pcm) / 2 / RATE
    print(f"{seconds / 3600:.2f} h: {seconds / answer['seconds']:.0f} times real time, peak {answer['mb']:.0f} MB")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--hours", type=float)
    given = parser.parse_args()
    if given.hours:
        lasting(given.hours)
    else:
        measured = list(rows(list(recordings()), with_peers=given.peers))
        measured.sort(key=lambda row: (row[1].group == "degraded pairs", row[1].name))
        Console(width=118).print(table(measured))


if __name__ == "__main__":
    main()
