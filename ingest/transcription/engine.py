"""Speech to text: the protocol every recogniser keeps, and Whisper behind it, as fast as the machine's cores allow.

The sound streams through: cut into stretches, these into chunks, these into batches, and each batch is heard by
whichever worker is free. All workers share one loaded model, and so do recordings that are heard at the same time.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Protocol

from ingest.transcription import hearing, loading
from ingest.transcription.chunks import BATCH
from ingest.transcription.heard import Heard, from_text, to_text
from ingest.transcription.languages import UNDETERMINED, spoken, whisper_code
from ingest.transcription.machine import give_back, machine_class, usable_cores
from ingest.transcription.segments import segments
from ingest.transcription.stretches import RATE
from ingest.transcription.styles import Style, before
from ingest.transcription.work import Batch, Plan
from storage.transcript import Provenance, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.transcription.ears import Ears
    from ingest.transcription.models import Model

    Progress = Callable[[float, float], None]

AHEAD: Final = 2
"""Batches that wait for each worker: enough that none idles, few enough that memory stays flat."""


GIVEN_BACK: Final = 900.0
"""Seconds of sound after which free memory is given back: each time costs a third of a second."""

TRIED: Final = 3
"""Chunks of the first batch, the longest of its stretch, that say what language is spoken."""


class Recogniser(Protocol):
    """Anything that hears words in sound."""

    def transcribe(self, pcm: Iterable[bytes], language: str | None, on_progress: Progress) -> Transcript:
        """The words in 16 kHz mono s16le `pcm`; `language` None means find out.

        `on_progress` gets seconds of sound done and in all; what it raises stops the work and passes through.
        """


class Memory(Protocol):
    """Where what was heard is kept while a recording is under way: a kill loses the batches in flight alone."""

    def recall(self) -> dict[int, str]:
        """What was kept, by the number of the batch."""

    def keep(self, number: int, text: str) -> None:
        """Keep what was heard in a batch; called from the thread that called `transcribe`."""


class Forgetful:
    """Keeps nothing: for recordings that are heard in one go."""

    def recall(self) -> dict[int, str]:
        """Nothing."""
        return {}

    def keep(self, number: int, text: str) -> None:
        """Let it go."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """How Whisper listens. Every field is written down in the transcript, but of `hotwords` only how many.

    `hotwords` are names of the study that may be said; `device` is "cpu" or "cuda".
    """

    beam: int = 3
    precision: str = "int8"
    style: Style = Style.VERBATIM
    hotwords: tuple[str, ...] = ()
    device: str = "cpu"

    def told(self) -> dict[str, object]:
        """For the transcript's provenance: all of it, without a name."""
        return asdict(self) | {"style": self.style.value, "hotwords": len(self.hotwords), "batch": BATCH}


DEFAULT: Final = Parameters()

OURS: Final = 4
"""Raise it with whatever changes the words in this room: how sound is cut, heard or judged."""
_THEIRS: Final = ("faster-whisper", "ctranslate2", "onnxruntime", "tokenizers", "numpy", "av")


def made_with() -> str:
    """The version of all that decides, beside the weights and the parameters, which words are heard in a sound."""
    return ", ".join([str(OURS), *(f"{name} {version(name)}" for name in _THEIRS)])


class Whisper(Recogniser):
    """Whisper by CTranslate2; the same sound, model and parameters give the same words, on any number of cores."""

    def __init__(self, model: Model, *, cores: int | None = None, parameters: Parameters = DEFAULT) -> None:
        self._model = model
        self._cores = cores or usable_cores()
        self._parameters = parameters

    def transcribe(  # noqa: PLR0913  # what a recording brings with it
        self,
        pcm: Iterable[bytes],
        language: str | None,
        on_progress: Progress,
        *,
        channels: Sequence[str] = (),
        duration: float = 0.0,
        memory: Memory | None = None,
    ) -> Transcript:
        """The words in 16 kHz s16le `pcm`; without speech, no segments (and language `und` if none was given).

        With a speaker on each channel, `channels` are their labels and `pcm` is two channels interleaved. `duration`,
        in seconds, lets the progress know what is still to come. Raises BadInput for a language the model does not
        know, BadModel for wrong weights, BadRecording for half a sample, PipelineFailed if the recogniser gives up.
        """
        asked, began = whisper_code(language), time.monotonic()
        with closing(Plan(pcm, max(1, len(channels)), duration)) as work:
            heard, found = self._listened(asked, work, memory or Forgetful(), on_progress)
        on_progress(work.seconds, work.seconds)
        made_by = self._provenance(detected=asked is None, took=time.monotonic() - began)
        return Transcript(found, round(work.seconds, 3), segments(heard, channels), made_by)

    def _listened(
        self, asked: str | None, work: Plan, memory: Memory, on_progress: Progress
    ) -> tuple[list[Heard], str]:
        """With the model lent; nothing of this frame, which holds it, is left when another may be loaded."""
        parameters = self._parameters
        with loading.lent(self._model, self._cores, parameters.precision, parameters.device) as ears:
            ears.require(asked)
            return self._heard(ears, asked, work, memory, on_progress)

    def _heard(
        self, ears: Ears, asked: str | None, work: Plan, memory: Memory, on_progress: Progress
    ) -> tuple[list[Heard], str]:
        language, known, heard = asked, memory.recall(), list[Heard]()

        def new() -> Iterator[tuple[Batch, Callable[[], list[Heard]]]]:
            nonlocal language
            for batch in work.batches():
                if batch.number in known:
                    heard.extend(from_text(known[batch.number]))
                    language = language or heard[-1].language
                    on_progress(*work.done(batch))
                elif batch.chunks:
                    language = language or spoken(hearing.languages(ears, batch.chunks[:TRIED]))
                    yield batch, partial(hearing.hear, ears, batch.chunks, self._manner(language))
                else:
                    on_progress(*work.done(batch))

        waiting = 0.0
        for batch, made in _all(new(), self._cores):
            waiting += batch.seconds
            if waiting >= GIVEN_BACK:
                give_back()
                waiting = 0.0
            memory.keep(batch.number, to_text(made))
            heard.extend(made)
            on_progress(*work.done(batch))
        return heard, language or UNDETERMINED

    def _manner(self, language: str) -> hearing.Manner:
        parameters = self._parameters
        return hearing.Manner(language, before(parameters.style, language, parameters.hotwords), parameters.beam)

    def _provenance(self, *, detected: bool, took: float) -> Provenance:
        return Provenance(
            stage="transcribe",
            engine="tillit-whisper",
            version=made_with(),
            model=self._model.name,
            model_sha256=self._model.sha256,
            parameters=self._parameters.told() | {"language": "detected" if detected else "given"},
            took=round(took, 2),
            machine=machine_class(),
        )


def _all(jobs: Iterator[tuple[Batch, Callable[[], list[Heard]]]], workers: int) -> Iterator[tuple[Batch, list[Heard]]]:
    """Each batch with what was heard in it, as the workers are done; the first failure stops them all.

    The next stretch is planned while the workers hear the one before.
    """
    running: dict[Future[list[Heard]], Batch] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="hearing") as pool:
        try:
            for batch, job in jobs:
                running[pool.submit(job)] = batch
                if len(running) >= AHEAD * workers:
                    yield from _done(running)
            while running:
                yield from _done(running)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _done(running: dict[Future[list[Heard]], Batch]) -> Iterator[tuple[Batch, list[Heard]]]:
    ready, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in ready:
        batch = running.pop(future)
        yield batch, future.result()


__all__ = ["DEFAULT", "RATE", "Forgetful", "Memory", "Parameters", "Recogniser", "Whisper", "made_with"]
