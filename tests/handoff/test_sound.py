"""Sound in a hand-off: of whom, to whom, and only if it belongs to the text beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff.register import Order, hand_off
from policies import consent
from policies.actions import CONSENTED, Action, Purpose
from storage.errors import Denied
from storage.records import Handoff, Recording, new_id
from storage.transcript import Provenance
from tests.handoff.examples import interview, unscanned
from tests.house_fixtures import given
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storage.records import Artefact, Participant
    from tests.house_fixtures import House

MADE_BY = Provenance("release", "test", "1")
WEBM = b"\x1a\x45\xdf\xa3 the sound of "
INTERNAL = (Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.ANALYSE)
NOT_BLEEPED = "Only the sound: It is not bleeped for the release that goes out. Run `tillit bleep`."
NO_CONSENT = "Only the sound: The participant did not consent to this purpose."


def _participant(
    house: House, code: str, purposes: Iterable[Purpose] = CONSENTED, *, bleeped: bool = True
) -> tuple[Participant, Recording]:
    """Somebody whose one interview is released, and bleeped."""
    made = house.participant(code, purposes)
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=made.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 60.0}, model="base", by_person_id=house.desk("ivar").who.id, stage="release",
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, made, Purpose.RECORD) as act:
        act.add(recording)
        release = act.seal(recording, "released", interview().transcript.to_bytes(), MADE_BY)
        if bleeped:
            act.seal(recording, "bleeped", WEBM + code.encode(), _of(release))
    return made, recording


def _of(release: Artefact) -> Provenance:
    return Provenance("bleep", "test", "1", parameters={"released": release.id})


def _order(
    folder: Path,
    purpose: Purpose = Purpose.ANALYSE,
    recipient: str = "ragna",
    formats: tuple[str, ...] = ("sound", "vtt"),
) -> Order:
    return Order(folder, formats, recipient, purpose, "en")


def test_the_studys_own_researchers_get_the_sound_to_analyse(house: House, tmp_path: Path) -> None:
    """Consent to the analysis is enough; the file stands beside its text, in the manifest, and in the README."""
    _participant(house, "P01", INTERNAL)
    handed = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut"), unscanned)
    assert (tmp_path / "ut" / "P01-1.webm").read_bytes() == WEBM + b"P01"
    assert (tmp_path / "ut" / "P01-1.vtt").exists()
    assert "P01-1.webm" in {
        file["name"] for file in json.loads((tmp_path / "ut" / "manifest.json").read_bytes())["files"]
    }
    assert "*.webm" in (tmp_path / "ut" / "README.txt").read_text(encoding="utf-8-sig")
    assert handed.left_out == {}


@pytest.mark.parametrize("purpose", [Purpose.SHARE_TEXT, Purpose.ARCHIVE])
def test_sound_for_anybody_else_needs_consent_to_share_sound(house: House, tmp_path: Path, purpose: Purpose) -> None:
    """Whoever agreed to share the text alone is in it with the text alone, and that is counted."""
    _participant(house, "P01")
    _participant(house, "P02", (*INTERNAL, purpose))
    _participant(house, "P03", (*INTERNAL, Purpose.SHARE_SOUND))
    handed = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", purpose, "An archive"), unscanned)
    assert {path.name for path in (tmp_path / "ut").glob("*.webm")} == {"P01-1.webm"}
    assert {path.name for path in (tmp_path / "ut").glob("*.vtt")} == {"P01-1.vtt", "P02-1.vtt"}
    assert handed.left_out[NO_CONSENT] == 1


def test_sound_of_another_release_stays(house: House, tmp_path: Path) -> None:
    """A copy made for the version before, and a recording without one, go out without their sound, and are counted."""
    _participant(house, "P01", bleeped=False)
    _, second = _participant(house, "P02")
    with house.desk("ragna").act(Action.RELEASE, second, Purpose.ANALYSE) as act:
        act.seal(second, "released", interview().transcript.to_bytes(), MADE_BY, 2)
    handed = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut"), unscanned)
    assert list((tmp_path / "ut").glob("*.webm")) == []
    assert (handed.interviews, dict(handed.left_out)) == (2, {NOT_BLEEPED: 2})


def test_without_being_asked_for_no_sound_goes_out(house: House, tmp_path: Path) -> None:
    """And nobody is asked about it."""
    _participant(house, "P01")
    hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", formats=("vtt",)), unscanned)
    assert list((tmp_path / "ut").glob("*.webm")) == []
    assert not any(b"hand_off_sound" in leaf for leaf in house.vault.ledger.leaves())


def test_sound_alone_of_nobody_is_no_hand_off(house: House, tmp_path: Path) -> None:
    """With nothing to give the reasons are said, and no folder is made."""
    _participant(house, "P01", bleeped=False)
    with pytest.raises(Denied, match="not bleeped"):
        hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", formats=("sound",)), unscanned)
    assert not (tmp_path / "ut").exists()


def test_of_whom_there_is_no_sound_nothing_is_handed_off_with_sound_alone(house: House, tmp_path: Path) -> None:
    """They are not counted as handed off, the register does not say they were, and the manifest does not know them."""
    _participant(house, "P01", bleeped=False)
    _, second = _participant(house, "P02")
    handed = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", formats=("sound",)), unscanned)
    assert (handed.interviews, dict(handed.left_out)) == (1, {NOT_BLEEPED: 1})
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Handoff)).one().recordings == [second.id]
    assert "P01" not in (tmp_path / "ut" / "manifest.json").read_text()


def test_consent_to_sound_that_is_taken_back_meanwhile_stops_it(house: House, tmp_path: Path) -> None:
    """A new record without it, while the sound is packed, lets nothing out; run again the text goes alone."""
    participant, _ = _participant(house, "P01")
    less = (*INTERNAL, Purpose.ARCHIVE)
    slow = meanwhile(
        house.desk("ragna"),
        Action.HAND_OFF_SOUND,
        lambda: consent.record(house.desk("astrid"), participant, given(less)),
    )
    order = _order(tmp_path / "ut", Purpose.ARCHIVE, "An archive")
    with pytest.raises(Denied, match=r"did not consent|changed meanwhile"):
        hand_off(slow, house.study, order, unscanned)
    assert not (tmp_path / "ut").exists()
    assert hand_off(house.desk("ragna"), house.study, order, unscanned).left_out == {NO_CONSENT: 1}
