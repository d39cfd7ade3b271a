"""The measures of found names, on documents small enough to count by hand, and what brings peers to them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import names
from benchmarks.finding import peer as worker
from benchmarks.finding import peers, sweep
from benchmarks.finding.measures import Tally, measure
from benchmarks.finding.peers import PEERS, peer, rows, theirs
from benchmarks.finding.rows import Remembered, finders
from benchmarks.finding.speed import interview
from benchmarks.finding.texts import NAMES, Document, Group, Mention, document, groups, spoken, treebank
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEXT = "Kari Nordmanns hund ser Oslo. Kari ringer NAV."
MENTIONS = [
    Mention(0, 14, "PER", "kari"),
    Mention(24, 28, "LOC", "oslo"),
    Mention(30, 34, "PER", "kari"),
    Mention(42, 45, "ORG", "nav"),
]
WORDS = [(0, 4), (5, 14), (15, 19), (20, 23), (24, 28), (30, 34), (35, 41), (42, 45)]
RIGHT = [(0, 14, Kind.PER), (24, 28, Kind.LOC), (30, 34, Kind.PER), (42, 45, Kind.ORG)]


def tally(*found: tuple[int, int, Kind]) -> Tally:
    """The counts when these are the finds in the text above."""
    finds = [Find(start, end, kind, 1.0, ("x",)) for start, end, kind in found]
    return measure([Document(TEXT, "no", MENTIONS, WORDS)], lambda _text, _language: finds)


def sentence(*words: tuple[str, str], glued: Sequence[str] = ()) -> dict[str, Any]:
    """A treebank's row of words and tags, a blank after each but the `glued` ones."""
    tokens, tags = zip(*words, strict=True)
    return {"tokens": tokens, "tags": tags, "ws": [token not in glued for token in tokens]}


def test_all_found_is_a_hundred_of_everything() -> None:
    """Finds that are the gold mentions leave no figure below a hundred."""
    full = tally(*RIGHT)
    figures = (full.cover("PER"), full.cover(), full.entity_recall(), full.precision(), full.strict())
    assert figures == (100, 100, 100, 100, 100)


def test_nothing_found_is_nought_and_no_precision() -> None:
    """Without finds nothing is covered, and of no words found no share is right."""
    none = tally()
    assert (none.cover(), none.entity_recall(), none.strict()) == (0, 0, 0)
    assert math.isnan(none.precision())


def test_half_a_name_is_not_covered() -> None:
    """A surname in the open leaves its mention uncovered and its person found in part only."""
    part = tally((0, 4, Kind.PER), *RIGHT[1:])
    assert part.cover("PER") == 50
    assert part.cover() == 75
    assert part.entity_recall() == pytest.approx(200 / 3)


def test_a_genitive_left_in_the_open_is_forgiven_once() -> None:
    """The s of Nordmanns may stay, a letter before it may not."""
    assert tally((0, 13, Kind.PER)).cover("PER") == 50
    assert tally((0, 13, Kind.PER)).strict("PER") == pytest.approx(200 / 3)
    assert tally((0, 12, Kind.PER)).cover("PER") == 0
    assert tally((0, 12, Kind.PER)).strict("PER") == 0


def test_cover_asks_for_no_kind() -> None:
    """A place taken for a number is hidden all the same, though it is no right find."""
    hidden = tally(RIGHT[0], (24, 28, Kind.ID), *RIGHT[2:])
    assert hidden.cover("LOC") == 100
    assert hidden.strict("LOC") == 0


def test_one_mention_in_the_open_loses_the_entity() -> None:
    """Kari is found by her full name and missed by her first name, so two of three entities are whole."""
    missed = tally(RIGHT[0], RIGHT[1], RIGHT[3])
    assert missed.entity_recall() == pytest.approx(200 / 3)
    assert missed.cover("PER") == 50


def test_words_found_beside_names_cost_precision() -> None:
    """Of six words found one is a dog; the same word found as a number counts for nothing."""
    assert tally(*RIGHT, (15, 19, Kind.PER)).precision() == pytest.approx(500 / 6)
    assert tally(*RIGHT, (15, 19, Kind.ID)).precision() == 100


def test_strict_f1_wants_place_and_kind() -> None:
    """A right place of the wrong kind, a longer find and a missing one are each no hit."""
    assert tally(*RIGHT[:3], (42, 45, Kind.LOC)).strict("ORG") == 0
    assert tally(*RIGHT[:3], (42, 45, Kind.LOC)).strict() == 75
    assert tally((0, 19, Kind.PER), *RIGHT[1:]).strict("PER") == 50
    assert tally(*RIGHT[:2]).strict() == pytest.approx(400 / 6)


