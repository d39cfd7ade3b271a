"""What stands in a name's place: a tone or silence, put over 16 kHz mono s16le as it streams by.

pydub counts in milliseconds, of which each is exactly sixteen samples here; so nothing is rounded and no sample added
or lost. It is used on raw samples alone: its `from_file` and `export` write the sound to temporary files.
"""

from __future__ import annotations

import warnings
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ingest.transcription.stretches import RATE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for ffmpeg, which is never started here
    from pydub import AudioSegment
    from pydub.generators import Sine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.bleeping.spans import Span

TONE, LEVEL = 1000, -20.0
"""Hz, and dB below full scale: well heard and no louder than speech."""

FADE: Final = 10
"""Milliseconds at either end of a tone, without which it clicks."""

_MS: Final = RATE // 1000 * 2
"""Bytes in a millisecond."""

BLOCK: Final = 10_000
"""Milliseconds that are held at once."""


class How(StrEnum):
    """What covers a name."""

    BEEP = "beep"
    SILENCE = "silence"


def bleeped(pcm: Iterable[bytes], spans: Sequence[Span], how: How) -> Iterator[bytes]:
    """The sound with `spans` covered, which are in order and do not overlap; as many samples as came in."""
    start, waiting = 0, 0
    for block in _blocks(pcm):
        end = start + -(-len(block) // _MS)
        while waiting < len(spans) and spans[waiting][1] <= start:
            waiting += 1
        yield _covered(block, start, [span for span in spans[waiting:] if span[0] < end], how)
        start = end


def _covered(block: bytes, start: int, spans: Sequence[Span], how: How) -> bytes:
    """A block that begins at millisecond `start`, with what lies in it of `spans` covered."""
    if not spans:
        return block
    sound = _segment(block.ljust(-(-len(block) // _MS) * _MS, b"\0"))
    for first, last in spans:
        low, high = max(0, first - start), min(len(sound), last - start)
        cover = _cover(last - first, how)[low + start - first : high + start - first]
        sound = sound[:low] + cover + sound[high:]
    made: bytes = sound.raw_data
    return made[: len(block)]


@lru_cache(maxsize=1)
def _cover(milliseconds: int, how: How) -> Any:  # noqa: ANN401 - untyped library
    if how is How.SILENCE:
        return _segment(bytes(milliseconds * _MS))  # AudioSegment.silent is a sample short of some lengths
    tone = _second() * -(-milliseconds // 1000)
    fade = max(1, min(FADE, milliseconds // 2))
    return tone[:milliseconds].fade_in(fade).fade_out(fade)


@lru_cache(maxsize=1)
def _second() -> Any:  # noqa: ANN401 - untyped library
    """A second of tone: whole periods, so that it can be repeated."""
    return Sine(TONE, sample_rate=RATE, bit_depth=16).to_audio_segment(1000, LEVEL)


def _segment(data: bytes) -> Any:  # noqa: ANN401 - untyped library
    return AudioSegment(data=data, sample_width=2, frame_rate=RATE, channels=1)


def _blocks(pcm: Iterable[bytes]) -> Iterator[bytes]:
    """The sound in pieces of whole milliseconds; the last may end within one."""
    waiting = bytearray()
    for piece in pcm:
        waiting += piece
        while len(waiting) >= BLOCK * _MS:
            yield bytes(waiting[: BLOCK * _MS])
            del waiting[: BLOCK * _MS]
    if waiting:
        yield bytes(waiting)
