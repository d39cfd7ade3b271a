"""How often real speech is doubted: never, if it is heard as it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.transcription.guards import decayed, doubts
from tests.conftest import REPO
from tests.ingest.pseudonyms.passages import BOKMAAL, DANISH, ENGLISH, LOWER, NYNORSK
from tests.planted.said import in_chunks, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REFERENCES = {
    "king.txt": "no", "columbia.txt": "en", "jfk.txt": "en", "en-spontaneous-1.txt": "en",
    "en-spontaneous-2.txt": "en", "sv-1.txt": "sv", "sv-2.txt": "sv", "sv-3.txt": "sv", "sv-4.txt": "sv",
}  # fmt: skip
PACES = (2.5, 5.0, 8.0)


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("name", REFERENCES)
def test_the_reference_texts_raise_no_doubt(shared: Callable[[str], Path], name: str, pace: float) -> None:
    """What was really said in the recordings, from slow to fast, is not doubted anywhere."""
    chunks = in_chunks(shared(name).read_text(encoding="utf-8"), REFERENCES[name], pace)
    assert [doubts(chunk) for chunk in chunks] == [()] * len(chunks)
    assert decayed(chunks) == ()


@pytest.mark.parametrize("pace", PACES)
def test_the_sample_interview_raises_no_doubt(pace: float) -> None:
    """The interview with its hesitations and repetitions is not doubted, turn by turn or in chunks."""
    turns = [line.partition(": ")[2] for line in (REPO / "samples/interview.txt").read_text().splitlines()]
    chunks = in_chunks(" ".join(turns), "en", pace)
    assert [doubts(chunk) for chunk in chunks] == [()] * len(chunks)
    assert [doubts(said(turn, "en", pace=pace)) for turn in turns if turn] == [()] * len(
        [turn for turn in turns if turn]
    )
    assert decayed(chunks) == ()


@pytest.mark.parametrize(
    ("passages", "language"),
    [(BOKMAAL, "no"), (NYNORSK, "nn"), (NYNORSK, "no"), (DANISH, "da"), (ENGLISH, "en"), (LOWER, "no")],
)
def test_passages_raise_no_doubt(passages: tuple[str, ...], language: str) -> None:
    """Interview passages in the written languages of the house, each alone and all together, are not doubted."""
    assert [doubts(said(passage, language)) for passage in passages] == [()] * len(passages)
    assert doubts(said(" ".join(passages), language)) == ()
