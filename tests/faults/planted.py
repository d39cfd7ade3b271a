"""The canaries of a whole run: names of files, attributes and sound that go in, and what they turn into.

What is invented carries a token of this run's own, so that nobody else on the machine can have written it.
"""

from __future__ import annotations

import io
import json
import random
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from ingest import reading
from ingest.work import LISTENING
from policies.actions import Action, Purpose
from storage.age import HybridIdentity
from storage.records import Artefact
from storage.sqlcipher import Sqlcipher
from tests.conftest import REPO
from tests.faults.guises import LEAST
from tests.house_fixtures import PASSPHRASE
from tests.sound import RATE, WINDOW, samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Recording
    from tests.house_fixtures import House

SECONDS, APART, WHOLE = 4, 8, 190.0  # of each recording, between their beginnings, of the sample
FIRST = ("Åse", "Bjørn", "Čilla", "Dagfinn", "Eyvør", "Fredrik", "Gudrún", "Håkon", "Ildikó", "Jørgen")
LAST = ("Brekkestø", "Sæterdal", "Nordahl", "O’Hara", "Lindqvist", "Þórsdóttir", "Mæhlum", "Vågå-Berg")
PLACES = ("Bømlo", "Kautokeino", "Ærøskøbing", "Malmö", "Tórshavn", "Hønefoss", "Sørvågen")
NAMED = REPO / "samples" / "interview.names.json"
WORDS, WIDE = 4, 48  # of a window: words of a transcript, bytes of a listening copy


@dataclass(frozen=True)
class Planted:
    """What one recording carries into the house."""

    number: int
    token: str
    filename: str
    attributes: dict[str, str]

    @cached_property
    def pcm(self) -> bytes:
        """A stretch of the sample as 16 kHz mono s16le, its lowest bit tossed, so that no other has its bytes."""
        start = self.number * APART % (int(WHOLE) - SECONDS)
        pcm = np.frombuffer(samples(WHOLE), dtype="<i2")[start * RATE : (start + SECONDS) * RATE]
        return (pcm ^ np.random.default_rng(int(self.token, 16)).integers(0, 2, len(pcm), dtype="<i2")).tobytes()

    @property
    def sound(self) -> bytes:
        """The recording as a WAV file."""
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(self.pcm)
        return file.getvalue()

    def canaries(self) -> Iterator[bytes]:
        """Its name, and loud windows of the sound, as 16-bit numbers and as the recogniser's floats."""
        yield self.filename.encode()
        pcm = np.frombuffer(self.pcm, dtype="<i2")
        loud = [at for at in range(0, len(pcm) - WINDOW, WINDOW) if np.abs(pcm[at : at + WINDOW]).mean() > 500]
        for at in loud[:: max(1, len(loud) // 4)]:
            yield pcm[at : at + WINDOW].tobytes()
            yield (pcm[at : at + WINDOW].astype("<f4") / 32768).tobytes()


def plant(number: int, run: str) -> Planted:
    """Invent what recording `number` of a run carries; `run` is the run's token, hex digits."""
    chance = random.Random(f"{run}{number}")  # noqa: S311  # no secret of anybody's
    token = f"{run}{number:02x}"
    who = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    place = chance.choice(PLACES)
    attributes = {
        "age": f"{chance.randrange(35, 69)} years, {token}",
        "kin": f"sister of {who} {token}",
        "home": f"«{place}» by the quay {token}",
    }
    return Planted(number, token, f"{who}, {place} {token}.wav", attributes)


def words_of(house: House, recording: Recording) -> Iterator[bytes]:
    """Sentences and windows of words of a recording's transcripts, raw and released, read through the door."""
    ragna = house.desk("ragna")
    for transcript in (reading.read(ragna, recording, real_names=True), reading.read(ragna, recording)):
        for segment in transcript.segments:
            words = segment.text.split()
            if len(words) >= WORDS:
                yield segment.text.strip().encode()
                yield from (
                    " ".join(words[at : at + WORDS]).encode() for at in range(0, len(words) - WORDS + 1, WORDS)
                )


def never_out(house: House, recording: Recording) -> Iterator[bytes]:
    """Real names that were heard in a recording, and windows of its listening copy: no hand-off holds them."""
    raw = reading.read(house.desk("ragna"), recording, real_names=True).text
    names = {str(named["name"]) for named in json.loads(NAMED.read_text("utf-8"))}
    yield from {name.encode() for name in names if len(name) >= LEAST and name in raw}
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        of_recording = Artefact.recording_id == recording.id, Artefact.kind == LISTENING
        data = b"".join(act.read(copy) for copy in act.all(sa.select(Artefact).where(*of_recording)))
    # past the container's header, which is the same for all
    yield from (data[at : at + WIDE] for at in range(len(data) // 4, len(data) - WIDE, len(data) // 6))


@contextmanager
def keys_seen() -> Iterator[set[bytes]]:
    """Collects every secret key that is opened in this process meanwhile, and the passphrase."""
    seen = {PASSPHRASE}
    identity, database = HybridIdentity.__init__, Sqlcipher.__init__

    def opened(self: HybridIdentity, secret: bytes) -> None:
        identity(self, secret)
        seen.update((secret, str(self).encode()))

    def unlocked(self: Sqlcipher, path: Path, key: bytes) -> None:
        database(self, path, key)
        seen.add(key)

    HybridIdentity.__init__, Sqlcipher.__init__ = opened, unlocked  # type: ignore[method-assign]  # put back below
    try:
        yield seen
    finally:
        HybridIdentity.__init__, Sqlcipher.__init__ = identity, database  # type: ignore[method-assign]  # as above
