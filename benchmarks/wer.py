"""Word error rate on every recording of ../shared/audio that has a reference text, by language.

    python -m benchmarks.wer [--rows tillit plain batched …] [--folder FOLDER]

Errors are insertions, deletions and substitutions of words; case and marks are not counted. Those of a language's
recordings are put together and divided by all its words. Reach: on every language Tillit has no more errors than the
better of faster-whisper with its defaults and its BatchedInferencePipeline. The recordings are the test set: nothing
is tuned on them.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Column, Table

from benchmarks.listeners import BATCHED, PLAIN, ROWS, TILLIT
from benchmarks.listeners.bench import Bench, Sound, able
from benchmarks.listeners.sound import SHARED, decode, references

WIDTH = 118


@dataclass(frozen=True)
class Errors:
    """How many of the reference's words are wrong in what was heard, and how many there are."""

    wrong: int
    words: int

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.wrong + other.wrong, self.words + other.words)

    def __str__(self) -> str:
        return f"{self.wrong}/{self.words}  {100 * self.wrong / self.words:5.1f}"


def errors(reference: str, heard: str) -> Errors:
    """Compare what was heard with what was said."""
    wanted = tokens(reference)
    return Errors(Levenshtein.distance(wanted, tokens(heard)), len(wanted))


def word_error_rate(reference: str, heard: str) -> float:
    """Insertions, deletions and substitutions of words for each word of the reference; case and marks not counted."""
    found = errors(reference, heard)
    return found.wrong / found.words


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared: small letters, no marks but the apostrophe within a word."""
    return re.findall(
        r"\w+(?:'\w+)*", unicodedata.normalize("NFC", text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def measure(bench: Bench, rows: list[str], folder: Path) -> dict[str, dict[str, dict[str, Errors]]]:
    """The errors of each row, by language and recording."""
    sets = references(folder)
    sounds = {recording: _sound(bench, recording, key) for key, pairs in sets.items() for recording, _ in pairs}
    texts = {recording: text.read_text(encoding="utf-8") for pairs in sets.values() for recording, text in pairs}
    found: dict[str, dict[str, dict[str, Errors]]] = {}
    for row in rows:
        turn = bench.turn(row, list(sounds.values()))
        heard = dict(zip(sounds, turn.heard, strict=True))
        found[row] = {
            key: {recording.stem: errors(texts[recording], heard[recording].text) for recording, _ in pairs}
            for key, pairs in sets.items()
        }
    return found


def _sound(bench: Bench, recording: Path, key: str) -> Sound:
    pcm = bench.folder / f"{recording.stem}.pcm"
    pcm.write_bytes(decode(recording))
    return Sound(pcm, key.partition(" ")[0])


def pooled(of_row: dict[str, dict[str, Errors]]) -> dict[str, Errors]:
    """A row's errors by language."""
    return {language: sum(by_recording.values(), Errors(0, 0)) for language, by_recording in of_row.items()}


def table(found: dict[str, dict[str, dict[str, Errors]]]) -> Table:
    """A line for each recording, and under them one for their language."""
    columns = [Column(ROWS[row].title, justify="right") for row in found]
    made = Table("", *columns, title="Words wrong, of how many, and per cent")
    first = next(iter(found.values()))
    for language in first:
        for recording in first[language]:
            made.add_row(f"  {recording}", *(str(of_row[language][recording]) for of_row in found.values()))
        made.add_row(language, *(str(pooled(of_row)[language]) for of_row in found.values()), end_section=True)
    return made


def reaches(found: dict[str, dict[str, dict[str, Errors]]]) -> list[str]:
    """For each language, whether Tillit is no worse than the better of the two."""
    by_row = {row: pooled(of_row) for row, of_row in found.items()}
    lines = []
    for language, ours in by_row[TILLIT].items():
        best = min(by_row[PLAIN][language].wrong, by_row[BATCHED][language].wrong)
        good = "yes" if ours.wrong <= best else "NO"
        lines.append(f"{language}: {ours.wrong} errors, the better of the two has {best}: {good}")
    return lines


def main() -> None:
    """Print the table, and what is within reach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=[TILLIT, PLAIN, BATCHED], metavar="ROW")
    parser.add_argument("--folder", type=Path, default=SHARED)
    given = parser.parse_args()
    with Bench() as bench:
        found = measure(bench, able(given.rows), given.folder)
    Console(width=WIDTH).print(table(found))
    if {TILLIT, PLAIN, BATCHED} <= found.keys():
        print("\n".join(reaches(found)))


if __name__ == "__main__":
    main()
