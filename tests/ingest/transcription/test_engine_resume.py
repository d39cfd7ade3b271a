"""A recording whose hearing was interrupted goes on where it was, and ends as if nothing had been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.transcription import hearing, models
from ingest.transcription.engine import Whisper
from ingest.transcription.heard import from_text
from ingest.transcription.stretches import RATE
from tests.ingest.transcription.listen import Died, Notes, ignore, small_windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.transcript import Transcript


@pytest.fixture(scope="module", autouse=True)
def many_batches() -> Iterator[None]:
    """A few seconds are many batches."""
    with small_windows():
        yield


@pytest.fixture(scope="module")
def sound(jfk: bytes) -> list[bytes]:
    """A minute in several stretches: words, a silence, words."""
    return [jfk, bytes(47 * RATE * 2), jfk[: 2 * RATE * 2]]


def listen(sound: list[bytes], notes: Notes, language: str | None = None) -> Transcript:
    """Heard with these notes."""
    return Whisper(models.packaged()).transcribe(sound, language, ignore, memory=notes)


@pytest.fixture(scope="module")
def whole(sound: list[bytes]) -> tuple[Transcript, Notes]:
    """Heard in one go, and what was kept."""
    notes = Notes()
    return listen(sound, notes), notes


def test_every_batch_is_kept_once(whole: tuple[Transcript, Notes]) -> None:
    """Each batch with speech is kept under its number, and silence takes a number but keeps nothing."""
    transcript, notes = whole
    assert len(notes.new) == len(set(notes.new)) >= 3
    assert max(notes.new) > len(notes.new) - 1
    words = [word for text in notes.kept.values() for one in from_text(text) for word in one.words]
    assert len(words) == sum(len(segment.words) for segment in transcript.segments)


@pytest.mark.parametrize("lives", [0, 2])
def test_after_a_kill_only_the_missing_batches_are_heard(
    sound: list[bytes], whole: tuple[Transcript, Notes], lives: int
) -> None:
    """Whenever the machine went down, the second run hears what is missing, and the transcript is the same."""
    transcript, notes = whole
    first = Notes(lives=lives)
    with pytest.raises(Died):
        listen(sound, first)
    assert len(first.kept) == lives
    second = Notes(first.kept)
    again = listen(sound, second)
    assert (again.segments, again.language) == (transcript.segments, transcript.language)
    assert sorted([*first.new, *second.new]) == sorted(notes.new)
    assert second.kept == notes.kept


def test_batches_may_be_missing_anywhere(
    sound: list[bytes], whole: tuple[Transcript, Notes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers end in any order: with the first batch lost and later ones kept, one batch alone is heard again."""
    transcript, notes = whole
    heard: list[int] = []
    real = hearing.hear

    def counted(*given: object) -> object:
        heard.append(1)
        return real(*given)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(hearing, "hear", counted)
    lost = Notes({number: text for number, text in notes.kept.items() if number != 0})
    assert listen(sound, lost).segments == transcript.segments
    assert (lost.new, len(heard)) == ([0], 1)


def test_with_everything_kept_nothing_is_heard(
    sound: list[bytes], whole: tuple[Transcript, Notes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that died after its last batch is finished from the notes alone, its language among them."""
    transcript, notes = whole

    def never(*_given: Sequence[object]) -> None:
        raise AssertionError

    monkeypatch.setattr(hearing, "hear", never)
    monkeypatch.setattr(hearing, "languages", never)
    again = listen(sound, Notes(notes.kept))
    assert (again.segments, again.language, again.duration) == (
        transcript.segments, transcript.language, transcript.duration,
    )  # fmt: skip


def test_progress_starts_where_it_was(sound: list[bytes], whole: tuple[Transcript, Notes]) -> None:
    """What was kept counts as done, and the end is the end."""
    _, notes = whole
    seen: list[tuple[float, float]] = []
    kept = Notes({number: text for number, text in notes.kept.items() if number < max(notes.kept)})
    Whisper(models.packaged()).transcribe(sound, None, lambda *told: seen.append(told), memory=kept)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] == pytest.approx(sum(map(len, sound)) / 2 / RATE)
    assert len(seen) > len(notes.kept)
