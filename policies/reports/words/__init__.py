"""What the reports say, a TOML file a language; both say everything."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("nb", "en")
"""Bokmål and English."""


@dataclass(frozen=True)
class Words:
    """One language: by key, and of terms by group and code."""

    page: dict[str, str]
    titles: dict[str, str]
    intros: dict[str, str]
    sections: dict[str, str]
    notes: dict[str, str]
    fields: dict[str, str]
    terms: dict[str, dict[str, str]]

    def term(self, group: str, code: str) -> str:
        """A term in words; a code from another version of Tillit, which a ledger keeps for good, as it is."""
        return self.terms[group].get(code, code.replace("_", " "))


@cache
def of(language: str) -> Words:
    """The words of one of `LANGUAGES`."""
    return Words(**tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")))
