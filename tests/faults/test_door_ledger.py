"""The ledger fails at every write of every action there is: nothing opens that it did not take, nothing is told.

Every action of the house is asked for under rules that allow all of them, and its act takes whatever its permit
opens; what came of it is judged afterwards by what stands in the ledger. The list of actions is walked, so that a new
one is tried too.
"""

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import policies.decide
from policies.actions import ACTIONS, Action, Purpose
from policies.decide import Rules
from policies.gate import Gate
from storage.broken_glass import BrokenGlass
from storage.errors import Denied, StorageFailed
from storage.ledger import Entry
from storage.ledger_tiles import WIDTH
from storage.records import Artefact, Person, Voice, new_id, now
from tests.faults.ledger_down import GONE, SILENT, Said, at_every_write, ledger_down
from tests.house_fixtures import LATER, House, build
from tests.policies.keeping import MADE_BY, WORDS, artefacts, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.act import Act
    from policies.facts import Thing
    from storage.records import Participant, Recording
    from tests.faults.failing import Way

SCHEMA = Path(policies.decide.__file__).with_name("access.cedarschema")
ALL = '@id("all") permit (principal, action, resource);'
WRITTEN = "written by the test"
HELD = {"Participant", "Recording", "Voice"}
SOAK = bool(os.environ.get("TILLIT_SOAK"))
SOME = (Action.READ_TRANSCRIPT, Action.SEE_ROSTER, Action.OPEN_INBOX, Action.ESCROW_ROOT)  # one of each sort of permit


