"""The stages that listen: the copy to listen to and the levels, the words, and who spoke them."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing, suppress
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from ingest import speakers_known
from ingest.audio import decode as audio
from ingest.labels import in_language, labels, numbered
from ingest.speakers.assign import assigned
from ingest.speakers.diarise import Diariser
from ingest.speakers.roles import interviewer, same_voice
from ingest.transcription import registry
from ingest.transcription.engine import Memory, Parameters, Whisper, made_with
from ingest.transcription.styles import Style
from ingest.work import LEVELS, LISTENING, MENTIONS, TRANSCRIPT
from storage import places
from storage.errors import AlreadyThere, Damaged
from storage.records import Heard, Study, new_id
from storage.streams import reader

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import BinaryIO

    from ingest.audio.decode import Levels
    from ingest.speakers.turns import Speakers
    from ingest.transcription.models import Model
    from ingest.work import Work
    from storage.transcript import Transcript


def decode(work: Work) -> None:
    """Make the listening copy, mono Opus in WebM without the recorder's metadata, and measure the levels meanwhile."""
    if work.artefact(LISTENING):
        return
    measured: list[Levels] = []

    def copied(parts: Sequence[BinaryIO]) -> Generator[bytes]:
        measured.append((yield from audio.listening_copy(parts, layouts=work.layouts or None)))

    with work.originals() as parts, closing(copied(parts)) as copy:
        work.act.seal(work.recording, LISTENING, reader(copy), work.made_by("decode", "pyav", version("av")))
    levels = measured[0].to_bytes()
    work.act.seal(work.recording, LEVELS, levels, work.made_by("decode", "pyav", version("av")))


def transcribe(work: Work) -> None:
    """Turn the sound into words with the recording's registered weights, here on this machine."""
    if work.artefact(TRANSCRIPT):
        return
    model, study = registry.registered(work.database, work.recording.model), _study(work)
    parameters = Parameters(style=Style(study.style), hotwords=work.told.hotwords, device=work.told.device)
    kept, language = Kept(work, _fingerprint(model, parameters, work)), work.recording.language or None
    channels = numbered(language or "", 2) if work.speaker_per_channel and study.speakers in {None, 2} else ()
    with work.originals() as parts:
        transcript = Whisper(model, parameters=parameters).transcribe(
            audio.pcm(parts, max(1, len(channels)), layouts=work.layouts or None),
            language,
            work.tell,
            channels=channels,
            duration=float(work.recording.facts["duration"]),
            memory=kept,
        )
    transcript = named(transcript, in_language(channels, transcript.language))
    work.act.seal(work.recording, TRANSCRIPT, transcript.to_bytes(), transcript.made_by)
    work.act.facts["segments"] = len(transcript.segments)
    work.act.forget(kept.everything())


class Kept(Memory):
    """What was heard of a recording so far, sealed under the participant's key, batch by batch.

    Each batch is kept at once, and the rules are asked each time: a withdrawal stops the recogniser where it is.
    The names that were told beside the sound decide the words too; a digest of them, which might be guessed from, is
    sealed with the batch.
    """

    def __init__(self, work: Work, fingerprint: str) -> None:
        self._work = work
        self._fingerprint = fingerprint
        self._names = hashlib.sha256("\n".join(work.told.hotwords).encode()).hexdigest()

    def recall(self) -> dict[int, str]:
        """What was kept with the same weights, parameters and names; a batch that does not open is heard again."""
        owner, known = self._work.recording.participant_id, dict[int, str]()
        for row in self.everything():
            if row.fingerprint == self._fingerprint:
                with suppress(Damaged):
                    names, _, text = self._work.act.open_text(owner, places.heard(row), row.sealed_text).partition(
                        "\n"
                    )
                    known |= {row.number: text} if names == self._names else {}
        return known

    def keep(self, number: int, text: str) -> None:
        """Keep a batch, unless one stands in its place that is of no use; that one goes with all in the end.

        Raises Denied if the participant has withdrawn meanwhile.
        """
        recording = self._work.recording
        row = Heard(id=new_id(), recording_id=recording.id, participant_id=recording.participant_id)
        row.number, row.fingerprint = number, self._fingerprint
        row.sealed_text = self._work.act.seal_text(
            recording.participant_id, places.heard(row), f"{self._names}\n{text}"
        )
        with suppress(AlreadyThere):
            self._work.act.keep_now(row)

    def everything(self) -> list[Heard]:
        """All that is kept of this recording, whatever it was heard with."""
        return self._work.act.all(sa.select(Heard).where(Heard.recording_id == self._work.recording.id))


