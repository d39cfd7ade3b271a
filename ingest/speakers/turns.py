"""Who spoke when, as the rooms below and above understand it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch of speech, in seconds from the start of the recording.

    Speakers are numbered from 0 in the order of their first turn; `overlapped` says that somebody else speaks at the
    same time, and a turn is cut where that begins and ends.
    """

    start: float
    end: float
    speaker: int
    overlapped: bool = False


@dataclass(frozen=True, slots=True)
class Speakers:
    """What was heard: the turns in order, and a voiceprint for each speaker.

    `voices` has a row of unit length for each speaker, 192 numbers. They are biometric data (GDPR article 9): whoever
    asked decides whether they are kept, and under which key.
    """

    turns: tuple[Turn, ...]
    voices: NDArray[np.float32]
