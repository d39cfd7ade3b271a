"""Recordings with nothing wrong but the sound: each is taken in whole, and a person is told what to expect."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from ingest.audio import decode
from ingest.audio.decode import Layout
from ingest.audio.report import drawn, report

from .making import BY_NAME, levels_of, tone, wav_of

RATE = 16_000
TIME = np.arange(6 * RATE) / RATE
VOICE = 0.2 * np.sin(2 * np.pi * 300 * TIME) * (1 + np.sin(2 * np.pi * 3 * TIME))
SOUNDS = {
    "silence": (wav_of(np.zeros((1, 6 * RATE))), ["The recording is silent; check that the recorder was not muted."]),
    "silence on both": (
        wav_of(np.zeros((2, 6 * RATE))),
        ["The recording is silent; check that the recorder was not muted."],
    ),
    "a telephone": (
        tone(BY_NAME["wav-pcm_mulaw"], 6),
        ["It is a telephone recording (8 kHz): expect more errors."],
    ),
    "a mobile telephone": (
        tone(BY_NAME["3gp-amrnb"], 6),
        ["It is a telephone recording (8 kHz): expect more errors."],
    ),
    "clipping": (
        wav_of(np.clip(6 * VOICE, -1, 1)[None, :]),
        ["The recording is clipped for 6 s; turn the recorder's level down."],
    ),
    "one channel dead": (
        wav_of(np.stack([VOICE, 0 * VOICE])),
        ["One channel is dead; check that microphone and its plug."],
    ),
    "a whisper": (
        wav_of(VOICE[None, :] / 200),
        ["The recording is very quiet (-59 LUFS); turn the recorder's level up, or move it closer."],
    ),
    "three tenths of a second": (wav_of(VOICE[None, : int(0.3 * RATE)]), []),
    "a single sample": (wav_of(np.full((1, 1), 0.5)), []),
}


@pytest.mark.parametrize(("data", "told"), SOUNDS.values(), ids=SOUNDS)
def test_bad_sound_is_taken_in_and_told(data: bytes, told: list[str]) -> None:
    """It has facts, samples as long as them, a copy, levels, a picture, and the sentences it deserves."""
    checked = decode.check([io.BytesIO(data)])
    samples = b"".join(decode.pcm([io.BytesIO(data)], layouts=[part.layout for part in checked.parts]))
    levels = levels_of([data], [part.layout for part in checked.parts])
    assert abs(len(samples) / 2 / RATE - checked.duration) < 0.1
    assert report(levels) == told
    assert drawn(levels)[0].startswith("loudness")


@pytest.mark.parametrize("name", SOUNDS)
def test_the_copy_of_bad_sound_plays(name: str) -> None:
    """However bad, the copy to listen to is as long as the recording."""
    data = SOUNDS[name][0]
    copy = b"".join(decode.listening_copy([io.BytesIO(data)]))
    with av.open(io.BytesIO(copy), "r", format="webm") as opened:
        seconds = sum(frame.samples for frame in opened.decode(opened.streams.audio[0])) / 48_000
    assert abs(seconds - decode.check([io.BytesIO(data)]).duration) < 0.1


def test_a_dead_channel_of_one_part_only() -> None:
    """Of three parts the one with a dead channel is named, and only there the living channel is taken alone."""
    good, bad = wav_of(np.stack([VOICE, 0.8 * VOICE])), SOUNDS["one channel dead"][0]
    layouts = [part.layout for part in decode.check([io.BytesIO(part) for part in (good, bad, good)]).parts]
    assert layouts == [Layout.STEREO, Layout.ONE_DEAD, Layout.STEREO]
    levels = levels_of([good, bad, good], layouts)
    assert report(levels) == ["One channel is dead in part 2; check that microphone and its plug."]
    assert max(levels.loudness) - min(levels.loudness) < 3
