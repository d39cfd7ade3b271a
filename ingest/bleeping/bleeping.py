"""A released interview with its names taken out of the sound, kept only when none of them can be heard any more.

Made in three goes through the sound: one to see where somebody speaks, one or more to listen again to what was
covered, and one to write the copy. Nothing is kept before the last, so a stop loses a few minutes and no more.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from ingest import naming
from ingest.audio import decode as audio
from ingest.bleeping import covering, sound, spans
from ingest.bleeping.beep import How, bleeped
from ingest.bleeping.covering import Said
from ingest.bleeping.gone import gone
from ingest.bleeping.voice import Voice, lowered
from ingest.decisions import overlay, settled
from ingest.pseudonyms.apply import kept
from ingest.pseudonyms.linking import Book
from ingest.pseudonyms.rules import rules_of
from ingest.transcription import registry
from ingest.transcription.engine import Parameters, Whisper
from ingest.transcription.languages import UNDETERMINED
from ingest.transcription.stretches import RATE
from ingest.transcription.styles import Style
from ingest.work import RELEASED, Work
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import NotReady
from storage.records import Artefact, Study
from storage.streams import reader

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence

    from sqlalchemy.orm import Session

    from ingest.bleeping.again import Hear
    from ingest.bleeping.covering import Tell
    from ingest.bleeping.sound import Fresh, Heard
    from ingest.bleeping.spans import Cut, Span
    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Provenance, Transcript

BLEEPED: Final = "bleeped"
ENGINE: Final = "tillit-bleep 2"
"""Raise it with whatever covers more than before: copies made with another are made anew."""

MEANWHILE: Final = "It was released anew meanwhile, so nothing was kept. Run it again."


@dataclass(frozen=True, slots=True)
class Manner:
    """How it shall sound."""

    how: How = How.BEEP
    voice: Voice = Voice.UNCHANGED


@dataclass(frozen=True, slots=True)
class Bleeped:
    """What was made: its version, that of the release it belongs to, and what is covered.

    `lines` are covered whole, `wider` mentions more than by their own words; `seconds` are of all stretches together.
    """

    version: int
    release: int
    mentions: int
    stretches: int
    seconds: float
    lines: int
    wider: int


def bleep(
    desk: Desk, recording: Recording, manner: Manner = Manner(), tell: Tell = lambda _done, _total: None
) -> Bleeped:
    """Make the copy of a released interview that may be listened to outside; what is made and unchanged stays.

    `tell` gets how much is done, and of how much. Raises Denied if it is not released, NotReady if a name can still be
    heard or the times of a line cannot be used.
    """
    with desk.act(Action.BLEEP, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database, tell)
        release = work.need(RELEASED)
        before = work.artefact(BLEEPED)
        if before and _same(before, release, manner):
            return _told(before)
        said = _said(work)
        with work.originals() as parts:
            fresh = sound.mixed(parts, work.layouts)
            heard = covering.listened(fresh, said, tell)
            cuts = covering.inaudible(fresh, said, heard, _recogniser(work, said.transcript), tell)
            stretches = spans.stretches(cuts, heard.milliseconds)
            made_by = _made_by(work, release, manner, cuts, stretches)
            with closing(_copy(_finished(fresh, stretches, manner), heard, tell)) as copy:
                made = act.seal(recording, BLEEPED, reader(copy), made_by, before.version + 1 if before else 1)
        act.later(partial(_unless_released_anew, release))
        act.facts.update({name: made_by.parameters[name] for name in ("release", "mentions", "stretches", "lines")})
    return _told(made)


def _said(work: Work) -> Said:
    """What the release replaced, and what a person cut out of the text: that is in the sound all the same."""
    study = lookup.by_id(work.database, Study, work.recording.study_id)
    seen, book = settled(work, overlay(work)), naming.load(work.act.names())
    stays = kept(seen.replaced, book, rules_of(study))
    mentions = [mention for mention in seen.replaced if mention not in stays]
    cut_out = naming.settled(work.act.names(), gone(seen), seen.raw, work.recording.id)
    real = _real(book, {mention.entity for mention in (*mentions, *cut_out)})
    return Said(seen.transcript, mentions, real, seen.texts.edited, seen.raw, cut_out)


def _real(book: Book, wanted: Collection[str]) -> Book:
    """The real forms of these names; nobody says a surrogate, so a word that is one as well is looked for too."""
    found = {book[entity].id for entity in wanted if entity in book}
    return Book((replace(one, surrogate="") for one in book if one.id in found), seed=book.seed)


def _same(before: Artefact, release: Artefact, manner: Manner) -> bool:
    made = before.made_by["parameters"]
    asked = ENGINE, release.id, manner.how, manner.voice
    return (before.made_by["engine"], made["released"], made["how"], made["voice"]) == asked


def _told(made: Artefact) -> Bleeped:
    stated = made.made_by["parameters"]
    counts = {name: stated[name] for name in ("release", "mentions", "stretches", "seconds", "lines", "wider")}
    return Bleeped(made.version, **counts)


def _recogniser(work: Work, transcript: Transcript) -> Hear:
    """The study's model, told nothing: hesitations and names before a sound of tones come back as words."""
    whisper = Whisper(
        registry.registered(work.database, work.recording.model), parameters=Parameters(style=Style.PLAIN)
    )
    known = transcript.language if transcript.language != UNDETERMINED else work.recording.language
    return lambda pcm: whisper.transcribe([pcm], known or None, lambda _done, _total: None)


def _finished(fresh: Fresh, covered: Sequence[Span], manner: Manner) -> Fresh:
    """As it goes out. A voice is changed after the names are gone, and what covers them is laid over it again."""

    def made() -> Generator[bytes]:
        with closing(covering.covered(fresh, covered, manner.how)) as plain:
            yield from plain if manner.voice is Voice.UNCHANGED else bleeped(lowered(plain), covered, manner.how)

    return made


def _copy(finished: Fresh, heard: Heard, tell: Tell) -> Generator[bytes]:
    """WebM of mono Opus with cues."""

    def told() -> Generator[bytes]:
        done, all_of_it = 0, heard.samples / RATE
        with closing(finished()) as pcm:
            for piece in pcm:
                done += len(piece) // 2
                tell(2 * all_of_it + done / RATE, 3 * all_of_it)
                yield piece

    with closing(sound.wave(told, heard.samples)) as file:
        yield from audio.listening_copy([file])


def _made_by(
    work: Work, release: Artefact, manner: Manner, cuts: Sequence[Cut], covered: Sequence[Span]
) -> Provenance:
    model = registry.registered(work.database, work.recording.model)
    counts = {
        "mentions": len(cuts),
        "stretches": len(covered),
        "seconds": round(sum(last - first for first, last in covered) / 1000, 3),
        "lines": spans.lines(cuts),
        "wider": sum(cut.reach is not spans.Reach.WORDS for cut in cuts),
    }
    stated = {"release": release.version, "released": release.id, "how": manner.how.value, "voice": manner.voice.value}
    made = work.made_by("bleep", ENGINE, version("tillit"))
    parameters = {**stated, "padding": spans.PADDING, **counts}
    return replace(made, model=model.name, model_sha256=model.sha256, parameters=parameters)


def _unless_released_anew(release: Artefact, session: Session) -> None:
    of_recording = Artefact.recording_id == release.recording_id, Artefact.kind == RELEASED
    if session.scalar(sa.select(sa.func.max(Artefact.version)).where(*of_recording)) != release.version:
        raise NotReady(MEANWHILE)
