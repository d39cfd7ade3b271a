"""A bucket: which addresses it takes, who asks, what it says when refused, and how much memory it needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("obstore", reason="needs the obstore package")

from storage.errors import BadInput, StorageFailed
from storage.s3 import Bucket
from tests.servers.seaweed import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.seaweed import Seaweed

PAIR = {"access_key_id": "somebody", "secret_access_key": "a secret"}
VARIABLES = re.compile(r"AWS_\w+")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the person who runs the tests."""
    for name in filter(VARIABLES.fullmatch, list(os.environ)):
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "url",
    ["", "bucket", "s3://", "s3://B", "s3://ab", "s3://bucket/../other", "s3://bucket//x", "s3://bucket/a b",
     "https://bucket/x", "s3://bucket/.hidden", "s3://user:secret@bucket/x", "s3://bucket/x?y", "s3://bucket/x\n"],
)  # fmt: skip
def test_only_an_address_of_a_bucket_is_taken(url: str) -> None:
    """What is no s3://bucket/prefix is refused before anything is sent, without repeating it."""
    with pytest.raises(BadInput) as caught:
        Bucket(url, "https://127.0.0.1", "", PAIR)
    assert not url or len(url) < 7 or url not in caught.value.sentence


@pytest.mark.parametrize(
    "endpoint",
    ["http://s3.university.no", "http://192.168.1.4:9000", "http://localhost.university.no", "http://0.0.0.0:1",
     "ftp://127.0.0.1", "//127.0.0.1", "https://", "https://somebody:secret@s3.university.no", "http://[::1",
     "http://127.0.0.1@s3.university.no", "https://s3.university.no?x=secret"],
)  # fmt: skip
def test_only_this_machine_is_reached_without_tls(endpoint: str) -> None:
    """Plain http goes to loopback alone, and what is no plain address is refused, without repeating it."""
    with pytest.raises(BadInput) as caught:
        Bucket("s3://bucket/x", endpoint, "", PAIR)
    assert "secret" not in caught.value.sentence


@pytest.mark.parametrize("endpoint", ["", "https://s3.university.no", "http://127.0.0.1:1", "http://[::1]:1"])
def test_an_address_with_tls_or_on_this_machine_is_taken(endpoint: str) -> None:
    """With https anywhere, with http on loopback; nothing is asked of a server until it is needed."""
    Bucket("s3://bucket/x", endpoint, "eu-north-1", PAIR)
    Bucket("s3://bucket", endpoint, "", {**PAIR, "session_token": "t"})


@pytest.mark.parametrize("given", [None, {}, {"access_key_id": "somebody"}, {"secret_access_key": "a secret"}])
def test_without_credentials_nobody_is_asked_for_them(given: dict[str, str] | None) -> None:
    """Where none are given and none are in the environment, it is said; no cloud's metadata address is asked."""
    with pytest.raises(BadInput):
        Bucket("s3://bucket/x", "https://s3.university.no", "", given)


def test_the_environments_credentials_are_used(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without given credentials, those of the AWS environment open the bucket."""
    for name, value in seaweed.credentials.items():
        monkeypatch.setenv(f"AWS_{name.upper()}", value)
    bucket = Bucket(f"s3://{BUCKET}/environment", seaweed.endpoint, "us-east-1")
    with bucket.writer() as writing:
        writing.write(b"words")
    assert bucket.open(writing.name).read() == b"words"
    bucket.remove(writing.name)


def test_nothing_of_the_environment_is_mixed_in(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where address and credentials are given, the environment's address, token and key are not used."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_SESSION_TOKEN": "not ours",
        "AWS_ACCESS_KEY_ID": "not ours",
        "AWS_SECRET_ACCESS_KEY": "not ours",
        "AWS_SKIP_SIGNATURE": "true",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = seaweed.bucket()
    with bucket.writer() as writing:
        writing.write(b"words")
    assert list(bucket.names()) == [writing.name]


def refused(bucket: Bucket) -> list[Callable[[], object]]:
    """Everything one might ask of a bucket."""

    def write() -> None:
        with bucket.writer() as writing:
            writing.write(b"words" * 10)

    def write_much() -> None:
        with bucket.writer() as writing:
            writing.write(bytes(6 << 20))

    name = bucket.new_name()
    return [write, write_much, lambda: bucket.remove(name), lambda: bucket.open(name), lambda: list(bucket.names())]


def test_a_refusal_says_so_and_nothing_of_the_credentials(seaweed: Seaweed) -> None:
    """Wrong credentials are told with the server's status, without address, names or secrets."""
    wrong = {**seaweed.credentials, "secret_access_key": "not-the-secret"}
    for act in refused(Bucket(f"s3://{BUCKET}/refused", seaweed.endpoint, "us-east-1", wrong)):
        with pytest.raises(StorageFailed, match="status 403") as caught:
            act()
        for hidden in (*wrong.values(), seaweed.endpoint, BUCKET):
            assert hidden not in caught.value.sentence


def test_who_may_only_read_is_told_so(seaweed: Seaweed) -> None:
    """With credentials that may read and list alone, writing and removing fail, and the object stays."""
    ours = seaweed.bucket()
    with ours.writer() as writing:
        writing.write(b"words")
    theirs = Bucket(f"s3://{BUCKET}/{ours._store.prefix}", seaweed.endpoint, "us-east-1", seaweed.reader)
    with pytest.raises(StorageFailed, match="status 403"):
        theirs.remove(writing.name)
    for act in refused(theirs)[:2]:
        with pytest.raises(StorageFailed, match="status 403"):
            act()
    assert theirs.open(writing.name).read() == b"words"
    assert list(theirs.names()) == [writing.name]


def test_strangers_in_the_bucket_are_not_listed(seaweed: Seaweed) -> None:
    """What is not an object of ours, in its place, is left out; a neighbour's prefix is not looked into."""
    bucket, neighbour = seaweed.bucket(), seaweed.bucket()
    with bucket.writer() as writing, neighbour.writer() as other:
        writing.write(b"ours")
        other.write(b"theirs")
    for path in ("stray", "ab/stranger", f"ab/{'cd' * 16}", f"{writing.name[:2]}/{writing.name}.part"):
        bucket._store.put(path, b"")
    assert list(bucket.names()) == [writing.name]


MEMORY = r"""
import json, re, sys
from storage.s3 import Bucket
bucket = Bucket(*json.loads(sys.stdin.readline()))
chunk, megabytes = bytes(range(256)) * 256, int(sys.argv[1])
def write(count):
    with bucket.writer() as writing:
        for _ in range(count):
            writing.write(chunk)
    with bucket.open(writing.name) as file:
        while file.read(len(chunk)):
            pass
    bucket.remove(writing.name)
peak = lambda: int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024  # MB
write(16)
before = peak()
write(16 * megabytes)
print(peak() - before)
"""


def memory_growth(server: Seaweed, megabytes: int, folder: Path) -> int:
    """MB by which a process grows that writes and reads back an object of this size, over one of 1 MB."""
    place = [f"s3://{BUCKET}/memory", server.endpoint, "us-east-1", server.credentials]
    command = [sys.executable, "-c", MEMORY, str(megabytes)]
    done = subprocess.run(
        command, input=json.dumps(place) + "\n", text=True, capture_output=True, check=True, cwd=folder
    )
    return int(done.stdout)


def test_memory_stays_flat(seaweed: Seaweed, tmp_path: Path) -> None:
    """Writing and reading 64 MB takes hardly more memory than 1 MB: two parts of an upload, not the object."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("needs /proc, where a process reads its own peak")
    assert memory_growth(seaweed, 64, tmp_path) < 32
