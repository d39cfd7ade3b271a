"""The tagger in PyTorch: the encoder of BERT (Devlin et al. 2019) with a linear layer over each piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.names.base import Base, Shape

DROPOUT = 0.1


class Layer(nn.Module):  # type: ignore[misc]  # PyTorch is only in the Python that trains
    """Attention, then two dense layers, each added to its input and normalised."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.attended = nn.Linear(width, 3 * width)
        self.gathered = nn.Linear(width, width)
        self.first_norm = nn.LayerNorm(width, shape.epsilon)
        self.wider = nn.Linear(width, shape.inner)
        self.narrower = nn.Linear(shape.inner, width)
        self.second_norm = nn.LayerNorm(width, shape.epsilon)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`x` is (sequences, pieces, width); `mask` (sequences, 1, 1, pieces) says which pieces are there."""
        many, length, width = x.shape
        parts = self.attended(x).view(many, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = self.gathered(seen.transpose(1, 2).reshape(many, length, width))
        x = self.first_norm(x + functional.dropout(seen, DROPOUT, self.training))
        inner = self.narrower(functional.gelu(self.wider(x)))
        return self.second_norm(x + functional.dropout(inner, DROPOUT, self.training))


class Network(nn.Module):  # type: ignore[misc]  # the same
    """Pieces in, a score for each label out. The pieces' own vectors stay as they came, in four bits."""

    def __init__(self, shape: Shape, pieces: int, labels: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding(pieces, shape.width)
        self.pieces.weight.requires_grad_(requires_grad=False)
        self.places = nn.Embedding(shape.longest, shape.width)
        self.norm = nn.LayerNorm(shape.width, shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.labels = nn.Linear(shape.width, labels)

    def forward(self, ids: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """`ids` and `there` (booleans) are (sequences, pieces); the scores (sequences, pieces, labels)."""
        x = self.norm(self.pieces(ids) + self.places(torch.arange(ids.shape[1]))[None])
        x = functional.dropout(x, DROPOUT, self.training)
        mask = there[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return self.labels(functional.dropout(x, DROPOUT, self.training))


def from_base(base: Base, keep: Sequence[int], labels: int) -> Network:
    """The base's weights, those of the kept pieces only, and a last layer that knows nothing yet."""
    width, inner = base.shape.width, base.shape.inner
    network = Network(base.shape, len(keep), labels)
    state = {
        "pieces.weight": base.matrix("emb.word", width)[list(keep)],
        # every text is of the first of BERT's two types, whose vector is added to each place's
        "places.weight": base.vector("emb.pos").reshape(-1, width) + base.vector("emb.type").reshape(-1, width)[0],
        "norm.weight": base.vector("emb.ln.w"),
        "norm.bias": base.vector("emb.ln.b"),
    }
    for number in range(base.shape.layers):
        state |= _layer(base, number, width, inner)
    loaded = {name: torch.from_numpy(values) for name, values in state.items()}
    network.load_state_dict(loaded | {f"labels.{name}": value for name, value in _last(width, labels).items()})
    return network


def _last(width: int, labels: int) -> dict[str, torch.Tensor]:
    return {"weight": torch.randn(labels, width) * 0.02, "bias": torch.zeros(labels)}


def _layer(base: Base, number: int, width: int, inner: int) -> dict[str, object]:
    own, theirs = f"layers.{number}", f"l{number}"
    inputs = {"gathered": ("ao", width), "wider": ("fi", width), "narrower": ("fo", inner)}
    state: dict[str, object] = {}
    for name, (source, columns) in inputs.items():
        state[f"{own}.{name}.weight"] = base.matrix(f"{theirs}.{source}.w", columns)
        state[f"{own}.{name}.bias"] = base.vector(f"{theirs}.{source}.b")
    for name, source in {"first_norm": "aln", "second_norm": "oln"}.items():
        state[f"{own}.{name}.weight"] = base.vector(f"{theirs}.{source}.w")
        state[f"{own}.{name}.bias"] = base.vector(f"{theirs}.{source}.b")
    state[f"{own}.attended.weight"] = np.concatenate([base.matrix(f"{theirs}.{part}.w", width) for part in "qkv"])
    state[f"{own}.attended.bias"] = np.concatenate([base.vector(f"{theirs}.{part}.b") for part in "qkv"])
    return state
