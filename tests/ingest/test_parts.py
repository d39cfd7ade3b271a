"""Parts of one interview: the order they lie in, what they are called together, what tells them from others."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import parts
from ingest.parts import Part

RECORDER = "DM-770"


def part(recorded: str | None, filename: str = "REC1.WAV", device: str | None = RECORDER) -> Part:
    """A part that was recorded then."""
    return Part(filename, "ab" * 32, 5, recorded, device)


def test_a_folder_is_read_as_recorders_count(tmp_path: Path) -> None:
    """REC2 stands before REC10 whatever the letters' case, in each folder by itself; hidden files are left out."""
    for name in ("REC10.WAV", "rec2.wav", "REC1.WAV", ".Trashes", "B10/1.wav", "B9/2.wav", "B9/10.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in parts.files_in([tmp_path])]
    assert found == ["B9/2.wav", "B9/10.wav", "B10/1.wav", "REC1.WAV", "rec2.wav", "REC10.WAV"]


def test_files_that_are_named_keep_the_order_they_were_named_in() -> None:
    """What a person typed is not sorted."""
    named = [Path("REC2.WAV"), Path("REC10.WAV"), Path("REC1.WAV")]
    assert list(parts.files_in(named)) == named


@given(st.lists(st.text(st.sampled_from("a1\u09669\u00b2_ "), min_size=1, max_size=6), max_size=8))
def test_any_names_have_one_order(names: list[str]) -> None:
    """Letters, digits of any script and signs can be sorted, in the same order whatever order they came in."""
    paths = [Path(name) for name in names]
    backwards = paths[::-1]
    assert sorted(paths, key=parts._as_counted) == sorted(backwards, key=parts._as_counted)


def test_one_part_is_known_by_its_own_hash() -> None:
    """A recording of one file has that file's SHA-256."""
    assert parts.sha256_of([Part("a", "cd" * 32, 5)]) == "cd" * 32


def test_several_parts_are_known_by_what_anybody_can_compute(tmp_path: Path) -> None:
    """Their hash is what the handbook's line of shell prints for them, and another order is another recording."""
    contents = [b"first", b"second", b""]
    for number, content in enumerate(contents):
        (tmp_path / f"part {number}.wav").write_bytes(content)
    line = "sha256sum part*.wav | cut -c 1-64 | sha256sum"
    printed = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=True).stdout  # noqa: S607  # the shell's own
    came = [Part("a.wav", hashlib.sha256(content).hexdigest(), len(content)) for content in contents]
    assert parts.sha256_of(came) == printed[:64].decode()
    assert parts.sha256_of(came[::-1]) != parts.sha256_of(came)


def test_the_same_file_twice_is_seen() -> None:
    """Two parts of the same bytes are named by their numbers, whatever the files are called."""
    one, other = Part("a", "ab" * 32, 5), Part("b", "cd" * 32, 5)
    assert parts.twice([other, one, Part("c", "ab" * 32, 5)]) == (2, 3)
    assert parts.twice([one, other]) is None


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        (["2026-01-31T10:00:00", "2026-01-31T10:30:00"], False),
        (["2026-01-31T10:30:00", "2026-01-31T10:00:00"], True),
        (["2026-01-31T10:30", None, "2026-01-31T10:00"], True),
        (["2026-02-01", "2026-01-31"], True),
        (["2026-01-31", "2026-01-31T10:00:00"], False),
        (["2026-01-31T10:00:00Z", "2026-01-31T11:30:00+02:00"], True),
        (["2026-01-31T10:00:00Z", "2026-01-31T09:00:00"], False),  # whose clock the second is on nobody knows
        (["2026-02-31T10:00:00", "2026-01-01T10:00:00"], False),  # there is no such day
        ([None, None], False),
        (["2026-01-31T10:00:00"], False),
    ],
)
def test_dates_that_say_another_order_are_seen(dates: list[str | None], *, wrong: bool) -> None:
    """A part that its recorder dates before the one in front of it is noticed; what does not compare says nothing."""
    assert parts.out_of_order([part(date) for date in dates]) is wrong


TEN, HALF = "2026-01-31T10:00:00", "2026-01-31T10:30:30"


@pytest.mark.parametrize(
    ("found", "alike"),
    [
        ([part(TEN, "REC1.MP3"), part(HALF, "REC2.MP3")], True),
        ([part(TEN, "20260131_100000.m4a"), part(HALF, "20260131_103030.m4a")], True),
        ([part(TEN, "REC1.MP3", None), part(HALF, "REC2.MP3", None)], True),
        ([part(TEN, "REC1.MP3"), part(HALF, "NOTE2.MP3")], False),
        ([part(TEN, "REC1.MP3"), part(HALF, "REC2.MP3", "H5")], False),
        ([part(TEN, "REC1.MP3"), part("2026-01-31T11:30:00", "REC2.MP3")], False),
        ([part(TEN, "REC1.MP3"), part("2026-01-31T10:30:30Z", "REC2.MP3")], False),
        ([part(None, "REC1.MP3"), part(None, "REC2.MP3")], False),
        ([part(TEN, "REC1.MP3")], False),
        ([], False),
    ],
)
def test_parts_of_one_interview_look_alike(found: list[Part], *, alike: bool) -> None:
    """Counted on by one recorder, and begun within minutes of the end of the last: else they are interviews."""
    assert parts.one_interview(found, [1800.0] * len(found)) is alike
