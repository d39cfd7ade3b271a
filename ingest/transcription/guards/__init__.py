"""Quality guards: what of a recogniser's text is to be doubted, what is worth hearing again, which hearing is better.

Each guard looks for one thing: `loops`, `pace`, `silence`, `phrases`, `tongues`, `punctuation`, and the recogniser's
own `scores`. They read one chunk, `Heard`, with word times or (before alignment) without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.transcription.guards import loops, pace, phrases, punctuation, scores, silence, tongues
from ingest.transcription.guards.doubt import Doubt, joined
from ingest.transcription.guards.punctuation import decayed
from ingest.transcription.guards.reading import bare, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

__all__ = ["Doubt", "better", "decayed", "doubted_spans", "doubts", "redo"]

_WORTH_REDOING: Final = frozenset(
    {Doubt.REPEATS, Doubt.TOO_FAST, Doubt.OTHER_LANGUAGE, Doubt.SPARSE, Doubt.LOW_CONFIDENCE, Doubt.UNPUNCTUATED}
)
_WORSE: Final = {doubt: 2**place for place, doubt in enumerate(reversed(Doubt))}


def doubts(heard: Heard) -> tuple[Doubt, ...]:
    """Every reason to doubt something in this chunk, worst first; none for a chunk in which nothing is written.

    But for SPARSE: much speech and no text is a reason to hear again, though there is no word to mark.
    """
    found = {doubt for doubt, spans in _found(heard) if spans}
    return tuple(doubt for doubt in Doubt if doubt in found)


def doubted_spans(heard: Heard) -> tuple[tuple[int, int, Doubt], ...]:
    """What to doubt word by word: ranges of `heard.words` (the second number not included), in their order.

    A reason that holds for the whole chunk has a range of all its words. Without words there are no ranges.
    """
    if not heard.words:
        return ()
    return tuple(sorted((*span, doubt) for doubt, spans in _found(heard) for span in joined(spans)))


def redo(doubts: Collection[Doubt]) -> bool:
    """Whether decoding again with other parameters may help: not where nobody speaks, unless the text went in circles.

    So does Whisper, which takes no other temperature for what it thinks is silence. Ask before alignment: with times,
    one word beside the speech is a doubt of its own.
    """
    if Doubt.NO_SPEECH in doubts:
        return Doubt.REPEATS in doubts
    return not _WORTH_REDOING.isdisjoint(doubts)


def better(one: Heard, other: Heard) -> Heard:
    """The hearing with the fewer and less severe doubts; of equals the more probable, else the first.

    No text loses against any text where somebody speaks: what is doubted can be reviewed, what is left out cannot.
    """
    return min(one, other, key=_badness)


def _badness(heard: Heard) -> tuple[bool, int, float]:
    left_out = not texts(heard) and silence.voiced(heard)
    return left_out, sum(_WORSE[doubt] for doubt in doubts(heard)), -heard.log_probability


def _found(heard: Heard) -> Iterator[tuple[Doubt, list[Span]]]:
    """Each guard's finds; those about the chunk as a whole span all of it."""
    written = texts(heard)
    tokens = [bare(text) for text in written]
    whole = [(0, len(written))]
    found = loops.loops(tokens)
    if not found and loops.compression(heard.text) > loops.COMPRESSED_ABOVE:
        found = loops.repeated(tokens)
    yield Doubt.REPEATS, found
    yield Doubt.SPARSE, whole * pace.sparse(heard)
    if written:
        yield Doubt.INVENTED, phrases.invented(heard)
        yield Doubt.NO_SPEECH, whole if scores.silent(heard) or not silence.voiced(heard) else silence.unspoken(heard)
        yield Doubt.TOO_FAST, whole if pace.too_fast(heard) else pace.rushed(heard)
        yield Doubt.OTHER_LANGUAGE, whole if tongues.heard_otherwise(heard) else tongues.strange(heard)
        yield Doubt.LOW_CONFIDENCE, whole * scores.unsure(heard)
        yield Doubt.UNPUNCTUATED, punctuation.stops(heard)
