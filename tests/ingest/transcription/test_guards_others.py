"""Pace, other languages, punctuation: what each catches and what it lets be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.guards import Doubt, decayed, doubted_spans, doubts
from ingest.transcription.guards.pace import syllables
from tests.ingest.pseudonyms.passages import BOKMAAL, DANISH, ENGLISH, LOWER
from tests.planted.said import in_chunks, parts, said

LONG = " ".join(BOKMAAL)
BARE = "så gikk jeg ut og der sto han og så på meg og jeg sa at det var greit og så gikk vi hjem til ham igjen"


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("Sogndal", "no", 2), ("være", "no", 2), ("made", "en", 1), ("Åååå", "no", 1), ("2009", "no", 4),
        ("hjem", "no", 1), ("...", "no", 0), ("mm", "no", 1), ("的", "zh", 1), ("привет", "ru", 3), ("été", "fr", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_roughly(word: str, language: str, count: int) -> None:
    """Groups of vowels, digits, CJK signs; half the letters of other scripts; nothing for a mark."""
    assert syllables(word, language) == count


@given(st.floats(2.5, 9.0), st.sampled_from([("no", BOKMAAL), ("da", DANISH), ("en", ENGLISH)]))
def test_nobody_who_speaks_is_too_fast(pace: float, passages: tuple[str, tuple[str, ...]]) -> None:
    """From slow to the fastest average of any language, no passage is doubted."""
    language, texts = passages
    assert doubts(said(" ".join(texts), language, pace=pace)) == ()


def test_a_paragraph_in_two_seconds_is_too_fast() -> None:
    """A text that cannot be said in the time with speech is doubted whole."""
    heard = said(LONG)
    assert doubts(replace(heard, speech=((0.2, 3.0),), words=())) == (Doubt.TOO_FAST,)


def test_a_sentence_that_is_rushed_is_doubted_alone() -> None:
    """One sentence crammed into half a second, in a chunk with time enough, is marked and the others are not."""
    heard = said(LONG)
    place = next(place for place, word in enumerate(heard.words) if word.text == "Sogndal.") + 1
    crammed = tuple(
        replace(word, start=word.start if number < place else heard.words[-1].end + 0.02 * (number - place),
                end=word.end if number < place else heard.words[-1].end + 0.02 * (number - place + 1))
        for number, word in enumerate(heard.words[: place + 12])
    )  # fmt: skip
    heard = replace(heard, words=crammed, text=" ".join(word.text for word in crammed))
    assert doubts(heard) == (Doubt.TOO_FAST,)
    assert parts(heard, doubted_spans(heard)) == [" ".join(word.text for word in crammed[place:])]


@pytest.mark.parametrize(
    ("language", "others", "doubted"),
    [
        ("no", (("en", 0.9), ("no", 0.05)), True),
        ("no", (("en", 0.6), ("no", 0.3)), False),
        ("no", (("nn", 0.99), ("no", 0.01)), False),
        ("no", (("sv", 0.99), ("no", 0.01)), True),
        ("no", (("sv", 0.8), ("nn", 0.15), ("no", 0.05)), False),
        ("en", (("no", 0.95), ("en", 0.02)), True),
        ("en", (("no", 0.64), ("nn", 0.17), ("sv", 0.11), ("en", 0.02)), True),
        ("no", (), False),
        ("xx", (("no", 0.95),), True),
    ],
)
def test_detection_of_another_language(language: str, others: tuple[tuple[str, float], ...], *, doubted: bool) -> None:
    """Only a sure detection of a language or its neighbours counts, and between neighbours only a very sure one."""
    heard = replace(said(LONG, "no", others=others), language=language)
    assert (Doubt.OTHER_LANGUAGE in doubts(heard)) is doubted


def test_short_chunks_are_not_judged_by_detection() -> None:
    """One word says nothing of its language, and a few do not tell Swedish from Norwegian."""
    assert doubts(said("Ja da.", others=(("en", 0.95), ("no", 0.01)))) == ()
    assert doubts(said("Jeg bodde jo der da jeg var liten, ikke sant.", others=(("sv", 0.95), ("no", 0.01)))) == ()


def test_another_script_is_marked_where_it_stands() -> None:
    """Cyrillic and CJK words in a Norwegian text are marked; letters with accents are not."""
    heard = said("Kafé Čapek på Bø и så kom 的 da.")
    assert [doubt for *_, doubt in doubted_spans(heard)] == [Doubt.OTHER_LANGUAGE] * 2
    assert parts(heard, doubted_spans(heard)) == ["и", "的"]
    assert doubts(said("Привет, как дела?", "ru")) == ()


def test_an_english_sentence_in_norwegian_is_marked() -> None:
    """A sentence of English in a Norwegian text is marked, whoever made it; a borrowed word is not."""
    heard = said(
        f"{BOKMAAL[0]} That was the best thing I have ever done in my life. Det var helt cool, fucking awesome."
    )
    assert parts(heard, doubted_spans(heard)) == ["That was the best thing I have ever done in my life."]
    assert doubts(said(DANISH[0], "no")) == ()


def test_punctuation_that_stops_is_found_among_the_chunks() -> None:
    """A chunk without marks and capitals is told among chunks that have them."""
    chunks = [said(LONG), said(BARE), said(LONG), said("ja det var det"), said(LONG)]
    assert decayed(chunks) == (1,)


def test_a_recogniser_that_never_punctuates_has_not_stopped() -> None:
    """If most of the recording is written without marks, that is how it is written."""
    assert decayed([said(BARE), said(" ".join(LOWER)), said(LONG)]) == ()
    assert decayed([said(BARE)]) == ()
    assert decayed([]) == ()


def test_punctuation_that_stops_within_a_chunk() -> None:
    """Forty words without a mark after two punctuated sentences are marked from where the marks end."""
    heard = said(f"{BOKMAAL[0]} {BOKMAAL[1]} {BARE} {BARE.replace('ham', 'dem')}")
    assert doubts(heard) == (Doubt.UNPUNCTUATED,)
    assert parts(heard, doubted_spans(heard))[0].startswith("så gikk jeg ut")
    assert doubts(said(f"{BARE} {BARE.replace('ham', 'dem')}")) == ()


def test_chunks_of_a_long_text_have_nothing_to_doubt() -> None:
    """The helper's own chunks are clean, or it would hide what the guards do."""
    chunks = in_chunks(" ".join((LONG, *ENGLISH) * 1), "no")
    assert len(chunks) > 1
    assert decayed(chunks) == ()
