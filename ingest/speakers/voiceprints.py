"""A voice in 192 numbers: mel bands as Kaldi computes them, then CAM++ (Wang et al. 2023).

From every voiceprint the average voice is taken away. Without that all voices lie in one narrow cone, and a speaker
who says little is swallowed by the one who says much.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import kaldi_native_fbank
import numpy as np

from ingest.speakers import networks

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE: Final = 16_000
LENGTH: Final = 192
SHORTEST: Final = RATE // 4
"""Samples: less than a quarter of a second says nothing of a voice."""
_BANDS: Final = 80


def voiceprints(sounds: NDArray[np.float32]) -> NDArray[np.float32]:
    """The voice in each row of samples within [-1, 1), at unit length: (rows, LENGTH).

    In less than SHORTEST samples or in silence it means nothing.
    """
    return unit(raw(sounds) - _average())


def raw(sounds: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same with the average voice still in it. Each band's mean is taken away: it is the microphone's."""
    heard = np.stack([bands(sound) for sound in sounds])
    return unit(networks.run(networks.VOICEPRINT, heard - heard.mean(axis=1, keepdims=True)))


def bands(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log mel energies, a row of 80 every 10 ms for every 25 ms that fit whole; at least SHORTEST samples."""
    bank = kaldi_native_fbank.OnlineFbank(_options())
    bank.accept_waveform(RATE, np.pad(samples, (0, max(0, SHORTEST - len(samples)))))
    bank.input_finished()
    return np.array([bank.get_frame(number) for number in range(bank.num_frames_ready)], np.float32)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row at length 1; one of noughts stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return found


@cache
def _average() -> NDArray[np.float32]:
    """The mean voiceprint of many people (training/speakers/average_voice.py)."""
    with (resources.files(__package__) / "graphs" / "average.npy").open("rb") as file:
        found: NDArray[np.float32] = np.load(file, allow_pickle=False)
    return found


@cache
def _options() -> Any:  # noqa: ANN401 - the library is untyped
    """What CAM++ was trained on (3D-Speaker): 80 bands, and no dither, so that equal sound gives equal numbers."""
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = _BANDS
    return options
