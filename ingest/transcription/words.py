"""From what the alignment returns to words as the house keeps them."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from storage.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.transcription.chunks import Chunk

MARKS: Final = ("\"'“¿([{-«", "\"'.。,，!！?？:：”)]}、»…")  # noqa: RUF001 - full-width marks too
"""Marks that belong to the word after them, and to the word before."""


def placed(found: Iterable[dict[str, Any]], chunk: Chunk) -> tuple[Word, ...]:
    """Aligned words with times in the recording, joined where the text has no blank, in order of time.

    The library says `corona`, `-viruset` where we say one word.
    """
    parts: list[dict[str, Any]] = []
    for part in found:
        if parts and tidy(part["word"]) and not (part["word"][0].isspace() or part["word"][0].isalnum()):
            parts.append(_joined(parts.pop(), part))
        elif tidy(part["word"]):
            parts.append(part)
    return tuple(_in_order(_out_of_silence([_word(part, chunk) for part in parts], chunk.speech)))


def tidy(text: str) -> str:
    """NFC on one line: a segment is a line of the canonical text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _word(part: dict[str, Any], chunk: Chunk) -> Word:
    """One word, to the millisecond."""
    start = float(part["start"])
    start, end = chunk.at(start, max(start, float(part["end"])))
    return Word(round(start, 3), round(end, 3), tidy(part["word"]), round(float(part["probability"]), 4))


def _joined(first: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """One word of two, no surer than its least sure part."""
    probability = min(first["probability"], rest["probability"])
    return {
        "word": first["word"] + rest["word"],
        "start": first["start"],
        "end": rest["end"],
        "probability": probability,
    }


def _out_of_silence(words: Sequence[Word], speech: Sequence[tuple[float, float]]) -> list[Word]:
    """Words that begin or end in silence beside speech they reach into, cut to that speech.

    The first word after a pause is given the pause by the attention, and the last one before it too. A word that
    touches no speech stays where it is: it may be invented, and the guards look there.
    """
    cut = []
    for word in words:
        touched = [(first, last) for first, last in speech if first < word.end and word.start < last]
        if not touched:
            cut.append(word)
            continue
        start, end = max(word.start, touched[0][0]), min(word.end, touched[-1][1])
        cut.append(Word(round(start, 3), round(end, 3), word.text, word.probability))
    return cut


def _in_order(words: Sequence[Word]) -> list[Word]:
    """No word before the one before it, nor ending before it begins."""
    ordered = list(words[:1])
    for before, word in pairwise(words):
        start = max(before.start, ordered[-1].start, word.start)
        ordered.append(Word(start, max(start, word.end), word.text, word.probability))
    return ordered
