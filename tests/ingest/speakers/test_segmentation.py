"""Windows laid together: the majority decides on speech, and a track goes on as long as its frames agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ingest.speakers.segmentation import FRAMES, OVERLAP, STEP, Stitcher, Stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG = 4_000


def windows(truth: NDArray[np.bool_], shuffle: bool = True) -> list[NDArray[np.bool_]]:
    """What a perfect network says of this activity (frames, 3), its speakers in another order in each window."""
    dice = np.random.default_rng(5)
    padded = np.concatenate([truth, np.zeros((FRAMES, 3), np.bool_)])
    starts = range(0, max(len(truth) - FRAMES, 0) + STEP, STEP)
    orders = [dice.permutation(3) if shuffle else np.arange(3) for _ in starts]
    return [padded[start : start + FRAMES][:, order] for start, order in zip(starts, orders, strict=True)]


def stitched(truth: NDArray[np.bool_]) -> tuple[list[Stretch], Stitcher]:
    """All stretches, taken whenever some are ready."""
    stitcher, found = Stitcher(), list[Stretch]()
    for mask in windows(truth):
        stitcher.add(mask)
        found += stitcher.stretches()
    return found + stitcher.stretches(len(truth)), stitcher


def activity(*spans: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Speakers active from frame to frame."""
    truth = np.zeros((LONG, 3), np.bool_)
    for start, end, who in spans:
        truth[start:end, who] = True
    return truth


def test_stretches_are_the_speech() -> None:
    """Where the windows agree, the stretches begin and end where the speech does, and cover no silence."""
    found, _ = stitched(activity((100, 900, 0), (1_000, 1_500, 1), (3_000, 3_900, 0)))
    assert [(stretch.start, stretch.end) for stretch in found] == [(100, 900), (1_000, 1_500), (3_000, 3_900)]


def test_a_speaker_who_goes_on_keeps_a_track() -> None:
    """In whatever order each window has its speakers, two who take turns have two tracks, known to be rivals."""
    turns = [(number * 200, number * 200 + 180, number % 2) for number in range(15)]
    found, stitcher = stitched(activity(*turns))
    first, second = {stretch.track for stretch in found[::2]}, {stretch.track for stretch in found[1::2]}
    assert len(first) == len(second) == 1
    assert (min(first | second), max(first | second)) in stitcher.rivals


def test_overlap_is_a_stretch_of_its_own() -> None:
    """Where two speak at once the stretch says so, and which tracks meet in it."""
    found, _ = stitched(activity((100, 800, 0), (700, 1_200, 1)))
    assert [(stretch.start, stretch.end) for stretch in found] == [(100, 700), (700, 800), (800, 1_200)]
    assert found[1].track == OVERLAP
    assert set(found[1].tracks) == {found[0].track, found[2].track}


def test_the_majority_decides() -> None:
    """One window of four that hears nothing does not make a gap."""
    stitcher = Stitcher()
    for number, mask in enumerate(windows(activity((0, LONG, 0)))):
        stitcher.add(mask & (number != 8))
    found = stitcher.stretches(LONG)
    assert sum(stretch.end - stretch.start for stretch in found) == LONG


def test_an_unbroken_monologue_is_let_go_of() -> None:
    """Somebody who never pauses is cut every half minute, so that the sound need not be held."""
    truth = np.zeros((20_000, 3), np.bool_)
    truth[:, 0] = True
    stitcher, furthest = Stitcher(), 0
    for number, mask in enumerate(windows(truth)):
        stitcher.add(mask)
        stitcher.stretches()
        furthest = max(furthest, number * STEP - stitcher.start)
    assert furthest < 2_000
