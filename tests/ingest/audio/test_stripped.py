"""Nothing that is written in a recording goes anywhere but to its origin."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from ingest.audio import decode

from .making import BY_NAME, tone
from .planted import broadcast, id3, pictured, seen, tagged

if TYPE_CHECKING:
    from ingest.audio.decode import Levels

# What each kind of file can hold, at the least; so that a canary that was never planted is not counted as absent.
TAGGED = {
    "wav-pcm_s24le-write_bext": {"title", "comment", "originator", "coding_history"},
    "aiff-pcm_s16be": {"title", "comment", "copyright"},
    "caf-pcm_s16le": {"title", "location", "lyrics", "anything at all"},
    "au-pcm_s16be": {"title", "artist"},
    "flac-flac": {"title", "location", "lyrics", "make", "anything at all"},
    "mp3-mp3float": {"title", "location", "lyrics", "make", "anything at all", "chapter"},
    "ogg-opus": {"stream", "location", "lyrics", "make", "anything at all", "chapter"},
    "wv-wavpack": {"title", "location", "lyrics"},
    "tta-tta": {"title", "location", "lyrics"},
    "asf-wmav2": {"title", "location", "lyrics", "WM/AuthorURL"},
    "avi-mp3float": {"title", "comment"},
    "ipod-aac": {"title", "lyrics", "com.apple.quicktime.make", "stream", "chapter"},
    "mov-pcm_s16le": {"title", "make", "com.apple.quicktime.make", "subtitle", "chapter"},
    "matroska-pcm_s16le": {"title", "stream", "second", "chapter", "subtitle", "attachment", "cover"},
    "webm-opus": {"title", "stream", "second"},
    "mpegts-mp3float": set(),
}
BY_HAND = {
    "a broadcast wav": (broadcast(), {"bext", "ixml", "label", "id3", "cover"}),
    "an mp3 with a picture": (id3() + tone(BY_NAME["mp3-mp3float"], 1), {"id3", "cover"}),
    "aac after a tag": (id3() + tone(BY_NAME["adts-aac"], 1), {"id3", "cover"}),
    "a flac with a picture": (pictured(), {"cover"}),
}


def _derived(data: bytes) -> bytes:
    """Everything that is made of a recording, one after the other."""
    made = [json.dumps([part.to_dict() for part in decode.check([io.BytesIO(data)]).parts]).encode()]
    made += [b"".join(decode.pcm([io.BytesIO(data)], channels)) for channels in (1, 2)]
    copying = decode.listening_copy([io.BytesIO(data)])
    while True:
        try:
            made.append(next(copying))
        except StopIteration as end:
            levels: Levels = end.value
            return b"".join([*made, levels.to_bytes()])


@pytest.mark.parametrize(("name", "held"), TAGGED.items(), ids=TAGGED)
def test_nothing_written_by_pyav_is_in_what_is_derived(name: str, held: set[str]) -> None:
    """Tags, chapters, subtitles, attachments and other streams of every container stay behind."""
    data = tagged(BY_NAME[name])
    assert held <= seen(data)
    assert not seen(_derived(data))


@pytest.mark.parametrize(("data", "held"), BY_HAND.values(), ids=BY_HAND)
def test_nothing_written_by_hand_is_in_what_is_derived(data: bytes, held: set[str]) -> None:
    """Chunks and frames that PyAV cannot write stay behind as well: bext, iXML, labels, pictures, private frames."""
    assert held <= seen(data)
    assert not seen(_derived(data))


def test_origins_are_where_it_goes() -> None:
    """The canaries are read, so the tests above mean something: they come out as origins, and only there."""
    origin = decode.check([io.BytesIO(tagged(BY_NAME["flac-flac"]))]).origins[0]
    assert origin.device is not None
    assert "Kanarif" in origin.device


def test_the_same_sound_gives_the_same_bytes() -> None:
    """Two recordings of the same samples with different words in them cannot be told apart by what is made of them."""
    plain, full = tone(BY_NAME["flac-flac"], 1), pictured()
    copies = [b"".join(decode.listening_copy([io.BytesIO(data)])) for data in (plain, full)]
    assert copies[0] == copies[1]
