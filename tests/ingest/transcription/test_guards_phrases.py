"""Phrases recognisers invent are known, and sentences that only resemble them are let be."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest

from ingest.transcription.guards import Doubt, doubted_spans, doubts
from ingest.transcription.guards.phrases import _key, _phrases
from tests.planted.said import parts, said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Undertekster av Ai-Media", "no"),
        ("Teksting av Nicolai Winther", "no"),
        ("Tekst og undertekster av Nicolai Winther", "no"),
        ("Takk for at du så på!", "no"),
        ("Takk for at dere så på denne videoen.", "no"),
        ("Danske tekster af Jesper Buhl Scandinavian Text Service 2018", "da"),
        ("Danske tekster af Nicolai Winther", "no"),
        ("Tak fordi du så med.", "da"),
        ("Undertexter från Amara.org-gemenskapen", "sv"),
        ("Textning Stina Hedin www.btistudios.com", "sv"),
        ("Svensktextning.nu", "sv"),
        ("Tack till elever och personal vid Nordskolan", "sv"),
        ("Thanks for watching!", "en"),
        ("Subtitles by the Amara.org community", "en"),
        ("Untertitel im Auftrag des ZDF für funk, 2017", "de"),
        ("Vielen Dank für's Zuschauen.", "de"),
        ("www.mooji.org", "en"),
        ("ご視聴ありがとうございました", "no"),
        ("Продолжение следует...", "no"),
    ],
)
def test_reported_inventions_are_known(text: str, language: str) -> None:
    """Credits and farewells that were reported are doubted wherever they stand alone, in whatever language."""
    assert Doubt.INVENTED in doubts(said(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Undertekster av denne filmen mangler.", "no"),
        ("Jeg leverte tekst av høy kvalitet til kunden.", "no"),
        ("Hun sa takk for at du så på meg den gangen.", "no"),
        ("Takk for at du så på det for meg i går.", "no"),
        ("Vi tittade på undertexter från Sverige.", "sv"),
        ("Subtitles by default are off.", "en"),
        ("She ended by saying thanks for watching.", "en"),
        ("Oversat af en professionel.", "da"),
        ("Takk skal du ha.", "no"),
        ("Ja.", "no"),
        ("Thank you.", "en"),
        ("Musikk.", "no"),
        ("So.", "en"),
    ],
)
def test_what_people_say_is_let_be(text: str, language: str) -> None:
    """A longer sentence with such a phrase in it, and thanks where somebody speaks, are no inventions."""
    assert Doubt.INVENTED not in doubts(said(text, language))


@pytest.mark.parametrize("text", ["Takk.", "Ja.", "Tack så mycket.", "Hej hej."])
def test_thanks_in_silence_are_invented(text: str) -> None:
    """What people do say, written where nobody speaks or the recogniser doubts itself, is doubted as invented."""
    heard = said(text)
    assert doubts(replace(heard, speech=())) == (Doubt.INVENTED, Doubt.NO_SPEECH)
    assert doubts(replace(heard, no_speech=0.8)) == (Doubt.INVENTED, Doubt.NO_SPEECH)
    assert doubts(replace(heard, log_probability=-1.2)) == (Doubt.INVENTED, Doubt.LOW_CONFIDENCE)
    assert doubts(replace(heard, words=(), speech=())) == (Doubt.INVENTED, Doubt.NO_SPEECH)


def test_only_the_invented_sentence_is_marked() -> None:
    """A credit after a real sentence is marked alone, and so is a note about the sound."""
    heard = said("Det var den gangen. Teksting av Nicolai Winther. Så [høy musikk] gikk vi hjem.")
    assert parts(heard, doubted_spans(heard)) == ["Teksting av Nicolai Winther.", "[høy musikk]"]


def test_a_bracket_that_never_closes_is_no_note() -> None:
    """A stray bracket or asterisk does not swallow the words after it."""
    assert doubts(said("Så sa hun (og det var sant at det ikke var noe mer å gjøre med det.")) == ()


@pytest.mark.parametrize("sort", ["never", "credit", "seldom"])
def test_the_list_holds_no_phrase_twice(sort: str) -> None:
    """Within a language no phrase is listed again, differently written, and none is empty."""
    tongues = ("any", "no", "nn", "da", "sv", "en", "de")
    assert all(_phrases(sort, tongue) for tongue in tongues)
    assert "" not in _phrases(sort)
    assert sum(len(_phrases(sort, tongue)) for tongue in tongues) >= len(_phrases(sort))


def test_the_list_says_where_it_comes_from() -> None:
    """The file names its sources, and what is never said is not also what is seldom said."""
    text = (files("ingest.transcription.guards") / "phrases.toml").read_text(encoding="utf-8")
    assert "openai/whisper/discussions/928" in text
    assert not _phrases("never") & _phrases("seldom")
    assert _key(["Amara.org-Community!"]) == _key(["amara.org", "community"])
