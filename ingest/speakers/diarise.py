"""Diarisation: who spoke when in a recording, on the processor, with nothing but packaged models.

pyannote segmentation-3.0 finds speech, changes and overlap in ten-second windows; CAM++ takes a voiceprint of every
second of it; clustering tells how many voices there are, or parts them into as many as are known to be there.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.speakers import clustering, listening, networks, segmentation, shaping, telling
from ingest.speakers.clustering import MOST
from ingest.transcription.machine import usable_cores
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ingest.speakers.turns import Speakers


class Diariser:
    """Tells speakers apart; the same sound and count give the same turns, on any number of cores."""

    def __init__(self, cores: int | None = None) -> None:
        self._cores = cores or usable_cores()

    def diarise(self, pcm: Iterable[bytes], count: int | None, on_progress: Callable[[float], None]) -> Speakers:
        """Who spoke when in 16 kHz mono s16le chunks; without speech, no turns.

        `count` None finds from one to six speakers; fewer than asked for come back only from a second or two of
        speech. `on_progress` gets the seconds of sound done; what it raises stops the work and passes through.
        Raises BadInput for a count outside 1 to 6, BadModel if the weights are missing, BadRecording for half a
        sample, PipelineFailed if a network gives up.
        """
        if count is not None and not 1 <= count <= MOST:
            raise BadInput("From one to {most} speakers can be told apart; give such a number, or none.", most=MOST)
        for network in (networks.SEGMENTATION, networks.VOICEPRINT):
            networks.loaded(network)
        with ThreadPoolExecutor(self._cores, thread_name_prefix="voices") as pool:
            heard = listening.listen(pcm, pool, on_progress)
        return telling.told(heard, count)

    @property
    def facts(self) -> dict[str, object]:
        """What made the turns, for the provenance of an artefact. Raises BadModel."""
        return {
            "engine": "pyannote segmentation-3.0, CAM++",
            "version": f"{networks.PACKAGE} {networks.package_version()}, onnxruntime {version('onnxruntime')}",
            "segmentation_sha256": networks.SEGMENTATION.sha256,
            "voiceprint_sha256": networks.VOICEPRINT.sha256,
            "window_seconds": segmentation.WINDOW / 16_000,
            "step_frames": segmentation.STEP,
            "voiceprint_seconds": listening.LOOKED,
            "voiceprint_every": listening.HOP,
            "one_voice": clustering.ONE_VOICE,
            "alike": clustering.ALIKE,
            "largest": clustering.LARGEST,
            "trust": telling.TRUST,
            "change": [telling.CHANGE_WITHIN, telling.CHANGE_BETWEEN, telling.CHANGE_AFTER_PAUSE],
            "closed_seconds": shaping.CLOSED,
            "widened_seconds": [shaping.BEFORE, shaping.AFTER],
            "cores": self._cores,
        }
