"""What kind of file this is, by its first bytes alone.

FFmpeg guesses by name and content, and among its guesses are playlists that open other files. So the guess is ours:
a short list of containers, each by the signature its specification gives, and FFmpeg is told which one it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .refused import Refused

if TYPE_CHECKING:
    from .source import Source

HEAD = 4096
MOST_TAGS = 16
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
SIGNATURES = (
    (re.compile(rb"(RIFF|RIFX|RF64|BW64)....WAVE", re.DOTALL), "wav"),
    (re.compile(re.escape(W64_RIFF)), "w64"),
    (re.compile(rb"FORM....AIF[FC]", re.DOTALL), "aiff"),
    (re.compile(rb"caff\x00\x01"), "caf"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"OggS\x00"), "ogg"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "matroska"),
    (re.compile(rb"....(ftyp|moov|mdat|wide|free|skip)", re.DOTALL), "mp4"),
    (re.compile(re.escape(ASF_HEADER)), "asf"),
    (re.compile(rb"#!AMR(-WB)?\n"), "amr"),
)
# Olympus, Grundig and Philips dictation: "\x02dss", "\x03ds2", and "enc" when it is encrypted.
DICTATION = re.compile(rb"[\x00-\x0f](dss|ds2|enc)")
# Text that makes a player open something else: concat scripts, playlists, manifests, session descriptions.
ELSEWHERE = re.compile(
    rb"\s*(ffconcat|#EXTM3U|#EXTINF|\[playlist\]|\[Reference\]|RTSPtext|SMILtext|v=0\s+[oms]="
    rb"|(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(asx|smil|MPD|playlist|SmoothStreamingMedia)\b"
    rb"|(https?|ftp|rtsp|rtmp|mms|file|concat|subfile|crypto|data):\S)",
    re.IGNORECASE | re.DOTALL,
)

BYTE_ORDER_MARKS = b"\xef\xbb\xbf\xff\xfe"

BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, MPEG-1 layer III
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG-2 and 2.5 layer III
RATES = (44100, 48000, 32000)


def sniff(source: Source) -> str:
    """The name FFmpeg has for this container. Raises Refused for all that is not on the list."""
    head = source.at(0, HEAD)
    if not head:
        raise Refused("empty")
    for signature, container in SIGNATURES:
        if signature.match(head):
            return container
    if DICTATION.match(head):
        raise Refused("unsupported")
    if ELSEWHERE.match(head.lstrip(BYTE_ORDER_MARKS).replace(b"\x00", b"")):
        raise Refused("elsewhere")
    return _bare_stream(source)


def _bare_stream(source: Source) -> str:
    """MP3 or ADTS AAC: no signature, so two frames must follow each other as their headers say."""
    start = after_id3(source)
    head = source.at(start, HEAD)
    if head.startswith(b"fLaC"):
        return "flac"
    for measure, container in ((mp3_frame, "mp3"), (adts_frame, "aac")):
        length = measure(head)
        if length and measure(source.at(start + length, HEAD)):
            return container
    if start and _sync_in(head):
        return "mp3"
    raise Refused("not a recording")


def after_id3(source: Source) -> int:
    """The offset after the ID3v2 tags at the start; sizes are four times seven bits (ID3v2.4 §3.1)."""
    start = 0
    for _ in range(MOST_TAGS):
        tag = source.at(start, 10)
        if tag[:3] != b"ID3" or len(tag) < 10:
            break
        size = 0
        for byte in tag[6:10]:
            size = size << 7 | byte & 0x7F
        start += 10 + size + (10 if tag[5] & 0x10 else 0)
    return start


def mp3_frame(head: bytes) -> int:
    """The length of the MPEG layer III frame at the start, 0 if there is none (ISO 11172-3 §2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in {0, 15} or rate == 3:
        return 0
    divider = {3: 1, 2: 2, 0: 4}[version]
    kbits = (BITRATES_1 if version == 3 else BITRATES_2)[bitrate]
    slots = 144_000 if version == 3 else 72_000
    return slots * kbits // (RATES[rate] // divider) + (head[2] >> 1 & 1)


def adts_frame(head: bytes) -> int:
    """The length of the ADTS frame at the start, 0 if there is none (ISO 13818-7 §6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _sync_in(head: bytes) -> bool:
    """Whether a layer III frame follows an ID3 tag after padding, as some recorders write it."""
    return any(mp3_frame(head[at : at + 4]) for at in range(len(head) - 4))