def _fingerprint(model: Model, parameters: Parameters, work: Work) -> str:
    """What must be the same for a batch to be the same; of the names only that there are so many."""
    sound = {"language": work.recording.language, "layouts": work.layouts}
    told = {"model": model.sha256, "by": made_with(), **sound, **parameters.told()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def tell_speakers(work: Work) -> None:
    """Say of every word who spoke it, and which of them is the interviewer.

    Not where names were found already, as in a vault of before there was this stage: a mention counts segments, and
    these would be others.
    """
    if work.need(TRANSCRIPT).version > 1 or work.artefact(MENTIONS):
        return
    transcript = work.transcript()
    if any(segment.speaker for segment in transcript.segments):
        after, facts = named(transcript, labels(transcript, interviewer(transcript))), dict[str, object](by="channel")
    else:
        after, facts = _by_voice(work, transcript)
    made_by = work.made_by("tell speakers", "tillit-speakers", version("tillit"))
    noted = replace(transcript.made_by, parameters=transcript.made_by.parameters | {"speakers": facts})
    work.act.seal(work.recording, TRANSCRIPT, replace(after, made_by=noted).to_bytes(), made_by, 2)


def _by_voice(work: Work, transcript: Transcript) -> tuple[Transcript, dict[str, object]]:
    """The transcript with speakers told by their voices, and how that was done."""
    study, diariser = _study(work), Diariser()
    duration = float(work.recording.facts["duration"])
    with work.originals() as parts, closing(audio.pcm(parts, layouts=work.layouts or None)) as pcm:
        found = diariser.diarise(pcm, study.speakers, lambda done: work.tell(min(done, duration), duration))
    plain = numbered(transcript.language, len(found.voices))
    after = assigned(transcript, found.turns, plain)
    who, how = _interviewer(work, after, found, plain)
    if how == "voice" and len(plain) == 2:
        speakers_known.keep_participant(work.act, work.recording, found.voices[1 - plain.index(who or "")].tolist())
    facts = {**diariser.facts, "by": "voice", "found": len(plain), "interviewer by": how}
    return named(after, labels(after, who)), facts


def _interviewer(work: Work, transcript: Transcript, found: Speakers, plain: Sequence[str]) -> tuple[str | None, str]:
    """The interviewer's label and how it was found: by a voice the study knows, or by who asks the questions."""
    for voice in work.told.interviewers.values():
        if (at := same_voice(np.asarray(voice, np.float32), found.voices)) is not None:
            return plain[at], "voice"
    own = speakers_known.of_participant(work.act, work.recording)
    if (
        own is not None
        and len(plain) == 2
        and (at := same_voice(np.asarray(own, np.float32), found.voices)) is not None
    ):
        return plain[1 - at], "voice"
    who = interviewer(transcript)
    return who, "questions" if who else "not found"


def named(transcript: Transcript, names: dict[str, str]) -> Transcript:
    """The transcript with other labels for its speakers."""
    segments = (replace(one, speaker=names.get(one.speaker or "", one.speaker)) for one in transcript.segments)
    return replace(transcript, segments=tuple(segments))


def _study(work: Work) -> Study:
    with work.database.reader.connect() as connection:
        found = connection.execute(sa.select(Study.style, Study.speakers).where(Study.id == work.recording.study_id))
        style, speakers = found.one()
    return Study(style=style, speakers=speakers)
