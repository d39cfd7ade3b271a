"""Races at one door: several people approve, use, withdraw and hand off the same interview at the same time.

Each race has a study of its own, so that it costs the hundredth what it cost the first. Contenders are threads of
this process, or processes of their own on the same vault: `python -m tests.policies.racing FOLDER`, which reads a
race's card from a line of standard input and answers with a line. Nothing is arranged inside them but for how long
whoever withdraws looks around first; what came of a race is judged from the ledger alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from handoff.register import Order, hand_off
from ingest.withdrawing import Pipeline
from policies import consent, letters, second_person, studies, withdrawal
from policies.actions import CONSENTED, Action, Purpose, Role
from policies.desk import Desk
from policies.gate import Gate
from policies.in_two import Second
from policies.withdrawal import Ground, Scope
from storage import lookup
from storage.errors import AlreadyThere, Denied, NotFound, NotReady
from storage.records import Participant, Recording, Study, new_id
from storage.requests import Request
from storage.transcript import Provenance
from tests.conftest import REPO
from tests.handoff.examples import interview, unscanned
from tests.house_fixtures import LATER, LETTER, TODAY, House, given, reopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.vault import Vault

    Start = Callable[[str, "Card"], Callable[[], str]]

MADE_BY = Provenance("release", "test", "1")
TRIES = 4  # of whoever waits to be approved
DAWDLES = 8  # acts at most before somebody withdraws
EVERY = 10  # of so many races one has the withdrawal last, and one first


@dataclass(frozen=True)
class Card:
    """What one race is about, by id; `folder` is where its hand-offs go."""

    number: int
    study: str
    participant: str
    recording: str
    request: str
    folder: str


def card(house: House, number: int, folder: Path) -> Card:
    """A study with two data stewards, a released interview, and a request of the interviewer's that waits."""
    new = studies.NewStudy(f"race{number}", "A race", "REK 1", TODAY, LATER, "en")
    study = studies.create(house.desk("astrid"), new)
    for handle, role in (("signe", Role.STEWARD), ("ivar", Role.INTERVIEWER), ("ragna", Role.RESEARCHER)):
        studies.add_member(house.desk("astrid"), study, handle, [role])
    letters.add(house.desk("astrid"), study, LETTER, "nb", b"Vil du delta?")
    held = studies.add_participant(house.desk("astrid"), study, "P01")
    consent.record(house.desk("astrid"), held, given(CONSENTED))
    recording = _released(house, held)
    with house.desk("ivar").act(Action.ASK_REIDENTIFICATION, recording, Purpose.ANALYSE) as act:
        request = second_person.ask(act, Action.REIDENTIFY, recording, {"surrogate": "Kari"})
    return Card(number, study.id, held.id, recording.id, request.id, str(folder))


def _released(house: House, held: Participant) -> Recording:
    recording = Recording(
        id=new_id(), study_id=held.study_id, participant_id=held.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 60.0}, model="base", by_person_id=house.desk("ivar").who.id, stage="release",
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, "released", interview().transcript.to_bytes(), MADE_BY)
    return recording


@dataclass(frozen=True)
class _Contender:
    """Somebody in a race, at the door of a vault."""

    vault: Vault
    race: Card

    def desk(self, handle: str) -> Desk:
        return Desk(self.vault, Gate(self.vault), studies.actor(self.vault, handle))

    def request(self) -> Request:
        return lookup.by_id(self.vault.database, Request, self.race.request)

    def approve(self, handle: str) -> None:
        with second_person.approving(self.desk(handle), self.request()) as act:
            second_person.asked(act, self.request())
            second_person.approve(act, self.request())

    def use(self, handle: str) -> None:
        recording = lookup.by_id(self.vault.database, Recording, self.race.recording)
        second = Second(self.race.request)
        for _ in range(TRIES):
            with suppress(Denied), self.desk(handle).act(Action.REIDENTIFY, recording, Purpose.ANALYSE, second) as act:
                second_person.asked(act, self.request())

    def hand_off(self, handle: str) -> None:
        study = lookup.by_id(self.vault.database, Study, self.race.study)
        order = Order(Path(self.race.folder) / new_id(), ["txt"], "ragna", Purpose.ANALYSE, "en")
        hand_off(self.desk(handle), study, order, unscanned)

    def withdraw(self, handle: str) -> None:
        """The consent alone, or in every other race all there is of the participant, keys too."""
        desk, study = self.desk(handle), lookup.by_id(self.vault.database, Study, self.race.study)
        for _ in range(self.race.number * 7 % DAWDLES):
            with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP):
                pass
        held = lookup.by_id(self.vault.database, Participant, self.race.participant)
        if self.race.number % 2:
            consent.withdraw(desk, held)
        else:
            withdrawal.withdraw(desk, held, Scope.ALL, Ground.PARTICIPANT, Pipeline())


WITHDRAW = "withdraw astrid"
ROLES = ("approve signe", "approve astrid", "use ivar", "use  ivar", "hand_off ragna", "hand_off  ragna", WITHDRAW)


def contend(vault: Vault, role: str, race: Card) -> str:
    """Do one's part in a race; returns how one was refused, "" for not at all."""
    verb, handle = role.split()
    try:
        getattr(_Contender(vault, race), verb)(handle)
    except (Denied, NotReady, NotFound, AlreadyThere) as refused:
        return type(refused).__name__
    return ""


def run(start: Start, race: Card) -> None:
    """All at once; in one race of ten the withdrawal last, in another first."""
    others = [role for role in ROLES if role != WITHDRAW]
    others = others[race.number % len(others) :] + others[: race.number % len(others)]  # each is first in its turn
    waves = {0: [others, [WITHDRAW]], EVERY // 2: [[WITHDRAW], others]}.get(race.number % EVERY, [[WITHDRAW, *others]])
    for wave in waves:
        for wait in [start(role, race) for role in wave]:
            wait()


@contextmanager
def threads(vault: Vault) -> Iterator[Start]:
    """Contenders in this process, on one open vault."""
    with ThreadPoolExecutor(len(ROLES)) as pool:
        yield lambda role, race: pool.submit(contend, vault, role, race).result


@contextmanager
def processes(folder: Path) -> Iterator[Start]:
    """Each contender in a process of its own, which opened the vault for itself."""
    with ExitStack() as all_of_them:
        started = {role: all_of_them.enter_context(_process(folder, role)) for role in ROLES}

        def start(role: str, race: Card) -> Callable[[], str]:
            to, answers = started[role]
            to.write(json.dumps(asdict(race)) + "\n")
            to.flush()
            return lambda: _answer(answers)

        yield start


def _answer(answers: IO[str]) -> str:
    line = answers.readline()
    assert line, "a contender died"
    return line.strip()


@contextmanager
def _process(folder: Path, role: str) -> Iterator[tuple[IO[str], IO[str]]]:
    command = [sys.executable, "-m", "tests.policies.racing", str(folder), role]
    with subprocess.Popen(command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        yield child.stdin, child.stdout
        child.stdin.close()


def main(folder: Path, role: str) -> None:
    """Contend in every race a line of standard input tells of."""
    vault = reopen(folder)
    for line in sys.stdin:
        card_of: dict[str, Any] = json.loads(line)
        print(contend(vault, role, Card(**card_of)), flush=True)  # noqa: T201  # the parent reads it
    vault.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
