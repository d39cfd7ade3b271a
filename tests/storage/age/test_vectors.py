"""The published vectors of the age format decide what this implementation accepts."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from storage import age
from storage.age import chunks, header
from storage.age.armour import unarmour
from storage.age.primitives import TAG_SIZE
from storage.errors import Damaged

FOLDER = Path(__file__).parents[2] / "vectors" / "age"
VECTORS = sorted(path for path in FOLDER.iterdir() if path.name not in {"ORIGIN", ".gitattributes"})
FAILURES = {
    "armor failure": age.BadArmour,
    "header failure": age.BadHeader,
    "HMAC failure": age.BadMac,
    "no match": age.NoMatch,
    "payload failure": age.BadPayload,
}


@dataclass(frozen=True)
class Vector:
    """One vector: what must happen, the SHA-256 of what may come out, the identities, the file."""

    expect: str
    payload: str
    armoured: bool
    identities: list[age.Identity]
    data: bytes


def load(path: Path) -> Vector:
    """Read one vector's file."""
    about, _, data = path.read_bytes().partition(b"\n\n")
    pairs = [line.split(": ", 1) for line in about.decode().splitlines()]
    facts = dict(pairs)
    identities: list[age.Identity] = [age.parse_identity(value) for key, value in pairs if key == "identity"]
    identities += [age.ScryptIdentity(value.encode()) for key, value in pairs if key == "passphrase"]
    if facts.get("compressed") == "zlib":
        data = zlib.decompress(data)
    return Vector(facts["expect"], facts.get("payload", ""), facts.get("armored") == "yes", identities, data)


def open_reader(vector: Vector) -> age.SealedReader:
    """A reader of the vector's payload."""
    file = io.BytesIO(unarmour(vector.data) if vector.armoured else vector.data)
    return age.open_payload(file, age.open_header(age.read_header(file), vector.identities))


def released(vector: Vector) -> bytes:
    """What a reader gives out, piece by piece, before it fails, if it does."""
    out = bytearray()
    with contextlib.suppress(Damaged):
        reader = open_reader(vector)
        while piece := reader.read(10_000):
            out += piece
    return bytes(out)


def released_by_stream(vector: Vector) -> bytes:
    """What a stream gives out before it fails, if it does."""
    file = io.BytesIO(unarmour(vector.data) if vector.armoured else vector.data)
    out = bytearray()
    with contextlib.suppress(Damaged):
        for piece in age.open_stream(file, age.open_header(age.read_header(file), vector.identities)):
            out += piece
    return bytes(out)


def prefixes(vector: Vector) -> list[bytes]:
    """What can be opened from the start, up to each chunk, whether a chunk was sealed as the last one or not."""
    file = io.BytesIO(unarmour(vector.data) if vector.armoured else vector.data)
    file_key = age.open_header(age.read_header(file), vector.identities)
    cipher, found = chunks.payload_cipher(file_key, file.read(chunks.NONCE_SIZE)), [b""]
    for number, sealed in enumerate(iter(lambda: file.read(chunks.SEALED_CHUNK_SIZE), b"")):
        for last in (False, True):
            with contextlib.suppress(InvalidTag):
                found.append(found[-1] + cipher.decrypt(chunks.chunk_nonce(number, last=last), sealed, None))
    return found


def test_all_vectors_are_there() -> None:
    """None of the 143 vectors got lost."""
    assert len(VECTORS) == 143


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_vector(path: Path) -> None:
    """A vector opens to the published plaintext, or fails with its own class of failure."""
    vector = load(path)
    binary = unarmour if vector.armoured else bytes
    if vector.expect == "success":
        plain = age.decrypt(binary(vector.data), vector.identities)
        assert hashlib.sha256(plain).hexdigest() == vector.payload
        assert released(vector) == released_by_stream(vector) == plain
    else:
        with pytest.raises(age.AgeError) as caught:
            age.decrypt(binary(vector.data), vector.identities)
        assert type(caught.value) is FAILURES[vector.expect]


@pytest.mark.parametrize(
    "path", [p for p in VECTORS if load(p).expect == "payload failure"], ids=lambda path: path.name
)
def test_only_what_was_sealed_is_released(path: Path) -> None:
    """Of a damaged payload a reader or a stream gives out a start of what the vector allows, and nothing else."""
    vector = load(path)
    allowed = next(start for start in prefixes(vector) if hashlib.sha256(start).hexdigest() == vector.payload)
    assert allowed.startswith(released(vector))
    assert allowed.startswith(released_by_stream(vector))


@pytest.mark.parametrize("path", [p for p in VECTORS if load(p).armoured], ids=lambda path: path.name)
def test_armour_is_recognised(path: Path) -> None:
    """An armoured file opens as it is, without saying that it is armoured."""
    vector = load(path)
    if vector.expect == "success":
        assert hashlib.sha256(age.decrypt(vector.data, vector.identities)).hexdigest() == vector.payload
    else:
        with pytest.raises(age.AgeError):
            age.decrypt(vector.data, vector.identities)


@pytest.mark.parametrize("path", [p for p in VECTORS if load(p).expect == "success"], ids=lambda path: path.name)
def test_header_is_written_as_read(path: Path) -> None:
    """A header that is accepted has one spelling: its stanzas, written again, give the same bytes."""
    vector = load(path)
    file = io.BytesIO(unarmour(vector.data) if vector.armoured else vector.data)
    raw = age.read_header(file)
    parsed = header._parse(raw)
    assert header.VERSION_LINE + "".join(map(header._write, parsed.stanzas)).encode() + b"---" == parsed.signed
    assert len(file.read()) >= TAG_SIZE * 2
