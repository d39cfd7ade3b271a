"""Somebody at the door of an open vault: what every task in the house is handed first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from policies.act import Act
    from policies.actions import Action, Purpose
    from policies.facts import Actor, Thing
    from policies.gate import Gate
    from policies.in_two import Second
    from storage.vault import Vault


@dataclass(frozen=True)
class Desk:
    """An open vault, its door, and who is asking."""

    vault: Vault
    gate: Gate
    who: Actor
    may: frozenset[Action] | None = field(default=None, kw_only=True)
    """What the command they typed declares (policies.declared); None where nobody typed one."""

    def act(
        self, action: Action, thing: Thing | str, purpose: Purpose, second: Second | None = None
    ) -> AbstractContextManager[Act]:
        """Ask at the door as this person; see policies.gate."""
        declared = self.may is None or action in self.may
        return self.gate.act(self.who, action, thing, purpose, second, declared=declared)
