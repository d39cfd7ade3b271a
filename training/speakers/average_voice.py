"""Write the average voice, which is taken away from every voiceprint, from a folder of clips, one for each person.

What ships was made from the 102 clips of github.com/jim-schwoebel/sample_voice_data (51 women, 51 men, taken at
random from VoxCeleb, CC BY 4.0), none of them a speaker of the reference recordings.

    python -m training.speakers.average_voice FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from ingest.speakers.voiceprints import RATE, raw, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

TARGET = Path(__file__).resolve().parents[2] / "ingest" / "speakers" / "graphs" / "average.npy"
QUIET = 0.1  # of the clip's own level: windows below are pauses


def samples(path: Path) -> NDArray[np.float32]:
    """A clip as 16 kHz mono."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32) / np.float32(32_768)


def voice(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean voiceprint of a clip's windows of one second, pauses left out."""
    windows = [sound[start : start + RATE] for start in range(0, len(sound) - RATE + 1, RATE // 2)]
    level = float(np.sqrt(np.square(sound).mean()))
    loud = [window for window in windows if float(np.sqrt(np.square(window).mean())) > QUIET * level]
    return unit(np.mean([raw(window[None])[0] for window in loud], axis=0).astype(np.float32))


def main() -> None:
    """Average over people, not over seconds."""
    clips = sorted(Path(sys.argv[1]).rglob("*.wav"))
    average = np.mean([voice(samples(clip)) for clip in clips], axis=0).astype("<f4")
    np.save(TARGET, average, allow_pickle=False)
    print(f"{len(clips)} clips, length of the average {float(np.linalg.norm(average)):.3f}")


if __name__ == "__main__":
    main()
