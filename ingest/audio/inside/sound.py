"""From a container's bytes to frames of samples, and to the verdict on what came out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import av
from av.audio.stream import AudioStream

from .codecs import DECODERS
from .origin import origin
from .refused import Refused
from .shape import Shape, shape
from .sniff import sniff
from .tracks import Tracks, tracks_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from av import AudioFrame
    from av.container import InputContainer

    from .source import Source

BUFFER = 1 << 17  # bytes a read; fewer questions to the parent, and memory stays flat
BIG_PACKETS = str(1 << 16)  # bytes; WAV comes in small packets unless told otherwise, and each costs Python time
SLACK = 0.5  # seconds a header may promise beyond what comes: encoders pad the ends, in AAC by up to 0.3 s
SLACK_EXACT = 0.1  # for headers that count samples or frames
EXACT = frozenset({"wav", "w64", "aiff", "caf", "au", "flac", "wv", "tta", "dsf", "mp3"})
SLACK_SHARE = 0.001
MOST_DAMAGE = 5  # broken packets that are passed over in a recording of any length
MOST_DAMAGE_SHARE = 0.01


@dataclass
class Heard:
    """What decoding met: samples by their rate, packets, and how many of those were broken."""

    samples: Counter[int] = field(default_factory=Counter)
    packets: int = 0
    broken: int = 0

    @property
    def seconds(self) -> float:
        """The length of what was decoded; a recording may change its rate midway."""
        return sum(count / rate for rate, count in self.samples.items())


class Interview:
    """The parts of one interview, in order, opened one after another. Raises Refused, at opening or on the way."""

    def __init__(self, sources: Sequence[Source], max_seconds: float) -> None:
        self._sources = sources
        self._max_seconds = max_seconds
        self.seconds = 0.0  # of the parts heard to their end
        self.part = 0  # the one that is being heard, from 1

    def sounds(self) -> Iterator[Sound]:
        """Each part; the next is opened when all frames of the one before were taken."""
        if not self._sources:
            raise Refused("empty")
        for self.part, source in enumerate(self._sources, 1):  # noqa: B020  # the number is for whoever is refused
            sound = Sound(source, self._max_seconds, self.seconds)
            yield sound
            self.seconds += sound.heard.seconds


class Sound:
    """A part opened for decoding, before which `elapsed` of the `max_seconds` were used up. Raises Refused."""

    def __init__(self, source: Source, max_seconds: float, elapsed: float = 0.0) -> None:
        self._source = source
        self.container = sniff(source)
        self._shape = shape(self.container, source)
        if self._shape.cut:
            raise Refused("cut")
        self._opened = _open(source, self.container)
        self.stream = _stream(self._opened)
        self._streams = tracks_beside(self._opened, self.stream)
        for stream in self._streams:
            stream.codec_context.thread_count = 1
        self.declared = _declared(self._opened, self.stream, self._shape)
        self.heard = Heard()
        self._max_seconds = max_seconds
        self._elapsed = elapsed
        self._refuse_long(self.declared or 0.0)

    def origin(self) -> dict[str, str | None]:
        """When and with what it was recorded."""
        return origin(self._source, self.container, {**self.stream.metadata, **self._opened.metadata})

    def frames(self) -> Iterator[AudioFrame]:
        """Every frame of the recording; then the verdict, which raises Refused unless it is whole."""
        tracks = Tracks(self._streams)
        for packet in self._packets():
            self.heard.packets += 1
            for decoded in self._decoded(packet):
                for frame in tracks.take(packet.stream.index, decoded):
                    self.heard.samples[frame.sample_rate] += frame.samples
                    self._refuse_long(self.heard.seconds)
                    yield frame
        self._verdict()

    def _packets(self) -> Iterator[av.Packet[AudioStream]]:
        try:
            yield from self._opened.demux(self._streams)
        except av.FFmpegError:
            self.heard.broken += 1

    def _decoded(self, packet: av.Packet[AudioStream]) -> list[AudioFrame]:
        try:
            return packet.decode()
        except av.FFmpegError:
            self.heard.broken += 1
            return []

    def _refuse_long(self, seconds: float) -> None:
        if self._elapsed + seconds > self._max_seconds:
            raise Refused("too long", hours=self._max_seconds / 3600)

    def _verdict(self) -> None:
        heard, declared = self.heard, self.declared or 0.0
        if not heard.seconds:
            raise Refused("damaged" if heard.broken or declared else "empty")
        slack = SLACK_EXACT if self.container in EXACT else SLACK
        if heard.seconds < declared * (1 - SLACK_SHARE) - slack:
            raise Refused("short", decoded=heard.seconds, declared=declared)
        if heard.broken > max(MOST_DAMAGE, MOST_DAMAGE_SHARE * heard.packets):
            raise Refused("damaged")


def _open(source: Source, container: str) -> InputContainer:
    limits = {"format_whitelist": container, "protocol_whitelist": "", "codec_whitelist": ",".join(sorted(DECODERS))}
    if container == "wav":
        limits["max_size"] = BIG_PACKETS
    try:
        return av.open(
            source,
            "r",
            format=container,
            container_options=limits,
            buffer_size=BUFFER,
            metadata_errors="ignore",
            io_open=_elsewhere,
        )
    except av.FFmpegError:
        raise Refused("damaged") from None


def _elsewhere(*_: object) -> NoReturn:
    """FFmpeg asks to open something the recording names."""
    raise Refused("elsewhere")


def _stream(opened: InputContainer) -> AudioStream:
    stream = opened.streams.best("audio")
    if not isinstance(stream, AudioStream):
        raise Refused("not a recording")
    # A stream without any decoder has no context at all, whatever PyAV's types say.
    context = getattr(stream, "codec_context", None)
    if context is None or context.name not in DECODERS:
        raise Refused("unsupported")
    return stream


def _declared(opened: InputContainer, stream: AudioStream, shaped: Shape) -> float | None:
    """Seconds the container states; None where it states nothing of this stream."""
    if not shaped.stated:
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    alone = len(opened.streams) == 1
    return opened.duration / av.time_base if alone and opened.duration else None
