"""Which speaker is the interviewer: by a voice the study knows, or by who asks the questions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from storage.transcript import Segment, Transcript

KNOWN: Final = 0.6
"""Cosine from which a voice may be the known one (training/speakers/README.md)."""
CLEARLY: Final = 0.15
"""By how much the next voice must be less like it."""

FEWEST_QUESTIONS: Final = 3
TWICE: Final = 2.0
"""The interviewer asks at least so many times as often as anybody else, measured by the words they say."""
MOST_TALK: Final = 0.6
"""Share of all words above which somebody is telling, whatever they ask."""

_OPENERS: Final = {
    "no": r"hva|hvem|hvor|hvorfor|hvordan|hvilke[nt]?|når|har du|er du|var du|kan du|vil du|kunne du|husker du|"
    r"tror du|synes du|føler du|kjente du|hadde du|fikk du|ble du|gjorde du|fortell|kan du fortelle",
    "nn": r"kva|kven|kvar|kor|kvifor|korleis|kva for|når|har du|er du|var du|kan du|vil du|kunne du|hugsar du|"
    r"trur du|synest du|kjenner du|hadde du|fekk du|vart du|gjorde du|fortel|kan du fortelje",
    "da": r"hvad|hvem|hvor|hvorfor|hvordan|hvilke[nt]?|hvornår|har du|er du|var du|kan du|vil du|kunne du|husker du|"
    r"tror du|synes du|føler du|havde du|fik du|blev du|gjorde du|fortæl|kan du fortælle",
    "sv": r"vad|vem|vilka|var|varför|hur|vilken|vilket|när|har du|är du|var du|kan du|vill du|kunde du|minns du|"
    r"tror du|tycker du|känner du|hade du|fick du|blev du|gjorde du|berätta|kan du berätta",
    "en": r"what|who|whom|where|why|how|which|when|have you|are you|were you|can you|could you|would you|"
    r"do you|did you|had you|does|is it|was it|tell me|can you tell",
}
_LEAD: Final = r"(?:og|men|så|ja|okei|ok|og så|and|but|so|yes|okay|well|och|men|ja|okej)[\s,]+"
_SENTENCE: Final = re.compile(r"[^.!?…]+[.!?…]*")


@dataclass
class _Said:
    words: int = 0
    questions: float = 0.0


def interviewer(transcript: Transcript) -> str | None:
    """The speaker who asks the questions; None if nobody clearly does, or there are not two speakers.

    A sentence with a question mark counts as a question, and so does one that opens like a question in the
    transcript's language; what the other says must be longer. Recognisers drop question marks, so neither alone is
    enough.
    """
    said = _tally(transcript)
    if len(said) < 2:
        return None
    total = sum(one.words for one in said.values())
    rates = sorted(((one.questions / max(one.words, 1), name) for name, one in said.items()), reverse=True)
    (most, name), (next_most, _) = rates[:2]
    asks = said[name].questions >= FEWEST_QUESTIONS and most >= TWICE * next_most
    return name if asks and said[name].words <= MOST_TALK * total else None


def _tally(transcript: Transcript) -> dict[str, _Said]:
    opener = _opener(transcript.language)
    said: dict[str, _Said] = defaultdict(_Said)
    for segment in transcript.segments:
        if segment.speaker is not None:
            one = said[segment.speaker]
            one.words += len(segment.text.split())
            one.questions += _questions(segment, opener)
    return dict(said)


def _opener(language: str) -> re.Pattern[str]:
    """How a question opens in this language, or in any of ours."""
    ours = {"nb": "no"}.get(language, language)
    openers = _OPENERS.get(ours) or "|".join(_OPENERS.values())
    return re.compile(rf"\s*(?:{_LEAD})?(?:{openers})\b", re.IGNORECASE)


def _questions(segment: Segment, opener: re.Pattern[str]) -> float:
    """A mark is one question, an opening without a mark half a one: `hvor` and `when` also open a tale."""
    return sum(_asked(sentence, opener) for sentence in _SENTENCE.findall(segment.text))


def _asked(sentence: str, opener: re.Pattern[str]) -> float:
    if "?" in sentence:
        return 1.0
    return 0.5 if opener.match(sentence) else 0.0


def same_voice(known: NDArray[np.float32], voices: NDArray[np.float32]) -> int | None:
    """Which row of `voices` is the `known` voice, by cosine; None if none is, or if two might be."""
    likeness = np.asarray(voices @ known, np.float64)
    order: Iterable[int] = np.argsort(-likeness, kind="stable")
    best, *others = [int(number) for number in order] or [-1]
    if best < 0 or likeness[best] < KNOWN:
        return None
    return None if others and likeness[best] - likeness[others[0]] < CLEARLY else best
