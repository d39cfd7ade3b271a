"""What covers a name: every sample in the stretch is another, every sample beside it is the same."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from ingest.bleeping.beep import BLOCK, How, bleeped
from ingest.transcription.stretches import RATE
from tests.sound import samples

MS = RATE // 1000


def _array(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2")


def _over(pcm: bytes, spans: list[tuple[int, int]], how: How = How.BEEP, piece: int = 65_536) -> np.ndarray:
    pieces = (pcm[at : at + piece] for at in range(0, len(pcm), piece))
    return _array(b"".join(bleeped(pieces, spans, how)))


@pytest.mark.parametrize("how", How)
@pytest.mark.parametrize(
    "spans", [[(0, 700)], [(1_234, 2_001)], [(3_000, 4_000), (4_001, 4_500)], [(BLOCK - 300, BLOCK + 301)]]
)
def test_only_the_stretch_is_covered_and_all_of_it(how: How, spans: list[tuple[int, int]]) -> None:
    """On real sound, at its start and over the border of a block too; not one sample more or less, none moved."""
    before = _array(samples(15.0))
    after = _over(samples(15.0), spans, how)
    inside = np.zeros(len(before), bool)
    for first, last in spans:
        inside[first * MS : last * MS] = True
        heard = np.corrcoef(before[first * MS : last * MS], after[first * MS : last * MS] + 1e-9)[0, 1]
        assert how is How.SILENCE or abs(heard) < 0.2
    assert len(after) == len(before)
    assert np.array_equal(after[~inside], before[~inside])
    if how is How.SILENCE:
        assert not after[inside].any()


def test_a_beep_is_a_kilohertz_at_twenty_decibels_below_full() -> None:
    """Its spectrum has one line, its peak is a tenth of full scale, and it begins and ends softly."""
    tone = _over(bytes(RATE * 2), [(100, 900)])[100 * MS : 900 * MS]
    spectrum = np.abs(np.fft.rfft(tone[: 8000 // 2]))
    assert np.argmax(spectrum) * RATE / 4000 == 1000
    assert np.abs(tone).max() == pytest.approx(3277, abs=2)
    assert np.abs(tone[:MS]).max() < 600
    assert np.abs(tone[-MS:]).max() < 600


@pytest.mark.parametrize("spans", [[(0, 2_000)], [(500, 61_000)], [(1_000, 1_003), (1_500, 2_000)]])
def test_the_sound_is_as_long_as_before_to_the_sample(spans: list[tuple[int, int]]) -> None:
    """Also when it ends within a millisecond, and when a stretch reaches to its very end."""
    pcm = samples(2.0)[:-14]
    assert len(_over(pcm, spans)) == len(_array(pcm))


@pytest.mark.parametrize("piece", [2, 999, 10**9])
def test_how_the_sound_comes_in_changes_nothing(piece: int) -> None:
    """Sample by sample, in odd pieces or all at once, the same comes out."""
    pcm, spans = samples(3.0), [(100, 350), (2_000, 2_600)]
    assert np.array_equal(_over(pcm[: RATE * 6], spans, piece=piece), _over(pcm[: RATE * 6], spans))


def test_a_line_of_half_a_minute_is_covered_without_a_seam() -> None:
    """A tone that spans blocks goes on where it was: no sample jumps by more than a kilohertz can."""
    tone = _over(bytes(40 * RATE * 2), [(1_000, 38_000)]).astype(int)
    assert np.abs(np.diff(tone[1_100 * MS : 37_900 * MS])).max() <= 3277 * 0.4


def test_three_hours_pass_through_in_pieces() -> None:
    """Nothing is held until the end: the first block comes out when it has gone in."""
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(32_000)

    list(islice(bleeped(endless(), [(5_000, 6_000)], How.BEEP), 3))  # type: ignore[arg-type]  # a generator of bytes
    assert taken <= 3 * BLOCK // 1000 + 1
