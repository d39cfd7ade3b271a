"""When and with what a part was recorded: from every kind of note recorders make, and from nothing made up."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace

import pytest

from ingest.audio import decode
from ingest.audio.decode import Origin
from ingest.audio.inside.origin import origin

from .making import BY_NAME, Held, tone
from .written import bext, chunk, wav_with

DAY, MOMENT = "2031-02-03", "2031-02-03T14:05:06"


def origin_of(data: bytes) -> Origin:
    """Of one file."""
    return decode.check([io.BytesIO(data)]).origins[0]


def _tagged(name: str, **tags: str) -> bytes:
    return tone(BY_NAME[name], 0.3, tags)


BROADCAST = bext(b"ZOOM Handy Recorder H4n", b"2031-02-03", b"14:05:06")
INFO = chunk(b"LIST", b"INFO" + chunk(b"ICRD", b"2035-09-09\0\0") + chunk(b"ISFT", b"Audio Editor 9\0\0"))
IXML = chunk(
    b"iXML",
    b'<?xml version="1.0"?><BWFXML><BEXT><BWF_ORIGINATOR>Sound Devices: MixPre-6</BWF_ORIGINATOR>'
    b"<BWF_ORIGINATION_DATE>2031-02-03</BWF_ORIGINATION_DATE>"
    b"<BWF_ORIGINATION_TIME>14:05:06</BWF_ORIGINATION_TIME></BEXT></BWFXML>",
)
WAVS = {
    "bext": (wav_with(BROADCAST), MOMENT, "ZOOM Handy Recorder H4n"),
    "bext after the samples": (wav_with(last=BROADCAST), MOMENT, "ZOOM Handy Recorder H4n"),
    "bext before a later editor's notes": (wav_with(BROADCAST, INFO), MOMENT, "ZOOM Handy Recorder H4n"),
    "bext with other signs": (
        wav_with(bext(b"TASCAM DR-40", b"2031/02/03", b"14-05-06")),
        MOMENT,
        "TASCAM DR-40",
    ),
    "bext without a time": (wav_with(bext(b"SONY PCM-D100", b"2031-02-03", b"")), DAY, "SONY PCM-D100"),
    "bext of a clock that was never set": (wav_with(bext(b"", b"1970-01-01", b"00:00:00")), None, None),
    "bext of noise": (wav_with(bext(b"\xff" * 32, b"\xff" * 10, b"\xff" * 8)), None, None),
    "iXML": (wav_with(IXML), MOMENT, "Sound Devices: MixPre-6"),
    "the tags of any WAV": (wav_with(INFO), "2035-09-09", "Audio Editor 9"),
    "nothing": (wav_with(), None, None),
}


@pytest.mark.parametrize(("data", "recorded", "device"), WAVS.values(), ids=WAVS)
def test_of_awav_with(data: bytes, recorded: str | None, device: str | None) -> None:
    """A broadcast WAV's own fields count before what was added later, and what is no date is none."""
    assert origin_of(data) == Origin(recorded, device)


@pytest.mark.parametrize("name", ["flac-flac", "ogg-opus", "mp3-mp3float", "tta-tta", "wv-wavpack", "asf-wmav2"])
def test_of_tags(name: str) -> None:
    """Vorbis comments, ID3, APE tags and those of Windows Media give date and device."""
    assert origin_of(_tagged(name, date=MOMENT, make="Olympus", model="LS-P4")) == Origin(MOMENT, "Olympus LS-P4")


def test_of_a_phone() -> None:
    """An iPhone's own date, with its zone, counts before the container's; its maker and model are the device."""
    kind = replace(BY_NAME["mov-pcm_s16le"], options={"movflags": "use_metadata_tags"})
    apple = {"creationdate": "2031-02-03T14:05:06+0200", "make": "Apple", "model": "iPhone 12"}
    tags = {f"com.apple.quicktime.{name}": value for name, value in apple.items()} | {"creation_time": "2031-02-04"}
    assert origin_of(tone(kind, 0.3, tags)) == Origin("2031-02-03T14:05:06+02:00", "Apple iPhone 12")
    android = {"com.android.version": "13", "creation_time": "2031-02-03T14:05:06"}
    assert origin_of(tone(kind, 0.3, android)) == Origin(MOMENT, "Android 13")


@pytest.mark.parametrize("name", ["ipod-aac", "3gp-amrnb", "matroska-pcm_s16le", "webm-opus"])
def test_of_a_container_s_clock(name: str) -> None:
    """The time a film or a voice memo was begun is in universal time, and says so."""
    assert origin_of(_tagged(name, creation_time="2031-02-03T14:05:06Z")).recorded == f"{MOMENT}Z"


