"""How a transcript is written: verbatim, with what people say while they think, or plain, without.

Whisper writes on in the style of the text before it (OpenAI's prompting guide says how fillers are kept). A few
fillers before each chunk make it keep the participant's own, which matter to whoever analyses how something is told;
without, it smooths them away.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Style(StrEnum):
    """Verbatim keeps hesitations and repetitions; plain leaves it to the model."""

    VERBATIM = "verbatim"
    PLAIN = "plain"


BEFORE: Final = {
    "no": "Eh, mm, ja.",
    "nn": "Eh, mm, ja.",
    "da": "Øh, mm, ja.",
    "sv": "Öh, mm, ja.",
    "en": "Um, uh, yeah.",
    "de": "Ähm, hm, ja.",
    "fi": "Öö, mm, joo.",
    "is": "Öh, mm, já.",
    "nl": "Eh, hm, ja.",
}
"""What stands before each chunk, by language; in others the model is left alone."""


def before(style: Style, language: str, hotwords: tuple[str, ...] = ()) -> str:
    """The text put before each chunk: the study's names, so that they are spelt right, and the style's fillers."""
    fillers = BEFORE.get(language, "") if style is Style.VERBATIM else ""
    return " ".join(filter(None, (", ".join(hotwords) + "." if hotwords else "", fillers)))
