"""The search for plaintext finds what it is meant to find, and nothing in noise."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import unicodedata
import urllib.parse
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.faults import canaries
from tests.faults.canaries import Hunt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HIDDEN = "Åse Sandvik på Bømlo 🌊"
TEXT = HIDDEN.encode()
SOUND = random.Random(1).randbytes(64)  # noqa: S311  # it stands for sound
NOISE = random.Random(2).randbytes(1 << 20)  # noqa: S311  # it stands for ciphertext


def _deflated(data: bytes, level: int = 6, window: int = 15) -> bytes:
    packer = zlib.compressobj(level, wbits=window)
    return packer.compress(data) + packer.flush()


def _zipped(data: bytes, name: str = "a.txt") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return file.getvalue()


SPELLED: dict[str, bytes] = {
    "UTF-8": TEXT,
    "UTF-8, decomposed": unicodedata.normalize("NFD", HIDDEN).encode(),
    "lower case": HIDDEN.lower().encode(),
    "upper case": HIDDEN.upper().encode(),
    "UTF-16 LE": HIDDEN.encode("utf-16-le"),
    "UTF-16 BE": HIDDEN.encode("utf-16-be"),
    "UTF-32": HIDDEN.encode("utf-32-le"),
    "Latin-1": HIDDEN[:-2].encode("latin-1"),
    "JSON": json.dumps({"said": HIDDEN}).encode(),
    "JSON in JSON": json.dumps(json.dumps({"said": HIDDEN})).encode(),
    "Python's escapes": ascii(HIDDEN).encode(),
    "bytes as Python shows them": repr(TEXT).encode(),
    "an address": urllib.parse.quote(HIDDEN).encode(),
    "a form": urllib.parse.urlencode({"q": HIDDEN}).encode(),
    "markup": HIDDEN.encode("ascii", "xmlcharrefreplace"),
}
ARMOURED: dict[str, Callable[[bytes], bytes]] = {
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    **{f"base64, {n} before": lambda data, n=n: base64.b64encode(b"x" * n + data + b"yz") for n in range(3)},  # type: ignore[misc]  # a default binds the loop's value
    **{f"urlsafe, {n} before": lambda data, n=n: base64.urlsafe_b64encode(b"x" * n + data + b"z") for n in range(3)},  # type: ignore[misc]  # as above
    "base64 in lines": lambda data: base64.encodebytes(b"x" * 50 + data),
}
WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    **{f"zlib, level {n}": lambda data, n=n: _deflated(data, level=n) for n in (0, 1, 6, 9)},  # type: ignore[misc]  # as above
    "zlib, small window": lambda data: _deflated(data, window=9),
    "gzip": gzip.compress,
    "zip": _zipped,
    "gzip in zip": lambda data: _zipped(gzip.compress(data)),
    "zlib in base64": lambda data: base64.b64encode(_deflated(data)),
    "zlib in urlsafe base64 after a word": lambda data: b"key" + base64.urlsafe_b64encode(_deflated(data)),
    "zlib in hex": lambda data: _deflated(data).hex().encode(),
    "base64 in zlib": lambda data: _deflated(base64.b64encode(data)),
    "zlib of much, cut off": lambda data: _deflated(data + NOISE)[:200_000],
    "zlib of much, its end altered": lambda data: _deflated(data + NOISE)[:-9] + b"0123456789",
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_text_is_found_however_it_is_spelled(spelled: str) -> None:
    """Encodings, cases and escapes of a name with letters from beyond ASCII, in the middle of noise, are hits."""
    secret = TEXT if spelled != "Latin-1" else HIDDEN[:-2].encode()
    assert Hunt([secret]).within(NOISE[:1001] + SPELLED[spelled] + NOISE[1001:2000]) == {0}


@pytest.mark.parametrize("written", [TEXT, HIDDEN.encode("utf-16-le"), SOUND], ids=["UTF-8", "UTF-16", "sound"])
@pytest.mark.parametrize("armoured", ARMOURED)
def test_text_and_sound_are_found_in_base64_and_hex(armoured: str, written: bytes) -> None:
    """Both alphabets, at each alignment, in one line and in many."""
    planted = b"before: " + ARMOURED[armoured](written) + b" after"
    assert Hunt([TEXT, SOUND]).within(planted) == {1 if written == SOUND else 0}


@pytest.mark.parametrize("secret", [TEXT, SOUND], ids=["text", "sound"])
@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("before", [0, 1, 70_001], ids=["at the start", "a byte in", "far in"])
def test_what_was_compressed_is_found_wherever_it_lies(before: int, wrapped: str, secret: bytes) -> None:
    """Streams of zlib at every level, gzip and zip, one in the other or in base64, whole, cut off or damaged."""
    planted = WRAPPED[wrapped](b"He lives with " + secret + b" and is well.")
    assert Hunt([secret]).within(NOISE[:before] + b"\0" * bool(before) + planted + NOISE[:500]) == {0}


def test_wide_text_is_found_in_a_stream() -> None:
    """What is unwrapped is searched for every spelling, not for UTF-8 alone."""
    assert Hunt([TEXT]).within(b"before" + _deflated(HIDDEN.encode("utf-16-le"))) == {0}


def test_bare_deflate_is_found_at_the_start_of_a_value() -> None:
    """A stream without any header cannot be told from noise, but a whole file or column that is one can be read."""
    assert Hunt([TEXT]).within(_deflated(b"He lives with " + TEXT, window=-15)) == {0}


def test_many_secrets_are_told_apart() -> None:
    """Of a thousand secrets those planted are found, each under its own number, and no other."""
    secrets = [f"Kari Nordmann nr. {n:04}".encode() for n in range(1000)]
    planted = {3, 400, 999}
    assert Hunt(secrets).within(NOISE.join(secrets[n] for n in planted)) == planted


def test_a_secret_over_the_seam_of_two_pieces_is_found() -> None:
    """What is searched a piece at a time has no blind place between two pieces."""
    hunt = Hunt([SOUND])
    for before in range((1 << 20) - len(SOUND) - 4, (1 << 20) + 4):
        assert set(hunt._needles.within(bytes(before) + SOUND + b"x")) == {SOUND}


def test_names_of_files_and_what_links_point_to_are_looked_at(tmp_path: Path) -> None:
    """A name that leaks through a file's or folder's name, or through where a link leads, is a hit."""
    (tmp_path / f"{HIDDEN}.tmp").touch()
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "link").symlink_to(f"/nowhere/{HIDDEN}")
    (tmp_path / HIDDEN).mkdir()
    hits = canaries.found([tmp_path], [TEXT])
    assert sorted(hits) == sorted([f"{HIDDEN}.tmp: secret 0", "link: secret 0", f"{HIDDEN}: secret 0"])


def test_noise_is_no_hit(tmp_path: Path) -> None:
    """Folders without the secrets have none, though a megabyte of noise looks like hundreds of zlib headers."""
    (tmp_path / "noise").write_bytes(NOISE)
    (tmp_path / "bytes").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "empty").touch()
    (tmp_path / "short").write_bytes(b"abc")
    assert canaries.found([tmp_path], [TEXT, SOUND, b"Martin", b"Bergen"]) == []
