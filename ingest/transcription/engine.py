"""Speech to text: the protocol every recogniser keeps, and faster-whisper behind it, one window after another."""

from __future__ import annotations

import os
import platform
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Protocol

from ingest.transcription import weights, words
from ingest.transcription.blocks import LONGEST, RATE, blocks, floats, gather
from ingest.transcription.lanes import heard, lanes_for, shared
from ingest.transcription.languages import UNDETERMINED, whisper_code
from storage.errors import BadInput, PipelineFailed
from storage.transcript import Provenance, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ingest.transcription.models import Model


class Recogniser(Protocol):
    """Anything that hears words in sound."""

    def transcribe(
        self, pcm: Iterable[bytes], language: str | None, on_progress: Callable[[float, float], None]
    ) -> Transcript:
        """The words in 16 kHz mono s16le `pcm`; `language` None means find out.

        `on_progress` gets seconds of sound done and in all; what it raises stops the work and passes through.
        """


@dataclass(frozen=True, slots=True)
class Parameters:
    """How Whisper listens. Every field is written down in the transcript.

    `temperatures` is the ladder of Radford et al. 2022: a window whose text repeats itself or is improbable is
    decoded again, sampling more boldly each time. `seed` makes that sampling the same every time.
    """

    beam: int = 5
    precision: str = "int8"
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    seed: int = 1

    def options(self) -> dict[str, Any]:
        """The arguments of faster-whisper's `transcribe` these parameters stand for.

        Voice activity detection is always on, or Whisper invents words in silence. A window is not prompted with
        the text before it, or one loop becomes many and a cut between blocks would show.
        """
        return {
            "beam_size": self.beam,
            "temperature": list(self.temperatures),
            "compression_ratio_threshold": words.REPEATING_ABOVE,
            "log_prob_threshold": words.UNSURE_BELOW,
            "no_speech_threshold": words.SILENT_ABOVE,
            "condition_on_previous_text": False,
            "word_timestamps": True,
            "vad_filter": True,
        }


DEFAULT: Final = Parameters()


class Whisper(Recogniser):
    """Whisper by faster-whisper on the processor; the same sound, model and parameters give the same words."""

    def __init__(self, model: Model, *, cores: int | None = None, parameters: Parameters = DEFAULT) -> None:
        self._model = model
        self._cores = cores or usable_cores()
        self._parameters = parameters

    def transcribe(
        self, pcm: Iterable[bytes], language: str | None, on_progress: Callable[[float, float], None]
    ) -> Transcript:
        """The words in 16 kHz mono s16le `pcm`; without speech, no segments (and language `und` if none was given).

        The model is loaded for each recording: a loaded one carries its sampling over to the next, and two runs
        would then differ. Raises BadInput for a language the model does not know, BadModel for wrong weights,
        BadRecording for half a sample, PipelineFailed if the recogniser gives up.
        """
        asked = whisper_code(language)
        samples = gather(pcm)
        began = time.monotonic()
        lanes = lanes_for(self._model, len(samples) / RATE, self._cores) if asked else 1
        listeners = [
            _Listener(self._load(asked, lanes), self._parameters.options(), asked, len(samples) / RATE)
            for _ in range(lanes)
        ]
        segments = heard(listeners, list(blocks(samples, lanes)), shared(on_progress, len(samples) / RATE))
        made_by = self._provenance(lanes, detected=asked is None, took=time.monotonic() - began)
        spoken = next((listener.language for listener in listeners if listener.language), UNDETERMINED)
        return Transcript(spoken, round(len(samples) / RATE, 3), segments, made_by)

    def _load(self, language: str | None, lanes: int) -> Any:  # noqa: ANN401 - untyped library
        loaded = weights.load(
            self._model,
            cores=max(1, self._cores // lanes),
            precision=self._parameters.precision,
            seed=self._parameters.seed,
        )
        if not loaded.model.is_multilingual and language not in {None, "en"}:
            raise BadInput("This model knows only English; choose another model or language en.")
        return loaded

    def _provenance(self, lanes: int, *, detected: bool, took: float) -> Provenance:
        parameters = self._parameters
        return Provenance(
            stage="transcribe",
            engine="faster-whisper",
            version=f"{version('faster-whisper')}, ctranslate2 {version('ctranslate2')}",
            model=self._model.name,
            model_sha256=self._model.sha256,
            parameters={
                **parameters.options(),
                "precision": parameters.precision,
                "seed": parameters.seed,
                "cores": self._cores,
                "lanes": lanes,
                "block_seconds": LONGEST // RATE,
                "language": "detected" if detected else "given",
            },
            took=round(took, 2),
            machine=machine_class(),
        )


class _Listener:
    """One recording being heard; `language` is None until it is known."""

    def __init__(self, whisper: Any, options: dict[str, Any], language: str | None, duration: float) -> None:  # noqa: ANN401 - untyped library
        self._whisper = whisper
        self._options = options
        self.language = language
        self.duration = duration

    def block(
        self, offset: float, samples: NDArray[np.int16], on_progress: Callable[[float], None]
    ) -> Iterator[Segment]:
        """The segments of one block that starts `offset` seconds in; `on_progress` gets the seconds gone by."""
        gone = offset
        for found in self._heard(floats(samples)):
            if segment := words.segment(found, offset, self.duration):
                yield segment
                on_progress(max(0.0, segment.end - gone))
                gone = max(gone, segment.end)
        on_progress(max(0.0, offset + len(samples) / RATE - gone))

    def _heard(self, samples: NDArray[np.float32]) -> Iterator[Any]:
        with _failures():
            found, about = self._whisper.transcribe(samples, language=self.language, **self._options)
        if not about.duration_after_vad:
            return  # no speech: what it says of the language is a guess about nothing
        self.language = about.language
        yield from _guarded(found)


def _guarded(found: Iterator[Any]) -> Iterator[Any]:
    while True:
        with _failures():
            segment = next(found, None)
        if segment is None:
            return
        yield segment


@contextmanager
def _failures() -> Iterator[None]:
    """The library's errors as one of ours, without its text: that may quote the recording."""
    try:
        with weights.too_big():
            yield
    except (RuntimeError, ValueError, ArithmeticError, LookupError) as error:
        raise PipelineFailed(
            "The recogniser gave up on this recording ({kind}); run it again, or try another model.",
            kind=type(error).__name__,
        ) from None


def machine_class() -> str:
    """The kind of machine, such as `x86_64, 2 cores`; never its name."""
    return f"{platform.machine()}, {usable_cores()} cores"


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
