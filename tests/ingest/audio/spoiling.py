"""Good recordings made bad: flipped, cut, swollen, spliced, and with numbers in their headers that cannot be."""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING

from .making import BY_NAME, tone
from .written import camera, dsf, layer_one, microphones, oma, truespeech

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


@cache
def good() -> dict[str, bytes]:
    """A short recording of every kind there is."""
    made = {name: tone(kind, 0.6) for name, kind in BY_NAME.items()}
    made |= {f"a film in {file}": camera(file, sound, seconds=1) for file, sound in (("avi", "mp2"), ("mov", "aac"))}
    made["layer one"] = layer_one(60)
    made["dsf"] = dsf(0.05)
    made["oma"] = oma(made["wav-pcm_s16le"][44:], 4)
    made["atrac"] = oma(made["wav-pcm_s16le"][44:20_000], 0, 0x2018)
    made["atrac3plus"] = oma(made["wav-pcm_s16le"][44:20_000], 1, 0x2028)
    made["truespeech"] = truespeech(1)
    made["microphones"] = microphones("mov", "pcm_s16le", 2, 1)
    return made


def _flipped(data: bytearray, noise: Random) -> None:
    """Bytes changed all over, most of them in the header."""
    for _ in range(noise.choice((1, 4, 40))):
        data[noise.randrange(len(data))] = noise.randrange(256)
        data[noise.randrange(min(len(data), 300))] = noise.randrange(256)


def _cut(data: bytearray, noise: Random) -> None:
    """The beginning only."""
    del data[noise.randrange(noise.choice((64, 512, len(data)))) :]


def _headless(data: bytearray, noise: Random) -> None:
    """The end only, behind the first bytes."""
    del data[noise.randrange(4, 16) : noise.randrange(16, len(data))]


def _holed(data: bytearray, noise: Random) -> None:
    """A piece taken out."""
    start = noise.randrange(len(data))
    del data[start : start + noise.randrange(1, 1 << noise.randrange(1, 14))]


def _swollen(data: bytearray, noise: Random) -> None:
    """A piece of noise put in."""
    at = noise.randrange(len(data))
    data[at:at] = noise.randbytes(1 << noise.randrange(1, 14))


def _repeated(data: bytearray, noise: Random) -> None:
    """A piece many times over: chunks, frames, pages and boxes without end."""
    start = noise.randrange(len(data))
    piece = data[start : start + noise.randrange(1, 400)]
    data[start:start] = piece * noise.randrange(2, 60)


def _zeroed(data: bytearray, noise: Random) -> None:
    """A piece of nothing."""
    start = noise.randrange(len(data))
    size = min(noise.randrange(1, 5_000), len(data) - start)
    data[start : start + size] = bytes(size)


def _extreme(data: bytearray, noise: Random) -> None:
    """Numbers in the header at the ends of what they can be, in either order of bytes."""
    for _ in range(noise.choice((1, 1, 3, 8))):
        form = noise.choice("<>") + noise.choice("BHIQ")
        number = noise.choice(EXTREMES) & ((1 << 8 * struct.calcsize(form)) - 1)
        at = noise.randrange(max(1, min(len(data), 400) - 8))
        data[at : at + struct.calcsize(form)] = struct.pack(form, number)


def _nested(data: bytearray, noise: Random) -> None:
    """The file within itself, as the chunk of a chunk."""
    at = noise.randrange(8, min(len(data), 200))
    data[at:at] = data[: noise.randrange(64, 4_000)] * noise.randrange(1, 4)


def _spliced(data: bytearray, noise: Random) -> None:
    """Another kind of file from the middle on."""
    other = noise.choice(list(good().values()))
    at = noise.randrange(4, len(data))
    data[at:] = other[min(at, len(other) // 2) :]


def _shuffled(data: bytearray, noise: Random) -> None:
    """Blocks of it in another order."""
    size = noise.choice((188, 417, 1_024, 4_096))
    blocks = [bytes(data[at : at + size]) for at in range(0, len(data), size)]
    rest = blocks[1:]
    noise.shuffle(rest)
    data[:] = blocks[0] + b"".join(rest)


WAYS: tuple[Callable[[bytearray, Random], None], ...] = (
    _flipped,
    _cut,
    _headless,
    _holed,
    _swollen,
    _repeated,
    _zeroed,
    _extreme,
    _extreme,
    _nested,
    _spliced,
    _shuffled,
)


def spoilt(number: int, noise: Random) -> tuple[str, bytes]:
    """A good recording, taken in turn, spoilt in one way or two, and what was done to it."""
    names = list(good())
    name = names[number % len(names)]
    data = bytearray(good()[name])
    done = []
    for way in noise.sample(WAYS, noise.choice((1, 1, 2))):
        if len(data) > 32:
            way(data, noise)
            done.append(way.__name__[1:])
    return f"{name}: {', '.join(done)}", bytes(data)
