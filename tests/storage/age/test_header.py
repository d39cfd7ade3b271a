"""The header apart from the payload: handing a file over, and refusing what was edited."""

from __future__ import annotations

import io
import os

import pytest

from storage import age
from storage.age import header as header_module

FILE_KEY = os.urandom(16)
X25519 = age.X25519Identity.generate()
HYBRID = age.HybridIdentity.generate()


@pytest.mark.parametrize(("kind", "size"), [(age.X25519Identity, 168), (age.HybridIdentity, 1627)])
def test_rewrap_hands_a_file_over(kind: type[age.X25519Identity | age.HybridIdentity], size: int) -> None:
    """Rewrapping opens the payload as it is to the new key and no longer to the old one, and stays small."""
    old, new = kind.generate(), kind.generate()
    payload = io.BytesIO()
    age.seal_payload(io.BytesIO(b"what was said"), payload, FILE_KEY)
    header = age.rewrap(age.make_header(FILE_KEY, [old.recipient()]), [old], [new.recipient()])
    assert len(header) == size
    assert age.decrypt(header + payload.getvalue(), [new]) == b"what was said"
    with pytest.raises(age.NoMatch):
        age.open_header(header, [old])


@pytest.mark.parametrize("data", [b"", b"\n", b"age-encryption.org/v1", b"age-encryption.org/v1\n", b"\xff" * 100])
def test_what_is_no_header_is_refused(data: bytes) -> None:
    """Bytes that are no header are refused, by the parser and by the reader of a stream."""
    with pytest.raises(age.BadHeader):
        age.open_header(data, [X25519])
    with pytest.raises(age.BadHeader):
        age.read_header(io.BytesIO(data))


def test_header_takes_nothing_after_it() -> None:
    """A header given with bytes after its last line is refused."""
    header = age.make_header(FILE_KEY, [X25519.recipient()])
    for rest in (b"\n", b"x", header):
        with pytest.raises(age.BadHeader):
            age.open_header(header + rest, [X25519])


def test_endless_header_is_given_up() -> None:
    """A stream that never ends its header is given up after a bounded number of bytes."""
    stream = io.BytesIO(header_module.VERSION_LINE + b"-> a\n\n" * header_module.LARGEST)
    with pytest.raises(age.BadHeader):
        age.read_header(stream)
    assert stream.tell() <= 2 * header_module.LARGEST


def test_stanzas_of_another_kind_are_passed_over() -> None:
    """A stanza of a kind nobody here knows does not keep ours from opening."""

    class Stranger:
        """A recipient of some plugin's."""

        label: str | None = None

        def wrap(self, file_key: bytes) -> list[age.Stanza]:
            """A stanza whose body fills its lines exactly."""
            return [age.Stanza(("example.com/enigma", "x"), bytes(48 * len(file_key) // 16))]

    header = age.make_header(FILE_KEY, [Stranger(), X25519.recipient()])
    assert age.open_header(header, [HYBRID, X25519]) == FILE_KEY


def test_swapped_header_does_not_open_the_payload() -> None:
    """A payload under the header of another file is refused, though both were sealed to the same key."""
    one, other = (age.encrypt(text, [X25519.recipient()]) for text in (b"one", b"two"))
    with pytest.raises(age.BadPayload):
        age.decrypt(one[:168] + other[168:], [X25519])
