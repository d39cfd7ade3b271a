"""Formats that need a closer look: cameras' films, what PyAV cannot write, what nothing free can read, wrong names."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.audio import decode
from ingest.audio.inside.frames import ac3_frame, adts_frame, eac3_frame, mpeg_frame
from ingest.audio.inside.shape import shape

from .making import BY_NAME, Held, facts_of, tone
from .written import camera, dsf, layer_one, microphones, oma, truespeech

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILMS = [
    ("avi", "mp2", "mjpeg"),
    ("avi", "pcm_s16le", "mpeg4"),
    ("mov", "pcm_s16le", "mjpeg"),
    ("mp4", "aac", "mpeg4"),
    ("3gp", "aac", "mpeg4"),
    ("mpegts", "ac3", "mpeg2video"),
    ("mpegts", "aac", "mpeg4"),
    ("vob", "ac3", "mpeg2video"),
    ("mpeg", "mp2", "mpeg1video"),
    ("matroska", "libopus", "mpeg4"),
    ("asf", "wmav2", "mpeg4"),
]


@pytest.mark.parametrize(("file", "sound", "picture"), FILMS)
def test_of_a_film_only_the_sound_is_taken(file: str, sound: str, picture: str) -> None:
    """A camera's film is a recording: its sound is decoded to the end, its pictures never."""
    data = camera(file, sound, picture)
    facts = facts_of(data)
    samples = np.frombuffer(b"".join(decode.pcm([io.BytesIO(data)])), "<i2")
    assert abs(facts.duration - 2) < 0.1
    assert abs(facts.peak_dbfs + 6) < 1
    assert abs(len(samples) / 16_000 - 2) < 0.1
    assert abs(int(np.abs(samples[4_000:-4_000]).max()) - 16_384) < 1_500


@pytest.mark.parametrize(("file", "sound"), [("mov", "pcm_s16le"), ("avi", "pcm_s16le"), ("matroska", "pcm_s16le")])
@pytest.mark.parametrize("channels", [2, 4])
def test_a_track_for_each_microphone(file: str, sound: str, channels: int) -> None:
    """Tracks of one channel each are put side by side, so that nobody's microphone is left out."""
    data = microphones(file, sound, channels)
    facts = facts_of(data)
    samples = np.frombuffer(b"".join(decode.pcm([io.BytesIO(data)], channels=2)), "<i2").reshape(-1, 2)
    assert facts.channels == channels
    assert abs(facts.duration - 2) < 0.05
    if channels == 2:
        assert np.abs(samples).max(axis=0) == pytest.approx([16_384, 8_192], rel=0.05)


def test_layer_one_is_mpeg_audio() -> None:
    """MPEG layer I is decoded as layers II and III are."""
    facts = facts_of(layer_one())
    assert (facts.container, facts.codec, facts.sample_rate, facts.channels) == ("mp3", "mp1", 48_000, 1)
    assert abs(facts.duration - 200 * 384 / 48_000) < 0.02
    assert -30 < facts.peak_dbfs < 0


def test_one_bit_recorders() -> None:
    """DSD, as a Sony or a Tascam writes it, comes out as the sine that went in."""
    facts = facts_of(dsf())
    assert (facts.container, facts.codec, facts.sample_rate) == ("dsf", "dsd_lsbf_planar", 352_800)
    assert abs(facts.duration - 1) < 0.05
    assert abs(facts.rms_dbfs + 9) < 1.5
    with pytest.raises(decode.Truncated):
        facts_of(dsf()[:-5_000])


def test_minidisc_and_walkman() -> None:
    """Sony's OMA is read with samples or MP3 in it; an encrypted one is refused with Sony's software named."""
    samples = (np.sin(np.arange(2 * 44_100) * 0.06) * 16_384).astype(">i2").repeat(2).tobytes()
    facts = facts_of(oma(samples, 4))
    assert (facts.container, facts.codec, facts.channels) == ("oma", "pcm_s16be", 2)
    assert abs(facts.duration - 2) < 0.01
    assert facts_of(oma(tone(BY_NAME["mp3-mp3float"]), 3, 0x202)).codec == "mp3float"
    with pytest.raises(decode.Unsupported, match="Sound Organizer"):
        facts_of(oma(samples, 4, encrypted=1))


ATRAC = {
    # The mark of a sound unit, then no bands, no tones, no spectrum; once for each channel.
    "atrac3": oma(2 * (b"\xa0" + bytes(95)) * 86, 0, 0x2018),
    # A frame of two channels that ends where it begins.
    "atrac3plus": oma((b"\x60" + bytes(279)) * 43, 1, 0x2822),
}


@pytest.mark.parametrize("codec", ATRAC)
def test_atrac_is_decoded(codec: str) -> None:
    """Both ATRACs of Sony's recorders have a decoder: frames that say nothing are two seconds of silence."""
    facts = facts_of(ATRAC[codec])
    assert (facts.codec, facts.sample_rate, facts.channels) == (codec, 44_100, 2)
    assert abs(facts.duration - 2) < 0.05
    assert facts.layout is decode.Layout.SAME


