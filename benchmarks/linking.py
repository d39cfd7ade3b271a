"""How well mentions are put together to persons and places, and whether surrogates hold, on the invented passages.

    python -m benchmarks.linking           # the development passages and the study of eighteen interviews
    python -m benchmarks.linking --test    # the test passages too: for the report only

The gold mentions are given, so that only the linking is judged. A pair is two mentions of a passage, or of the study,
in one of which the name stands as in the other or not; precision is the share of pairs put together that are one in
truth, recall the share of true pairs put together. `same string` puts together what is written the same but for case.
In a study `advised` is the linking after a person has said yes to each suggestion that is true: what no program may
decide alone. `within` counts pairs of one interview, `across` pairs of two.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from benchmarks.passages import passages
from ingest.pseudonyms.apply import mentions_of
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.linking import Book
from ingest.pseudonyms.rendering import render
from storage.transcript import Provenance, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.passages import Passage, Split

SEED = b"a study's secret, for measuring."
MADE_BY = Provenance("transcribe", "by hand", "1")


@dataclass(frozen=True, slots=True)
class Linked:
    """A mention: its interview, what was said, whose it is in truth, and whose it was said to be."""

    interview: str
    surface: str
    kind: Kind
    truth: str
    entity: str

    def same(self, other: Linked) -> tuple[bool, bool]:
        """Whether two mentions are one in truth, and whether they were put together."""
        return self.truth == other.truth, self.entity == other.entity


def transcript(passage: Passage) -> Transcript:
    """A passage as a transcript, a line a segment."""
    lines = passage.text.split("\n")
    return Transcript(
        passage.language, len(lines), tuple(Segment(n, n + 1, line) for n, line in enumerate(lines)), MADE_BY
    )


def link(passage: Passage, book: Book) -> list[Linked]:
    """The gold mentions of a passage, linked by the engine as an interview of the study."""
    finds = [Find(gold.start, gold.end, gold.kind, 1, ("gold",)) for gold in passage.mentions]
    found = mentions_of(transcript(passage), finds, book, interview=passage.id)
    starts = {(mention.segment, mention.start): mention.entity for mention in found}
    linked = []
    for gold in passage.mentions:
        before = passage.text[: gold.start]
        place = before.count("\n"), gold.start - (before.rfind("\n") + 1)
        linked.append(_linked(passage, gold.start, gold.end, gold.kind, gold.entity, starts[place]))
    return linked


def _linked(passage: Passage, start: int, end: int, kind: Kind, truth: str, entity: str) -> Linked:  # noqa: PLR0913, PLR0917  # a mention's facts
    return Linked(passage.id, passage.text[start:end], kind, truth, entity)


def by_string(linked: Iterable[Linked]) -> list[Linked]:
    """The peer: what is written the same is one."""
    return [
        Linked(one.interview, one.surface, one.kind, one.truth, f"{one.kind} {one.surface.casefold()}")
        for one in linked
    ]


def scored(linked: Sequence[Linked], counts: Callable[[Linked, Linked], bool]) -> str:
    """Precision and recall of the pairs that count, in per cent, and how many true pairs there are."""
    pairs = [
        one.same(other) for one, other in combinations(linked, 2) if one.kind is other.kind and counts(one, other)
    ]
    right = sum(true and said for true, said in pairs)
    said, true = sum(said for _, said in pairs), sum(true for true, _ in pairs)
    return f"{100 * right / max(said, 1):6.1f} {100 * right / max(true, 1):6.1f} {true:7}"


def of_one_interview(one: Linked, other: Linked) -> bool:
    """Whether both mentions are of one interview."""
    return one.interview == other.interview


def of_two(one: Linked, other: Linked) -> bool:
    """Whether they are of two."""
    return one.interview != other.interview


def advised(book: Book, linked: Sequence[Linked]) -> list[Linked]:
    """The linking after every true suggestion was followed; a person is asked again until there is none."""
    truths: dict[str, set[str]] = defaultdict(set)
    for one in linked:
        truths[one.entity].add(one.truth)
    while likes := [like for like in book.suggestions() if len(truths[like.one] | truths[like.other]) == 1]:
        book.merge(likes[0].one, likes[0].other)
    return [Linked(one.interview, one.surface, one.kind, one.truth, book[one.entity].id) for one in linked]


def row(title: str, who: str, figures: str) -> None:
    """A line of the table."""
    print(f"{title:24} {who:12} {figures}")


def judge(split: Split) -> None:
    """The lines for passages that each stand for themselves."""
    linked = [one for passage in passages(split) for one in link(passage, Book(seed=SEED))]
    for kinds, title in (((Kind.PER,), "persons"), (tuple(Kind), "all")):
        some = [one for one in linked if one.kind in kinds]
        for who, said in (("Tillit", some), ("same string", by_string(some))):
            row(f"{split}, {title}", who, scored(said, of_one_interview))


def judge_study() -> None:
    """The lines for the study, and how surrogates hold."""
    interviews = list(passages("study"))
    book = Book(seed=SEED)
    linked, read = [], {}
    for passage in interviews:
        said = link(passage, book)
        linked += said
        read[passage.id] = [shown(book, one, passage.language) for one in said]
    after = {
        passage.id: [shown(book, one, passage.language) for one in linked if one.interview == passage.id]
        for passage in interviews
    }
    print(f"read as when new after all were added: {share(read[key] == after[key] for key in read)}")
    print(f"surrogates that are nobody's real name: {share(one.id not in set(book.clashes()) for one in book)}")
    consistent(book, linked, "as found")
    table: list[tuple[str, list[Linked]]] = [("Tillit", linked), ("same string", by_string(linked))]
    table.append(("advised", advised(book, linked)))
    consistent(book, linked, "advised")
    for kinds, title in (((Kind.PER,), "persons"), (tuple(Kind), "all")):
        for where, counts in (("within", of_one_interview), ("across", of_two)):
            for who, said in table:
                row(f"study {where}, {title}", who, scored([one for one in said if one.kind in kinds], counts))


def shown(book: Book, one: Linked, language: str) -> str:
    """What stands in the text for a mention."""
    return render(book[one.entity], one.surface, language)


def consistent(book: Book, linked: Sequence[Linked], when: str) -> None:
    """Of those spoken of in two interviews or more: how many have one surrogate in the whole study."""
    found: dict[str, list[Linked]] = defaultdict(list)
    for one in linked:
        found[one.truth].append(one)
    several = {truth: said for truth, said in found.items() if len({one.interview for one in said}) > 1}
    held = [len({book[one.entity].surrogate for one in said}) == 1 for said in several.values()]
    apart = [len({one.truth for one in linked if book[one.entity].id == entity.id}) < 2 for entity in book]
    print(f"one surrogate for one person or place ({when}): {share(held)}; for one only: {share(apart)}")


def share(true: Iterable[bool]) -> str:
    """How many of how many."""
    answers = list(true)
    return f"{sum(answers)} of {len(answers)} ({100 * sum(answers) / max(len(answers), 1):.1f} %)"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", action="store_true", help="the test passages too, for the report only")
    test: bool = parser.parse_args().test
    print(f"{'':24} {'':12} {'prec.':>6} {'recall':>6} {'pairs':>7}")
    judge("dev")
    if test:
        judge("test")
    judge_study()


if __name__ == "__main__":
    main()
