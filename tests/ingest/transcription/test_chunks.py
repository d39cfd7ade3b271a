"""Chunks: all that is said, in windows of half a minute, and the way back to the recording's own time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.chunks import (
    AIR,
    BATCH,
    LISTENED_TO,
    WINDOW,
    Chunk,
    _packed,
    _speech,
    _with_air,
    batches,
    speech,
)
from ingest.transcription.stretches import RATE
from tests.ingest.transcription.listen import chunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

Span = tuple[int, int]


@st.composite
def spoken(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Where somebody speaks, up to 29 seconds at a time, and how long the stretch is, in samples."""
    place, spans = 0, []
    for pause, length in draw(st.lists(st.tuples(st.integers(512, 60 * RATE), st.integers(512, 29 * RATE)))):
        spans.append((place + pause, place + pause + length))
        place += pause + length
    return spans, place + draw(st.integers(0, 2 * RATE))


@st.composite
def chunks(draw: st.DrawFn) -> Chunk:
    """A chunk of some pieces with speech in each."""
    ends = np.cumsum(
        draw(st.lists(st.integers(1, 3 * RATE), min_size=2, max_size=12).filter(lambda x: not len(x) % 2))
    )
    pieces = [(int(first), int(last)) for first, last in ends.reshape(-1, 2)]
    inside = tuple(((first + (last - first) // 3) / RATE, last / RATE) for first, last in pieces)
    return Chunk(0, tuple(pieces), inside, np.zeros(sum(last - first for first, last in pieces), np.int16))


@pytest.fixture(scope="module")
def pauses(jfk: bytes) -> NDArray[np.int16]:
    """Eighty seconds: eleven seconds of speech, then five, then two with long pauses before and between."""
    sound = np.frombuffer(jfk, "<i2")
    quiet = np.zeros(20 * RATE, np.int16)
    return np.concatenate([quiet, sound, quiet, sound[: 5 * RATE], quiet, sound[8 * RATE : 10 * RATE]])


@given(spoken())
def test_pieces_cover_all_that_is_said_and_fit_the_window(drawn: tuple[list[Span], int]) -> None:
    """Every stretch of speech lies whole in one piece; pieces are in order, apart, and together fit a window."""
    spans, length = drawn
    groups = list(_packed(_with_air(spans, length)))
    pieces = [piece for group in groups for piece in group]
    assert all(any(first <= start and end <= last for first, last in pieces) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(pieces))
    assert all(0 <= first < last <= length for first, last in pieces)
    assert all(sum(last - first for first, last in group) <= WINDOW for group in groups)
    assert sum(last - first for first, last in pieces) <= sum(end - start + 2 * AIR for start, end in spans)


@given(chunks(), st.data())
def test_a_place_in_the_sound_is_a_place_in_the_recording(made: Chunk, data: st.DataObject) -> None:
    """Whatever was left out between pieces, a moment of the chunk's sound is found again where it was recorded."""
    places = [sample for first, last in made.pieces for sample in range(first, last)]
    number = data.draw(st.integers(0, len(places) - 1))
    start, end = made.at((number + 0.25) / RATE, (number + 0.75) / RATE)
    assert (start * RATE, end * RATE) == pytest.approx((places[number] + 0.25, places[number] + 0.75))


@given(chunks(), st.lists(st.floats(0, 40), min_size=2, max_size=9).map(sorted))
def test_a_word_lies_within_one_piece_and_words_stay_in_order(made: Chunk, times: list[float]) -> None:
    """No word reaches over what was left out, ends before it begins, or comes before the word before it."""
    found = [made.at(start, end) for start, end in pairwise(times)]
    near = [(first / RATE - 1e-6, last / RATE + 1e-6) for first, last in made.pieces]
    assert all(any(first <= start <= end <= last for first, last in near) for start, end in found)
    assert all(before[0] <= after[0] + 1e-6 for before, after in pairwise(found))


def test_a_word_across_a_pause_lies_where_more_of_it_is_spoken() -> None:
    """Between two pieces the side with more speech of the word has it, not the side with more silence."""
    made = chunk((10, 12), (70, 72), speech=[(10.4, 11.0), (70.4, 71.6)])
    assert made.at(0.9, 2.6) == pytest.approx((70, 70.6))
    assert made.at(0.5, 2.45) == pytest.approx((10.5, 12))
    assert made.at(7, 8) == (72, 72)


def test_a_chunk_is_halved_at_its_longest_pause() -> None:
    """The halves are the chunk's pieces, sound and speech in order, cut where the longest pause near the middle is."""
    made = chunk((0, 4), (6, 10), speech=[(0.4, 2), (2.5, 3.6), (6.4, 8), (8.3, 9.6)])
    first, last = made.halves() or (made, made)
    assert (first.pieces, last.pieces) == (((0, 4 * RATE),), ((6 * RATE, 10 * RATE),))
    assert first.speech + last.speech == made.speech
    assert len(first.sound) + len(last.sound) == len(made.sound)


@given(chunks())
def test_halves_are_the_whole(made: Chunk) -> None:
    """Whatever is cut, nothing is lost, and neither half is empty."""
    halves = made.halves()
    if halves is None:
        return
    assert sum(last - first for half in halves for first, last in half.pieces) == len(made.sound)
    assert all(len(half.sound) == sum(last - first for first, last in half.pieces) > 0 for half in halves)
    assert halves[0].speech + halves[1].speech == made.speech
    assert halves[0].end <= halves[1].start + 1e-9


def test_speech_without_a_pause_has_no_halves() -> None:
    """One stretch of speech is not cut, nor are two whose pause is at the very edge."""
    assert chunk((0, 20)).halves() is None
    assert chunk((0, 20), speech=[(0.1, 0.5), (1.5, 19)]).halves() is None


def test_long_pauses_are_left_out_of_real_speech(pauses: NDArray[np.int16]) -> None:
    """Of eighty seconds the eighteen with speech and its edges are heard, and the sound is the recording's own."""
    found = [one for batch in batches(pauses[None], 0) for one in batch]
    assert 15 < sum(len(one.sound) for one in found) / RATE < 21
    for one in found:
        assert np.array_equal(one.sound, np.concatenate([pauses[first:last] for first, last in one.pieces]))
    inside = sorted(span for one in found for span in one.speech)
    assert inside == [(first / RATE, last / RATE) for first, last in speech(pauses)]


def test_what_is_in_a_batch_depends_on_the_sound_alone(pauses: NDArray[np.int16]) -> None:
    """The same stretch later in a recording gives the same chunks, later."""
    here, later = (list(batches(pauses[None], start)) for start in (0, 1_000_003))
    assert [[len(one.sound) for one in batch] for batch in here] == [[len(one.sound) for one in x] for x in later]
    moved = [[(first + 1_000_003, last + 1_000_003) for first, last in one.pieces] for one in here[0]]
    assert moved == [list(one.pieces) for one in later[0]]


def test_speech_that_never_pauses_is_cut_to_fit(jfk: bytes) -> None:
    """Speech with every pause taken out: no chunk is over 30 s, no batch too large, the longest come first."""
    sound = np.frombuffer(jfk, "<i2")
    unbroken = np.concatenate([sound[first:last] for first, last in speech(sound)] * 11)
    made = list(batches(np.stack([unbroken, unbroken]), 0))
    lengths = [len(one.sound) for batch in made for one in batch]
    assert len(made) >= 2
    assert max(map(len, made)) <= BATCH
    assert max(lengths) <= WINDOW
    assert lengths == sorted(lengths, reverse=True)
    assert {one.channel for batch in made for one in batch} == {0, 1}
    assert sum(lengths) / 2 > 0.9 * len(unbroken)


def test_silence_has_no_chunks() -> None:
    """Two silent channels and a handful of samples give no batch at all."""
    assert list(batches(np.zeros((2, 30 * RATE), np.int16), 0)) == []
    assert list(batches(np.zeros((1, 5), np.int16), 0)) == []


def test_speech_is_found_across_the_minutes_it_is_looked_for_in(pauses: NDArray[np.int16]) -> None:
    """What is listened to in parts on several threads has the speech it has when listened to in one go."""
    long = np.concatenate([pauses] * (1 + 2 * LISTENED_TO // len(pauses)))
    parts, whole = speech(long), _speech(long, 0, len(long))
    assert parts == sorted(parts)
    assert len(long) > LISTENED_TO
    alike = spoken_at(parts, len(long)) == spoken_at(whole, len(long))
    assert 0.97 < alike.mean() <= 1


def spoken_at(spans: list[Span], length: int) -> NDArray[np.bool_]:
    """For each sample whether somebody speaks."""
    said = np.zeros(length, bool)
    for first, last in spans:
        said[first:last] = True
    return said
