"""Sound in memory, cut into blocks at quiet places so that a long recording needs no more memory than a short one.

The recogniser's features of a whole hour take over 2 GB; of ten minutes, a sixth. Its windows are 30 seconds and
know nothing of each other, so a cut between two words changes nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

RATE: Final = 16_000
"""Samples a second: what Whisper was trained on, and what the decoder delivers."""

LONGEST: Final = 600 * RATE
SEARCHED: Final = 30 * RATE
_FRAME: Final = RATE // 50
_PAUSE: Final = 25
"""A cut lies in the middle of the quietest half second: 25 frames of 20 ms."""


def gather(pcm: Iterable[bytes]) -> NDArray[np.int16]:
    """All samples of 16 kHz mono s16le chunks; a chunk may end inside a sample, the whole may not."""
    sound = bytearray()
    for chunk in pcm:
        sound += chunk
    if len(sound) % 2:
        raise BadRecording("The decoded sound ends inside a sample; it is incomplete. Take the recording in again.")
    return np.frombuffer(sound, dtype="<i2")


def blocks(
    samples: NDArray[np.int16], lanes: int = 1, longest: int = LONGEST
) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """Each block as its start in seconds and a view of its samples; a multiple of `lanes`, of like length.

    A block is at most `longest` samples and the stretch that was searched for a pause.
    """
    rounds = -(-len(samples) // (longest * lanes)) or 1
    even = -(-len(samples) // (rounds * lanes))
    start = 0
    for number in range(1, rounds * lanes):
        end = number * even + _searched(even) // 2
        cut = end - _back_to_quiet(samples[start:end], _searched(even))
        yield start / RATE, samples[start:cut]
        start = cut
    yield start / RATE, samples[start:]


def _searched(length: int) -> int:
    """How far around an even cut a pause is looked for: 30 s, or half a short block."""
    return min(SEARCHED, length // 2)


def _back_to_quiet(block: NDArray[np.int16], searched: int) -> int:
    """How many samples before the block's end its quietest half second lies, in the last `searched` samples."""
    frames = floats(block[-searched:])[: searched // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudness = np.convolve(np.square(frames).mean(axis=1), np.ones(_PAUSE), mode="valid")
    return searched - (int(loudness.argmin()) + _PAUSE // 2) * _FRAME


def floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples as the recogniser wants them, in [-1, 1): twice the memory, so of one block at a time."""
    return samples.astype(np.float32) / np.float32(32_768)