@dataclass
class Scene:
    """A house whose door lets everybody in, one thing of every kind, and what acts got out of it."""

    house: House
    gate: Gate
    participant: Participant
    recording: Recording
    artefact: Artefact
    things: dict[str, Thing | str]
    taken: list[object] = field(default_factory=list)
    told: list[object] = field(default_factory=list)
    versions: Iterator[int] = field(default_factory=itertools.count)

    def act(self, action: Action) -> None:
        """One act: takes all its permit opens, seals something where it can, and tells the caller at its end."""
        spec = ACTIONS[action]
        thing, purpose = self.things[spec.resource], min(spec.purposes)
        with self.gate.act(self.house.desk("ragna").who, action, thing, purpose) as act:
            found = self._plunder(act, action)
            self.taken.append(found)
            if act.resource.participant:
                act.seal(self.recording, WRITTEN, WORDS, MADE_BY, next(self.versions))
        self.told.append(found)

    def _plunder(self, act: Act, action: Action) -> list[object]:
        spec = ACTIONS[action]
        found: list[object] = [act.position]
        if act.resource.participant:
            found.append(act.read(self.artefact))
        if spec.study_key:
            found += act.sealed_for_study()
        if spec.link:
            found.append(act.names() if act.resource.study else act.whole_link())
        if spec.ceremony:
            act.ceremony(lambda permit: permit.for_ceremony())
        return found

    def sealed(self) -> int:
        """How many rows of what acts sealed there are."""
        mine = sa.select(sa.func.count()).select_from(Artefact).where(Artefact.kind == WRITTEN)
        with Session(self.house.vault.database.reader) as session:
            return session.scalars(mine).one()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One house for all: each run leaves it as it was, or with an entry and a row more."""
    house = build(tmp_path_factory.mktemp("door") / "vault")
    participant = house.participant("P01")
    recording = keep(house, participant)
    database = house.vault.database
    with Session(database.reader, expire_on_commit=False) as session:
        voice = session.scalars(sa.select(Voice)).one()
        person = session.scalars(sa.select(Person)).first()
    assert person
    broken = BrokenGlass(
        id=new_id(), study_id=house.study.id, number=1, person_id=person.id, why="It has to be.",
        until=now().replace(year=LATER.year),
    )  # fmt: skip
    with Session(database.writer, expire_on_commit=False) as session, session.begin():
        session.add(broken)
    things: dict[str, Thing | str] = {
        "Vault": house.vault.id, "Study": house.study, "Participant": participant, "Recording": recording,
        "BrokenGlass": broken, "Voice": voice,
    }  # fmt: skip
    gate = Gate(house.vault, Rules(ALL, SCHEMA.read_text()))
    yield Scene(house, gate, participant, recording, artefacts(house, recording)[0], things)
    house.vault.close()


@dataclass
class Judge:
    """Holds what acts took, told and kept against what the ledger says of them; `took` counts those that opened."""

    scene: Scene
    action: Action
    took: int = 0

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.said, self.before = Said.from_now(self.scene.house.vault), self.scene.sealed()
        self.scene.taken.clear()
        self.scene.told.clear()

    def __call__(self, error: BaseException | None) -> None:
        """After a run that ended with `error` or without."""
        assert error is None or isinstance(error, StorageFailed), error
        scene, kept = self.scene, self.said.kept()
        assert len(scene.taken) <= len(self.said.allowed())
        assert len(scene.told) == (error is None) <= len(kept)
        assert scene.sealed() - self.before == (len(kept) if ACTIONS[self.action].resource in HELD else 0)
        self.took += len(scene.taken)
        self._begin()


def _judged(scene: Scene, action: Action, way: Way, *, file_gone: bool = False) -> None:
    judge = Judge(scene, action)
    assert at_every_write(lambda: scene.act(action), judge, way, file_gone=file_gone) > 6
    assert judge.took > 1


@pytest.mark.parametrize("action", Action)
def test_without_its_decision_in_the_ledger_no_act_takes_anything(scene: Scene, action: Action) -> None:
    """Whichever write of the ledger fails: what was taken was let in there, what was told and kept had ended there."""
    _judged(scene, action, GONE, file_gone=True)


@pytest.mark.parametrize("action", Action if SOAK else SOME)
def test_nothing_is_taken_once_both_homes_are_gone(scene: Scene, action: Action) -> None:
    """From any write to either home on, both fail for good: the same holds."""
    _judged(scene, action, GONE)


@pytest.mark.parametrize("action", Action if SOAK else SOME[:1])
def test_what_a_failing_disk_did_all_the_same_is_not_taken_for_granted(scene: Scene, action: Action) -> None:
    """A write that reports a failure and happened is no leave: the act ends with a sentence, and tells nothing."""
    _judged(scene, action, SILENT)
    _judged(scene, action, SILENT, file_gone=True)


@pytest.mark.parametrize("ahead", [1, 2])
def test_a_tile_that_cannot_be_written_is_the_ledgers_failure(scene: Scene, ahead: int) -> None:
    """Where the decision's entry or the outcome's fills a tile of the tree, its write is one that may fail too."""
    ledger = scene.house.vault.ledger

    def fill() -> None:
        size = int(ledger.checkpoint().splitlines()[1])
        with Session(scene.house.vault.database.writer) as session, session.begin():
            ledger.append_all(session, (Entry("filled", new_id()) for _ in range(-(size + ahead) % WIDTH)))
        ledger.follow()

    for at in range(1, 60):
        fill()
        said = Said.from_now(scene.house.vault)
        with ledger_down(at, GONE) as meter, suppress(StorageFailed):
            scene.act(Action.READ_TRANSCRIPT)
        assert len(scene.taken) <= len(said.allowed())
        assert len(scene.told) <= len(said.kept())
        scene.taken.clear()
        scene.told.clear()
        if meter.count < at:
            return
    pytest.fail("no run was clean")


def test_a_no_that_is_not_in_the_ledger_is_no_answer_either(house: House) -> None:
    """A denial whose entry cannot be written is told as the ledger's failure, not as a denial."""

    def ask() -> None:
        with house.desk("a-stranger").act(Action.SEE_STATUS, house.study, Purpose.STEWARDSHIP):
            raise AssertionError

    def check(error: BaseException | None) -> None:
        assert isinstance(error, StorageFailed | Denied)

    assert at_every_write(ask, check, GONE) > 3
