"""Sound as it streams in, cut into stretches at quiet places: three hours need no more memory than ten minutes.

Whisper's windows are 30 seconds and know nothing of each other, so a cut between two words changes nothing else.
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

LONGEST: Final = 300 * RATE
"""Samples a stretch: enough to sort its chunks by length, few enough that the first are soon being heard."""

SEARCHED: Final = 30 * RATE
_FRAME: Final = RATE // 50
_PAUSE: Final = 25
"""A cut lies in the middle of the quietest half second: 25 frames of 20 ms."""


def stretches(
    pcm: Iterable[bytes], channels: int = 1, longest: int = LONGEST
) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Each stretch as the number of its first sample and its samples, (channels, samples).

    None has more than `longest` samples, which are two seconds or more. `pcm` is 16 kHz s16le, channels interleaved; a
    chunk may end inside a sample, the whole may not (BadRecording).
    Where nothing came, nothing comes out.
    """
    waiting, start, width = bytearray(), 0, 2 * channels
    for piece in pcm:
        waiting += piece
        while len(waiting) >= longest * width:
            cut = _quiet_cut(_samples(waiting, channels, longest))
            yield start, _samples(waiting, channels, cut)
            del waiting[: cut * width]
            start += cut
    if len(waiting) % width:
        raise BadRecording("The decoded sound ends inside a sample; it is incomplete. Take the recording in again.")
    if waiting:
        yield start, _samples(waiting, channels, len(waiting) // width)


def _samples(waiting: bytearray, channels: int, count: int) -> NDArray[np.int16]:
    """A copy of the first `count` samples, a row a channel."""
    interleaved = np.frombuffer(bytes(waiting[: 2 * channels * count]), dtype="<i2")
    return np.ascontiguousarray(interleaved.reshape(-1, channels).T)


def _quiet_cut(stretch: NDArray[np.int16]) -> int:
    """Where in its last 30 seconds, or its second half if that is less, the stretch is quietest, in samples."""
    length = stretch.shape[1]
    searched = min(SEARCHED, length // 2)
    whole = searched // _FRAME * _FRAME
    frames = floats(stretch[:, length - searched : length - searched + whole]).reshape(len(stretch), -1, _FRAME)
    loudness = np.convolve(np.square(frames).mean(axis=(0, 2)), np.ones(_PAUSE), mode="valid")
    return int(length - searched + (int(loudness.argmin()) + _PAUSE // 2) * _FRAME)


def floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples as the recogniser wants them, in [-1, 1): twice the memory, so of one stretch at a time."""
    return samples.astype(np.float32) / np.float32(32_768)
