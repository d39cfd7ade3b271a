"""Several parts of one interview: joined in order, whatever each is, and refused by number."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ingest.audio import decode, talk
from ingest.audio.decode import Limits
from ingest.audio.inside.wire import LONGEST_READ, MOST_PARTS
from storage.errors import BadRecording

from .endless import wav_header
from .making import BY_NAME, tone, wav_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from .conftest import Alive

SECOND = 16_000


def _files(parts: Sequence[bytes]) -> list[BinaryIO]:
    return [io.BytesIO(part) for part in parts]


def _samples(parts: Sequence[bytes], channels: int = 1) -> np.ndarray:
    data = b"".join(decode.pcm(_files(parts), channels))
    return np.frombuffer(data, "<i2").reshape(-1, channels)


def _ramp(seconds: float) -> np.ndarray:
    """Samples of which no two neighbours are alike, so that one lost or doubled shows."""
    return (np.arange(int(SECOND * seconds)) * 37 % 30_011).astype("<i2")


def _wav(samples: np.ndarray) -> bytes:
    return wav_header(samples.nbytes, SECOND, 1, 16) + samples.tobytes()


def test_parts_follow_each_other_without_a_seam() -> None:
    """A recording that the recorder split at its file limit is whole again, to the sample."""
    whole = _ramp(9.7)
    parts = [_wav(piece) for piece in np.split(whole, [40_001, 40_002, 101_003])]
    assert np.array_equal(_samples(parts)[:, 0], whole)


def test_parts_may_be_of_any_kind() -> None:
    """Another container, coding, rate and number of channels is another part like any other, and so is the order."""
    names = ["wav-pcm_s24le", "mp3-mp3float", "amr-amrnb", "ipod-aac", "webm-opus", "wav-pcm_f32le"]
    checked = decode.check(_files([tone(BY_NAME[name], 2) for name in names]))
    assert [part.container for part in checked.parts] == [BY_NAME[name].container for name in names]
    assert abs(checked.duration - 12) < 0.3
    samples = _samples([tone(BY_NAME[name], 2) for name in names])
    assert abs(len(samples) / SECOND - checked.duration) < 0.01
    for second in range(12):
        middle = samples[second * SECOND + 4_000 : second * SECOND + 12_000, 0]
        assert abs(int(np.abs(middle).max()) - 16_384) < 2_500


def test_the_copy_of_parts_of_any_kind_plays_through() -> None:
    """The listening copy of parts that differ is one stream as long as all of them, without a gap."""
    parts = [tone(BY_NAME[name], 2.013) for name in ("wav-pcm_s24le", "amr-amrnb", "flac-flac")]
    copy = b"".join(decode.listening_copy(_files(parts)))
    with av.open(io.BytesIO(copy), "r", format="webm") as opened:
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in opened.decode(opened.streams.audio[0])])
    assert abs(len(sound) / 48_000 - 6.04) < 0.1
    quietest = min(float(np.abs(piece).max()) for piece in np.array_split(sound[4_800:-4_800], 100))
    assert quietest > 0.3


@pytest.mark.parametrize("channels", [1, 2])
def test_one_part_is_a_sequence_of_one(channels: int) -> None:
    """A single mono file comes out as it is, or the same at its full level on both channels."""
    whole = _ramp(2)
    assert np.array_equal(_samples([_wav(whole)], channels), np.stack([whole] * channels, axis=1))


def test_two_channels_stay_apart() -> None:
    """With two channels left is left and right is right, and a mono part between is on both."""
    left, right, both = _ramp(1), _ramp(1)[::-1], _ramp(0.5)
    stereo = np.stack([left, right], axis=1)
    wav = wav_header(stereo.nbytes, SECOND, 2, 16) + np.ascontiguousarray(stereo).tobytes()
    expected = np.concatenate([stereo, np.stack([both, both], axis=1), stereo])
    assert np.array_equal(_samples([wav, _wav(both), wav], 2), expected)


@pytest.mark.parametrize("tracks", [3, 4, 6, 8])
def test_no_track_of_a_field_recorder_is_lost(tracks: int) -> None:
    """Someone on any one track of many is in the mix; FFmpeg alone drops the fourth of six as a bass channel."""
    for track in range(tracks):
        channels = np.zeros((tracks, SECOND))
        channels[track] = 0.5 * np.sin(np.arange(SECOND) * 0.1)
        wav = wav_of(channels)
        assert abs(int(np.abs(_samples([wav])).max()) - 16_384 // tracks) < 200
        sides = np.abs(_samples([wav], 2)).max(axis=0)
        assert sides[track % 2] > 16_384 // tracks
        assert sides[1 - track % 2] < 10


def test_a_refusal_names_the_part() -> None:
    """Where one part of several is bad, the sentence says which; of a single one it does not."""
    good, bad = tone(BY_NAME["wav-pcm_s16le"], 1), b"some words\n" * 40
    with pytest.raises(decode.NotARecording, match=r"^Part 2 of 3: This file is not a recording"):
        decode.check(_files([good, bad, good]))
    with pytest.raises(decode.EmptyRecording, match=r"^Part 3 of 3: "):
        list(decode.pcm(_files([good, good, b""])))
    with pytest.raises(decode.NotARecording, match=r"^This file"):
        decode.check(_files([bad]))


def test_samples_of_the_good_parts_come_before_the_verdict() -> None:
    """What stands before a bad part was handed out by then, and the error still comes."""
    chunks = decode.pcm(_files([_wav(_ramp(5)), b"RIFF"]))
    assert len(next(chunks)) == 65_536
    with pytest.raises(decode.NotARecording):
        list(chunks)


def test_the_hours_of_all_parts_are_counted() -> None:
    """Parts that are each short enough are too long together."""
    second = tone(BY_NAME["flac-flac"], 1)
    with pytest.raises(decode.TooLong, match=r"^Part 4 of 4: "):
        decode.check(_files([second] * 4), Limits(max_seconds=3.5))


def test_no_parts_and_too_many() -> None:
    """An interview of no files is empty; one of more files than a card holds is refused before anything is read."""
    with pytest.raises(decode.EmptyRecording):
        decode.check([])
    with pytest.raises(decode.TooMany, match="100 files"):
        decode.check(_files([b""]) * (MOST_PARTS + 1))


def test_as_many_parts_as_there_may_be() -> None:
    """Facts of the most parts there may be still fit into the decoder's last word."""
    checked = decode.check(_files([_wav(_ramp(0.1))] * MOST_PARTS))
    assert len(checked.parts) == len(checked.origins) == MOST_PARTS
    assert abs(checked.duration - 9.9) < 1e-6


