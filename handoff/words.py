"""What the house says to a recipient, in their language: one TOML file per language under texts/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = Path(__file__).parent / "texts"
_FALLBACK = "en"
_ALSO = {"nb": "no"}  # "no" is what Whisper calls bokmål


@dataclass(frozen=True, slots=True)
class Words:
    """One language: `notice` for headers, `steward` for whom to tell, `files` by format, `readme` as a template.

    `notes` are what the README says besides of some formats; see handoff/readme.py.
    """

    notice: str
    steward: str
    readme: str
    files: Mapping[str, str]
    notes: Mapping[str, str]


@cache
def of(language: str) -> Words:
    """The words in a language (ISO 639-1), in English where we have none."""
    code = _ALSO.get(language, language)
    return _read(code if code in languages() else _FALLBACK)


@cache
def languages() -> frozenset[str]:
    """The languages there are words in."""
    return frozenset(path.stem for path in _TEXTS.glob("*.toml"))


def _read(code: str) -> Words:
    return Words(**tomllib.loads((_TEXTS / f"{code}.toml").read_text(encoding="utf-8")))
