"""Whole recordings: what they are, their samples, the copy to listen to."""

from __future__ import annotations

import io
import json
import math
import struct
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ingest.audio import decode

from .endless import Endless, endless, wav_header
from .making import BY_NAME, KINDS, SECONDS, SHARED, Kind, facts_of, needs_shared, tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.audio.decode import Limits

    from .conftest import Alive

REAL = {
    "king.mp3": (85.449, "mp3", 44_100, 2),
    "columbia.wma": (198.763, "asf", 44_100, 2),
    "jfk.flac": (11.0, "flac", 44_100, 2),
    "hotwords.mp3": (4.0, "mp3", 44_100, 2),
    "multilingual.mp3": (59.9, "mp3", 24_000, 1),
    "dev00.wav": (30.0, "wav", 16_000, 1),
    "stereo_diarization.wav": (5.0, "wav", 16_000, 2),
    "two-speakers-0.flac": (118.269, "flac", 16_000, 1),
}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_format_is_recognised_and_measured(kind: Kind) -> None:
    """Each format gives its container, coding, rate, channels and bits, its length and its level."""
    facts = facts_of(tone(kind))
    assert (facts.container, facts.codec, facts.bits) == (kind.container, kind.codec, kind.bits)
    assert (facts.sample_rate, facts.channels) == (kind.rate, kind.channels)
    assert abs(facts.duration - SECONDS) < 0.1
    assert abs(facts.peak_dbfs + 6) < 1
    assert abs(facts.rms_dbfs + 9) < 2
    assert not facts.clipped


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_real_recordings_have_the_length_they_are_known_to_have(name: str) -> None:
    """The recordings in ../shared/audio decode whole, to facts and to samples alike."""
    seconds, container, rate, channels = REAL[name]
    with (SHARED / name).open("rb") as source:
        facts = decode.check([source]).parts[0]
        samples = sum(map(len, decode.pcm([source]))) / 32_000
    assert (facts.container, facts.sample_rate, facts.channels) == (container, rate, channels)
    assert abs(facts.duration - seconds) < 0.1
    assert abs(samples - seconds) < 0.1


@pytest.mark.parametrize("kind", [BY_NAME["wav-pcm_s24le"], BY_NAME["ipod-aac"]], ids=str)
def test_samples_are_sixteen_kilohertz_mono(kind: Kind) -> None:
    """A tone of 440 Hz is still one after mixing and resampling, at the level it had."""
    sound = np.frombuffer(b"".join(decode.pcm([io.BytesIO(tone(kind))])), "<i2")
    spectrum = np.abs(np.fft.rfft(sound))
    assert abs(len(sound) / 16_000 - SECONDS) < 0.1
    assert abs(np.argmax(spectrum) / (len(sound) / 16_000) - 440) < 1
    assert abs(int(np.abs(sound).max()) - 16_384) < 1_000


def test_both_channels_are_heard() -> None:
    """Someone who speaks on one channel only is in the samples, at half the level."""
    left = np.zeros((16_000, 2), "<i2")
    left[:, 0] = 10_000
    wav = wav_header(left.nbytes, 16_000, 2, 16) + left.tobytes()
    sound = np.frombuffer(b"".join(decode.pcm([io.BytesIO(wav)])), "<i2")
    assert abs(int(np.median(sound)) - 5_000) <= 1


def test_clipping_is_counted() -> None:
    """The share of samples at full scale is told, at either end."""
    sound = np.array([32767, -32768, 0, 100] * 4_000, "<i2").tobytes()
    facts = facts_of(wav_header(len(sound), 16_000, 1, 16) + sound)
    assert facts.clipped == 0.5
    assert facts.peak_dbfs == 0


def test_silence_has_finite_levels() -> None:
    """Pure silence is a recording, and its facts fit in JSON."""
    facts = facts_of(wav_header(32_000, 16_000, 1, 16) + bytes(32_000))
    assert facts.peak_dbfs == facts.rms_dbfs == -144
    assert json.loads(json.dumps(facts.to_dict(), allow_nan=False))["duration"] == 1


def test_what_is_not_a_number_counts_as_silence() -> None:
    """Float samples of NaN and infinity do not poison the levels, nor do those of absurd loudness."""
    facts = _float_facts(math.nan, math.inf, -math.inf, 0.5)
    assert (facts.peak_dbfs, facts.clipped) == (0, 0.5)
    assert _float_facts(3e38, -3e38, 0.0, 0.0).peak_dbfs == 60


def _float_facts(*samples: float) -> decode.Facts:
    sound = struct.pack(f"<{len(samples)}f", *samples) * 4_000
    form = struct.pack("<IHHIIHH", 16, 3, 1, 16_000, 64_000, 4, 32)
    body = b"WAVEfmt " + form + b"data" + struct.pack("<I", len(sound)) + sound
    return facts_of(b"RIFF" + struct.pack("<I", len(body)) + body)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_recorder_that_lost_power_left_a_whole_recording(size: int) -> None:
    """A WAV whose sizes were never filled in decodes to its last sample, and declares nothing."""
    facts = facts_of(wav_header(size, 16_000, 1, 16) + bytes(64_000))
    assert (facts.duration, facts.declared) == (2, None)