def test_only_what_was_given_is_handed_out() -> None:
    """A decoder that asks for a part there is not, or for more than one may at once, is stopped."""
    parts = _files([b"one", b"two"])
    assert talk._bytes_of(parts, 1, 1, 9).endswith(b"wo")
    for part, offset, length in ((2, 0, 1), (65_535, 0, 1), (0, 1 << 63, 1), (0, 0, LONGEST_READ + 1)):
        with pytest.raises(talk.Hung):
            talk._bytes_of(parts, part, offset, length)


def test_closing_early_leaves_no_decoder(alive: Alive, marked: Limits) -> None:
    """Whoever stops listening in the first of three parts leaves no process behind."""
    chunks = decode.pcm(_files([_wav(_ramp(9))] * 3), limits=marked)
    assert next(chunks)
    assert alive()
    chunks.close()
    assert not alive()


def test_zero_point_three_seconds() -> None:
    """A recording of three tenths of a second is one: facts, samples, copy and levels."""
    wav = _wav(_ramp(0.3))
    assert abs(decode.check(_files([wav])).duration - 0.3) < 1e-6
    assert len(_samples([wav])) == 4_800
    assert b"".join(decode.listening_copy(_files([wav]))).startswith(b"\x1a\x45")


def test_whatever_breaks_is_a_bad_recording() -> None:
    """Every refusal of a part is of the one family that the commands know."""
    for bad in (b"", b"RIFF", b"\x02dss" + bytes(99), b"ffconcat version 1.0\n"):
        with pytest.raises(BadRecording):
            decode.check(_files([_wav(_ramp(0.2)), bad]))
