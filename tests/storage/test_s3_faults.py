"""A bucket behind a line that loses requests and answers: whole or not at all, whatever is lost."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("obstore", reason="needs the obstore package")

from storage import s3
from storage.errors import StorageFailed
from tests.servers.unreliable import Line, line_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.s3 import Bucket
    from tests.servers.seaweed import Seaweed

SMALL = b"small " * 1000
LARGE = bytes(range(251)) * 22_000  # 5.5 MB: two parts
WHOLES = {"small": SMALL, "several parts": LARGE}
ENDS = [(persists, lasts) for persists in (False, True) for lasts in (False, True)]
IDS = [f"{'answer' if persists else 'request'} lost {'for good' if lasts else 'once'}" for persists, lasts in ENDS]


@pytest.fixture
def line(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A line to the server, and a bucket's patience cut short."""
    quick = {"init_backoff": timedelta(milliseconds=1), "max_backoff": timedelta(milliseconds=5), "base": 2}
    monkeypatch.setattr(s3, "RETRIES", {"max_retries": 2, "retry_timeout": timedelta(seconds=10), "backoff": quick})
    with line_to(seaweed.endpoint) as line:
        yield line


def lose_each(line: Line, act: Callable[[], object]) -> Iterator[BaseException | None]:
    """Do `act` with its Nth request lost, N = 1, 2, … until a run loses none; yields each run's error."""
    for at in count(1):
        line.at, line.count = at, 0
        error = _try(act)
        line.at, lost = 0, line.count >= at
        yield error
        if not lost:
            return


def _try(act: Callable[[], object]) -> StorageFailed | None:
    try:
        act()
    except StorageFailed as error:
        return error
    return None


def contents(bucket: Bucket) -> list[bytes]:
    """Every whole object's bytes; nothing is in the bucket beside them."""
    names = list(bucket.names())
    assert [meta["path"] for page in bucket._store.list() for meta in page] == [f"{name[:2]}/{name}" for name in names]
    return [bucket.open(name).read() for name in names]


def empty(bucket: Bucket) -> None:
    """Clear the bucket for the next attempt."""
    for name in bucket.names():
        bucket.remove(name)


def write(bucket: Bucket, whole: bytes) -> None:
    """Write one object in pieces."""
    with bucket.writer() as writing:
        for start in range(0, len(whole), 65_552):
            writing.write(whole[start : start + 65_552])


@pytest.mark.parametrize("whole", WHOLES.values(), ids=WHOLES)
@pytest.mark.parametrize(("persists", "lasts"), ENDS, ids=IDS)
def test_a_write_leaves_nothing_or_everything(
    seaweed: Seaweed, line: Line, whole: bytes, *, persists: bool, lasts: bool
) -> None:
    """Whatever is lost once is asked again; what stays lost is told, and no object is there in part or twice."""
    bucket = seaweed.bucket(line.endpoint)
    line.persists, line.lasts = persists, lasts
    runs = 0
    for error in lose_each(line, lambda: write(bucket, whole)):
        found = contents(bucket)
        assert found == [whole] if error is None else found in ([], [whole])
        assert lasts or error is None
        empty(bucket)
        runs += 1
    assert runs >= (2 if whole == SMALL else 6)


@pytest.mark.parametrize("whole", WHOLES.values(), ids=WHOLES)
@pytest.mark.parametrize(("persists", "lasts"), ENDS, ids=IDS)
def test_a_restore_can_be_repeated(seaweed: Seaweed, line: Line, whole: bytes, *, persists: bool, lasts: bool) -> None:
    """After whatever was lost, the object is there whole or not at all, and restoring it again ends well."""
    bucket = seaweed.bucket(line.endpoint)
    line.persists, line.lasts = persists, lasts
    name = bucket.new_name()
    for error in lose_each(line, lambda: bucket.put(name, io.BytesIO(whole))):
        assert contents(bucket) in ([[whole]] if error is None else [[], [whole]])
        bucket.put(name, io.BytesIO(whole))
        assert contents(bucket) == [whole]
        empty(bucket)


def test_a_write_whose_failure_nobody_minds_still_leaves_nothing(seaweed: Seaweed, line: Line) -> None:
    """A caller that goes on after a failed write does not get half an object, under its name or any other."""
    bucket = seaweed.bucket(line.endpoint)

    def careless() -> None:
        with bucket.writer() as writing:
            line.at, line.lasts = 1, True
            with suppress(StorageFailed):
                writing.write(LARGE)
            line.at = 0

    with pytest.raises(StorageFailed):
        careless()
    assert contents(bucket) == []


def test_a_read_is_whole_or_told(seaweed: Seaweed, line: Line) -> None:
    """A lost answer is asked for again; a line that stays dead is told, and never taken for the object's end."""
    bucket = seaweed.bucket(line.endpoint)
    write(bucket, LARGE)
    name = next(bucket.names())
    read: list[bytes] = []
    for line.lasts in (False, True):
        for error in lose_each(line, lambda: read.append(bucket.open(name).read())):
            assert (error is None) == bool(read)
            assert read in ([], [LARGE])
            read.clear()


def test_a_dead_server_is_a_sentence(seaweed: Seaweed, line: Line) -> None:
    """Every call says that there was no answer, without the server's address, the bucket's name or the object's."""
    bucket = seaweed.bucket(line.endpoint)
    name = bucket.new_name()
    line.at, line.lasts = 1, True
    calls = (bucket.open, bucket.remove, lambda name: bucket.put(name, io.BytesIO(b"x")), lambda _: bucket.names())
    for call in calls:
        with pytest.raises(StorageFailed, match="no answer") as caught:
            call(name)
        assert not {"127.0.0.1", "http", "tillit-tests", name} & set(caught.value.sentence.replace("/", " ").split())
