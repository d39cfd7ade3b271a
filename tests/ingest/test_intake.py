"""Recordings come in, in one file or in parts: what is kept, what the receipt says, what is refused."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake, parts
from ingest.intake import Incoming
from policies.actions import Action, Purpose
from storage import places
from storage.errors import BadInput, BadRecording
from storage.records import Artefact, Recording
from tests.policies.keeping import artefacts
from tests.sound import opening

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.intake import Receipt
    from storage.records import Participant
    from tests.house_fixtures import House

SOUNDS = {f"Kari Nordmann {number}.WAV": opening(seconds) for number, seconds in ((1, 1.0), (2, 2.0), (10, 0.5))}


@pytest.fixture
def held(house: House) -> Participant:
    """Somebody who consented."""
    return house.participant("P01")


def _incoming(*names: str) -> list[Incoming]:
    return [Incoming(name, io.BytesIO(SOUNDS[name])) for name in names or SOUNDS]


def _recordings(house: House) -> list[Recording]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Recording).order_by(Recording.number)))


def _originals(house: House, recording: str) -> dict[int, bytes]:
    with Session(house.vault.database.reader) as session:
        row = session.get_one(Recording, recording)
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, row, Purpose.ANALYSE) as act:
        return {artefact.version: act.read(artefact) for artefact in artefacts(house, row)}


def _origin(house: House, recording: Recording) -> tuple[parts.Part, ...]:
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        return parts.opened(act, recording)


def test_parts_become_one_recording_in_the_order_they_were_given(house: House, held: Participant) -> None:
    """Each part is an original of its own, versions from 1, as it came; together they are as long as they all are."""
    receipt = intake.take_in_parts(house.desk("ivar"), held, _incoming())
    assert _originals(house, receipt.id) == dict(enumerate(SOUNDS.values(), 1))
    (recording,) = _recordings(house)
    assert recording.size == receipt.size == sum(map(len, SOUNDS.values()))
    assert receipt.seconds == recording.facts["duration"] == 3.5
    assert [facts["duration"] for facts in recording.facts["parts"]] == [1.0, 2.0, 0.5]


def test_the_receipt_names_every_part_by_its_hash(house: House, held: Participant) -> None:
    """SHA-256 and size of each file that was sent, and of all of them the hash that anybody can compute."""
    said = intake.take_in_parts(house.desk("ivar"), held, _incoming()).to_dict()
    each = [{"sha256": hashlib.sha256(sound).hexdigest(), "size": len(sound)} for sound in SOUNDS.values()]
    assert said["parts"] == each
    lines = "".join(f"{one['sha256']}\n" for one in each)
    assert said["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert "Kari" not in json.dumps(said)
    alone = intake.take_in_parts(house.desk("ivar"), held, _incoming("Kari Nordmann 1.WAV"))
    assert (alone.sha256, alone.recording) == (each[0]["sha256"], "rus/P01-2")
    assert "Kari" not in repr(alone)


def test_the_same_parts_again_get_the_same_receipt(house: House, held: Participant) -> None:
    """Nothing is doubled; the same parts in another order are another recording."""
    first = intake.take_in_parts(house.desk("ivar"), held, _incoming())
    blobs = set(house.vault.blobs.names())
    assert intake.take_in_parts(house.desk("ivar"), held, _incoming()) == first
    assert set(house.vault.blobs.names()) == blobs
    other = intake.take_in_parts(house.desk("ivar"), held, _incoming(*reversed(SOUNDS)))
    assert other.sha256 != first.sha256
    assert [one.number for one in _recordings(house)] == [1, 2]


def test_a_part_that_is_no_recording_keeps_all_of_them_out(house: House, held: Participant) -> None:
    """The sentence says which part it is, and neither it nor the sound ones beside it leave a row or a payload."""
    spoilt = [*_incoming(), Incoming("Kari's letter.wav", io.BytesIO(b"Dear friend" * 999))]
    with pytest.raises(BadRecording, match="Part 4 of 4") as caught:
        intake.take_in_parts(house.desk("ivar"), held, spoilt)
    assert "Kari" not in str(caught.value)
    assert _recordings(house) == []
    assert not set(house.vault.blobs.names())


def test_the_same_file_twice_is_refused(house: House, held: Participant) -> None:
    """A part that was named twice would be heard twice: it is said which, and nothing is kept."""
    names = ["Kari Nordmann 1.WAV", "Kari Nordmann 2.WAV", "Kari Nordmann 1.WAV"]
    with pytest.raises(BadInput, match="Part 1 and part 3 are the same"):
        intake.take_in_parts(house.desk("ivar"), held, _incoming(*names))
    assert _recordings(house) == []


def test_a_file_that_is_not_there_stops_before_anything_is_sealed(
    house: House, held: Participant, tmp_path: Path
) -> None:
    """Of files that are to be joined, one that cannot be opened is BadInput, and the door is not even asked."""
    (tmp_path / "1.wav").write_bytes(opening(1.0))
    before = house.vault.ledger.verify().size
    with pytest.raises(BadInput):
        intake.take_in_joined(house.desk("ivar"), held, [tmp_path / "1.wav", tmp_path / "2.wav"])
    assert house.vault.ledger.verify().size == before


def test_where_parts_came_from_is_sealed_and_nowhere_else(house: House, held: Participant) -> None:
    """File names open for the participant's key alone; no other column has them, whatever bytes they are of."""
    odd = "Kari \udcff Nordmann.wav"  # a name that is no text, as Python has it
    sources = [*_incoming(), Incoming(odd, io.BytesIO(opening(0.7)))]
    receipt = intake.take_in_parts(house.desk("ivar"), held, sources)
    (recording,) = _recordings(house)
    came = _origin(house, recording)
    assert [part.filename for part in came] == [*SOUNDS, odd]
    assert tuple(came) == receipt.parts
    with house.vault.database.reader.connect() as connection:
        rows = [str(row) for name in ("recording", "artefact", "ledger_entry")
                for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))]  # noqa: S608  # fixed names  # fmt: skip
    assert not any("Kari" in row for row in rows)


