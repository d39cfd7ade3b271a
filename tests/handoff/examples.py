"""An invented study with every kind of letter that has gone wrong on its way into a coding tool."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from handoff.source import Case, Interview, Study
from storage.transcript import Provenance, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handoff.package import Look
    from policies.actions import Purpose
    from policies.desk import Desk
    from storage.records import Recording

# Norwegian, Sámi, Arabic with marks, an emoji outside the BMP, markup, a letter and its ring apart (NFD).
LINES = (
    "Æsj, så dårlig øl på Åråsen.",
    "Mun lean Deanus eret, čáppa báiki: áđđá, ŋ, ŧ, ž.",
    "مرحبا، كيف حالك؟",
    "Da lo jeg 😂👩‍👧 altså.",
    "<b>Tom & Jerry</b> --> ]]> \"sitat\" 'apostrof'",
    "A\u030asa fra Lillevik.",
)
CLEANED = (*LINES[:5], "Åsa fra Lillevik.")
# Each with what it must become: characters XML 1.0 forbids, line ends inside a turn, a stray byte order mark.
ODD = (
    ("en\x00to\x1btre", "entotre"),
    ("en\r\nto\tre\u2028fire\x0bfem", "en to re fire fem"),
    ("\ufeffførst\ufffe og\ud800 sist", "først og sist"),
    ("\x85 blank \n", "blank"),
)


def segments(texts: tuple[str, ...], *speakers: str | None) -> tuple[Segment, ...]:
    """A segment every five seconds, its speaker taken from `speakers` in turn."""
    said_by = speakers or (None,)
    return tuple(
        Segment(5.0 * n, 5.0 * n + 4.25, text, speaker=said_by[n % len(said_by)]) for n, text in enumerate(texts)
    )


def interview(
    texts: tuple[str, ...] = LINES, *speakers: str | None, title: str = "P07-1", code: str = "P07"
) -> Interview:
    """An invented interview; its id follows from its title."""
    made_by = Provenance("transcribe", "test", "0")
    heard = Transcript("no", 60.0, segments(texts, *speakers), made_by)
    identity = uuid5(NAMESPACE_URL, title).hex
    return Interview(identity, code, title, "no", 60.0, heard, date(2024, 5, 17))


def study(*, language: str = "no") -> Study:
    """Two cases with attributes of every type, three interviews."""
    ola: dict[str, str | int | float | bool | date] = {
        "alder": 47,
        "kjønn": "mann",
        "score": 1e-7,
        "i arbeid": True,
        "innskrevet": date(2021, 2, 3),
        "barn": 2,
    }
    cases = (
        Case("0" * 31 + "1", "P07", ola),
        Case("0" * 31 + "2", "P08", {"alder": 35.5, "barn": "ukjent", "merknad": "=1+1"}),
    )
    interviews = (
        interview(title="P07-1"),
        interview(LINES, "Intervjuer", "Deltaker 01", title="P07-2"),
        interview(("Nei.", "Jo."), title="P08-1", code="P08"),
    )
    return Study("0f" * 16, "Veien <tilbake> & hjem", language, cases, interviews)


def unlooked(_files: Sequence[tuple[str, bytes]], _blank: Sequence[tuple[str, bytes]]) -> None:
    """A look at files that hold nobody's name."""


def unscanned(_desk: Desk, _recordings: Sequence[Recording], _purpose: Purpose) -> Look:
    """A scan of a study that has no names; the real one is tried in tests/ingest/test_outgoing.py."""
    return unlooked
