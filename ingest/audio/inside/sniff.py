"""What kind of file this is, by its first bytes alone; what it is called never matters.

FFmpeg guesses by name and content, and among its guesses are playlists that open other files. So the guess is ours:
a short list of containers, each by the signature its specification gives, and FFmpeg is told which one it is. The
list is what recorders, phones and cameras write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .frames import ac3_frame, adts_frame, eac3_frame, mpeg_frame
from .refused import Code, Refused

if TYPE_CHECKING:
    from .source import Source

HEAD = 4096
MOST_TAGS = 16
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
SIGNATURES = (
    (re.compile(rb"(RIFF|RIFX|RF64|BW64)....WAVE", re.DOTALL), "wav"),
    (re.compile(re.escape(W64_RIFF)), "w64"),
    (re.compile(rb"RIFF....AVI[ X]", re.DOTALL), "avi"),
    (re.compile(rb"FORM....AIF[FC]", re.DOTALL), "aiff"),
    (re.compile(rb"caff\x00\x01"), "caf"),
    (re.compile(rb"\.snd"), "au"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"wvpk"), "wv"),
    (re.compile(rb"TTA1"), "tta"),
    (re.compile(rb"DSD \x1c\x00{7}"), "dsf"),
    (re.compile(rb"OggS\x00"), "ogg"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "matroska"),
    (re.compile(rb"....(ftyp|moov|mdat|wide|free|skip|pnot)", re.DOTALL), "mp4"),
    (re.compile(re.escape(ASF_HEADER)), "asf"),
    (re.compile(rb"#!AMR(-WB)?\n"), "amr"),
    (re.compile(rb"ea3\x03|EA3[\x01-\x03]\x00\x60", re.DOTALL), "oma"),
    (re.compile(rb"(\x47.{187}){4}\x47|(.{4}\x47.{187}){4}.{4}\x47", re.DOTALL), "mpegts"),
    (re.compile(rb"\x00\x00\x01\xba[\x21\x40-\x7f]"), "mpeg"),
)
OPEN_OMA = (b"\xff\xff", b"\xff\x80")
AFTER_TAGS = (b"fLaC", "flac"), (b"TTA1", "tta")
FRAMES = (mpeg_frame, "mp3"), (adts_frame, "aac"), (ac3_frame, "ac3"), (eac3_frame, "eac3")
# Recordings that no free decoder reads, and whose software does.
CLOSED: tuple[tuple[re.Pattern[bytes], Code], ...] = (
    # Olympus, Grundig and Philips dictation: "\x02dss", "\x03ds2", and "enc" when it is encrypted.
    (re.compile(rb"[\x00-\x0f](dss|ds2|enc)"), "dictation"),
    (re.compile(rb"MS_VOICE"), "sony"),  # .msv and .dvf in ADPCM, LPEC or TRC
    (re.compile(rb"\x02?#!SILK|#!EVS|#!AMR(-WB)?_MC1\.0\n"), "unsupported"),  # voice messages
    (re.compile(rb"RIFF....QLCM|\.RMF|\.ra\xfd|MAC |FRM8....|Creative Voice File", re.DOTALL), "unsupported"),
)
# Text that makes a player open something else: concat scripts, playlists, manifests, session descriptions.
ELSEWHERE = re.compile(
    rb"\s*(ffconcat|#EXTM3U|#EXTINF|\[playlist\]|\[Reference\]|RTSPtext|SMILtext|v=0\s+[oms]="
    rb"|(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(asx|smil|MPD|playlist|SmoothStreamingMedia)\b"
    rb"|(https?|ftp|rtsp|rtmp|mms|file|concat|subfile|crypto|data):\S)",
    re.IGNORECASE | re.DOTALL,
)

BYTE_ORDER_MARKS = b"\xef\xbb\xbf\xff\xfe"


def sniff(source: Source) -> str:
    """The name FFmpeg has for this container. Raises Refused for all that is not on the list."""
    head = source.at(0, HEAD)
    if not head:
        raise Refused("empty")
    for signature, container in SIGNATURES:
        if signature.match(head):
            return container if container != "oma" else _open_oma(source)
    for signature, why in CLOSED:
        if signature.match(head):
            raise Refused(why)
    if ELSEWHERE.match(head.lstrip(BYTE_ORDER_MARKS).replace(b"\x00", b"")):
        raise Refused("elsewhere")
    return _bare_stream(source)


def _open_oma(source: Source) -> str:
    """Sony OpenMG, as MiniDiscs wrote it: what stands at 6 after the tag says whether it is encrypted."""
    if source.at(after_id3(source, b"ea3") + 6, 2) not in OPEN_OMA:
        raise Refused("sony")
    return "oma"


def _bare_stream(source: Source) -> str:
    """A coding without a container: no signature, so two frames must follow each other as their headers say."""
    start = after_id3(source)
    head = source.at(start, HEAD)
    for signature, container in AFTER_TAGS:
        if head.startswith(signature):
            return container
    for measure, container in FRAMES:
        length = measure(head)
        if length and measure(source.at(start + length, HEAD)):
            return container
    if start and _sync_in(head):
        return "mp3"
    raise Refused("not a recording")


def after_id3(source: Source, magic: bytes = b"ID3") -> int:
    """The offset after the ID3v2 tags at the start; sizes are four times seven bits (ID3v2.4 §3.1)."""
    start = 0
    for _ in range(MOST_TAGS):
        tag = source.at(start, 10)
        if tag[:3] != magic or len(tag) < 10:
            break
        size = 0
        for byte in tag[6:10]:
            size = size << 7 | byte & 0x7F
        start += 10 + size + (10 if tag[5] & 0x10 else 0)
    return start


def _sync_in(head: bytes) -> bool:
    """Whether an MPEG frame follows an ID3 tag after padding, as some recorders write it."""
    return any(mpeg_frame(head[at : at + 4]) for at in range(len(head) - 4))
