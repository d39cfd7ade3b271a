"""How fast Tillit listens: beside faster-whisper, whisper.cpp and the parameters of noScribe, aTrain and whisperX.

    python -m benchmarks.listen [AUDIO …] [--language no] [--minutes N] [--rounds 3] [--rows ROW …]
    python -m benchmarks.listen --memory [10 60 180]

The recordings (one real interview unless given) are decoded once, outside the clock, and joined; --minutes makes the
sound that long by repeating it in pieces whose order changes. Everybody has the same weights. Each turn is a process
of its own, so its peak of memory (libraries, weights and sound included) is its own; loading the weights is not
counted. All take turns in every round, forwards and backwards, so that a noisy machine hurts everybody; ratios are of
the same round, and their median is printed with the smallest and the largest. MB are millions of bytes.

Reach: 4 times as fast as faster-whisper with its defaults, 1.4 times as fast as its BatchedInferencePipeline, at most
1,200 MB; and with --memory, at most 1.1 times the memory of the shortest sound, however long. What it costs in errors:
benchmarks.wer.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from benchmarks.listeners import BATCHED, CAPTION, PLAIN, ROWS, TILLIT
from benchmarks.listeners.bench import Bench, Sound, Turn, able
from benchmarks.listeners.sound import INTERVIEW, language_of, write
from benchmarks.wer import tokens

Turns = dict[str, list[Turn]]
MB = 1e6
WIDTH = 118
MOST_MB = 1_200
FLAT = 1.1
REACHES = {PLAIN: 4.0, BATCHED: 1.4}
"""How many times as fast as these Tillit is to be."""


def take_turns(bench: Bench, rows: list[str], sound: Sound, rounds: int) -> Turns:
    """Every turn of every row."""
    turns = defaultdict(list)
    for number in range(rounds):
        for row in rows[:: -1 if number % 2 else 1]:
            turns[row].append(bench.turn(row, [sound]))
    return turns


def ratios(turns: Turns, row: str, to: str) -> list[float]:
    """How many times the seconds of `to` the row took, in each round; in order."""
    pairs = zip(turns[row], turns[to], strict=True)
    return sorted(one.heard[0].seconds / other.heard[0].seconds for one, other in pairs)


def spread(values: list[float]) -> str:
    """The median, and from where to where."""
    return f"{statistics.median(values):.2f} ({values[0]:.2f} to {values[-1]:.2f})"


def table(title: str, turns: Turns, rows: list[str], seconds: float) -> Table:
    """Medians, a line for each row; the memory is the most of all rounds."""
    heads = ("seconds", "x real time", "times Tillit's time", "peak MB", "CPU s", "words", "loading s")
    columns = [Column(head, justify="right", no_wrap=True) for head in heads]
    made = Table(Column(no_wrap=True), *columns, title=title, caption=CAPTION)
    for row in rows:
        heard = [turn.heard[0] for turn in turns[row]]
        took = statistics.median(one.seconds for one in heard)
        made.add_row(
            ROWS[row].title,
            f"{took:.1f}",
            f"{seconds / took:.1f}",
            spread(ratios(turns, row, TILLIT)) if TILLIT in rows else "",
            f"{peak(turns[row]):,.0f}",
            f"{statistics.median(one.cpu for one in heard):.1f}",
            f"{len(tokens(heard[0].text)):,}",
            f"{statistics.median(turn.load for turn in turns[row]):.1f}",
        )
    return made


def peak(turns: list[Turn]) -> float:
    """The most memory of any turn, MB."""
    return max(turn.peak for turn in turns) / MB


def reaches(turns: Turns) -> list[str]:
    """What is within reach, in sentences that end in yes or NO."""
    lines = []
    for row, wanted in REACHES.items():
        if row in turns:
            times = ratios(turns, row, TILLIT)
            lines.append(
                f"{spread(times)} times as fast as {ROWS[row].title}, reach {wanted}: "
                + _yes(statistics.median(times) >= wanted)
            )
    most = peak(turns[TILLIT])
    return [*lines, f"peak {most:,.0f} MB, reach {MOST_MB:,}: " + _yes(most <= MOST_MB)]


def _yes(good: bool) -> str:
    return "yes" if good else "NO"


def measure_speed(bench: Bench, rows: list[str], given: argparse.Namespace) -> None:
    """Print the table and what is within reach."""
    sound = Sound(bench.folder / "sound.pcm", _language(given))
    seconds = write(given.audio, sound.pcm, given.minutes)
    turns = take_turns(bench, rows, sound, given.rounds)
    names = ", ".join(path.name for path in given.audio)
    title = f"{names}: {seconds / 60:.1f} minutes, language {sound.language}, rounds {given.rounds}"
    Console(width=WIDTH).print(table(title, turns, rows, seconds))
    if TILLIT in rows:
        print("\n".join(reaches(turns)))


def measure_memory(bench: Bench, rows: list[str], given: argparse.Namespace) -> None:
    """Print the peak of memory for each length of sound, and whether it stays flat."""
    lengths = sorted(given.memory or [10, 60, 180])
    peaks: dict[str, list[float]] = defaultdict(list)
    for minutes in lengths:
        sound = Sound(bench.folder / "sound.pcm", _language(given))
        write(given.audio, sound.pcm, minutes)
        for row in rows:
            peaks[row].append(peak([bench.turn(row, [sound])]))
    heads = [Column(f"{minutes:g} min", justify="right") for minutes in lengths]
    made = Table("", *heads, "flat", title="Peak of memory, MB")
    for row in rows:
        flat = max(peaks[row]) <= FLAT * peaks[row][0]
        made.add_row(ROWS[row].title, *(f"{most:,.0f}" for most in peaks[row]), _yes(flat))
    Console().print(made)


def _language(given: argparse.Namespace) -> str:
    return given.language or language_of(given.audio[0])


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="*", type=Path, default=[INTERVIEW], metavar="AUDIO")
    parser.add_argument("--language", help="what is spoken; by the first recording's name unless given")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", nargs="+", choices=ROWS, metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--memory", nargs="*", type=float, metavar="MINUTES")
    given = parser.parse_args()
    with Bench() as bench:
        if given.memory is None:
            measure_speed(bench, able(given.rows or ROWS), given)
        else:
            measure_memory(bench, able(given.rows or [TILLIT]), given)


if __name__ == "__main__":
    main()
