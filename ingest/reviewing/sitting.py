"""One act of a review: the overlay as it is, decisions on top of it, and what the ledger is told, which is no name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.decisions import CHANGED, Overlay, keep, overlay, set_stage
from ingest.reviewing.deeds import Verb, What
from ingest.work import Work
from policies.actions import Action, Purpose
from policies.typed import reason
from storage.errors import BadInput, NotReady

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ingest.pseudonyms.apply import Mention
    from policies.desk import Desk
    from storage.records import Recording


@dataclass(frozen=True)
class Remark:
    """Why somebody decides, in their words; and the last decision they had seen, None if they do not say.

    With `as_of` nothing is kept if others decided since.
    """

    why: str = ""
    as_of: int | None = None


NO_REMARK = Remark()


@dataclass(frozen=True)
class Sitting:
    """A recording under review, its overlay, and what the person says of the decision at hand."""

    work: Work
    overlay: Overlay
    remark: Remark

    def numbered(self, numbers: Collection[int] | None) -> list[Mention]:
        """The finds of these numbers in the order of the text, or all undecided ones for None. Raises BadInput."""
        if numbers is None:
            return self.overlay.open
        known = {self.overlay.numbers[mention.id]: mention for mention in self.overlay.mentions}
        if not known.keys() >= set(numbers):
            last = max(known, default=0)
            raise BadInput("There is no find of that number: they go to {n}. Look with `tillit review`.", n=last)
        return [mention for number, mention in known.items() if number in set(numbers)]

    def decide(self, decided: Iterable[tuple[Verb, What]]) -> Overlay:
        """Keep decisions when the act ends; what was released before them no longer stands."""
        rows = list(decided)
        left = keep(self.work, self.overlay, rows, self.remark.why)
        if any(verb is not Verb.SEEN for verb, _ in rows):
            set_stage(self.work, left)
        self.tell([verb for verb, _ in rows])
        return left

    def tell(self, verbs: Sequence[Verb]) -> None:
        """For the ledger: which verbs, and the numbers of the decisions."""
        first = self.overlay.last + 1
        decisions = list(range(first, first + len(verbs)))
        self.work.act.facts.update(verbs=sorted({verb.value for verb in verbs}), decisions=decisions)


@contextmanager
def sitting(desk: Desk, recording: Recording, remark: Remark = NO_REMARK) -> Iterator[Sitting]:
    """Sit down with a recording. Raises Denied, BadInput, and NotReady if others decided since `remark.as_of`."""
    remark = replace(remark, why=reason(remark.why))
    with desk.act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        found = overlay(work)
        if remark.as_of not in {None, found.last}:
            raise NotReady(CHANGED)
        yield Sitting(work, found, remark)
