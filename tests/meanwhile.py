"""What happens meanwhile: somebody at the door during whose act something else is done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policies.act import Act
    from policies.actions import Action, Purpose
    from policies.facts import Thing
    from policies.in_two import Second


@dataclass(frozen=True)
class Meanwhile(Desk):
    """A desk that does `done` between the body of every act of kind `during` and its commit."""

    during: Action
    done: Callable[[], object]

    @contextmanager
    def act(self, action: Action, thing: Thing | str, purpose: Purpose, second: Second | None = None) -> Iterator[Act]:
        """Ask at the door as this person."""
        with super().act(action, thing, purpose, second) as act:
            yield act
            if action is self.during:
                self.done()


def meanwhile(desk: Desk, during: Action, done: Callable[[], object]) -> Meanwhile:
    """`desk`, at which `done` happens just before every act of kind `during` is committed."""
    return Meanwhile(desk.vault, desk.gate, desk.who, during, done)
