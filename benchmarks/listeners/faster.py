"""faster-whisper: with its defaults, batched, and with the parameters of three programs that are built on it.

The parameters were read from the programs' repositories:

- noScribe, kaixxx/noScribe at bc94110, noScribe/whisper_mp_worker.py and noScribe/main.py: compute type "default"
  (float32 on a processor), as many threads as cores, beam 5, words, VAD at 0.5 with pauses of 500 ms and 50 ms around
  speech. Its prompt, a sentence with filled pauses in the language of the recording, is left out.
- aTrain, aTrainTranscription/aTrain at 17abd24, aTrain_core/engine.py, and JuergenFleiss/aTrain at c969214,
  compute_type.html (int8 is chosen at first): beam 5, words, VAD, everything else as faster-whisper has it.
- whisperX, m-bain/whisperX at 2cfd7b7, whisperx/asr.py and whisperx/__main__.py: float32, batches of 8, beam 5, no
  timestamps, VAD with onset 0.500 and offset 0.363 in chunks of 30 s. Its VAD is pyannote's, which needs torch; here
  Silero's decides by the same two numbers. Its alignment with another model is left out.

Nobody is given more threads than CTranslate2 takes by itself. Fallback draws random numbers; they begin the same here,
so that a table is the same twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import ctranslate2
import faster_whisper

from benchmarks.listeners import BATCHED, PLAIN, child

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Parameters:
    """How a row loads and calls faster-whisper."""

    precision: str = "int8"
    batched: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


PARAMETERS: Final = {
    PLAIN: Parameters(),
    BATCHED: Parameters(batched=True, options={"batch_size": 8, "beam_size": 5}),
    "noscribe": Parameters(
        precision="default",
        options={
            "beam_size": 5,
            "word_timestamps": True,
            "vad_filter": True,
            "vad_parameters": {"threshold": 0.5, "min_silence_duration_ms": 500, "speech_pad_ms": 50},
        },
    ),
    "atrain": Parameters(options={"beam_size": 5, "word_timestamps": True, "vad_filter": True}),
    "whisperx": Parameters(
        precision="float32",
        batched=True,
        options={
            "batch_size": 8,
            "beam_size": 5,
            "without_timestamps": True,
            "vad_parameters": {"threshold": 0.5, "neg_threshold": 0.363},
        },
    ),
}


def load(row: str, model: Path, loading: child.Loading) -> child.Ready:
    """The model of a row, and the way the row calls it."""
    parameters = PARAMETERS[row]
    ctranslate2.set_random_seed(1)
    with loading:
        whisper = faster_whisper.WhisperModel(
            str(model), device="cpu", compute_type=parameters.precision, local_files_only=True
        )
    listener = faster_whisper.BatchedInferencePipeline(whisper) if parameters.batched else whisper

    def ready(pcm: Path, language: str, hotwords: Sequence[str]) -> Callable[[], str]:
        samples = child.floats(pcm)
        options = {**parameters.options, **({"hotwords": ", ".join(hotwords)} if hotwords else {})}

        def hear() -> str:
            segments, _ = listener.transcribe(samples, language=language, **options)
            return " ".join(segment.text.strip() for segment in segments)

        return hear

    return ready


if __name__ == "__main__":
    child.main(load)
