"""Any number of workers, and of recordings at once, hear the same words; and all stop when one of them must."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from ingest.transcription import hearing, models
from ingest.transcription.engine import Whisper
from ingest.transcription.stretches import RATE
from storage.errors import PipelineFailed
from tests.ingest.transcription.listen import Notes, hear, ignore, small_windows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from storage.transcript import Transcript


@pytest.fixture(autouse=True)
def many_batches() -> Iterator[None]:
    """A few seconds are many batches."""
    with small_windows():
        yield


class Withdrawn(Exception):
    """The participant has withdrawn."""


class Decoder:
    """Sound that a generator decodes, and whether it has ended."""

    def __init__(self, sound: bytes) -> None:
        self.ended = False
        self.pcm = self._decode(sound)

    def _decode(self, sound: bytes) -> Generator[bytes, None, None]:
        try:
            while True:  # the stretches to come, for as long as somebody listens
                yield sound.ljust(20 * RATE * 2, b"\0")
        finally:
            self.ended = True


def workers() -> list[str]:
    """The threads that hear, or wait to."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("hearing")]


def test_any_number_of_workers_hears_the_same_words(jfk: bytes) -> None:
    """One, two and three workers give the same segments, words, times and doubts, in whatever order they end."""
    one, two, three = (hear(jfk, "en", cores=cores) for cores in (1, 2, 3))
    assert one.segments == two.segments == three.segments
    assert len(one.segments) > 1


def test_two_recordings_at_once_hear_what_each_hears_alone(jfk: bytes, king: bytes) -> None:
    """Recordings that share a model at the same time do not hear each other."""

    def pair(how: ThreadPoolExecutor) -> list[Transcript]:
        return [one.result() for one in [how.submit(hear, jfk, None), how.submit(hear, king[: 5 * RATE * 2], "no")]]

    with ThreadPoolExecutor(2) as both, ThreadPoolExecutor(1) as alone:
        together, apart = pair(both), pair(alone)
    assert [one.segments for one in together] == [one.segments for one in apart]
    assert [one.language for one in together] == ["en", "no"]


@pytest.mark.parametrize("error", [Withdrawn, KeyboardInterrupt])
def test_what_progress_raises_stops_the_work(jfk: bytes, error: type[BaseException]) -> None:
    """A withdrawal, or a person's Ctrl-C, passes through; when it arrives, workers and decoder have ended."""

    def stop(_done: float, _total: float) -> None:
        raise error

    decoder = Decoder(jfk)
    with pytest.raises(error) as caught:
        Whisper(models.packaged()).transcribe(decoder.pcm, "en", stop)
    assert caught.traceback
    assert decoder.ended
    assert workers() == []


def test_a_worker_that_fails_stops_them_all(jfk: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """One batch that cannot be heard ends the work with its sentence, and with it the decoder, though it has more."""

    def fail(*_args: object) -> None:
        raise PipelineFailed("The recogniser gave up.")

    monkeypatch.setattr(hearing, "hear", fail)
    decoder = Decoder(jfk)
    with pytest.raises(PipelineFailed, match="gave up") as caught:
        Whisper(models.packaged()).transcribe(decoder.pcm, "en", ignore)
    assert caught.traceback
    assert decoder.ended
    assert workers() == []


def test_what_the_decoder_raises_passes_through(jfk: bytes) -> None:
    """That a recording turns out damaged half way is told in the decoder's own words, and nobody works on."""

    def damaged() -> Iterator[bytes]:
        yield jfk.ljust(60 * RATE * 2, b"\0")
        raise Withdrawn

    with pytest.raises(Withdrawn):
        Whisper(models.packaged()).transcribe(damaged(), "en", ignore)
    assert workers() == []


def test_everything_is_kept_from_the_callers_own_thread(jfk: bytes) -> None:
    """What keeps batches, and is told of progress, may belong to one thread, as a database session does."""
    seen: set[int] = set()

    class Careful(Notes):
        def keep(self, number: int, text: str) -> None:
            seen.add(threading.get_ident())
            super().keep(number, text)

    notes = Careful()
    Whisper(models.packaged()).transcribe(
        [jfk], "en", lambda _done, _total: seen.add(threading.get_ident()), memory=notes
    )
    assert seen == {threading.get_ident()}
    assert len(notes.new) >= 2
