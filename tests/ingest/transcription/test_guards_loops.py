"""Loops are found and what people really repeat is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.guards import Doubt, doubted_spans, doubts
from ingest.transcription.guards.loops import compression, genuine, loops
from ingest.transcription.guards.reading import bare
from tests.ingest.pseudonyms.passages import BOKMAAL, DANISH, ENGLISH, NYNORSK
from tests.planted.said import parts, said

PASSAGES = (*BOKMAAL, *NYNORSK, *DANISH, *ENGLISH)
ENDLESS = ("å", "ja", "det er", "takk for det", "og så var det", "jeg vet ikke hva det er")


@pytest.mark.parametrize(
    "text",
    [
        "Ja, ja, ja, det var jo det.",
        "Nei, nei, nei, nei. Sånn var det ikke.",
        "Å, å, å, jeg husker det så godt.",
        "Jeg, jeg, jeg, jeg, jeg vet ikke helt.",
        "Det er, det er, det er, det er vanskelig å si.",
        "Jeg vil ikke dø. Jeg vil ikke dø. Jeg vil ikke dø.",
        "Nej nej nej nej nej, det var slet ikke sådan.",
        "Ja ja ja ja, precis så var det.",
        "No no no no no no, I never did. I never did.",
        "It was very, very, very, very cold, and we walked and walked and walked.",
        "En, to, tre, fire, fem, seks, sju, åtte, ni, ti.",
        "Ha ha ha ha ha.",
        "Hahahahaha, neeeeei, det var så gøy.",
        "T-t-t-to ganger.",
    ],
)
def test_what_people_repeat_is_not_a_loop(text: str) -> None:
    """Agreement, protest, stutter, laughter and despair repeat themselves in four languages, and are let be."""
    assert Doubt.REPEATS not in doubts(said(text))


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("Så sa han å å å å å å å å å å å å.", "å å å å å å å å å å å å."),
        ("Jo, men det er det er det er det er det er det er", "det er det er det er det er det er det er"),
        ("Ja. Jeg vet ikke. Jeg vet ikke. Jeg vet ikke. Jeg vet ikke. Takk.", "Jeg vet ikke. " * 4),
        ("Jeg er ikke noe redd for det. " * 3, "Jeg er ikke noe redd for det. " * 3),
        ("Hun sa T-t-t-t-t-t-t-t-t-t-t-t-t-t-t da", "T-t-t-t-t-t-t-t-t-t-t-t-t-t-t"),
        ("Puhuhuhuhuhuhuhuhuhuhuhuhuhuhuhuhu", "Puhuhuhuhuhuhuhuhuhuhuhuhuhuhuhuhu"),
        ("Og nååååååååååååååååååååååå da", "nååååååååååååååååååååååå"),
        ("♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪", "♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪ ♪"),
    ],
)
def test_a_loop_is_marked_from_end_to_end(text: str, loop: str) -> None:
    """More turns than anyone says are marked, all of them, and no word before or after."""
    heard = said(text)
    spans = [span for span in doubted_spans(heard) if span[2] is Doubt.REPEATS]
    assert parts(heard, spans) == [loop.strip()]


def test_the_same_with_little_changes_is_caught_by_compression() -> None:
    """A list that varies one word is no loop by its words, but too easily compressed; what does not recur is clean."""
    varied = "Hun kom hjem sent. " + " ".join(
        f"Det er en av de mest {word} tingene i hele verden."
        for word in ("fine", "gode", "store", "rare", "lange") * 2
    )
    heard = said(varied)
    assert compression(varied) > 2.4
    assert Doubt.REPEATS in doubts(heard)
    first = next(first for first, _, doubt in doubted_spans(heard) if doubt is Doubt.REPEATS)
    assert heard.words[first].text == "Det"


@given(st.sampled_from(PASSAGES), st.sampled_from(ENDLESS), st.integers(8, 40), st.integers(0, 20))
def test_any_loop_in_any_passage_is_found_and_nothing_else(passage: str, turn: str, turns: int, at: int) -> None:
    """A loop planted into real-looking text is marked whole; beside it at most one turn's words are."""
    words = passage.split()
    planted = turn.split() * turns
    tokens = [bare(word) for word in (*words[:at], *planted, *words[at:])]
    first = len(words[:at])
    found = loops(tokens)
    marked = {place for span in found for place in range(*span)}
    assert marked >= set(range(first, first + len(planted)))
    assert len(marked) <= len(planted) + 2 * len(turn.split())


@given(st.lists(st.sampled_from(PASSAGES), min_size=1, max_size=6, unique=True).map(" ".join))
def test_no_passage_is_a_loop(text: str) -> None:
    """Real-looking passages in four languages, in any order, are no loops and do not compress like one."""
    assert loops([bare(word) for word in text.split()]) == []
    assert compression(text) <= 2.4


@given(st.integers(1, 30), st.integers(1, 6))
def test_as_often_as_people_may_is_never_a_loop(period: int, more: int) -> None:
    """For every length of the repeated part the limit itself is let pass, and anything above it is found."""
    turn = [f"ord{number}" for number in range(period)]
    assert loops(turn * genuine(period)) == []
    times = genuine(period) + more
    assert loops(turn * times) == [(0, period * times)]
