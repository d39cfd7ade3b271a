"""The interviewer is who asks the questions, or whose voice is known; where neither is clear, nobody is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.speakers.roles import interviewer, same_voice
from ingest.speakers.voiceprints import RATE, unit
from storage.transcript import Provenance, Segment, Transcript
from tests.ingest.speakers.conftest import diarised
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.speakers.turns import Speakers

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "interview.txt"


def said(language: str, *lines: tuple[str | None, str]) -> Transcript:
    """A transcript of who says what."""
    segments = tuple(Segment(float(n), n + 1.0, text, speaker=who) for n, (who, text) in enumerate(lines))
    return Transcript(language, float(len(lines)), segments, Provenance("transcribe", "hand", "1"))


def sample() -> list[tuple[str, str]]:
    """The sample interview's turns."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    return [(who, text.strip()) for who, colon, text in (line.partition(":") for line in lines) if colon]


TALES = {
    "no": (
        ["Hvordan var det å komme hjem?", "Hva skjedde så", "Og hvem var hos deg da?", "Kan du fortelle om den dagen"],
        "Det var rart, for alt var som før og ingenting var som før. Jeg satt på kjøkkenet og drakk kaffe.",
    ),
    "nn": (
        ["Korleis var det å kome heim?", "Kva skjedde så", "Og kven var hos deg då?", "Kan du fortelje om den dagen"],
        "Det var rart, for alt var som før og ingenting var som før. Eg sat på kjøkenet og drakk kaffi.",
    ),
    "da": (
        ["Hvordan var det at komme hjem?", "Hvad skete der så", "Og hvem var hos dig?", "Kan du fortælle om den dag"],
        "Det var mærkeligt, for alt var som før og intet var som før. Jeg sad i køkkenet og drak kaffe.",
    ),
    "sv": (
        ["Hur var det att komma hem?", "Vad hände sedan", "Och vem var hos dig då?", "Kan du berätta om den dagen"],
        "Det var konstigt, för allt var som förut och ingenting var som förut. Jag satt i köket och drack kaffe.",
    ),
    "en": (
        ["How was it to come home?", "And what happened then", "Who was with you?", "Can you tell me about that day"],
        "It was strange, for all was as before and nothing was as before. I sat in the kitchen and had coffee.",
    ),
}


@pytest.mark.parametrize("language", TALES)
@pytest.mark.parametrize("marked", [True, False], ids=["with question marks", "without"])
def test_who_asks_is_the_interviewer(language: str, *, marked: bool) -> None:
    """In each language the one who asks is found, also where the recogniser left every question mark out."""
    questions, tale = TALES[language]
    asked = [question if marked else question.replace("?", "") for question in (*questions, *questions)]
    lines = [line for question in asked for line in (("B", question), ("A", tale))]
    assert interviewer(said(language, *lines)) == "B"


def test_the_sample_interview() -> None:
    """In the sample that comes with Tillit the interviewer is found, in a language left open too."""
    assert interviewer(said("en", *sample())) == "Interviewer"
    assert interviewer(said("und", *sample())) == "Interviewer"


def test_a_tale_with_questions_in_it_is_still_a_tale() -> None:
    """Whoever tells, and asks themselves what it was all for, is not taken for the interviewer."""
    tale = "Why me? I asked myself that for years and never found out, and then one day it was over and I moved on."
    assert interviewer(said("en", *[("A", tale), ("B", "Mm.")] * 6)) is None


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [("A", "How was it? Where were you? Why? When?")],
        [(None, "How was it?"), (None, "Good.")],
        [("A", "Good morning."), ("B", "Good morning to you.")],
        [("A", "How are you?"), ("B", "Fine. And how are you?")] * 5,
    ],
    ids=["nothing", "one speaker", "no speakers", "no questions", "both ask"],
)
def test_where_it_is_not_clear_nobody_is(lines: list[tuple[str | None, str]]) -> None:
    """Without two speakers, without questions, or when both ask, the answer is nobody."""
    assert interviewer(said("en", *lines)) is None


def turned(cosine: float) -> np.ndarray:
    """A voice at this cosine from the first axis."""
    voice = np.zeros(192, np.float32)
    voice[0], voice[1] = cosine, np.sqrt(1 - cosine**2)
    return voice


KNOWN = turned(1.0)


def test_the_known_voice_is_found() -> None:
    """The one that is like it, wherever it stands."""
    assert same_voice(KNOWN, np.stack([turned(0.2), turned(0.8)])) == 1
    assert same_voice(KNOWN, np.stack([turned(0.8), turned(0.2)])) == 0
    assert same_voice(KNOWN, turned(0.7)[None]) == 0


def test_a_stranger_is_nobody() -> None:
    """Voices that are not like it, or no voices at all, are not it."""
    assert same_voice(KNOWN, np.stack([turned(0.1), turned(0.5)])) is None
    assert same_voice(KNOWN, np.zeros((0, 192), np.float32)) is None


def test_two_who_might_be_are_nobody() -> None:
    """Where two voices are about equally like it, none is named."""
    assert same_voice(KNOWN, np.stack([turned(0.8), turned(0.75)])) is None


def test_a_voice_is_known_again(heard: Speakers, interview: bytes) -> None:
    """The interviewer of the sample's beginning is the interviewer of its later part, and not the participant."""
    later = diarised(interview[50 * RATE * 2 :])
    matched = [same_voice(voice, later.voices) for voice in heard.voices]
    assert set(matched) == {0, 1}


def test_a_cold_does_not_hide_a_voice(shared: Callable[[str], Path]) -> None:
    """One man in two recordings, in the second with a cold, is known again; a stranger is not."""
    well, ill, king = (
        diarised(decoded(shared(name))[: 25 * RATE * 2], 1).voices[0]
        for name in ("en-spontaneous-1.wav", "en-spontaneous-2.wav", "king.mp3")
    )
    assert same_voice(unit(well), np.stack([king, ill])) == 1
    assert same_voice(well, king[None]) is None
