"""Loading a checked model into faster-whisper, with the network and the loggers shut."""

from __future__ import annotations

import ctypes
import logging
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from ingest.transcription import models
from storage.errors import BadInput, BadModel, PipelineFailed, TillitError

if TYPE_CHECKING:
    from collections.abc import Iterator


_ARENA_MAX: Final = -8  # malloc.h
_MMAP_MAX: Final = -4  # malloc.h
_TRIM_THRESHOLD: Final = -1  # malloc.h
_NEVER: Final = 2**31 - 1  # bytes


@contextmanager
def too_big() -> Iterator[None]:
    """Say what to do when the machine's memory does not hold the model or the sound."""
    try:
        yield
    except MemoryError:
        raise PipelineFailed(
            "The machine has too little free memory for this model; close other programs or choose a smaller model."
        ) from None


def load(model: models.Model, *, workers: int, precision: str, device: str = "cpu") -> Any:  # noqa: ANN401 - untyped library
    """A `faster_whisper.WhisperModel` of files that were hashed just now; raises BadModel if they are not right.

    `workers` threads may use it at once, a core each, over one copy of the weights.
    """
    shut_the_network()
    _keep_one_heap()
    import ctranslate2  # noqa: PLC0415 - takes half a second, which only those who transcribe should wait
    import faster_whisper  # noqa: PLC0415 - the same
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - starts onnxruntime

    _hush(ctranslate2)
    get_vad_model()  # kept by the library; else the first recording waits for it
    if device == "cuda" and not ctranslate2.get_cuda_device_count():
        raise BadInput("The recogniser finds no graphics card here that it can use. Leave the device at cpu.")
    place, files = _source(model)
    try:
        with too_big():
            loaded = faster_whisper.WhisperModel(
                place, files=files, device=device, compute_type=precision, cpu_threads=1, num_workers=workers,
                local_files_only=True,
            )  # fmt: skip
    except TillitError:
        raise
    except Exception:  # noqa: BLE001 - tokenizers raises bare Exception, CTranslate2 any of several
        raise BadModel("The recogniser could not read the model; it is damaged, or made by another version.") from None
    _refuse_wrong_features(loaded)
    return loaded


def _keep_one_heap() -> None:
    """Let all threads allocate from one heap, whatever the size, where the C library has switches for that.

    With a heap a thread, what one worker has freed is of no use to the next: a tenth more memory, and no faster. And
    each window takes and frees buffers of 72 MB: mapped anew every time, as glibc does unless told otherwise, a tenth
    of the time goes to the system for empty pages. `machine.give_back` trims the heap. Source: mallopt(3).
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, 1)
        library.mallopt(_MMAP_MAX, 0)
        library.mallopt(_TRIM_THRESHOLD, _NEVER)


def shut_the_network() -> None:
    """Before any of them is imported, tell the libraries that there is no network.

    onnxruntime's wheels since 1.32 report to Microsoft, and write a device id into the home folder, as soon as they
    are imported (its Privacy.md); only this variable, set before, stops it. Hugging Face's hub is never asked, and
    would find itself offline.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _hush(ctranslate2: Any) -> None:  # noqa: ANN401 - untyped library
    """No library writes about a recording: not its length, its language, nor where in it is speech."""
    logger = logging.getLogger("faster_whisper")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    ctranslate2.set_log_level(logging.CRITICAL)


def _source(model: models.Model) -> tuple[str, dict[str, object] | None]:
    if model.folder is not None:
        models.check(model)
        return str(model.folder), None
    files: dict[str, object] = dict(models.packaged_files())
    files["model.bin"] = _Once(files.pop("model.bin"))
    # Without one of its own, faster-whisper looks for this file under the current directory.
    files.setdefault(models.FEATURES, b"{}")
    return model.name, files


class _Once:
    """A file that is forgotten when it has been read: CTranslate2 copies it, and 145 MB twice is too much."""

    def __init__(self, content: object) -> None:
        self._content: object = content

    def read(self) -> object:
        content, self._content = self._content, b""
        return content


def _refuse_wrong_features(loaded: Any) -> None:  # noqa: ANN401 - untyped library
    bands = len(loaded.feature_extractor.mel_filters)
    if loaded.model.n_mels != bands:
        raise BadModel(
            "The model wants {wanted} mel bands but its folder says {said}; copy preprocessor_config.json to it.",
            wanted=loaded.model.n_mels,
            said=bands,
        )
