"""The parts of one interview: in which order they lie on a recorder, what they are called together, where from.

What each part came as (its file's name, what the recorder says of date and device) is personal data: it is sealed to
the participant and stands nowhere else, in no other column and in no derived file.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from storage import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policies.act import Act
    from storage.records import Recording

NUMBER = re.compile(r"([0-9]+)")
NEAR = timedelta(minutes=5)  # from the end of one part to the start of the next


@dataclass(frozen=True)
class Part:
    """One file of a recording: SHA-256 and bytes as they arrived, and where it came from.

    `recorded` is ISO 8601, without a zone unless the recorder stated one.
    """

    filename: str
    sha256: str
    size: int
    recorded: str | None = None
    device: str | None = None


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Each file, and each file in each folder as recorders count: REC2 before REC10. Hidden files are left out."""
    for path in paths:
        if path.is_dir():
            files = (file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            yield from sorted(files, key=_as_counted)
        else:
            yield path


def _as_counted(path: Path) -> list[list[tuple[int, str]]]:
    """Numbers by their size and all else by its letters, folder by folder; equal ones then by their exact names."""
    return [*([_piece(piece) for piece in NUMBER.split(name.casefold())] for name in path.parts), [(0, str(path))]]


def _piece(piece: str) -> tuple[int, str]:
    return (int(piece), "") if NUMBER.fullmatch(piece) else (0, piece)


def sha256_of(parts: Sequence[Part]) -> str:
    """A recording's: that of its one part; of several, of their hashes in order, 64 hex digits and a line feed each.

    Anybody can say it again: `sha256sum part1.wav part2.wav | cut -c 1-64 | sha256sum`.
    """
    if len(parts) == 1:
        return parts[0].sha256
    return hashlib.sha256("".join(f"{part.sha256}\n" for part in parts).encode()).hexdigest()


def twice(parts: Sequence[Part]) -> tuple[int, int] | None:
    """The numbers, from 1, of two parts that are the same file."""
    seen: dict[str, int] = {}
    for number, part in enumerate(parts, 1):
        if part.sha256 in seen:
            return seen[part.sha256], number
        seen[part.sha256] = number
    return None


def seal(act: Act, recording: Recording, parts: Sequence[Part]) -> None:
    """Put into a recording's row where it came from."""
    text = json.dumps([asdict(part) for part in parts])  # in ASCII: a file's name may hold bytes that are no text
    recording.sealed_origin = act.seal_text(recording.participant_id, places.origin(recording), text)


def opened(act: Act, recording: Recording) -> tuple[Part, ...]:
    """Where a recording came from, for an act that covers it. Raises Damaged."""
    text = act.open_text(recording.participant_id, places.origin(recording), recording.sealed_origin or b"")
    if recording.origin_version == 1:
        return (Part(text, recording.sha256, recording.size),)
    return tuple(Part(**part) for part in json.loads(text))


def out_of_order(parts: Sequence[Part]) -> bool:
    """Whether the recorder's dates, as far as it wrote any that compare, say another order than this."""
    return any(_before(later, earlier) for earlier, later in pairwise(filter(_moment, parts)))


def one_interview(parts: Sequence[Part], seconds: Sequence[float]) -> bool:
    """Whether single recordings look like parts of one: counted on by one recorder, each begun as the last ended."""
    alike = {(NUMBER.sub("#", Path(part.filename).stem), part.device) for part in parts}
    return len(parts) > len(alike) == 1 and all(
        _follows(one, lasted, other) for (one, other), lasted in zip(pairwise(parts), seconds, strict=False)
    )


def _follows(one: Part, lasted: float, other: Part) -> bool:
    began, then = _moment(one), _moment(other)
    if began is None or then is None or (began.tzinfo is None) != (then.tzinfo is None):
        return False
    return abs(then - began - timedelta(seconds=lasted)) <= NEAR


def _before(one: Part, other: Part) -> bool:
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return False
    if "T" not in f"{one.recorded}" or "T" not in f"{other.recorded}":
        return first.date() < second.date()
    return (first.tzinfo is None) == (second.tzinfo is None) and first < second


def _moment(part: Part) -> datetime | None:
    """When it was recorded, if the recorder had a clock that says so."""
    try:
        return datetime.fromisoformat(part.recorded or "")
    except ValueError:  # none, or the thirty-first of February
        return None
