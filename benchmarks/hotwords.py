"""What telling the recogniser a study's names does: how many it hears right, how many it invents, and all its errors.

    python -m benchmarks.hotwords [--rows tillit plain batched …]

Whisper is told names as text that is said to come before the sound (`<|startofprev|>` and the names, at most 223
tokens), so it may also write a name that nobody said. Each recording is heard

    without names     as everywhere else
    its roster        with the names and places that are said in it, as a study would know them
    among 40          the same among others, forty in all
    40 others         with forty names that nobody says

A name is right if it stands where the reference has it; each word of a name counts by itself. A name is invented if
one of the roster's or of the others' words is heard where the reference has another word or none. hotwords.mp3 is four
seconds of faster-whisper's tests with one name said twice and no other reference, so it has no word error rate. The
recordings are the test set: nothing is tuned on them.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Column, Table
from tokenizers import Tokenizer

from benchmarks.listeners import BATCHED, PLAIN, ROWS, TILLIT
from benchmarks.listeners.bench import Bench, Sound, able
from benchmarks.listeners.sound import SHARED, decode
from benchmarks.wer import errors, tokens
from ingest.transcription import models

ROSTER_SIZE: Final = 40
WIDTH: Final = 100
WITHOUT: Final = "without names"
CREW: Final = """
Rick Husband, Michael Anderson, Laurel Clark, David Brown, William McCool, Kalpana Chawla, Ilan Ramon, Columbia,
Houston, Texas, Isaiah"""
SPEECH: Final = """
Afghanistan, Pakistan, Polen, Sverige, Somalia, Syria, Allah, Grieg, Kygo, Hellbillies, Kari Bremnes, Norge"""
NORWEGIAN: Final = """
Bergljot, Hallgeir, Torbjørg, Steinar, Oddveig, Magnhild, Sigbjørn, Aslaug, Gunnvor, Trygve, Ragnhild, Eivind,
Solfrid, Kjellaug, Håvard, Ingebjørg, Øyvind, Åshild, Terje, Gudrun, Kirkenes, Namsos, Egersund, Voss, Lillehammer,
Hamar, Molde, Florø, Vadsø, Sandnes, Haukeland, Blakstad, Tyrili, Evjen, Myklebust, Skarpnes, Tveit, Bjørndal,
Hagesund, Fjellheim"""
ENGLISH: Final = """
Gareth, Philippa, Desmond, Rosalind, Winifred, Alistair, Bernadette, Clive, Imogen, Tobias, Marguerite, Leopold,
Saoirse, Malcolm, Henrietta, Priya, Tariq, Oluwaseun, Mei-Ling, Yusuf, Leicester, Swindon, Inverness, Cardiff, Preston,
Birmingham, Plymouth, Norwich, Aberdeen, Coventry, Whitfield, Hargreaves, Pemberton, Okonkwo, Fitzgerald, Ramsbottom,
Ashworth, Kavanagh, Blenkinsop, Thistlewood"""


@dataclass(frozen=True)
class Case:
    """A recording, names said in it, forty that are not, and the reference; `whole` if it has every word said."""

    recording: str
    language: str
    roster: tuple[str, ...]
    others: tuple[str, ...]
    reference: str
    whole: bool = True

    def told(self) -> dict[str, tuple[str, ...]]:
        """What the recogniser is told, each way."""
        among = [*self.roster, *self.others[: ROSTER_SIZE - len(self.roster)]]
        random.Random(1).shuffle(among)  # noqa: S311 - an order, not a secret
        return {WITHOUT: (), "its roster": self.roster, "among 40": tuple(among), "40 others": self.others}


@dataclass(frozen=True)
class Score:
    """Words of names that were said and that were heard right, words of names that were invented."""

    said: int
    right: int
    invented: int


def cases() -> list[Case]:
    """The recordings whose names are known."""
    return [
        Case("hotwords.mp3", "en", ("ComfyUI",), _names(ENGLISH), "ComfyUI ComfyUI", whole=False),
        Case(
            "columbia.wma",
            "en",
            _names(CREW),
            _names(ENGLISH),
            (SHARED / "columbia.txt").read_text(encoding="utf-8"),
        ),
        Case(
            "king.mp3",
            "no",
            _names(SPEECH),
            _names(NORWEGIAN),
            (SHARED / "king.txt").read_text(encoding="utf-8"),
        ),
    ]


def _names(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in listed.split(","))


def score(case: Case, heard: str) -> Score:
    """Count the names in what was heard."""
    said, got = tokens(case.reference), tokens(heard)
    roster = {word for name in case.roster for word in tokens(name)}
    others = {word for name in case.others for word in tokens(name)}
    same = [block for block in Levenshtein.opcodes(said, got) if block.tag == "equal"]
    right = sum(word in roster for block in same for word in said[block.src_start : block.src_end])
    return Score(
        said=sum(word in roster for word in said),
        right=right,
        invented=sum(word in roster | others for word in got) - right,
    )


def measure(bench: Bench, row: str, case: Case) -> dict[str, str]:
    """The text heard, each way of telling."""
    pcm = bench.folder / f"{case.recording}.pcm"
    pcm.write_bytes(decode(SHARED / case.recording))
    told = case.told()
    turn = bench.turn(row, [Sound(pcm, case.language, names) for names in told.values()])
    return {way: heard.text for way, heard in zip(told, turn.heard, strict=True)}


def table(row: str, measured: list[tuple[Case, dict[str, str]]]) -> Table:
    """A line for each recording and way of telling."""
    heads = ("told", "tokens", "names right", "invented", "WER %")
    made = Table("", *(Column(head, justify="right") for head in heads), title=ROWS[row].title)
    length = Tokenizer.from_str(models.packaged_files()["tokenizer.json"].decode())
    for case, heard in measured:
        for way, names in case.told().items():
            found = score(case, heard[way])
            share = f"{found.right}/{found.said}  {100 * found.right / found.said:3.0f} %"
            all_errors = errors(case.reference, heard[way])
            wrong = f"{100 * all_errors.wrong / all_errors.words:.1f}" if case.whole else ""
            size = len(length.encode(" " + ", ".join(names), add_special_tokens=False).ids) if names else 0
            made.add_row(case.recording if way == WITHOUT else "", way, str(size), share, str(found.invented), wrong)
        made.add_section()
    return made


def main() -> None:
    """Print a table for each row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=[TILLIT, PLAIN, BATCHED], metavar="ROW")
    with Bench() as bench:
        for row in able(parser.parse_args().rows):
            Console(width=WIDTH).print(table(row, [(case, measure(bench, row, case)) for case in cases()]))


if __name__ == "__main__":
    main()
