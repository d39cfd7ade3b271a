"""Levels told to people: sentences about what is wrong with the sound, and a picture for the terminal.

`turns` say who spoke when, in seconds of the joined interview; without them nothing is said of anybody.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from ingest.audio.facts import Layout
from ingest.audio.levels import QUIETEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.audio.levels import Levels, PartLevels

    Turn = tuple[float, float, str]

# A thousandth of a second's samples at full scale: a voice that is cut off has hundreds, a loud word that just
# touches the top a handful.
CLIPPED_SHARE = 0.001
TELEPHONE = 8_000  # Hz, ITU-T G.711
FAINT = -43.0  # LUFS, 20 below the target of EBU R128
SHORTEST = 1.0  # s; nothing shorter than a window of 0.4 s has a loudness
BELOW = 10.0  # dB, at which a voice sounds half as loud (Stevens's sone)
HEARD = 5  # seconds of a voice, at the least, before anything is said of it
OWN, OTHERS = 0.5, 0.1  # of a second: it is a speaker's if so much of it is theirs, and no more is anybody else's
BLOCKS = "▁▂▃▄▅▆▇█"
LOWEST, STEP = -55.0, 5.0  # LUFS of the first block, and from each to the next: -20 fills the line
LONGEST_LABEL = 14


def report(levels: Levels, turns: Iterable[Turn] = ()) -> list[str]:
    """What a person should know of this recording's sound, part by part; nothing if there is nothing to say."""
    voices = _voices(levels, turns)
    sentences = []
    for number, part in enumerate(levels.parts):
        which = f"part {number + 1}" if len(levels.parts) > 1 else ""
        sentences += [*_of_part(levels, part, which), *_of_voices(voices[number], which)]
    return sentences


def _of_part(levels: Levels, part: PartLevels, which: str) -> Iterator[str]:
    it = which.capitalize() or "The recording"
    if clipped := sum(_is_clipped(levels, part, second) for second in _seconds(levels, part)):
        yield f"{it} is clipped for {clipped} s; turn the recorder's level down."
    if part.layout is Layout.ONE_DEAD:
        yield f"One channel is dead{' in ' * bool(which)}{which}; check that microphone and its plug."
    if part.sample_rate <= TELEPHONE:
        rate = part.sample_rate / 1000
        yield f"{which.capitalize() or 'It'} is a telephone recording ({rate:g} kHz): expect more errors."
    if part.lufs <= QUIETEST and part.duration > SHORTEST:
        yield f"{it} is silent; check that the recorder was not muted."
    elif QUIETEST < part.lufs < FAINT:
        yield f"{it} is very quiet ({part.lufs:.0f} LUFS); turn the recorder's level up, or move it closer."


def _of_voices(voices: dict[str, float], which: str) -> Iterator[str]:
    """Everyone who is far below the loudest."""
    if not voices:
        return
    loudest = max(voices, key=lambda label: voices[label])
    for label, loudness in voices.items():
        below = voices[loudest] - loudness
        if below >= BELOW:
            place = f" in {which}" if which else ""
            yield f"{_named(label, first=True)} is very quiet{place} ({below:.0f} dB below {_named(loudest)})."


def _named(label: str, *, first: bool = False) -> str:
    """A role with its article, as in the interviewer; a label such as S1 as it stands."""
    if not label.islower():
        return label
    return f"The {label}" if first else f"the {label}"


def _voices(levels: Levels, turns: Iterable[Turn]) -> list[dict[str, float]]:
    """For each part, how loud each speaker is: the mean power of the seconds in which nobody else speaks, in LUFS."""
    whose = _shares(turns)
    voices = []
    for part in levels.parts:
        heard: dict[str, list[float]] = defaultdict(list)
        for second in _seconds(levels, part):
            if label := _alone(whose.get(second, {})):
                heard[label].append(10 ** (levels.loudness[second] / 10))
        enough = {label: powers for label, powers in heard.items() if len(powers) >= HEARD}
        voices.append({label: 10 * math.log10(sum(powers) / len(powers)) for label, powers in enough.items()})
    return voices


def _shares(turns: Iterable[Turn]) -> dict[int, dict[str, float]]:
    """How much of each second is each speaker's."""
    shares: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for start, end, label in turns:
        for second in range(int(start), math.ceil(end)):
            shares[second][label] += min(end, second + 1) - max(start, second)
    return shares


def _alone(shares: dict[str, float]) -> str | None:
    """Who has this second to themselves."""
    for label, share in shares.items():
        if share >= OWN and sum(shares.values()) - share <= OTHERS:
            return label
    return None


def _seconds(levels: Levels, part: PartLevels) -> range:
    """The seconds that begin in a part; the one it begins in is the part's before."""
    return range(math.ceil(part.start), min(math.ceil(part.start + part.duration), len(levels.loudness)))


def _is_clipped(levels: Levels, part: PartLevels, second: int) -> bool:
    return levels.clipped[second] >= CLIPPED_SHARE * part.sample_rate


def drawn(levels: Levels, width: int = 80, turns: Sequence[Turn] = ()) -> list[str]:
    """The recording as lines of text at most `width` wide: its loudness, where it is clipped, who speaks, the time.

    A column is at least a second. The blocks stand for fixed loudness, so that a quiet recording looks quiet.
    """
    labels = list(dict.fromkeys(label for _, _, label in turns))
    margin = max(len(word) for word in ("loudness", *(label[:LONGEST_LABEL] for label in labels))) + 1
    columns = _columns(len(levels.loudness), max(1, width - margin))
    rows = [("loudness", "".join(_block(max(levels.loudness[at] for at in column)) for column in columns))]
    if clipped := _clipped_seconds(levels):
        rows.append(("clipped", _marks(columns, clipped, "!")))
    for label in labels:
        spoken = {at for start, end, who in turns if who == label for at in range(int(start), math.ceil(end))}
        rows.append((label[:LONGEST_LABEL], _marks(columns, spoken, "━")))
    if len(levels.parts) > 1:
        rows.append(("part", _numbers(levels, columns)))
    rows.append(("", _clock(len(levels.loudness), len(columns))))
    return [f"{label:<{margin}}{line}".rstrip() for label, line in rows]


def _columns(seconds: int, most: int) -> list[range]:
    """All seconds, in as many columns as there is room for."""
    count = max(1, min(seconds, most))
    return [range(at * seconds // count, (at + 1) * seconds // count) for at in range(count)] if seconds else []


def _block(loudness: float) -> str:
    return BLOCKS[min(len(BLOCKS) - 1, max(0, int((loudness - LOWEST) // STEP)))]


def _clipped_seconds(levels: Levels) -> set[int]:
    return {at for part in levels.parts for at in _seconds(levels, part) if _is_clipped(levels, part, at)}


def _marks(columns: list[range], seconds: set[int], mark: str) -> str:
    return "".join(mark if any(at in seconds for at in column) else " " for column in columns)


def _numbers(levels: Levels, columns: list[range]) -> str:
    """The number of each part where it begins; one that has no room is left out."""
    line = ""
    for number, part in enumerate(levels.parts, 1):
        at = next((at for at, column in enumerate(columns) if int(part.start) in column), len(line))
        if at >= len(line):
            line = f"{line:<{at}}{number}"
    return line[: len(columns)]


def _clock(seconds: int, width: int) -> str:
    """The beginning at the left and the end at the right."""
    end = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{'0:00:00':<{max(8, width - len(end))}}{end}" if width > 2 * len(end) else end
