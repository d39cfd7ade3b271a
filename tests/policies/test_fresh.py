"""What takes the passphrase anew: a root that `tillit unlock` left open does not do, whatever was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies.actions import ACTIONS, Action
from policies.in_two import Second
from storage import roots, vault, warden
from storage.errors import Denied, Locked
from tests.house_fixtures import KNOWN, House, Known, build, reopen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FRESH = sorted(action for action, spec in ACTIONS.items() if spec.fresh and spec.resource in {"Vault", "Study"})
LONG = 300.0


@pytest.fixture
def unlocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose root a warden holds, made, and with Signe in it, before that; not opened by it yet."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    house = build(tmp_path / "vault")
    house.second_steward()
    warden.start(house.vault.id, {"root": roots.read(house.vault.folder, roots.Keeper(), KNOWN, "root")}, LONG)
    yield house
    warden.stop(house.vault.id)
    house.vault.close()


@pytest.mark.parametrize("action", FRESH)
def test_through_the_warden_it_is_refused(unlocked: House, action: Action) -> None:
    """To each person of the house, and to who has another's approval in hand."""
    through = House(reopen(unlocked.vault.folder, Known(b"")), unlocked.study)
    thing = through.vault.id if ACTIONS[action].resource == "Vault" else through.study
    second = None
    if ACTIONS[action].second_person:
        second = Second(unlocked.approved(action, thing))
    purpose = min(ACTIONS[action].purposes)
    for who in ("astrid", "signe", "ivar", "ragna"):
        with pytest.raises(Denied, match="passphrase anew"), through.desk(who).act(action, thing, purpose, second):
            pytest.fail("the door opened")
    through.vault.close()


def test_with_the_passphrase_the_same_person_does_it(unlocked: House) -> None:
    """Asked for although the warden runs: a wrong one is Locked, the right one opens a vault that is fresh."""
    with pytest.raises(Locked):
        vault.open_vault(unlocked.vault.folder, Known(b"another"), fresh=True)
    again = vault.open_vault(unlocked.vault.folder, KNOWN, fresh=True)
    request = Second(unlocked.approved(Action.ESCROW_ROOT, again.id))
    desk = House(again, unlocked.study).desk("astrid")
    with desk.act(Action.ESCROW_ROOT, again.id, min(ACTIONS[Action.ESCROW_ROOT].purposes), request):
        pass
    again.close()