def test_strict_f1_leaves_numbers_out() -> None:
    """Finds of kind ID are no part of the score over persons, places and organisations."""
    assert tally(*RIGHT, (35, 41, Kind.ID)).strict() == 100


def test_counts_add_up() -> None:
    """Two documents together are the sum of their counts."""
    both = tally(*RIGHT) + tally()
    assert (both.cover(), both.entity_recall(), both.precision()) == (50, 50, 100)
    assert both.strict() == pytest.approx(200 / 3)


def test_a_treebank_becomes_text_with_its_mentions() -> None:
    """Tokens get their blanks, runs of tags their places, a sentence a line; what is no name is no mention."""
    made = document(
        [
            sentence(("Kari", "B-PER"), ("Vik", "I-PER"), (",", "O"), ("Oslo", "B-LOC"), glued=("Vik",)),
            sentence(("Bibelen", "B-MISC"), ("NAV", "B-ORG"), ("NAV", "B-ORG")),
        ],
        "no",
        low=False,
    )
    assert made.text == "Kari Vik, Oslo\nBibelen NAV NAV\n"
    assert [(made.text[one.start : one.end], one.kind) for one in made.mentions] == [
        *(("Kari Vik", "PER"), ("Oslo", "LOC")),
        *(("NAV", "ORG"), ("NAV", "ORG")),
    ]
    assert [made.text[start:end] for start, end in made.words] == ["Kari", "Vik", "Oslo", "Bibelen", "NAV", "NAV"]


def test_lower_case_has_no_marks_and_keeps_words_apart() -> None:
    """A mark between words becomes a blank, one inside a name does not end it, and an ending stays at its word."""
    made = document(
        [
            sentence(
                *(("Per", "B-PER"), ("-", "I-PER"), ("Ole", "I-PER"), (",", "O"), ("Kate", "B-PER"), ("'s", "O")),
                *(("Bar", "B-ORG"), (".", "O")),
                glued=("Per", "-", "Ole", "Kate", "Bar"),
            )
        ],
        "en",
        low=True,
    )
    assert made.text == "per ole kate's bar\n"
    assert [made.text[one.start : one.end] for one in made.mentions] == ["per ole", "kate", "bar"]


def test_a_treebanks_entities_are_told_by_surface_without_genitive() -> None:
    """Oslos is Oslo where Oslo is named too; Lars is not Lar, whom nobody names."""
    made = document([sentence(("Oslos", "B-LOC"), ("OSLO", "B-LOC"), ("Lars", "B-PER"))], "no", low=False)
    assert [one.entity for one in made.mentions] == ["oslo", "oslo", "lars"]


def test_passages_are_parted_by_language_and_form() -> None:
    """Each group has one language, and a passage's mentions keep the bearers they were marked with."""
    found = spoken("dev")
    assert {group.form for group in found} == {"written", "heard"}
    assert all(f"passages {one.language}" == group.name for group in found for one in group.documents)
    assert any(len({one.entity for one in text.mentions}) < len(text.mentions) for text in found[-1].documents)


@pytest.mark.skipif(not NAMES.is_dir(), reason="the treebanks of ../shared/names are not on this machine")
def test_dev_splits_hold_back_what_the_tagger_learnt() -> None:
    """English is the last quarter of its dev split, Swedish the last tenth of train; both cut into documents."""
    assert sum(text.text.count("\n") for text in treebank("en", "dev", low=False)) == 501
    assert sum(text.text.count("\n") for text in treebank("svt", "dev", low=False)) == 431
    assert len(treebank("svt", "dev", low=True)) == 9
    assert len(groups("dev")) == 10 + len(spoken("dev"))


def test_a_peers_answer_becomes_finds_in_lines_without_overlap() -> None:
    """Finds end at the line and at blanks, the longer of two wins, a date hides as an ID, MISC is no find."""
    text = "😀 Kari \nVik ja 1990 Ibsen"
    answer = [[2, 11, "PERSON", 0.9], [2, 6, "LOCATION", 0.8], [15, 19, "DATE_TIME", 0.6], [20, 25, "MISC", 1.0]]
    finds = theirs(text, answer, "x")
    assert [(text[find.start : find.end], find.kind) for find in finds] == [
        ("Kari", Kind.PER),
        ("Vik", Kind.PER),
        ("1990", Kind.ID),
    ]


