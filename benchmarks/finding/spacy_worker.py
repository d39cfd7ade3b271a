"""Trains spaCy on what it is given, in the peers' Python, which has no Tillit.

    python spacy_worker.py FOLDER

Says how many shards it has learnt before, then reads shards from standard input, each a line of JSON with examples as
[tokens, spaces, tags], and answers each with its loss. FOLDER holds `state-N`, from which training goes on, and
`model`, the average of the weights so far, which finds better.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

LABELS = ("PER", "LOC", "ORG", "MISC")
WORDS = 1_000
"""In a batch, as spaCy's recipe has it."""

DROPPED = 0.1


class Learner:
    """A pipeline that learns, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        import spacy  # noqa: PLC0415 - only the peers' Python has these
        from spacy.cli.init_config import init_config  # noqa: PLC0415
        from spacy.util import load_model_from_config  # noqa: PLC0415

        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = folder / "shards"
        self.done = int(self._count.read_text(encoding="utf-8")) if self._count.exists() else 0
        if self.done:
            self._nlp = spacy.load(folder / f"state-{self.done}")
            self._optimizer = self._nlp.resume_training()
        else:
            settings = init_config(lang="nb", pipeline=["ner"], optimize="efficiency")
            self._nlp = load_model_from_config(settings, auto_fill=True)
            for label in LABELS:
                self._nlp.get_pipe("ner").add_label(label)
            self._optimizer = self._nlp.initialize()

    def learn(self, shard: list[tuple[list[str], list[bool], list[str]]]) -> float:
        """One step a batch; everything is kept before the loss is told."""
        from spacy.training.batchers import minibatch_by_words  # noqa: PLC0415 - only the peers' Python has it

        losses: dict[str, float] = {}
        examples = [self._example(*row) for row in shard]
        for batch in minibatch_by_words(examples, size=WORDS, discard_oversize=False):
            self._nlp.update(batch, sgd=self._optimizer, drop=DROPPED, losses=losses)
        self._keep()
        return losses["ner"]

    def _example(self, tokens: list[str], spaces: list[bool], tags: list[str]) -> Any:  # noqa: ANN401 - spaCy is not in the Python that checks types
        from spacy.tokens import Doc  # noqa: PLC0415 - only the peers' Python has these
        from spacy.training import Example  # noqa: PLC0415

        plain = Doc(self._nlp.vocab, words=tokens, spaces=spaces)
        marked = Doc(self._nlp.vocab, words=tokens, spaces=spaces, ents=tags)
        return Example(plain, marked)

    def _keep(self) -> None:
        self._nlp.to_disk(self._folder / f"state-{self.done + 1}")
        with self._nlp.use_params(self._optimizer.averages):
            self._nlp.to_disk(self._folder / "model")
        self.done += 1
        self._count.write_text(str(self.done), encoding="utf-8")
        shutil.rmtree(self._folder / f"state-{self.done - 1}", ignore_errors=True)


def main() -> None:
    """Learn until there is no more."""
    random.seed(0)
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print
    learner = Learner(Path(sys.argv[1]))
    print(learner.done, file=answers, flush=True)
    for line in sys.stdin:
        print(learner.learn(json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
