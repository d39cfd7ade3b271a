"""What every keeper of sealed files promises, shown on a folder and on a bucket of a real server."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from storage.errors import BadInput, Damaged, NotFound

if TYPE_CHECKING:
    from storage.objects import Objects

PIECES = (b"first " * 1000, b"second " * 1000)
WHOLE = b"".join(PIECES)
LARGE = bytes(range(251)) * 60_000  # 15 MB: several parts of an upload, none of which repeats


def write(keeper: Objects, *pieces: bytes) -> str:
    """Write one object; returns its name."""
    with keeper.writer() as writing:
        for piece in pieces:
            assert writing.write(piece) == len(piece)
    return writing.name


def contents(keeper: Objects) -> list[bytes]:
    """Every whole object's bytes."""
    return [keeper.open(name).read() for name in keeper.names()]


@pytest.mark.parametrize("whole", [b"", b"x", WHOLE, LARGE], ids=["empty", "a byte", "small", "several parts"])
def test_an_object_comes_back_with_its_digest_and_size(keeper: Objects, whole: bytes) -> None:
    """What was written is read back whole, and its writer knows the digest and size of it."""
    with keeper.writer() as writing:
        for start in range(0, len(whole), 65_552):
            writing.write(whole[start : start + 65_552])
    assert keeper.open(writing.name).read() == whole
    assert (writing.size, writing.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())


def test_any_part_of_an_object_can_be_read(keeper: Objects) -> None:
    """A reader seeks from the start, from where it is and from the end, and reads what is there and no more."""
    with keeper.open(write(keeper, LARGE)) as file:
        assert file.seek(-5, io.SEEK_END) == len(LARGE) - 5
        assert file.read(100) == LARGE[-5:]
        assert file.read(1) == b""
        for start in (0, 65_536, 5 * 2**20 - 1, 10**7, 3):
            file.seek(start)
            assert file.read(65_552) == LARGE[start : start + 65_552]
        file.seek(7, io.SEEK_CUR)
        assert file.tell() == 3 + 65_552 + 7


def test_what_is_written_may_be_used_again(keeper: Objects) -> None:
    """A caller may fill the same buffer anew after each write; the object has what was in it then."""
    buffer = bytearray(70_000)
    with keeper.writer() as writing:
        for value in range(120):
            buffer[:] = bytes([value]) * len(buffer)
            writing.write(buffer)
    assert keeper.open(writing.name).read() == b"".join(bytes([value]) * len(buffer) for value in range(120))


@pytest.mark.parametrize("piece", [b"half", LARGE], ids=["small", "several parts"])
def test_an_exception_in_the_body_leaves_nothing(keeper: Objects, piece: bytes) -> None:
    """A caller that fails halfway leaves no object and no part of one, and hears its own exception."""

    def interrupted() -> None:
        with keeper.writer() as writing:
            writing.write(piece)
            assert list(keeper.names()) == []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert contents(keeper) == []
    assert list(keeper.unfinished()) == []


@pytest.mark.parametrize(
    "name", ["", "ab", "../../etc/passwd", "ab" * 16 + "\n", "AB" * 16, "ab" * 16 + ".part", "a/" * 16]
)
def test_only_our_names_are_taken(keeper: Objects, name: str) -> None:
    """A name the keeper would not give is refused before anything is touched."""
    for act in (keeper.open, keeper.remove, lambda name: keeper.put(name, io.BytesIO(b""))):
        with pytest.raises(Damaged):
            act(name)


def test_a_missing_object_is_said_to_be_missing(keeper: Objects) -> None:
    """Opening what is not there says so without its name; removing it is no error."""
    name = keeper.new_name()
    with pytest.raises(NotFound) as caught:
        keeper.open(name)
    assert name not in caught.value.sentence
    keeper.remove(name)


def test_a_removed_object_is_gone(keeper: Objects) -> None:
    """What was removed is not listed and does not open; the others stay."""
    gone, stays = write(keeper, b"gone"), write(keeper, b"stays")
    keeper.remove(gone)
    assert list(keeper.names()) == [stays]
    with pytest.raises(NotFound):
        keeper.open(gone)


def test_names_come_in_order_and_only_of_whole_objects(keeper: Objects) -> None:
    """Listing gives every whole object once, in order."""
    names = {write(keeper, b"x") for _ in range(7)}
    with keeper.writer():
        assert list(keeper.names()) == sorted(names)


@pytest.mark.parametrize("whole", [WHOLE, LARGE], ids=["small", "several parts"])
def test_a_restored_object_has_the_name_it_had(keeper: Objects, whole: bytes) -> None:
    """An object written under its own name is there whole, and writing the same again changes nothing."""
    name = keeper.new_name()
    for _ in range(2):
        keeper.put(name, io.BytesIO(whole))
        assert contents(keeper) == [whole]
    assert list(keeper.names()) == [name]


@pytest.mark.parametrize("other", [WHOLE[:-1], WHOLE + b"x", b"", WHOLE.replace(b"s", b"z", 1), LARGE])
def test_what_is_there_is_never_overwritten(keeper: Objects, other: bytes) -> None:
    """Another object under the same name is refused, and the first stays as it is."""
    name = write(keeper, WHOLE)
    with pytest.raises(Damaged):
        keeper.put(name, io.BytesIO(other))
    assert contents(keeper) == [WHOLE]


@pytest.mark.parametrize("size", [300_000, 9_000_000])
def test_a_source_that_fails_leaves_nothing(keeper: Objects, size: int) -> None:
    """A backup that breaks off while it is read leaves no object, and its own error is heard."""

    class Broken(io.BytesIO):
        def read(self, count: int | None = -1) -> bytes:
            if self.tell() >= size:
                raise BadInput("broken off")
            return super().read(count)

    with pytest.raises(BadInput, match="broken off"):
        keeper.put(keeper.new_name(), Broken(bytes(size + 1_000_000)))
    assert contents(keeper) == []
    assert list(keeper.unfinished()) == []
