"""The sound streams by: little of it is held, and a voiceprint never looks beyond its own stretch."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.speakers.listening import cut, listen
from ingest.speakers.segmentation import FRAME, Stretch
from ingest.speakers.voiceprints import RATE, SHORTEST
from tests.ingest.speakers.conftest import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_only_half_a_minute_of_sound_is_held(interview: bytes) -> None:
    """While sound comes in, what is known lags less than 50 seconds behind: the rest has been let go of."""
    given_out, furthest = 0, 0.0

    def sound() -> Iterator[bytes]:
        nonlocal given_out
        for chunk in chunks(bytes(RATE * 2 * 40) + interview[: RATE * 2 * 40], RATE):
            given_out += len(chunk)
            yield chunk

    def tell(seconds: float) -> None:
        nonlocal furthest
        furthest = max(furthest, given_out / 2 / RATE - seconds)

    with ThreadPoolExecutor(2) as pool:
        heard = listen(sound(), pool, tell)
    assert furthest < 60.0
    assert heard.seconds == 80.0
    assert heard.pieces[0].start * FRAME / RATE > 39.0


def test_pieces_come_in_order_with_a_print_each(interview: bytes) -> None:
    """Every piece has a voiceprint, and no two pieces share a frame."""
    with ThreadPoolExecutor(2) as pool:
        heard = listen(chunks(interview[: RATE * 2 * 25]), pool, lambda _seconds: None)
    assert len(heard.pieces) == len(heard.prints)
    assert np.allclose(np.linalg.norm(heard.prints, axis=1), 1.0, atol=1e-5)
    assert all(one.end <= two.start for one, two in zip(heard.pieces, heard.pieces[1:], strict=False))


@given(st.integers(0, 5_000), st.integers(1, 2_000))
def test_a_stretch_is_cut_without_gaps(start: int, length: int) -> None:
    """Pieces of about half a second cover the stretch; each looks at a second of it, or at all of a shorter one."""
    pieces = list(cut(Stretch(start, start + length, 0, (0,)), 1))
    assert pieces[0].start == start
    assert pieces[-1].end == start + length
    assert all(one.end == two.start for one, two in itertools.pairwise(pieces))
    seconds = length * FRAME / RATE
    for piece in pieces:
        looked = (piece.last - piece.first) / RATE
        assert SHORTEST / RATE <= looked <= 1.0
        assert looked >= min(1.0, seconds) - 0.001
