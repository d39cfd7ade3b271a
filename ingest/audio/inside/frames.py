"""Codings without a container: one frame after another, each with a header that says how long it is.

Each function gives the length in bytes of the frame that these bytes begin with, 0 if there is none.
"""

from __future__ import annotations

# kbit/s by layer (I, II, III) for MPEG-1, and for MPEG-2 and 2.5 (ISO 11172-3 §2.4.2.3, ISO 13818-3 §2.4.2.3).
MPEG_1 = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
MPEG_2 = (
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
MPEG_RATES = (44100, 48000, 32000)
AC3_KBITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
AC3_RATES = (48000, 44100, 32000)
NEWEST_AC3, NEWEST_EAC3 = 10, 16  # bsid (ATSC A/52 annex E §2.3.1.6)


def mpeg_frame(head: bytes) -> int:
    """MPEG audio, layer I, II or III (ISO 11172-3 §2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer, bitrate, rate = head[1] >> 3 & 3, 3 - (head[1] >> 1 & 3), head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 3 or bitrate in {0, 15} or rate == 3:
        return 0
    bits = 1000 * (MPEG_1 if version == 3 else MPEG_2)[layer][bitrate]
    hertz = MPEG_RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
    padding = head[2] >> 1 & 1
    if layer == 0:
        return 4 * (12 * bits // hertz + padding)
    samples = 576 if layer == 2 and version != 3 else 1152
    return samples // 8 * bits // hertz + padding


def adts_frame(head: bytes) -> int:
    """AAC in ADTS (ISO 13818-7 §6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def ac3_frame(head: bytes) -> int:
    """AC-3 (ATSC A/52 §5.3.1, table 5.18)."""
    if len(head) < 6 or head[:2] != b"\x0b\x77" or head[5] >> 3 > NEWEST_AC3:
        return 0
    rate, size = head[4] >> 6, head[4] & 63
    if rate == 3 or size >= 2 * len(AC3_KBITS):
        return 0
    words = AC3_KBITS[size >> 1] * 96_000 // AC3_RATES[rate]
    return 2 * (words + (size & 1 if rate == 1 else 0))


def eac3_frame(head: bytes) -> int:
    """Enhanced AC-3 (ATSC A/52 annex E §2.2.2)."""
    if len(head) < 6 or head[:2] != b"\x0b\x77" or not NEWEST_AC3 < head[5] >> 3 <= NEWEST_EAC3:
        return 0
    return 2 * (((head[2] & 7) << 8 | head[3]) + 1)
