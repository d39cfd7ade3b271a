"""Files that are not recordings, not whole, or made to harm: each is refused in words, and nothing stays alive."""

from __future__ import annotations

import io
import random
import socket
import struct
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import pytest

from ingest.audio import decode
from ingest.audio.decode import Limits
from storage.errors import BadRecording

from .endless import endless, wav_header
from .making import BY_NAME, facts_of, tone

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Alive

TEN_HOURS = 36_000
SECRET = "hemmelig"  # noqa: S105  # a word to look for in error texts, not a password


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("interview.wav", wav_header(0))
    return file.getvalue()


NOT_RECORDINGS = {
    "text renamed .wav": f"{SECRET} was the word.\n".encode() * 40,
    "random bytes": random.Random(7).randbytes(50_000),  # noqa: S311  # noise, not a key
    "zip": _zip(),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
    "one lucky mp3 header": b"\xff\xfb\x90\x00" + bytes(5_000),
}
# Frame after frame, with no header that could say how many.
UNSTATED = {"adts-aac", "amr-amrnb", "ac3-ac3", "eac3-eac3"}
ONE_EACH = sorted({kind.container: name for name, kind in reversed(BY_NAME.items())}.values())
CUT = sorted({*ONE_EACH, "wav-pcm_s24le-rf64", "ipod-aac", "mp4-aac-movflags"} - UNSTATED)


def _refused(kind: type[BadRecording], source: BinaryIO, limits: Limits | None = None) -> str:
    """The sentence of this very class of error; it says what to do, and nothing of what was in the file."""
    with pytest.raises(BadRecording) as caught:
        decode.check([source], limits or Limits())
    assert type(caught.value) is kind
    assert caught.value.exit_code == 5
    assert caught.value.sentence.count(".") >= 2
    assert SECRET not in caught.value.sentence
    assert caught.value.__cause__ is None
    return caught.value.sentence


@pytest.mark.parametrize("data", NOT_RECORDINGS.values(), ids=NOT_RECORDINGS)
def test_other_files_are_not_recordings(data: bytes) -> None:
    """What has no recording's signature is refused, whatever it is called."""
    _refused(decode.NotARecording, io.BytesIO(data))


def test_a_sibling_recording_is_never_opened(tmp_path: Path) -> None:
    """The 38 bytes that once played another participant's recording get a sentence of their own."""
    (tmp_path / "secret.wav").write_bytes(tone(BY_NAME["wav-pcm_s16le"]))
    pointing = tmp_path / "interview.wav"
    pointing.write_bytes(b"ffconcat version 1.0\nfile secret.wav\n")
    with pointing.open("rb") as source:
        _refused(decode.PointsElsewhere, source)


