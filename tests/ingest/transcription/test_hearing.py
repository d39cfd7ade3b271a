"""A chunk that the guards do not believe is heard again, and what stood before the text is never taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ingest.transcription import hearing, loading, models
from ingest.transcription.chunks import Chunk
from ingest.transcription.ears import Decoded, Ears
from ingest.transcription.guards import Doubt, doubts
from ingest.transcription.hearing import GLANCE, WIDER, Manner, hear
from ingest.transcription.languages import spoken
from ingest.transcription.stretches import RATE
from ingest.transcription.styles import Style, before
from ingest.transcription.work import Plan
from storage.errors import PipelineFailed
from storage.transcript import Word
from tests.ingest.transcription.listen import chunk
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ingest.transcription.heard import Heard

GOOD = "We moved there when I was nine, and my mother worked at the school in the town."
FIRST, SECOND = "We moved there when I was nine and a half.", "My mother worked there until her dying day."
LOOP = "I was tired of it. " * 8
PHRASE = "Thanks for watching!"
VERBATIM = Manner("en", "Kari Nordmann, Ola Hansen. Um, uh, yeah.", 3)
WHOLE = chunk((0, 12), speech=[(0.4, 5), (6, 11.6)])


class Scripted(Ears):
    """Ears that hear what they are told: first with text before, then without, then the two halves."""

    def __init__(self, *answers: tuple[str, float] | Exception) -> None:
        self._answers = list(answers)
        self._texts: list[str] = []
        self.asked: list[tuple[str, int, int]] = []

    def encoded(self, sound: np.ndarray[Any, Any]) -> int:
        """How long the sound is."""
        return len(sound)

    def languages(self, encoded: Sequence[int], _every: int = 1) -> list[tuple[tuple[str, float], ...]]:
        """English, no doubt."""
        return [(("en", 0.99),)] * len(encoded)

    def decoded(self, encoded: Sequence[int], language: str, before: str, beam: int) -> list[Decoded]:  # noqa: ARG002  # as Ears
        """The next answers."""
        self.asked.append((before, beam, len(encoded)))
        return [self._next() for _ in encoded]

    def _next(self) -> Decoded:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self._texts.append(answer[0])
        return Decoded((len(self._texts) - 1,), answer[1], 0.01)

    def text(self, tokens: Sequence[int], language: str) -> str:  # noqa: ARG002  # as Ears
        """What was answered."""
        return self._texts[tokens[0]]

    def words(self, encoded: int, decoded: Decoded, chunk: Chunk, language: str) -> tuple[Word, ...]:  # noqa: ARG002  # as Ears
        """The words, spread over the chunk."""
        texts = self._texts[decoded.tokens[0]].split()
        each = (chunk.end - chunk.start) / max(1, len(texts))
        return tuple(
            Word(chunk.start + each * place, chunk.start + each * (place + 1), text)
            for place, text in enumerate(texts)
        )


def heard(*answers: tuple[str, float], manner: Manner = VERBATIM, sound: Chunk = WHOLE) -> tuple[Heard, Scripted]:
    """What is made of these answers."""
    ears = Scripted(*answers)
    (made,) = hear(ears, [sound], manner)
    return made, ears


def test_what_is_believed_is_heard_once() -> None:
    """A good hearing is kept, with its words, and nothing else is asked."""
    made, ears = heard((GOOD, -0.3))
    assert made.text == GOOD == " ".join(word.text for word in made.words)
    assert ears.asked == [(VERBATIM.before, 3, 1)]


def test_a_loop_is_heard_in_halves() -> None:
    """Text in circles gives way to its halves, heard with nothing before, whose words lie in their own halves."""
    made, ears = heard((LOOP, -0.2), (FIRST, -0.3), (SECOND, -0.5))
    assert made.text == f"{FIRST} {SECOND}" == " ".join(word.text for word in made.words)
    assert ears.asked[1:] == [("", WIDER, 2)]
    assert (made.start, made.end, made.speech) == (0, 12, WHOLE.speech)
    assert (made.words[9].end, made.words[10].start) == (5.5, 5.5)
    assert made.log_probability == pytest.approx(-0.4)


def test_a_loop_that_stays_in_its_halves_is_heard_whole() -> None:
    """When the halves go in circles too, the whole is heard with nothing before it and a wider search."""
    made, ears = heard((LOOP, -0.2), (LOOP, -0.2), (LOOP, -0.2), (GOOD, -0.4))
    assert made.text == GOOD
    assert ears.asked[1:] == [("", WIDER, 2), ("", WIDER, 1)]


def test_another_bad_chunk_is_heard_whole_and_then_in_halves() -> None:
    """What is bad without being a loop is heard with a wider search first, which often is enough."""
    bad, ears = (PHRASE, -0.2), heard((PHRASE, -0.2), (GOOD, -0.4))[1]
    assert ears.asked[1:] == [("", WIDER, 1)]
    made, ears = heard(bad, bad, (FIRST, -0.3), (SECOND, -0.5))
    assert made.text == f"{FIRST} {SECOND}"
    assert ears.asked[1:] == [("", WIDER, 1), ("", WIDER, 2)]


def test_halves_that_are_worse_do_not_win() -> None:
    """An unsure whole is better than halves in circles, and stays marked."""
    made, _ = heard((LOOP, -0.2), (LOOP, -0.1), (LOOP, -0.1), (GOOD, -1.3))
    assert made.text == GOOD
    assert doubts(made) == (Doubt.LOW_CONFIDENCE,)


def test_one_breath_is_not_cut() -> None:
    """Speech without a pause is heard twice at most; what stays bad is kept, and doubted."""
    made, ears = heard((LOOP, -0.2), (LOOP, -0.2), sound=chunk((0, 12)))
    assert len(ears.asked) == 2
    assert Doubt.REPEATS in doubts(made)


@pytest.mark.parametrize("echo", ["Um, uh, yeah.", "Kari Nordmann, Ola Hansen.", "yeah", "Ola Hansen. UM… Kari!"])
def test_an_echo_of_what_stood_before_never_survives(echo: str) -> None:
    """Names and fillers that the model only repeats are gone, even if nothing is heard in their place."""
    silent = ("", -0.9)
    made, _ = heard((echo, -0.1), silent, silent, silent)
    assert (made.text, made.words) == ("", ())
    assert heard((echo, -0.1), (GOOD, -0.9))[0].text == GOOD


def test_a_filler_that_was_said_is_kept() -> None:
    """If somebody says no more than `yeah`, it is heard without anything before it too."""
    made, ears = heard(("Yeah.", -0.3), ("Yeah.", -0.3), sound=chunk((0, 1)))
    assert made.text == "Yeah."
    assert len(ears.asked) == 2


def test_a_name_among_other_words_is_no_echo() -> None:
    """Only text of nothing else is an echo."""
    made, ears = heard((f"{GOOD} Yeah, Kari Nordmann.", -0.3))
    assert made.text.endswith("Kari Nordmann.")
    assert len(ears.asked) == 1


def test_without_speech_a_chunk_is_not_heard_again() -> None:
    """Words in silence are kept for the guards to mark: hearing silence again helps nobody."""
    made, ears = heard(("Thank you.", -0.3), sound=chunk((0, 2), speech=[(0, 0.05)]))
    assert Doubt.NO_SPEECH in doubts(made)
    assert len(ears.asked) == 1


@pytest.mark.parametrize(
    "error", [RuntimeError("Kari"), ValueError("Kari"), ZeroDivisionError("Kari"), KeyError("Kari")]
)
def test_a_failure_does_not_quote_the_recording(error: Exception) -> None:
    """Whatever the library raises, the sentence has its kind and none of its words."""
    with pytest.raises(PipelineFailed, match=type(error).__name__) as caught:
        hear(Scripted(error), [WHOLE], VERBATIM)
    assert "Kari" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_too_little_memory_has_a_sentence_of_its_own() -> None:
    """Where memory runs out while hearing, the person is told what to do."""
    with pytest.raises(PipelineFailed, match="memory"):
        hear(Scripted(MemoryError()), [WHOLE], VERBATIM)


@pytest.mark.parametrize(("language", "echo"), [("no", "ja"), ("en", "yeah")])
def test_noise_makes_the_model_repeat_what_stood_before_and_we_do_not_keep_it(language: str, echo: str) -> None:
    """With the real model: noise is heard as the filler before it; what is kept is another hearing, and doubted."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    sound = np.random.default_rng(1).normal(0, 1_500, 8 * RATE).astype(np.int16)
    noise = Chunk(0, ((0, 8 * RATE),), ((0.5, 7.5),), sound)
    manner = Manner(language, before(Style.VERBATIM, language, ("Kari Nordmann",)), 3)
    (first,) = ears.decoded([ears.encoded(sound)], language, manner.before, 3)
    assert ears.text(first.tokens, language).strip(" .").lower() == echo
    made = hear(ears, [noise], manner)
    assert echo not in made[0].text.lower()
    assert Doubt.NO_SPEECH in doubts(made[0])
    assert hear(ears, [noise], manner) == made


