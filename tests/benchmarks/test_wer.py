"""Errors are counted as the table says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import wer
from benchmarks.listeners import BATCHED, PLAIN, TILLIT
from benchmarks.listeners.sound import references

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = "Det er ikke så lett."


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("det er ikke så lett", 0),
        ("Det er ikke lett", 1),
        ("Det er jo ikke så lett", 1),
        ("Det er inte så lätt", 2),
        ("", 5),
    ],
)
def test_each_missing_added_or_changed_word_is_an_error(heard: str, wrong: int) -> None:
    """Case and marks cost nothing, every other difference one word."""
    assert wer.errors(REFERENCE, heard) == wer.Errors(wrong, 5)


def test_letters_written_two_ways_are_the_same() -> None:
    """An å of one code point or of two, and any apostrophe, are no errors."""
    assert wer.word_error_rate("så you're", "sa\N{COMBINING RING ABOVE} you\N{RIGHT SINGLE QUOTATION MARK}re") == 0


def test_a_language_counts_by_words_not_by_recordings() -> None:
    """One wrong word of four and none of sixteen are one of twenty."""
    of_row = {"sv": {"short": wer.Errors(1, 4), "long": wer.Errors(0, 16)}}
    assert wer.pooled(of_row) == {"sv": wer.Errors(1, 20)}


@pytest.mark.parametrize(("ours", "said"), [(2, "yes"), (3, "NO")])
def test_the_better_of_the_two_is_the_measure(ours: int, said: str) -> None:
    """As many errors as the better one are within reach, one more is not."""
    found = {row: {"no": {"king": wer.Errors(wrong, 9)}} for row, wrong in ((TILLIT, ours), (PLAIN, 2), (BATCHED, 4))}
    assert wer.reaches(found)[0].endswith(said)


def test_every_reference_text_has_its_recording(shared_audio: Path) -> None:
    """Each text of the test set is found beside the sound it is of, once, under its language."""
    found = references(shared_audio)
    assert sorted(found) == ["en", "en spontaneous", "no", "sv"]
    texts = [text for pairs in found.values() for _, text in pairs]
    assert sorted(texts) == sorted(shared_audio.glob("*.txt"))
    assert all(recording.stem == text.stem for pairs in found.values() for recording, text in pairs)
