"""spaCy trained on the same Norwegian texts as the tagger: a CNN, by spaCy's own recipe for pipelines without a GPU.

It reads every sentence of NorNE's train splits as written and once more through the tagger's noise, three times over,
in shards of 2,000 examples. After each shard everything is kept in .venv-peers/names/spacy, so that a stop loses one
shard; only the optimiser's moments begin anew. The texts reach the peers' Python through a pipe.
"""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Final

from benchmarks.finding.peers import SPACY, WHOLE, talking
from training.names import corpus, noise
from training.names.lists import Lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.names.misheard import Sentence

EPOCHS: Final = 3
SHARD: Final = 2_000
BANKS: Final = ("nob-train", "nno-train")


def shards(names: Lists) -> Iterator[list[Sentence]]:
    """All there is to read, the same every time."""
    for epoch in range(EPOCHS):
        rng = random.Random(epoch)  # noqa: S311 - the order of what is learnt is no secret
        read = [one for bank in BANKS for document in corpus.documents(bank) for one in document]
        read += [noised for one in read for noised in noise.noisy([one], rng, names, coded=False) if noised.tokens]
        rng.shuffle(read)
        yield from (read[at : at + SHARD] for at in range(0, len(read), SHARD))


def train(minutes: float | None = None) -> None:
    """Train to the end, or stop after the shard that passes so many minutes; go on where the last run stopped."""
    began = time.monotonic()
    with talking("spacy_worker.py", str(SPACY)) as (jobs, answers):
        done = int(answers.readline())
        every = list(shards(Lists("no", corpus.NAMES / "ssb-first-names.csv")))
        for number, shard in enumerate(every[done:], done + 1):
            WHOLE.write_text(str(len(every)), encoding="utf-8")
            jobs.write(json.dumps([(list(one.tokens), list(one.spaces), list(one.tags)) for one in shard]) + "\n")
            jobs.flush()
            print(f"shard {number} of {len(every)}, loss {float(answers.readline()):.0f}", flush=True)
            if minutes is not None and time.monotonic() - began > 60 * minutes:
                break
