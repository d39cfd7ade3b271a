"""A thousand races at one door: after a withdrawal nothing is handed off or approved, and no approval counts twice.

Sixty of them where TILLIT_SOAK is not set. What is judged is the ledger: the order of its entries is the order in
which things came about.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policies import studies
from policies.actions import Action, Role
from tests.house_fixtures import House, build
from tests.policies import racing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.policies.racing import Card, Start

SOAK = bool(os.environ.get("TILLIT_SOAK"))
RACES = 50  # in one house
CLOSING = (Action.WITHDRAW.value, Action.WITHDRAW_CONSENT.value)
OPENED = (Action.HAND_OFF.value, Action.HAND_OFF_RECORDING.value)


@dataclass
class Course:
    """What ended well, in the ledger's order: each as (position, action, "Study/…" or what else it was done to)."""

    ended: list[tuple[int, str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> Course:
        """Read from a ledger."""
        entries: list[dict[str, Any]] = [json.loads(leaf) for leaf in leaves]
        asked = {entry["act"]: entry for entry in entries if entry["event"] == "decision"}
        good = [(at, asked[e["act"]]) for at, e in enumerate(entries) if e["event"] == "outcome" and e["ok"]]
        return cls([(at, decision["action"], decision["resource"]) for at, decision in good])

    def when(self, actions: Iterable[str], *things: str) -> list[int]:
        """The positions at which these were done to these."""
        wanted = set(actions)
        return [at for at, action, thing in self.ended if action in wanted and thing in things]


def _judge(course: Course, race: Card) -> Counter[str]:
    """What holds after every race; how often what came about."""
    end = min(course.when(CLOSING, f"Participant/{race.participant}"))
    approved = course.when([Action.APPROVE_REIDENTIFICATION.value], f"Recording/{race.recording}")
    used = course.when([Action.REIDENTIFY.value], f"Recording/{race.recording}")
    handed = course.when(OPENED, f"Study/{race.study}", f"Recording/{race.recording}")
    registered = course.when(OPENED[:1], f"Study/{race.study}")
    assert len(approved) <= 1
    assert len(used) <= len(approved)
    assert approved + used == sorted(approved + used)
    assert [at for at in (*approved, *used, *handed) if at > end] == []
    assert len([one for one in Path(race.folder).iterdir() if one.is_dir()]) == len(registered)
    if race.number % racing.EVERY == 0:
        assert (len(approved), len(registered)) == (1, 2)
    if race.number % racing.EVERY == racing.EVERY // 2:
        assert not approved + used + handed
    return Counter(approved=len(approved), used=len(used), handed=len(registered))


def _run(house: House, start: Start, folder: Path, races: int) -> Counter[str]:
    studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
    cards, came = [], Counter[str]()
    for number in range(races):
        (folder / str(number)).mkdir()
        cards.append(racing.card(house, number, folder / str(number)))
        racing.run(start, cards[-1])
    course = Course.of(house.vault.ledger.leaves())
    for card in cards:
        came += _judge(course, card)
    assert house.vault.ledger.verify().warnings == ()
    return came


@pytest.fixture
def raced(tmp_path: Path) -> House:
    """A house of its own, and a folder beside it for what is handed off."""
    (tmp_path / "out").mkdir()
    return build(tmp_path / "vault")


@pytest.mark.parametrize("batch", range(10 if SOAK else 1))
def test_in_no_race_of_threads_is_anything_done_twice_or_after_a_withdrawal(
    raced: House, tmp_path: Path, batch: int
) -> None:
    """Seven people at once on one open vault, again and again."""
    with racing.threads(raced.vault) as start:
        came = _run(raced, start, tmp_path / "out", RACES)
    assert came["approved"] >= RACES // racing.EVERY, batch
    raced.vault.close()


@pytest.mark.parametrize("batch", range(10 if SOAK else 1))
def test_in_no_race_of_processes_either(raced: House, tmp_path: Path, batch: int) -> None:
    """Seven processes, each with the vault open for itself."""
    with racing.processes(tmp_path / "vault") as start:
        came = _run(raced, start, tmp_path / "out", RACES if SOAK else RACES // 5)
    assert came["handed"] >= 2, batch
    raced.vault.close()
