"""The words that go over the two pipes between Tillit and the decoder.

From the decoder: one letter and a length (`HEAD`), then that many bytes. `READ` carries an offset and a length
(`SPAN`) and is answered by a length (`LENGTH`) and that many bytes of the recording, fewer only at its end. `DATA`
carries what was made. `DONE` comes last, with a JSON object: a code and numbers, never a library's own words.
"""

from __future__ import annotations

from struct import Struct

HEAD = Struct("<cI")
SPAN = Struct("<QI")
LENGTH = Struct("<I")

READ, DATA, DONE = b"R", b"D", b"S"

LONGEST_READ = 1 << 18
LONGEST_DATA = 1 << 16
LONGEST_DONE = 1 << 11
