"""Calls made at the same time share one run: who comes first does the work of all who wait by then.

A transaction and its fsync cost the same for one entry as for a hundred, so threads that record together are as
fast together as one alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Condition
from typing import TYPE_CHECKING, Generic, TypeVar

from storage.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
Result = TypeVar("Result")
STOPPED = "Tillit was stopped while it wrote to the ledger. Run the command again."


@dataclass(eq=False)
class _Call(Generic[Item, Result]):
    item: Item
    result: list[Result] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def over(self) -> bool:
        return bool(self.result) or self.error is not None


class Together(Generic[Item, Result]):
    """Turns `run`, which does many items and returns a result for each, into a call for one item from any thread."""

    def __init__(self, run: Callable[[list[Item]], list[Result]]) -> None:
        self._run = run
        self._waiting: list[_Call[Item, Result]] = []
        self._led = False
        self._changed = Condition()

    def __call__(self, item: Item) -> Result:
        """The item's result. Raises what the run raised, in every thread that shared it."""
        call: _Call[Item, Result] = _Call(item)
        with self._changed:
            self._waiting.append(call)
            while self._led and not call.over:
                self._changed.wait()
            calls = [] if call.over else self._take()
        if calls:
            self._lead(calls)
        if call.error is not None:
            raise call.error
        return call.result[0]

    def _take(self) -> list[_Call[Item, Result]]:
        calls, self._waiting, self._led = self._waiting, [], True
        return calls

    def _lead(self, calls: list[_Call[Item, Result]]) -> None:
        try:
            for call, result in zip(calls, self._run([call.item for call in calls]), strict=True):
                call.result.append(result)
        except BaseException as error:
            for call in calls:  # only the thread that was interrupted stops for it
                call.error = error if isinstance(error, Exception) else StorageFailed(STOPPED)
            raise
        finally:
            with self._changed:
                self._led = False
                self._changed.notify_all()