def test_of_windows_media() -> None:
    """WMA keeps its date in its header, where FFmpeg does not look."""
    data = bytearray(tone(BY_NAME["asf-wmav2"], 0.3))
    at = data.index(bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")) + 48
    ticks = 10_000_000 * 13_572_000_000
    for date, said in ((ticks, "2031-01-30T08:00:00Z"), (0, None), ((1 << 64) - 1, None)):
        data[at : at + 8] = struct.pack("<Q", date)
        assert origin_of(bytes(data)).recorded == said


def test_of_sony_s_titles() -> None:
    """Sony's voice recorders call each recording by its time and write that as its title."""
    assert origin_of(_tagged("mp3-mp3float", title="310203_1405")).recorded == "2031-02-03T14:05"
    assert origin_of(_tagged("mp3-mp3float", title="Interview 310203")).recorded is None


@pytest.mark.parametrize(
    ("written", "recorded"),
    [
        ("2031-02-03", DAY),
        ("2031:02:03 14:05:06", MOMENT),
        ("20310203T140506Z", f"{MOMENT}Z"),
        ("2031-02-03T14:05:06.123+01:00", f"{MOMENT}+01:00"),
        ("2031-02-03 14:05 UTC", "2031-02-03T14:05Z"),
        ("2031", None),
        ("2031-13-03", None),
        ("2031-02-30", None),
        ("2031-02-03T25:00", None),
        ("3031-02-03", None),
        ("0000-00-00", None),
        ("2031-02-03; rm -rf", None),
        ("\u0662\u0660\u0663\u0661-02-03", None),
        ("2" * 100_000, None),
    ],
)
def test_only_dates_are_dates(written: str, recorded: str | None) -> None:
    """Dates in every dress come out in one, with the zone that was written and none that was not."""
    assert origin(Held(b""), "flac", {"DATE": written})["recorded"] == recorded


@pytest.mark.parametrize(
    ("written", "device"),
    [
        ("  LS-P4\n\tby Olympus\0 ", "LS-P4 by Olympus"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("a\u202eb\u2066c", "a b c"),
        ("x" * 500, "x" * 60),
        ("\x00\x01", None),
        ("\ud800 half", "half"),
    ],
)
def test_a_device_is_one_short_line(written: str, device: str | None) -> None:
    """Whatever is written as a device comes out as at most 60 printable characters, or not at all."""
    told = origin(Held(b""), "flac", {"model": written})
    assert told["device"] == device
    assert Origin.believed({**told}) == Origin(None, device)


def test_libraries_are_no_devices() -> None:
    """What FFmpeg or LAME write about themselves says nothing of a recorder."""
    for name in ("Lavf58.29.100", "LAME 64bits version 3.100", "libopus 1.3", "reference libFLAC 1.3.2"):
        assert origin(Held(b""), "mp3", {"encoder": name})["device"] is None
    assert origin(Held(b""), "mp3", {"encoder": "com.apple.VoiceMemos"})["device"] == "com.apple.VoiceMemos"


@pytest.mark.parametrize(
    "raw",
    [
        {"recorded": "yesterday", "device": None},
        {"recorded": "2031-02-03\n", "device": None},
        {"recorded": 20310203, "device": None},
        {"recorded": None, "device": "x" * 61},
        {"recorded": None, "device": ""},
        {"recorded": None, "device": "a\x1bb"},
        {"recorded": None, "device": ["x"]},
    ],
    ids=str,
)
def test_an_origin_is_held_to_its_form(raw: dict[str, object]) -> None:
    """A decoder that was taken over can put nothing but a date and one short printable line there."""
    with pytest.raises(ValueError, match=r"recorded|device"):
        Origin.believed(raw)


def test_an_origin_is_no_fact() -> None:
    """Facts, which are kept in the clear, hold nothing of date or device, nor does the text of a refusal."""
    checked = decode.check([io.BytesIO(wav_with(BROADCAST))])
    told = json.dumps([part.to_dict() for part in checked.parts])
    assert "2031" not in told
    assert "ZOOM" not in told
    with pytest.raises(decode.Truncated) as caught:
        decode.check([io.BytesIO(wav_with(BROADCAST)[:-900])])
    assert "2031" not in str(caught.value) + repr(caught.value.facts)


def test_each_part_has_its_own() -> None:
    """Origins stand in the order of the parts."""
    parts = [wav_with(BROADCAST), wav_with(), _tagged("flac-flac", date=DAY)]
    assert [each.recorded for each in decode.check([io.BytesIO(part) for part in parts]).origins] == [
        MOMENT,
        None,
        DAY,
    ]