def test_the_language_is_listened_for_where_most_is_said(shared: Callable[[str], Path]) -> None:
    """Of 42 seconds the first batch has the long chunk, not the short one after it, which base takes for German."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    first = next(Plan([decoded(shared("king.mp3"))[: 42 * RATE * 2]]).batches())
    assert spoken(hearing.languages(ears, first.chunks)) == "no"


def test_the_languages_of_chunks_are_heard(jfk: bytes, king: bytes) -> None:
    """With the real model: each chunk has its most probable languages, best first."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    sounds = [np.frombuffer(pcm, "<i2") for pcm in (jfk, king)]
    told = hearing.languages(ears, [Chunk(0, ((0, len(one)),), (), one) for one in sounds])
    assert [one[0][0] for one in told] == ["en", "no"]
    assert all(one[0][1] >= one[1][1] >= one[2][1] for one in told)


def test_a_glance_tells_the_same_language(shared: Callable[[str], Path]) -> None:
    """Every fourth frame is enough to say in which language a chunk is spoken: the same as all of them."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    pcm = b"".join(decoded(shared(name))[: 75 * RATE * 2] for name in ("multilingual.mp3", "erna.mp3", "sv-2.wav"))
    window = 25 * RATE * 2
    pieces = [np.frombuffer(pcm[first : first + window], "<i2") for first in range(0, len(pcm), window)]
    encoded = [ears.encoded(piece) for piece in pieces]
    everything, glance = ([one[0][0] for one in ears.languages(encoded, every)] for every in (1, GLANCE))
    assert set(everything) == {"en", "de", "no", "sv"}
    assert glance == everything
