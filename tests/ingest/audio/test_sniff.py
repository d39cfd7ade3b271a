"""What a file is, by its first bytes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from ingest.audio.inside.refused import Refused
from ingest.audio.inside.shape import SHAPES, shape
from ingest.audio.inside.sniff import AFTER_TAGS, FRAMES, HEAD, SIGNATURES, sniff
from ingest.audio.inside.sound import _open

from .endless import wav_header
from .making import BY_NAME, Held, tone

if TYPE_CHECKING:
    from pathlib import Path

NOT_RECORDINGS = {
    "text renamed .wav": b"some words\n" * 40,
    "one byte": b"R",
    "random bytes": random.Random(7).randbytes(50_000),  # noqa: S311  # noise, not a key
    "zeros": bytes(50_000),
    "zip": b"PK\x03\x04" + bytes(5_000),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
    "pdf": b"%PDF-1.7\n" + bytes(5_000),
    "webp": b"RIFF\x20\0\0\0WEBPVP8 " + bytes(5_000),
    "elf": b"\x7fELF" + bytes(5_000),
    "a midi": b"RIFF\xff\xff\0\0RMIDdata" + bytes(5_000),
    "one lucky mp3 header": b"\xff\xfb\x90\x00" + bytes(5_000),
    "id3 tags to the end": b"ID3\3\0\0\0\0\0\0" * 5_000,
}
ELSEWHERE = {
    "ffconcat": b"ffconcat version 1.0\nfile hemmelig.wav",
    "ffconcat with blanks": b"\n  ffconcat version 1.0\nfile hemmelig.wav",
    "m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/hemmelig.ts\n",
    "m3u8 with a byte order mark": b"\xef\xbb\xbf#EXTM3U\nfile:///hemmelig.wav",
    "m3u8 in utf-16": "#EXTM3U\nhemmelig.wav".encode("utf-16"),
    "plain addresses": b"http://127.0.0.1:9/hemmelig.mp3\n",
    "pls": b"[playlist]\nFile1=hemmelig.mp3\n",
    "asx": b'<asx version="3.0"><entry><ref href="hemmelig.wma"/></entry></asx>',
    "xspf": b'<?xml version="1.0"?>\n<playlist xmlns="http://xspf.org/ns/0/"><trackList/></playlist>',
    "dash": b'<?xml version="1.0"?><!-- x --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "smil": b'<smil><body><audio src="hemmelig.mp3"/></body></smil>',
    "sdp": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_is_known_by_its_first_bytes(name: str) -> None:
    """Sniffing gives the container FFmpeg is then told to open, and never needs more than the start."""
    data = tone(BY_NAME[name], 1)
    assert sniff(Held(data)) == BY_NAME[name].container
    assert sniff(Held(data[:HEAD])) == BY_NAME[name].container


@pytest.mark.parametrize("data", NOT_RECORDINGS.values(), ids=NOT_RECORDINGS)
def test_other_files_are_not_recordings(data: bytes) -> None:
    """What has no recording's signature is refused, whatever it is called."""
    with pytest.raises(Refused, match="not a recording"):
        sniff(Held(data))


@pytest.mark.parametrize("data", ELSEWHERE.values(), ids=ELSEWHERE)
def test_files_that_name_other_files_are_told_apart(data: bytes) -> None:
    """Playlists, manifests and session descriptions are known as such, in every dress."""
    with pytest.raises(Refused, match="elsewhere"):
        sniff(Held(data))


def test_every_container_has_a_shape() -> None:
    """No container can be sniffed that the check for cut files does not know."""
    assert {container for _, container in (*SIGNATURES, *AFTER_TAGS, *FRAMES)} == set(SHAPES)


@pytest.mark.parametrize("container", sorted(SHAPES))
def test_shapes_survive_anything(container: str) -> None:
    """Noise, zeros, ones and headers cut at every length give a shape, never an exception or an endless loop."""
    noise = random.Random(container)  # noqa: S311  # noise, not a key
    whole = next((tone(kind, 0.2) for kind in BY_NAME.values() if kind.container == container), b"")
    for data in (b"", bytes(300), b"\xff" * 300, noise.randbytes(300), wav_header(9, riff=0)):
        shape(container, Held(data))
    for length in range(0, min(len(whole), 200), 3):
        shape(container, Held(whole[:length]))
        shape(container, Held(whole[:length] + noise.randbytes(200)))


def test_even_a_playlist_that_got_past_opens_nothing(tmp_path: Path) -> None:
    """Were FFmpeg told to follow a playlist, its every request to open something would still be refused."""
    (tmp_path / "secret.wav").write_bytes(tone(BY_NAME["wav-pcm_s16le"]))
    script = f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n".encode()
    with pytest.raises(Refused):
        _open(Held(script), "concat")
