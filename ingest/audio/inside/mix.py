"""From whatever the parts hold to samples of one kind, without a seam where one part follows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
from av import AudioFrame
from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYOUTS = {1: "mono", 2: "stereo"}


class Mixed:
    """Frames of one rate and one or two channels, signed 16 bit, whatever comes in and however often it changes."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._kind: tuple[str, str, int, bool] | None = None
        self._graph = Graph()

    def take(self, frame: AudioFrame, *, one_dead: bool = False) -> Iterator[AudioFrame]:
        """What is ready after this frame; with `one_dead`, its channels are added up, not averaged."""
        frame.pts = None
        kind = (frame.format.name, frame.layout.name, frame.sample_rate, one_dead)
        # FFmpeg's filters take one kind for their whole life, and parts differ.
        if kind != self._kind:
            yield from self.rest()
            self._graph = self._fresh(frame, one_dead=one_dead)
            self._kind = kind
        self._graph.push(frame)
        yield from self._ready()

    def rest(self) -> Iterator[AudioFrame]:
        """What is still inside when nothing more comes."""
        if self._kind is not None:
            self._graph.push(None)
            yield from self._ready()
            self._kind = None

    def _ready(self) -> Iterator[AudioFrame]:
        yield from pulled(self._graph)

    def _fresh(self, frame: AudioFrame, *, one_dead: bool) -> Graph:
        before = {
            "sample_rate": f"{frame.sample_rate}",
            "sample_fmt": frame.format.name,
            "channel_layout": frame.layout.name,
            "time_base": f"1/{frame.sample_rate}",
        }
        after = {
            "sample_rates": f"{self._rate}",
            "sample_fmts": "s16",
            "channel_layouts": LAYOUTS[self._channels],
        }
        graph = Graph()
        chain = [graph.add("abuffer", **before)]
        if pan := _pan(frame.layout.nb_channels, self._channels, one_dead=one_dead):
            chain.append(graph.add("pan", pan))
        chain += [graph.add("aformat", **after), graph.add("abuffersink")]
        graph.link_nodes(*chain)
        graph.configure()
        return graph


def pulled(graph: Graph) -> Iterator[AudioFrame]:
    """The frames a graph has ready, without time stamps."""
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, AudioFrame):
            frame.pts = None
            yield frame


def _pan(channels: int, wanted: int, *, one_dead: bool) -> str | None:
    """How channels become fewer or more, for FFmpeg's `pan`; None where nothing is to be done.

    Left to itself FFmpeg takes six tracks of a field recorder for surround sound and drops the fourth as a bass
    channel, finds nothing to do with three or eight, and gives one channel to two at 3 dB less. A channel that is
    dead adds nothing, so adding both up leaves the living one alone at its full level.
    """
    if channels == wanted:
        return None
    if wanted == 1:
        if channels == 2 and one_dead:
            return "mono|c0=c0+c1"
        return "mono|c0<" + _sum(range(channels))
    if channels == 1:
        return "stereo|c0=c0|c1=c0"
    return f"stereo|c0<{_sum(range(0, channels, 2))}|c1<{_sum(range(1, channels, 2))}"


def _sum(tracks: range) -> str:
    return "+".join(f"c{track}" for track in tracks)
