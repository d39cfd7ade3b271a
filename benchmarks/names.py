"""How well names are found: our finders whole and in parts, beside those of others, on the same documents.

    python -m benchmarks.names [--peers]            dev splits: look at these while working
    python -m benchmarks.names [--peers] --test     test splits: for the report only
    python -m benchmarks.names --sweep              dev splits at one threshold after another
    python -m benchmarks.names --speed              an hour's interview: time, memory, size
    python -m benchmarks.names --train-spacy [--minutes 2]      once, resumable; half an hour and more

Texts: NorNE bokmål (nob) and nynorsk (nno), Danish (da), Swedish (svt) and English (en) of Universal NER, `cased` as
they are and `lower` without capitals and punctuation, a sentence a line; and the invented passages, by language, as
`written` and as `heard` by a recogniser. A treebank that does not tell its documents apart is cut every 50 sentences.
On dev, en is the last quarter of its split (the tagger has learnt from the rest), and svt, which has no dev split,
the last tenth of its train split, of which the tagger has read a part: that figure flatters.

Figures, in per cent:
- PER, LOC, all: cover. The share of gold mentions of which every letter and digit lies in a find of whichever kind, a
  genitive (s, 's, ') at the end apart. `all` is PER, LOC and ORG, and in the passages ID too.
- entities: the share of entities whose every mention is covered. In the passages an entity is what was marked as one;
  in the treebanks mentions in one document are of one entity if written alike but for case and genitive.
- words: of the words in a find of kind PER, LOC or ORG, the share that is in a gold mention of any kind. Numbers
  and dates found (kind ID) are left out, since the treebanks mark none.
- F1 PER, LOC, ORG, and F1 over the three (micro): a find counts if a gold mention begins where it does, is of its
  kind, and ends where it does but for a genitive.

Rows: Tillit is the whole stack at its default (in a study a name is then made one kind throughout), then its tagger
and its gazetteer alone. With --peers: Presidio 2.2.366 with our tagger for its model, and as it comes, but for its
English spaCy model, which is en_core_web_md (the default, _lg, is in no registry); of what it marks, dates,
nationalities and numbers count as ID. And spaCy's CNN trained on the same Norwegian texts with the same noise, once
--train-spacy has made one. They need a Python of their own, made once in .venv-peers.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from benchmarks.finding import spacy_row, speed, sweep
from benchmarks.finding.measures import Tally, measure
from benchmarks.finding.rows import STACK, finders
from benchmarks.finding.texts import KINDS, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.finding.texts import Split

Tallies = dict[tuple[str, str], dict[str, Tally]]
"""By set and form, then by row."""

Reach = tuple[str, "Callable[[Tally], float]", float]

_CASED: Final[tuple[Reach, ...]] = (
    ("cover PER", lambda tally: tally.cover("PER"), 99.5),
    ("cover LOC", lambda tally: tally.cover("LOC"), 98.5),
    ("words", Tally.precision, 88.0),
)
_LOWER: Final[tuple[Reach, ...]] = (
    ("cover PER", lambda tally: tally.cover("PER"), 98.0),
    ("cover", Tally.cover, 95.0),
)
_PASSAGES: Final = ("passages", "all")

REACHES: Final[dict[tuple[str, str], tuple[Reach, ...]]] = {
    ("nob", "cased"): (*_CASED, ("F1", Tally.strict, 86.0)),
    ("nob", "lower"): _LOWER,
    ("nno", "cased"): (*_CASED, ("F1", Tally.strict, 84.0)),
    ("nno", "lower"): _LOWER,
    _PASSAGES: (("entities", Tally.entity_recall, 98.0),),
}
"""What the whole stack is to reach at its default, by set and form."""


def tallies(split: Split, *, with_peers: bool) -> Tallies:
    """Every row on every set, and on all the passages together."""
    counted: Tallies = defaultdict(dict)
    together: dict[str, Tally] = defaultdict(Tally)
    every = groups(split)
    with finders(with_peers=with_peers) as rows:
        for group in track(every, "Reading …", console=Console(stderr=True), transient=True):
            for title, finder in rows.items():
                tally = measure(group.documents, finder)
                counted[group.name, group.form][title] = tally
                together[title] += tally if group.name.startswith("passages") else Tally()
    return {**counted, _PASSAGES: together}


def table(counted: Tallies) -> Table:
    """A section for each set and form, a line for each row."""
    figures = ("PER", "LOC", "all", "entities", "words", *(f"F1 {kind}" for kind in KINDS), "F1")
    shown = Table(Column(no_wrap=True), "", *(Column(name, justify="right") for name in figures), box=box.SIMPLE)
    for (name, form), rows in counted.items():
        for number, (title, tally) in enumerate(rows.items()):
            shown.add_row("" if number else f"{name} {form}", title, *_figures(tally))
        shown.add_section()
    return shown


def _figures(tally: Tally) -> list[str]:
    covers = [tally.cover(kind) for kind in ("PER", "LOC", "")]
    strict = [tally.strict(kind) for kind in (*KINDS, "")]
    figures = (*covers, tally.entity_recall(), tally.precision(), *strict)
    return ["–" if figure != figure else f"{figure:.1f}" for figure in figures]  # noqa: PLR0124 - only nan differs from itself


def reached(counted: Tallies) -> Iterator[str]:
    """A line for each thing to reach: yes or NO, what it is, the figure."""
    for (name, form), reaches in REACHES.items():
        for what, figure, least in reaches:
            value = figure(counted[name, form][STACK])
            yield f"{'yes' if value >= least else 'NO ':3}  {name} {form}, {what}: {value:.2f} of {least}"


def fast_enough(measured: dict[str, float]) -> Iterator[str]:
    """The same for time, memory and size, of which less is better."""
    for what, value in measured.items():
        most = speed.REACHES[what]
        yield f"{'yes' if value <= most else 'NO ':3}  {what}: {value:.1f}, at most {most:.0f}"


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--peers", "--test", "--sweep", "--speed", "--train-spacy"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--minutes", type=float)
    given = parser.parse_args()
    console = Console(width=120)
    if given.train_spacy:
        spacy_row.train(given.minutes)
    elif given.speed:
        print(*fast_enough(speed.measured()), sep="\n")
    elif given.sweep:
        for shown in sweep.sweep():
            console.print(shown)
    else:
        counted = tallies("test" if given.test else "dev", with_peers=given.peers)
        console.print(table(counted))
        print(*reached(counted), sep="\n")


if __name__ == "__main__":
    main()
