"""Who seals and opens in benchmarks.seal: Tillit, the bare cipher, pyrage, and the commands age and gpg.

    python -m benchmarks.sealers WHO DO SOURCE SINK KEY

does one thing in a process of its own and prints [seconds, CPU seconds, bytes the process grew by, bytes written].
Sinks are written over, not made anew: finding fresh pages for a file in memory takes the kernel longer than sealing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage import age
from storage.age.chunks import CHUNK_SIZE, SEALED_CHUNK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable

SEAL, OPEN = "seal", "open"
PASSPHRASE = b"a passphrase for gpg"
GPG = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase-fd", "{passphrase}"]
# The bare minimum of passphrase hashing: content is measured here, not the guarding of passphrases.
GPG_SEAL = [
    "--s2k-count",
    "1024",
    "--compress-algo",
    "none",
    "--cipher-algo",
    "AES256",
    "--symmetric",
    "--output",
    "-",
]
COMMANDS = {
    ("age", SEAL): ["age", "-r", "{recipient}"],
    ("age", OPEN): ["age", "-d", "-i", "{key}"],
    ("gpg", SEAL): [*GPG, *GPG_SEAL],
    ("gpg", OPEN): [*GPG, "--decrypt", "--output", "-"],
}
_KEY = ChaCha20Poly1305(bytes(32))


def tillit_seal(source: BinaryIO, sink: BinaryIO, identity: str) -> None:
    """A header, and the payload as the vault seals it."""
    file_key = os.urandom(16)
    sink.write(age.make_header(file_key, [age.X25519Identity.from_string(identity).recipient()]))
    age.seal_payload(source, sink, file_key)


def tillit_open(source: BinaryIO, sink: BinaryIO, identity: str) -> None:
    """The stream: forwards only."""
    sink.writelines(age.open_stream(source, _file_key(source, identity)))


def reader_open(source: BinaryIO, sink: BinaryIO, identity: str) -> None:
    """The seekable reader, from its start to its end; it tries the last chunk first."""
    buffer = memoryview(bytearray(CHUNK_SIZE))
    with age.open_payload(source, _file_key(source, identity)) as reader:
        while size := reader.readinto(buffer):
            sink.write(buffer[:size])


def raw_seal(source: BinaryIO, sink: BinaryIO, _identity: str) -> None:
    """The cipher alone: a read, a call, a write."""
    number = 0
    while chunk := source.read(CHUNK_SIZE):
        sink.write(_KEY.encrypt(number.to_bytes(12, "big"), chunk, None))
        number += 1


def raw_open(source: BinaryIO, sink: BinaryIO, _identity: str) -> None:
    """The cipher alone, backwards."""
    number = 0
    while chunk := source.read(SEALED_CHUNK_SIZE):
        sink.write(_KEY.decrypt(number.to_bytes(12, "big"), chunk, None))
        number += 1


def memory_open(source: BinaryIO, sink: BinaryIO, _identity: str) -> None:
    """The cipher alone on one chunk over and over: no file is read, nothing is written but the last piece."""
    chunk, plain = _KEY.encrypt(bytes(12), bytes(CHUNK_SIZE), None), b""
    for _ in range(os.fstat(source.fileno()).st_size // SEALED_CHUNK_SIZE):
        plain = _KEY.decrypt(bytes(12), chunk, None)
    sink.write(plain)


def pyrage_seal(source: BinaryIO, sink: BinaryIO, identity: str) -> None:
    """The Rust implementation, between the same two files."""
    pyrage.encrypt_io(source, sink, [pyrage.x25519.Identity.from_str(identity).to_public()])


def pyrage_open(source: BinaryIO, sink: BinaryIO, identity: str) -> None:
    """The same, backwards."""
    pyrage.decrypt_io(source, sink, [pyrage.x25519.Identity.from_str(identity)])


DOINGS: dict[tuple[str, str], Callable[[BinaryIO, BinaryIO, str], None]] = {
    ("tillit", SEAL): tillit_seal,
    ("tillit", OPEN): tillit_open,
    ("reader", OPEN): reader_open,
    ("raw", SEAL): raw_seal,
    ("raw", OPEN): raw_open,
    ("memory", OPEN): memory_open,
    ("pyrage", SEAL): pyrage_seal,
    ("pyrage", OPEN): pyrage_open,
}


def _file_key(source: BinaryIO, identity: str) -> bytes:
    return age.open_header(age.read_header(source), [age.X25519Identity.from_string(identity)])


def status(field: str, process: int | str = "self") -> int:
    """A field of a process's /proc status, bytes; 0 when it is over."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


def main(who: str, do: str, source_path: str, sink_path: str, key: str) -> None:
    """Do one thing and say what it took."""
    identity = Path(key).read_text(encoding="utf-8").strip()
    warm = age.X25519Identity.from_string(identity)
    age.decrypt(age.encrypt(b"", [warm.recipient()]), [warm])  # as after opening a vault: OpenSSL has started
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of importing
    with Path(source_path).open("rb", buffering=0) as source, Path(sink_path).open("r+b", buffering=0) as sink:
        before, began, spent = status("VmRSS"), time.perf_counter(), time.process_time()
        DOINGS[who, do](source, sink, identity)
        took, cpu = time.perf_counter() - began, time.process_time() - spent
        written = sink.tell() if sink.seekable() else 0
    print(json.dumps([took, cpu, max(status("VmHWM") - before, 0), written]))


if __name__ == "__main__":
    main(*sys.argv[1:])
