"""The sound of a film whose microphones have a track each.

Professional cameras write two or more tracks of one channel instead of one track of two. FFmpeg plays the first and
says nothing of the others; whoever wore the second microphone would be gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from av.audio.stream import AudioStream
from av.filter import Graph

from .mix import pulled
from .refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av import AudioFrame
    from av.container import InputContainer

MOST = 8


def tracks_beside(opened: InputContainer, best: AudioStream) -> tuple[AudioStream, ...]:
    """The track that would be played, or all of one channel where each of the like has a microphone of its own."""
    if best.codec_context.layout.nb_channels != 1:
        return (best,)
    sounds = (stream for stream in opened.streams if isinstance(stream, AudioStream))
    return tuple(stream for stream in sounds if _kind(stream) == _kind(best))[:MOST]


def _kind(stream: AudioStream) -> tuple[object, ...]:
    # A stream without any decoder has no context at all, whatever PyAV's types say.
    context = getattr(stream, "codec_context", None)
    return (context.name, context.sample_rate, context.layout.nb_channels) if context else ()


class Tracks:
    """Frames of several tracks put side by side as channels; those of one track as they are."""

    def __init__(self, streams: Iterable[AudioStream]) -> None:
        self._inputs = {stream.index: number for number, stream in enumerate(streams)}
        self._kind: tuple[str, str, int] | None = None
        self._graph = Graph()

    def take(self, index: int, frame: AudioFrame) -> Iterator[AudioFrame]:
        """What is ready after this frame of the stream with this index."""
        if len(self._inputs) == 1:
            yield frame
            return
        frame.pts = None
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._kind is None:
            self._kind = kind
            self._start(frame)
        elif kind != self._kind:
            raise Refused("damaged")
        self._graph.push(frame, at=self._inputs[index])
        yield from pulled(self._graph)

    def _start(self, frame: AudioFrame) -> None:
        kind = {
            "sample_rate": f"{frame.sample_rate}",
            "sample_fmt": frame.format.name,
            "channel_layout": frame.layout.name,
            "time_base": f"1/{frame.sample_rate}",
        }
        merge = self._graph.add("amerge", f"inputs={len(self._inputs)}")
        for number in range(len(self._inputs)):
            self._graph.add("abuffer", **kind).link_to(merge, 0, number)
        merge.link_to(self._graph.add("abuffersink"))
        self._graph.configure()
