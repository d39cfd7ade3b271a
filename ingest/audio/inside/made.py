"""What is made of the parts of an interview: facts, samples for the recogniser, the copy to listen to."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av
from av import AudioFrame

from .loud import Meter
from .measure import Measured
from .mix import Mixed
from .samples import planes
from .wire import LONGEST_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .order import Order
    from .sound import Interview
    from .source import Line

PCM_RATE = 16_000  # Hz, what Whisper hears
OPUS_RATE = 48_000  # Hz
OPUS_BITS = 28_000  # bit/s: an hour is about 13 MB
# Constrained, or an hour of music would take twice that; of the encoder's ten levels of effort the third, at which it
# takes half the time for speech that sounds the same at this rate.
SPEECH = {"application": "voip", "vbr": "constrained", "compression_level": "3"}
OPUS_FRAME = OPUS_RATE // 50  # 20 ms


def facts(interview: Interview, _order: Order, _line: Line) -> dict[str, object]:
    """Measure every part from its first sample to its last."""
    parts = []
    for sound in interview.sounds():
        measured = Measured()
        for frame in sound.frames():
            measured.take(frame, planes(frame))
        parts.append({**measured.facts(sound), "origin": sound.origin()})
    return {"parts": parts}


def pcm(interview: Interview, order: Order, line: Line) -> dict[str, object]:
    """Hand over 16 kHz s16le as it is decoded."""
    mixed = Mixed(PCM_RATE, order.channels)
    for number, sound in enumerate(interview.sounds()):
        for coded in sound.frames():
            for frame in mixed.take(coded, one_dead=order.is_dead(number)):
                _hand_over(frame, line, order.channels)
    for frame in mixed.rest():
        _hand_over(frame, line, order.channels)
    return {}


def _hand_over(frame: AudioFrame, line: Line, channels: int) -> None:
    line.give(memoryview(frame.planes[0])[: 2 * channels * frame.samples])


def listening(interview: Interview, order: Order, line: Line) -> dict[str, object]:
    """Hand over a WebM of mono Opus with cues; it is made in memory, because the cues are written last."""
    copy, meter, even = io.BytesIO(), Meter(OPUS_RATE), av.AudioFifo()
    # Bit-exact: no versions, dates or random numbers, so that the same recording gives the same copy.
    with av.open(copy, "w", format="webm", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("libopus", rate=OPUS_RATE, layout="mono", options=SPEECH)
        stream.bit_rate = OPUS_BITS
        for frame in _measured(interview, order, meter):
            even.write(frame)
            for packed in even.read_many(OPUS_FRAME):
                out.mux(stream.encode(packed))
        for packed in even.read_many(OPUS_FRAME, partial=True) if even.samples_written else [_silence()]:
            out.mux(stream.encode(packed))
        out.mux(stream.encode(None))
    for start in range(0, copy.tell(), LONGEST_DATA):
        line.give(copy.getbuffer()[start : start + LONGEST_DATA])
    line.measured(meter.to_bytes(interview.seconds))
    return {}


def _silence() -> AudioFrame:
    """What stands for less than a millisecond of sound, of which resampling leaves nothing; a copy needs something."""
    frame = AudioFrame("s16", "mono", OPUS_FRAME)
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    frame.sample_rate = OPUS_RATE
    return frame


def _measured(interview: Interview, order: Order, meter: Meter) -> Iterator[AudioFrame]:
    """All parts mixed into one, each measured on its way."""
    mixed = Mixed(OPUS_RATE, 1)
    for number, sound in enumerate(interview.sounds()):
        start, measured = interview.seconds, Measured()
        meter.begin(start)
        for coded in sound.frames():
            samples = planes(coded)
            measured.take(coded, samples)
            meter.hear(samples, start + sound.heard.seconds - coded.samples / coded.sample_rate, coded.sample_rate)
            for frame in mixed.take(coded, one_dead=order.is_dead(number)):
                meter.take(frame)
                yield frame
        meter.end({**measured.heard(), "start": start, "duration": sound.heard.seconds})
    for frame in mixed.rest():
        meter.take(frame)
        yield frame
