"""When and with what a part was recorded, from wherever its recorder wrote that down.

It says who met whom and when, so it leaves the decoder by this door only and is nobody's fact. A date is believed if
it is one; a zone is told only where one is written.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from .chunks import riff
from .streams import asf_created

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .source import Source

OLDEST, NEWEST = 1990, 2100  # years: clocks that were never set say 1904 or 1970
LONGEST = 60  # characters
BEXT = {"originator": (256, 32), "date": (320, 10), "time": (330, 8)}  # offset and length (EBU 3285 §2.3)
LONGEST_IXML = 1 << 16
MOST_CHUNKS = 1_000
# iXML 2.10 repeats bext, or says it alone.
IXML = re.compile(rb"<(?:BWF_)?(ORIGINATOR|ORIGINATION_DATE|ORIGINATION_TIME)>\s*([^<]{1,80}?)\s*<")
WHEN = re.compile(
    r"\s*(\d{4})[-:/._ ]?(\d\d)[-:/._ ]?(\d\d)"
    r"(?:[T _-]+(\d\d)[-:._ ]?(\d\d)(?:[-:._ ]?(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?[\s\0]*",
    re.ASCII,
)
SONY_TITLE = re.compile(r"(\d\d)(\d\d)(\d\d)_(\d\d)(\d\d)(?:_\d\d)?", re.ASCII)  # ICD and PCM: the title is the time
# Names as FFmpeg gives them, the surest first: QuickTime's own, Core Audio's, ID3's and RIFF's and Vorbis', then the
# time a container was begun, which some phones set to when it was sent.
DATES = (
    "com.apple.quicktime.creationdate",
    "recorded date",
    "recorded_date",
    "date_recorded",
    "idit",
    "tdrc",
    "wm/encodingtime",
    "date",
    "icrd",
    "creation_time",
)
MAKERS = (
    ("com.apple.quicktime.make", "com.apple.quicktime.model"),
    ("com.android.manufacturer", "com.android.model"),
    ("make", "model"),
    ("manufacturer", "model"),
    ("wm/manufacturer", "wm/model"),
)
PROGRAMS = ("originator", "encoder", "software", "encoding application", "source encoder", "tsse", "wm/toolname")
LIBRARIES = re.compile(
    r"(lav[fc]|lame|libopus|libvorbis|xiph|reference libflac|libflac|mutagen|taglib)", re.IGNORECASE
)


def origin(source: Source, container: str, tags: Mapping[str, str]) -> dict[str, str | None]:
    """`recorded` and `device`, each None if nothing sound is written; `tags` are what FFmpeg found."""
    known = {name.lower(): value for name, value in tags.items()}
    known |= dict(_of_container(source, container))
    return {"recorded": _recorded(known), "device": _device(known)}


def _of_container(source: Source, container: str) -> Iterator[tuple[str, str]]:
    """What FFmpeg does not tell, or muddles: it lets a tag written later stand for a broadcast WAV's own date."""
    if container == "wav":
        yield from _of_wav(source)
    if container == "asf" and (ticks := asf_created(source)):
        with suppress(OverflowError):
            yield "creation_time", (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)).isoformat()


def _of_wav(source: Source) -> Iterator[tuple[str, str]]:
    for name, size, start in islice(riff(source, 12, "<"), MOST_CHUNKS):
        if name == b"iXML":
            found = dict(IXML.findall(source.at(start, min(size, LONGEST_IXML))))
            yield from _broadcast(
                *(found.get(key, b"") for key in (b"ORIGINATOR", b"ORIGINATION_DATE", b"ORIGINATION_TIME"))
            )
        if name == b"bext":
            yield from _broadcast(*(source.at(start + at, length) for at, length in BEXT.values()))


def _broadcast(originator: bytes, date: bytes, time: bytes) -> Iterator[tuple[str, str]]:
    """The three fields of a broadcast WAV; their texts end at a zero byte."""
    who, day, hour = (field.split(b"\0")[0].decode("utf-8", "ignore").strip() for field in (originator, date, time))
    if who:
        yield "originator", who
    if _when(day):
        yield DATES[0], f"{day} {hour}" if _when(f"{day} {hour}") else day


def _recorded(known: Mapping[str, str]) -> str | None:
    for name in DATES:
        if when := _when(known.get(name, "")):
            return when
    if sony := SONY_TITLE.fullmatch(known.get("title", "")):
        year, month, day, hour, minute = sony.groups()
        return _when(f"20{year}-{month}-{day} {hour}:{minute}")
    return None


def _when(text: str) -> str | None:
    """ISO 8601: a date, or a date and a time, with the zone that is written."""
    found = WHEN.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001  # as written, without a zone
    except ValueError:
        return None
    if not OLDEST <= moment.year <= NEWEST:
        return None
    if hour is None:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds" if second else "minutes") + _zone(zone or "")


def _zone(zone: str) -> str:
    if zone in {"Z", "UTC", "+0000", "+00:00"}:
        return "Z"
    return f"{zone[:3]}:{zone[-2:]}" if zone else ""


def _device(known: Mapping[str, str]) -> str | None:
    for maker, model in MAKERS:
        if known.get(model):
            return _tidy(_together(known.get(maker, ""), known[model]))
    if known.get("originator"):
        return _tidy(known["originator"])
    if known.get("com.android.version"):
        return _tidy(f"Android {known['com.android.version']}")
    programs = (known[name] for name in PROGRAMS if known.get(name))
    return next((_tidy(program) for program in programs if not LIBRARIES.match(program)), None)


def _together(maker: str, model: str) -> str:
    return model if model.lower().startswith(maker.lower()) else f"{maker} {model}"


def _tidy(text: str) -> str | None:
    """One line of printable characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:LONGEST].strip() or None