def test_our_finds_come_back_from_a_peer_as_they_went() -> None:
    """Places and kinds survive the way through JSON and the peer's own names of kinds."""
    finds = [Find(2, 6, Kind.PER, 0.9, ("x",)), Find(9, 13, Kind.LOC, 0.8, ("x",))]
    sent = json.loads(json.dumps(rows(finds)))
    assert theirs("😀 Kari i Oslo", [[one[0], one[1], worker.NAMED[one[2]], one[3]] for one in sent], "x") == finds


def test_an_engine_given_lines_tells_where_in_the_text() -> None:
    """The second line's find lies behind the first line and its end, also behind an empty one."""
    engine = worker.by_line(lambda line: [(0, len(line), "PER", 1.0)] if line else [])
    assert engine("😀 Kari\n\nPer", []) == [(0, 6, "PER", 1.0), (8, 11, "PER", 1.0)]


@pytest.mark.parametrize(
    ("learnt", "whole", "title"), [("", "", ""), ("2", "90", "spaCy, 2 of 90"), ("90", "90", "spaCy")]
)
def test_a_pipeline_half_trained_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learnt: str, whole: str, title: str
) -> None:
    """Its row has its count of shards until it has learnt them all, and there is none before the first."""
    for name, number in (("LEARNT", learnt), ("WHOLE", whole)):
        monkeypatch.setattr(peers, name, tmp_path / name)
        if number:
            (tmp_path / name).write_text(number, encoding="utf-8")
    assert peers.trained() == title


@pytest.mark.skipif(not (PEERS / "ready").exists(), reason="the peers are installed by make bench-names only")
def test_presidio_takes_our_tagger_for_its_model() -> None:
    """What our tagger found Presidio finds at the same place, also behind a letter outside the basic plane."""
    ours = [Find(2, 6, Kind.PER, 0.9, ("x",)), Find(9, 13, Kind.LOC, 0.8, ("x",))]
    with peer("adapted", lambda _text, _language: ours) as presidio:
        assert rows(presidio("😀 Kari i Oslo", "no")) == rows(ours)


def test_a_remembered_tagger_reads_a_text_once() -> None:
    """The second row that asks gets what the first one got; another text is read anew."""

    class Counting:
        name, version, read = "x", "1", 0

        def find(self, _text: str, _language: str) -> list[Find]:
            self.read += 1
            return []

    counting = Counting()
    remembered = Remembered(counting)
    for text in ("a", "a", "b"):
        remembered.find(text, "no")
    assert counting.read == 2


def test_our_rows_find_what_they_should() -> None:
    """The stack, its tagger and its gazetteer each find a person of a plain sentence."""
    with finders() as found:
        assert list(found) == ["Tillit", "tagger", "gazetteer"]
        assert all(finder("I går møtte jeg Kari Hansen der.", "no") for finder in found.values())


def test_a_sweep_reads_each_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within it the network is asked again only about other words, and afterwards as before."""
    asked: list[Sequence[str]] = []
    monkeypatch.setattr(Network, "chances", lambda _network, words: asked.append(words))
    network = Network.__new__(Network)
    with sweep.remembering():
        for words in (["Kari"], ["Kari"], ["Per"]):
            network.chances(words)
    network.chances(["Per"])
    assert asked == [["Kari"], ["Per"], ["Per"]]


def test_a_higher_threshold_covers_no_less() -> None:
    """The sweep's tallies are of one document at every threshold, and cover never falls as it rises."""
    group = Group("nob", "cased", [Document(TEXT, "no", MENTIONS, WORDS)])
    covers = [parts["nob"].covered.total() for _, parts in sweep.at_thresholds([group])]
    assert len(covers) == len(sweep.THRESHOLDS)
    assert covers == sorted(covers)


def test_an_hours_interview_has_its_words() -> None:
    """So many words are made of the passages, whether they must be repeated or cut."""
    assert len(interview().split()) == 10_000
    assert len(interview(7).split()) == 7


def test_reaches_say_yes_or_no() -> None:
    """Everything found reaches all, nothing found reaches nothing, and of precision without finds too."""
    full, none = ({key: {"Tillit": counts} for key in names.REACHES} for counts in (tally(*RIGHT), tally()))
    assert {line[:3] for line in names.reached(full)} == {"yes"}
    assert {line[:3] for line in names.reached(none)} == {"NO "}
    assert [line[:3] for line in names.fast_enough({"seconds": 31.0, "peak MB": 599.0})] == ["NO ", "yes"]


def test_the_table_has_a_dash_where_there_is_nothing_to_count() -> None:
    """A share of nothing is shown as a dash, not as a number."""
    shown = names.table({("nob", "cased"): {"Tillit": tally()}})
    assert [next(iter(column.cells)) for column in shown.columns][:7] == ["nob cased", "Tillit", *("0.0",) * 4, "–"]
