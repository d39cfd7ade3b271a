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
    words: list[Word] = []
    for part in found:
        word = _word(part, chunk)
        if words and word.text and not (part["word"][0].isspace() or part["word"][0].isalnum()):
            words.append(_joined(words.pop(), word))
        elif word.text:
            words.append(word)
    return tuple(_in_order(_out_of_silence(words, chunk.speech)))


def tidy(text: str) -> str:
    """NFC on one line: a segment is a line of the canonical text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _word(part: dict[str, Any], chunk: Chunk) -> Word:
    """One word, to the millisecond."""
    start = float(part["start"])
    start, end = chunk.at(start, max(start, float(part["end"])))
    return Word(round(start, 3), round(end, 3), tidy(part["word"]), round(float(part["probability"]), 4))


def _joined(first: Word, rest: Word) -> Word:
    """One word of two, no surer than its least sure part."""
    return Word(first.start, rest.end, first.text + rest.text, min(first.probability, rest.probability))


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
