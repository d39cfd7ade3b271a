"""One loaded Whisper, by CTranslate2, that any number of threads hear with at once.

The encoder takes one window at a time, which costs a third less than several together on a processor; the decoder
takes a batch, because each of its small steps reads all its weights. No timestamps are decoded: in a batch they make
it drop text. The words' times come from its attention afterwards, one chunk at a time (measured in
benchmarks/listen.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ingest.transcription import words
from ingest.transcription.stretches import floats
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ingest.transcription.chunks import Chunk
    from storage.transcript import Word

FRAMES: Final = 3_000
"""Frames of 10 ms in Whisper's window."""

MOST_PROMPT: Final = 223
"""Tokens that may stand before the text (Radford et al. 2022, section 2.3: half the decoder's context)."""

TOLD: Final = 3
"""Languages kept of those the model thinks it hears."""

Encoded = Any
"""What the encoder makes of one window: a numpy array, (1, 1500, width)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder wrote for one chunk: tokens, their mean log-probability, and that nobody speaks (0 to 1)."""

    tokens: tuple[int, ...]
    log_probability: float
    no_speech: float


class Ears:
    """A loaded model. Every method may be called from several threads."""

    def __init__(self, whisper: Any) -> None:  # noqa: ANN401 - untyped library
        self._whisper = whisper
        self.multilingual = bool(whisper.model.is_multilingual)
        self._tokenizers: dict[str, Any] = {}

    def require(self, language: str | None) -> None:
        """Raise BadInput for a language this model does not know; older ones know some less, or only English."""
        if not self.multilingual and language not in {None, "en"}:
            raise BadInput("This model knows only English; choose another model or language en.")
        if self.multilingual and language and self._whisper.hf_tokenizer.token_to_id(f"<|{language}|>") is None:
            raise BadInput("This model does not know language {code}; choose another model.", code=language)

    def encoded(self, sound: NDArray[np.int16]) -> Encoded:
        """One chunk's sound, at most 30 s, through the encoder."""
        from faster_whisper.transcribe import get_ctranslate2_storage  # noqa: PLC0415 - starts CTranslate2

        features = self._whisper.feature_extractor(floats(sound))[..., :FRAMES]
        window = np.pad(features, ((0, 0), (0, FRAMES - features.shape[1])))
        return np.asarray(self._whisper.model.encode(get_ctranslate2_storage(window[None]), to_cpu=True))

    def languages(self, encoded: Sequence[Encoded], every: int = 1) -> list[tuple[tuple[str, float], ...]]:
        """For each chunk the most probable languages, best first; English where the model knows no other.

        Asked of every fourth frame, the model names the same language and takes a seventh of the time.
        """
        if not self.multilingual:
            return [(("en", 1.0),)] * len(encoded)
        found = self._whisper.model.detect_language(_batch([one[:, ::every] for one in encoded]))
        return [
            tuple((token[2:-2], round(float(probability), 4)) for token, probability in one[:TOLD]) for one in found
        ]

    def decoded(self, encoded: Sequence[Encoded], language: str, before: str, beam: int) -> list[Decoded]:
        """The text of each chunk as tokens, written on from `before`, with a beam search of this width."""
        prompt = self._prompt(language, before)
        results = self._whisper.model.generate(
            _batch(encoded),
            [prompt] * len(encoded),
            beam_size=beam,
            max_length=self._whisper.max_length,
            suppress_blank=True,
            suppress_tokens=self._suppressed(language),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [_decoded(result) for result in results]

    def text(self, tokens: Sequence[int], language: str) -> str:
        """Tokens as text."""
        return str(self._tokenizer(language).decode(list(tokens)))

    def words(self, encoded: Encoded, decoded: Decoded, chunk: Chunk, language: str) -> tuple[Word, ...]:
        """The words with their times in the recording, by where the decoder's attention lay when it wrote them."""
        from faster_whisper.transcribe import merge_punctuations  # noqa: PLC0415 - starts CTranslate2

        tokenizer = self._tokenizer(language)
        tokens = [token for token in decoded.tokens if token < tokenizer.eot]
        if not tokens:
            return ()
        frames = min(FRAMES, len(chunk.sound) // self._whisper.feature_extractor.hop_length)
        (found,) = self._whisper.find_alignment(tokenizer, [tokens], _batch([encoded]), frames)
        merge_punctuations(found, *words.MARKS)
        return words.placed(found, chunk)

    def _prompt(self, language: str, before: str) -> list[int]:
        tokenizer = self._tokenizer(language)
        earlier = tokenizer.encode(" " + before)[-MOST_PROMPT:] if before else []
        return list(self._whisper.get_prompt(tokenizer, earlier, without_timestamps=True))

    def _tokenizer(self, language: str) -> Any:  # noqa: ANN401 - untyped library
        """One a language. A `functools.cache` here would hold the weights in a circle when they are let go of."""
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - starts CTranslate2

        if language not in self._tokenizers:
            whisper = self._whisper
            made = Tokenizer(whisper.hf_tokenizer, self.multilingual, task="transcribe", language=language)
            self._tokenizers[language] = made
        return self._tokenizers[language]

    def _suppressed(self, language: str) -> Any:  # noqa: ANN401 - untyped library
        """Whisper's own list of tokens that are no speech, such as notes and brackets."""
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - starts CTranslate2

        return get_suppressed_tokens(self._tokenizer(language), [-1])


def _batch(encoded: Sequence[Encoded]) -> Any:  # noqa: ANN401 - untyped library
    from faster_whisper.transcribe import get_ctranslate2_storage  # noqa: PLC0415 - starts CTranslate2

    return get_ctranslate2_storage(np.concatenate(encoded))


def _decoded(result: Any) -> Decoded:  # noqa: ANN401 - untyped library
    """CTranslate2's score is divided by the length; Whisper's own mean counts the end of text too."""
    tokens = tuple(result.sequences_ids[0])
    mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
    return Decoded(tokens, round(float(mean), 4), round(float(result.no_speech_prob), 4))