def test_no_address_is_ever_called() -> None:
    """A playlist of addresses is refused, and the address is not asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/hemmelig.ts"
        _refused(decode.PointsElsewhere, io.BytesIO(f"#EXTM3U\n#EXTINF:9,\n{address}\n".encode()))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("data", [b"", wav_header(0), wav_header(0xFFFFFFFF)], ids=["no bytes", "header", "unfilled"])
def test_nothing_was_recorded(data: bytes) -> None:
    """No bytes, or a header and no samples, is an empty recording."""
    _refused(decode.EmptyRecording, io.BytesIO(data))


@pytest.mark.parametrize("magic", [b"\x02dss", b"\x03ds2", b"\x03enc"])
def test_dictation_machines_have_their_own_software(magic: bytes) -> None:
    """DSS and DS2 are recordings, and the sentence says what to convert them with."""
    assert "ODMS" in _refused(decode.Unsupported, io.BytesIO(magic + bytes(2_000)))


@pytest.mark.parametrize("name", CUT)
def test_a_cut_recording_is_truncated(name: str) -> None:
    """Every format that says how long it is, is caught when it is shorter."""
    data = tone(BY_NAME[name])
    _refused(decode.Truncated, io.BytesIO(data[: len(data) * 9 // 10]))


@pytest.mark.parametrize("name", ["ipod-aac", "webm-opus", "wav-pcm_s16le", "asf-wmav2", "ogg-opus"])
def test_a_recording_cut_in_its_header_is_refused(name: str) -> None:
    """A copy that stopped after its first hundred bytes is no recording anyone can use."""
    _refused(decode.Truncated, io.BytesIO(tone(BY_NAME[name])[:100]))


def test_a_hole_in_the_middle_is_told_in_seconds() -> None:
    """An Ogg with its middle gone plays without an error; the seconds that are missing give it away."""
    data = tone(BY_NAME["ogg-opus"], 8)
    holed = data[: len(data) // 4] + data[len(data) * 3 // 4 :]
    assert "of the 8.0 seconds" in _refused(decode.Truncated, io.BytesIO(holed))


def test_samples_come_before_the_verdict() -> None:
    """A recording that turns out short has given its samples by then, and still ends in the error."""
    data = tone(BY_NAME["mp3-mp3float"])
    chunks = decode.pcm([io.BytesIO(data[: len(data) // 2])])
    assert next(chunks)
    with pytest.raises(decode.Truncated):
        list(chunks)


def test_a_truncated_recording_gets_no_listening_copy() -> None:
    """Not a byte of a listening copy is made of half a recording."""
    data = tone(BY_NAME["mp3-mp3float"])
    with pytest.raises(decode.Truncated):
        next(decode.listening_copy([io.BytesIO(data[: len(data) // 2])]))


def test_ten_hours_by_the_header_are_too_long() -> None:
    """A WAV of ten hours is refused by what its header declares, within a second."""
    size = TEN_HOURS * 96_000
    source = endless(wav_header(size, 48_000, 1, 16), size)
    assert "6 hours" in _refused(decode.TooLong, source)


def test_hours_nobody_declared_are_counted() -> None:
    """A FLAC that states no length is decoded until the limit, and no further."""
    data = bytearray(tone(BY_NAME["flac-flac"], 20))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert facts_of(bytes(data)).declared is None
    _refused(decode.TooLong, io.BytesIO(bytes(data)), Limits(max_seconds=10))


def test_ten_hours_of_silence_that_takes_no_room() -> None:
    """A FLAC of ten hours of silence is some megabytes; its header gives it away."""
    data = bytearray(tone(BY_NAME["flac-flac"], 1))
    total = TEN_HOURS * 44_100
    data[21] = data[21] & 0xF0 | total >> 32
    data[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    _refused(decode.TooLong, io.BytesIO(bytes(data)))


def test_too_much_processor_time_ends_it(alive: Alive, marked: Limits) -> None:
    """The kernel kills a decoder that computes too long, and the sentence says so."""
    source = endless(wav_header(0xFFFFFFFF), 1 << 40, random.Random(1).randbytes(1 << 20))  # noqa: S311  # noise
    limits = replace(marked, max_seconds=1e9, cpu_seconds=1)
    assert "more time" in _refused(decode.DecoderFailed, source, limits)
    assert not alive()


def test_too_much_memory_ends_it() -> None:
    """A decoder that may not allocate fails in words."""
    source = io.BytesIO(tone(BY_NAME["wav-pcm_s16le"]))
    _refused(decode.DecoderFailed, source, Limits(memory=64 << 20))


@pytest.mark.parametrize("name", ONE_EACH)
def test_scrambled_recordings_do_no_harm(name: str, alive: Alive, marked: Limits) -> None:
    """Bytes flipped all over a real header and body end in facts or in a refusal, never in anything else."""
    noise = random.Random(name)  # noqa: S311  # noise, not a key
    data = bytearray(tone(BY_NAME[name], 1))
    for _ in range(60):
        data[noise.randrange(len(data))] = noise.randrange(256)
        data[noise.randrange(8, 200)] = noise.randrange(256)
    try:
        assert decode.check([io.BytesIO(bytes(data))], marked).duration
    except BadRecording as refused:
        assert refused.sentence  # noqa: PT017  # either way is right; what counts is that there is no third
    assert not alive()