def test_an_ogg_need_not_say_it_is_over() -> None:
    """Android's and Telegram's Ogg files never mark their last page, and are whole."""
    data = bytearray(tone(BY_NAME["ogg-opus"]))
    page = data.rfind(b"OggS")
    data[page + 5] &= ~4
    assert abs(facts_of(bytes(data)).duration - SECONDS) < 0.1


def test_a_cover_picture_is_never_decoded() -> None:
    """An ID3 tag with a picture, even a broken one, is passed over."""
    picture = b"\0image/png\0\3\0" + b"\x89PNG\r\n\x1a\n" + bytes(500)
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    tag = b"ID3\3\0\0" + bytes([0, 0, len(frame) >> 7, len(frame) & 127]) + frame
    facts = facts_of(tag + tone(BY_NAME["mp3-mp3float"]))
    assert abs(facts.duration - SECONDS) < 0.1


def test_an_index_at_the_front_or_the_back(tmp_path: Path) -> None:
    """An M4A made for streaming has its index first; both kinds decode the same."""
    back = tone(BY_NAME["ipod-aac"])
    front = tmp_path / "tone.m4a"
    with av.open(io.BytesIO(back), "r") as old, av.open(str(front), "w", options={"movflags": "faststart"}) as new:
        stream = new.add_stream_from_template(old.streams.audio[0])
        for packet in old.demux(old.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    data = front.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"".join(decode.pcm([io.BytesIO(data)])) == b"".join(decode.pcm([io.BytesIO(back)]))


def test_the_listening_copy_plays_the_same_sound() -> None:
    """The copy is mono Opus in WebM, as long as the recording, small, and can be sought in."""
    copy = b"".join(decode.listening_copy([io.BytesIO(tone(BY_NAME["wav-pcm_s24le"], 20))]))
    with av.open(io.BytesIO(copy), "r", format="webm") as opened:
        stream = opened.streams.audio[0]
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in opened.decode(stream)])
        assert (stream.codec_context.name, stream.codec_context.layout.nb_channels) == ("opus", 1)
        assert opened.duration is not None
        assert abs(opened.duration / 1e6 - 20) < 0.1
    assert abs(len(sound) / 48_000 - 20) < 0.1
    assert abs(float(np.abs(sound).max()) - 0.5) < 0.1
    assert len(copy) < 20 * 32_000 / 8
    assert bytes.fromhex("1c53bb6b") in copy  # Cues (RFC 9559 §5.1.5)


def test_the_listening_copy_says_nothing_of_its_source() -> None:
    """Title, artist, date and device stay behind, and the same recording gives the same copy."""
    secrets = {"title": "Samtale", "artist": "Kanari", "date": "2031-02-03", "comment": "Opptaker7"}
    source = tone(BY_NAME["flac-flac"], metadata=secrets)
    assert all(word.encode() in source for word in secrets.values())
    copy = b"".join(decode.listening_copy([io.BytesIO(source)]))
    assert not any(word.encode() in copy for word in secrets.values())
    assert copy == b"".join(decode.listening_copy([io.BytesIO(source)]))


def test_closing_early_kills_the_decoder(alive: Alive, marked: Limits) -> None:
    """Whoever stops listening leaves no process behind."""
    source = endless(wav_header(1_000_000_000), 1_000_000_000)
    chunks = decode.pcm([source], limits=marked)
    assert len(next(chunks)) == 65_536
    assert alive()
    chunks.close()
    assert not alive()


def test_an_error_of_the_source_comes_through(alive: Alive, marked: Limits) -> None:
    """If the sealed recording turns out to be damaged while it is read, that is what the caller hears."""

    class Broken(Endless):
        def readinto(self, room: memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer is 3.12's
            if self._at > 1 << 20:
                raise ConnectionError
            return super().readinto(room)

    with pytest.raises(ConnectionError):
        decode.check([io.BufferedReader(Broken(wav_header(1 << 28), 1 << 28), 1)], marked)
    assert not alive()


def test_the_source_may_stand_anywhere() -> None:
    """Decoding begins at the beginning, wherever the source was left."""
    source = io.BytesIO(wav_header(32_000, 16_000, 1, 16) + bytes(32_000))
    source.seek(1_000)
    assert decode.check([source]).duration == 1
    assert sum(map(len, decode.pcm([source]))) == 32_000


def test_a_source_that_reads_in_drops_is_read_whole() -> None:
    """A source may return less than it is asked for, as sockets and decrypting readers do."""

    class Drops(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 999))

    def halves() -> Iterator[bytes]:
        yield from decode.pcm([Drops(wav_header(64_000, 16_000, 1, 16) + bytes(64_000))])

    assert sum(map(len, halves())) == 64_000
