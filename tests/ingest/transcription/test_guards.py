"""The guards together: what is doubted, what is heard again, which of two hearings is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.guards import Doubt, better, doubted_spans, doubts, redo
from ingest.transcription.heard import Heard
from storage.transcript import Word
from tests.planted.said import parts, said

TEXT = (
    "Jeg vokste opp på Hareid, og far min drakk. Da jeg var femten, traff jeg noen som hadde tabletter. "
    "Nei, nei, jeg tenkte ikke over det da."
)
LOOPING = "Da sa hun det. " + "Det er ikke sant. " * 9


def test_a_good_hearing_is_not_doubted() -> None:
    """Ordinary speech at an ordinary pace raises no doubt, whole or in part."""
    heard = said(TEXT)
    assert doubts(heard) == ()
    assert doubted_spans(heard) == ()


def test_the_doubts_a_reviewer_knows_keep_their_words() -> None:
    """Transcripts that were made before say the same of the same."""
    assert (Doubt.LOW_CONFIDENCE, Doubt.REPEATS, Doubt.NO_SPEECH) == (
        "low confidence",
        "repeats itself",
        "may not be speech",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"log_probability": -1.01}, (Doubt.LOW_CONFIDENCE,)),
        ({"log_probability": -0.99, "no_speech": 0.6}, ()),
        ({"no_speech": 0.61}, (Doubt.NO_SPEECH,)),
        ({"speech": ()}, (Doubt.NO_SPEECH,)),
        ({"others": (("en", 0.95), ("no", 0.02))}, (Doubt.OTHER_LANGUAGE,)),
    ],
)
def test_what_holds_for_a_chunk_holds_for_all_its_words(changes: dict[str, Any], expected: tuple[Doubt, ...]) -> None:
    """Whisper's thresholds, silence, and another language each doubt the chunk from its first word to its last."""
    heard = said(TEXT, **changes)
    assert doubts(heard) == expected
    assert doubted_spans(heard) == tuple((0, len(heard.words), doubt) for doubt in expected)


def test_only_the_bad_span_is_doubted() -> None:
    """Of a chunk that ends in a loop, what was said before it stays clean."""
    heard = said(f"{TEXT} {LOOPING}")
    assert [doubt for *_, doubt in doubted_spans(heard)] == [Doubt.REPEATS]
    assert parts(heard, doubted_spans(heard)) == [LOOPING.removeprefix("Da sa hun det.").strip()]


def test_text_that_runs_on_into_silence_is_doubted_there() -> None:
    """Words after the last speech are marked; a word half a beat late is not."""
    heard = said(TEXT)
    talked = heard.words[-1].end
    late = Word(talked + 0.3, talked + 0.5, "ja.", 0.5)
    ran_on = (Word(talked + 4, talked + 4.5, "Sees", 0.5), Word(talked + 4.5, talked + 5, "da", 0.5))
    heard = replace(heard, end=talked + 9, words=(*heard.words, late, *ran_on), text=f"{TEXT} ja. Sees da")
    assert doubts(heard) == (Doubt.NO_SPEECH,)
    assert parts(heard, doubted_spans(heard)) == ["Sees da"]


def test_much_speech_and_hardly_a_word_is_doubted() -> None:
    """Ten seconds of voice and one word: text was dropped, or it was laughter; no text at all is doubted too."""
    heard = said("Ja.", speech=((0.0, 10.0),))
    heard = replace(heard, end=10.0)
    assert doubts(heard) == (Doubt.SPARSE,)
    assert doubts(replace(heard, text="", words=())) == (Doubt.SPARSE,)
    assert doubted_spans(replace(heard, text="", words=())) == ()


def test_nothing_heard_in_silence_is_no_doubt() -> None:
    """No speech and no text agree."""
    assert doubts(Heard(0.0, 20.0, "", (), -0.5, 0.9, (), "no")) == ()


@pytest.mark.parametrize(
    ("found", "again"),
    [
        ((), False),
        ((Doubt.LOW_CONFIDENCE,), True),
        ((Doubt.REPEATS, Doubt.NO_SPEECH), True),
        ((Doubt.NO_SPEECH, Doubt.LOW_CONFIDENCE), False),
        ((Doubt.INVENTED, Doubt.NO_SPEECH), False),
        ((Doubt.INVENTED,), False),
        ((Doubt.UNPUNCTUATED,), True),
    ],
)
def test_what_is_worth_hearing_again(found: tuple[Doubt, ...], *, again: bool) -> None:
    """A loop or an unsure hearing is decoded again; where nobody speaks there is nothing better to hear."""
    assert redo(found) is again


def test_the_less_doubtful_hearing_is_better() -> None:
    """A loop loses against an unsure hearing, however probable it is; of two clean ones the more probable wins."""
    looping, unsure = said(LOOPING, log_probability=-0.1), said(TEXT, log_probability=-1.3)
    clean, cleaner = said(TEXT, log_probability=-0.6), said(TEXT, log_probability=-0.5)
    assert better(looping, unsure) is better(unsure, looping) is unsure
    assert better(unsure, clean) is clean
    assert better(clean, cleaner) is better(cleaner, clean) is cleaner
    assert better(clean, replace(clean)) is clean


def test_no_text_is_not_better_than_an_unsure_one() -> None:
    """Where somebody speaks an empty hearing loses, even against a loop: it leaves out what was said."""
    unsure = said(TEXT, log_probability=-1.3)
    empty = replace(unsure, text="", words=(), log_probability=-0.1)
    assert better(empty, unsure) is unsure
    assert better(empty, looping := said(LOOPING)) is looping
    assert better(replace(empty, speech=()), replace(unsure, speech=())).text == ""


def test_a_text_without_times_is_judged_by_its_words() -> None:
    """Before alignment there are no spans, but the doubts of the text are there."""
    heard = replace(said(LOOPING), words=())
    assert doubts(heard) == (Doubt.REPEATS,)
    assert doubted_spans(heard) == ()
    fast = replace(heard, text=TEXT, speech=((0.2, 2.0),))
    assert doubts(fast) == (Doubt.TOO_FAST,)


texts = st.text(max_size=200) | st.lists(
    st.sampled_from([*TEXT.split(), "Takk.", "♪", "[Musikk]", "и", "的", "...", "www.a.no"])
).map(" ".join)


@given(texts, st.floats(0.01, 2), st.lists(st.tuples(st.floats(0, 9), st.floats(0.01, 3)), max_size=5), st.data())
def test_any_text_gets_spans_that_fit_it(
    text: str, each: float, voices: list[tuple[float, float]], data: st.DataObject
) -> None:
    """Whatever is written: spans lie within the words, in order, and name the doubts of the whole."""
    written = tuple(Word(place * each, (place + 1) * each, word) for place, word in enumerate(text.split()))
    speech = tuple((start, start + lasting) for start, lasting in voices)
    language = data.draw(st.sampled_from(["no", "en", "ru", "ja", "zu", "und"]))
    heard = Heard(0.0, 30.0, text, written, -0.5, 0.1, speech, language)
    spans = doubted_spans(heard)
    assert all(0 <= first < last <= len(written) for first, last, _ in spans)
    assert list(spans) == sorted(spans)
    if written:
        assert {doubt for *_, doubt in spans} == set(doubts(heard))
