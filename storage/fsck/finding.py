"""One thing that is not as it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "missing",
    "extra",
    "truncated",
    "altered",
    "unreadable",
    "rolled back",
    "row altered",
    "row missing",
    "row extra",
    "database",
    "ledger",
    "unverifiable",
]


@dataclass(frozen=True)
class Finding:
    """`what` is a row by table and id ("artefact/0123…"), a sealed file that no row has, or a part of the vault.

    `sentence` is for the person: what is wrong and what to do, without a name or a word of anybody's.
    """

    kind: Kind
    what: str
    sentence: str
