"""The words that go over the two pipes between Tillit and the decoder.

From the decoder: one letter and a length (`HEAD`), then that many bytes. `READ` carries the number of a part from 0,
an offset and a length (`SPAN`) and is answered by a length (`LENGTH`) and that many bytes of that part, fewer only
at its end. `DATA` carries what was made, `MEASURED` a piece of what was measured on the way. `DONE` comes last, with
a JSON object: a code, numbers and words from short lists, never a library's own words.
"""

from __future__ import annotations

from struct import Struct

HEAD = Struct("<cI")
SPAN = Struct("<HQI")
LENGTH = Struct("<I")

READ, DATA, MEASURED, DONE = b"R", b"D", b"M", b"S"

LONGEST_READ = 1 << 18
LONGEST_DATA = 1 << 16
LONGEST_DONE = 1 << 16  # some 500 bytes a part
MOST_PARTS = 99  # a card full of files of one interview
