"""The whole stack at one threshold after another, on dev splits only: from this the defaults are chosen.

Text with capitals and text without are judged apart, for the tagger has a threshold for each. The tagger's network
reads each document once.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from rich import box
from rich.table import Table

from benchmarks.finding.measures import Tally, measure
from benchmarks.finding.rows import Remembered
from benchmarks.finding.texts import groups
from ingest.pseudonyms.finder import default_taggers, find_names
from ingest.pseudonyms.finds import Adjustable
from ingest.pseudonyms.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.finding.texts import Group
    from ingest.pseudonyms.finds import Find, Tagger
    from ingest.pseudonyms.network import Chances

THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
CASED: Final = ("cased", "written")
"""The forms of text with capitals."""


@contextmanager
def remembering() -> Iterator[None]:
    """Within it the network reads the words of a document once, at whatever thresholds the tagger then judges."""
    read, known = Network.chances, dict[tuple[str, ...], "Chances"]()

    def chances(network: Network, words: Sequence[str]) -> Chances:
        key = tuple(words)
        if key not in known:
            known[key] = read(network, words)
        return known[key]

    with patch.object(Network, "chances", chances):
        yield


def sweep() -> Iterator[Table]:
    """A table for text with capitals, and one for text without."""
    every = groups("dev")
    for title, cased in (("cased", True), ("uncased", False)):
        shown = Table("threshold", "set", "PER", "LOC", "all", "entities", "words", "F1", title=title, box=box.SIMPLE)
        kept = [group for group in every if (group.form in CASED) is cased]
        with remembering():
            for threshold, parts in at_thresholds(kept):
                for name, tally in parts.items():
                    shown.add_row(f"{threshold:.2f}", name, *_figures(tally))
                shown.add_section()
        yield shown


def at_thresholds(kept: Sequence[Group]) -> Iterator[tuple[float, dict[str, Tally]]]:
    """For each threshold what bokmål, nynorsk, the other treebanks and the passages came to."""
    taggers = [one if isinstance(one, Adjustable) else Remembered(one) for one in default_taggers()]
    for threshold in THRESHOLDS:
        parts: dict[str, Tally] = {}
        for group in kept:
            part = _part(group.name)
            parts[part] = parts.get(part, Tally()) + measure(group.documents, partial(_found, taggers, threshold))
        yield threshold, parts


def _found(taggers: Sequence[Tagger], threshold: float, text: str, language: str) -> list[Find]:
    return find_names(text, language, taggers, threshold=threshold)


def _part(name: str) -> str:
    if name.startswith("passages"):
        return "passages"
    return name if name in {"nob", "nno"} else "da, svt, en"


def _figures(tally: Tally) -> list[str]:
    covers = [tally.cover(kind) for kind in ("PER", "LOC", "")]
    return [f"{figure:.1f}" for figure in (*covers, tally.entity_recall(), tally.precision(), tally.strict())]