def test_a_recording_from_before_there_were_parts_opens_as_one(house: House, held: Participant) -> None:
    """Where only a file's name was sealed, under the column's former name, that is what the one part is called."""
    receipt = _from_before(house, held)
    (recording,) = _recordings(house)
    assert _origin(house, recording) == (parts.Part("Kari.wav", receipt.sha256, receipt.size),)
    again = intake.take_in(house.desk("ivar"), held, io.BytesIO(opening(1.0)), "another name.wav")
    assert again == replace(receipt, parts=_origin(house, recording))


def _from_before(house: House, held: Participant) -> Receipt:
    receipt = intake.take_in(house.desk("ivar"), held, io.BytesIO(opening(1.0)), "a.wav")
    (recording,) = _recordings(house)
    values: dict[str, Any] = {"origin_version": 1}
    recording.origin_version = 1
    assert places.origin(recording) == f"recording/sealed_filename/{recording.id}/1"
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        values["sealed_origin"] = act.seal_text(held.id, places.origin(recording), "Kari.wav")
        act.change(recording, **values)
    return receipt


def test_parts_of_a_recording_are_listed_by_their_versions(house: House, held: Participant) -> None:
    """Whoever asks for the originals in the order of their versions has the interview in its order."""
    receipt = intake.take_in_parts(house.desk("ivar"), held, _incoming())
    with Session(house.vault.database.reader) as session:
        query = sa.select(Artefact.kind, Artefact.version).where(Artefact.recording_id == receipt.id)
        assert session.execute(query.order_by(Artefact.version)).all() == [(intake.ORIGINAL, n) for n in (1, 2, 3)]