def test_truespeech_is_decoded() -> None:
    """The coding of old dictation machines in a WAV gives its seconds."""
    facts = facts_of(truespeech())
    assert (facts.container, facts.codec, facts.sample_rate) == ("wav", "truespeech", 8_000)
    assert abs(facts.duration - 2) < 0.05


CLOSED = {
    "dss": (b"\x02dss", "ODMS"),
    "dss of version 3": (b"\x03dss", "SpeechExec"),
    "grundig": (b"\x06dss", "DigtaSoft"),
    "ds2": (b"\x03ds2", "DSS Player"),
    "encrypted ds2": (b"\x03enc", "ODMS"),
    "msv and dvf": (b"MS_VOICE", "Digital Voice Editor"),
    "silk": (b"\x02#!SILK_V3", "the recorder's own software"),
    "amr of many channels": (b"#!AMR_MC1.0\n", "the recorder's own software"),
    "qcelp": (b"RIFF\x00\x10\x00\x00QLCMfmt ", "the recorder's own software"),
    "realaudio": (b".ra\xfd\x00\x04", "the recorder's own software"),
    "realmedia": (b".RMF\x00\x00\x00\x12", "the recorder's own software"),
    "monkey's audio": (b"MAC \x96\x0f", "the recorder's own software"),
    "dsdiff": (b"FRM8\0\0\0\0\0\0\x10\0DSD ", "the recorder's own software"),
    "rca and creative": (b"Creative Voice File\x1a", "the recorder's own software"),
}


@pytest.mark.parametrize(("magic", "software"), CLOSED.values(), ids=CLOSED)
def test_what_cannot_be_read_is_refused_with_the_way_out(magic: bytes, software: str) -> None:
    """A recording that no free decoder reads is known by its first bytes, and the sentence says what converts it."""
    with pytest.raises(decode.Unsupported) as caught:
        facts_of(magic + bytes(4_000))
    assert software in caught.value.sentence
    assert "WAV" in caught.value.sentence


def test_a_coding_nobody_knows_is_refused() -> None:
    """A WAV in a coding without a decoder, such as Voxware's, is a recording, and the sentence says so."""
    data = truespeech().replace(b"\x22\x00\x01\x00", b"\x75\x00\x01\x00", 1)
    with pytest.raises(decode.Unsupported, match="Convert it to WAV"):
        facts_of(data)


@pytest.mark.parametrize("name", ["wav-pcm_s16le", "mp3-mp3float", "ipod-aac", "ogg-opus", "mpegts-ac3"])
@pytest.mark.parametrize("ending", [".wav", ".mp3", ".m3u8", ".txt", ""])
def test_a_wrong_name_never_matters(name: str, ending: str, tmp_path: Path) -> None:
    """A file called anything at all is what its contents say."""
    path = tmp_path / f"interview{ending}"
    path.write_bytes(tone(BY_NAME[name], 0.5))
    with path.open("rb") as source:
        assert decode.check([source]).parts[0].container == BY_NAME[name].container


MEASURES: list[tuple[str, Callable[[bytes], int]]] = [
    ("mp3-mp3float", mpeg_frame),
    ("mp2-mp2", mpeg_frame),
    ("adts-aac", adts_frame),
    ("ac3-ac3", ac3_frame),
    ("ac3-ac3-44", ac3_frame),
    ("eac3-eac3", eac3_frame),
]


@pytest.mark.parametrize(("name", "measure"), MEASURES)
def test_frames_are_as_long_as_they_say(name: str, measure: Callable[[bytes], int]) -> None:
    """Going from frame to frame by the lengths in their headers ends at the end of the file exactly."""
    data = tone(BY_NAME[name])
    at = data.index(b"\xff\xfb") if name.startswith("mp3") else 0
    while at < len(data):
        assert measure(data[at:])
        at += measure(data[at:])
    assert at == len(data)
    assert mpeg_frame(layer_one(1)) == len(layer_one(1))


@pytest.mark.parametrize("cut", [1, 100, 187, 188, 191, 5_000])
def test_a_film_cut_anywhere(cut: int) -> None:
    """A transport stream is cut unless its last packet is whole, a program stream unless its last packet is."""
    stream, cameras = tone(BY_NAME["mpegts-mp3float"]), tone(BY_NAME["mpegts-pcm_bluray-mpegts_m2ts_mode"])
    assert shape("mpegts", Held(stream[:-cut])).cut == (cut % 188 > 0)
    assert shape("mpegts", Held(cameras[:-cut])).cut == (cut % 192 > 0)
    program = tone(BY_NAME["mpeg-mp2"])
    assert not shape("mpeg", Held(program)).cut
    assert shape("mpeg", Held(program[: len(program) - 2_048 - cut % 2_048])).cut == (cut % 2_048 > 0)


def test_films_beyond_a_gigabyte() -> None:
    """An AVI goes on in a second RIFF list, and is cut if that one is; one never finished states nothing."""
    first = tone(BY_NAME["avi-pcm_s16le"], 0.5)
    second = b"RIFF" + (1_000).to_bytes(4, "little") + b"AVIX" + bytes(996)
    assert not shape("avi", Held(first + second)).cut
    assert shape("avi", Held((first + second)[:-9])).cut
    unfinished = shape("avi", Held(first[:4] + bytes(4) + first[8:-900]))
    assert (unfinished.cut, unfinished.stated) == (False, False)
