"""Whether a change of a study's names can be made, before its maker is asked why. Nothing is changed here.

The link key takes one change at a time in all processes, so nobody is asked anything while one is open: first the
check, then the question, then the change, which checks once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.entities import Which, opened
from ingest.name_decisions import undoable
from policies.actions import Action
from storage.errors import BadInput

if TYPE_CHECKING:
    from ingest.entities import Opened
    from ingest.pseudonyms.linking import Entity
    from policies.desk import Desk
    from storage.records import Recording, Study

ITSELF = "A name cannot be merged with itself."
NOT_SAID = "That interview does not say this name."
NOWHERE_ELSE = "No other interview says this name, so there is nothing to split it from."
ONE_FORM = "This name has one form only. Split it by interview, with --in RECORDING."


def may_merge(desk: Desk, study: Study, into: Which, gone: int) -> None:
    """Raises Denied, Locked, NotFound, BadInput, as `entities_changed.merge` would."""
    with opened(desk, study, Action.SET_NAMES) as names:
        names.act.facts["checked"] = "merge"
        two(names, into, gone)


def may_split(desk: Desk, study: Study, which: Which, recording: Recording | None = None) -> None:
    """The same for a split, by interview or else by forms that are still to be asked for."""
    with opened(desk, study, Action.SET_NAMES) as names:
        names.act.facts["checked"] = "split"
        whole = names.numbered(which)
        if recording is not None:
            said_in(names, whole, recording)
        elif len(whole.forms) == 1:
            raise BadInput(ONE_FORM)


def may_rename(desk: Desk, study: Study, which: Which) -> None:
    """The same for another pseudonym, which is still to be asked for."""
    with opened(desk, study, Action.SET_NAMES) as names:
        names.act.facts["checked"] = "rename"
        names.numbered(which)


def may_undo(desk: Desk, study: Study, number: int | None) -> None:
    """The same for an undo of a decision, the newest for None. Raises NotReady if a later one builds on it, too."""
    with opened(desk, study, Action.SET_NAMES) as names:
        names.act.facts["checked"] = "undo"
        undoable(names.act.names(), number)


def two(names: Opened, into: Which, gone: int) -> tuple[Entity, Entity]:
    """Two names of a kind that are not the same. Raises NotFound, BadInput."""
    one, other = names.numbered(into), names.numbered(Which(into.kind, gone))
    if one is other:
        raise BadInput(ITSELF)
    return one, other


def said_in(names: Opened, whole: Entity, recording: Recording) -> set[str]:
    """What one interview calls a name that others say too. Raises BadInput."""
    said = {one.recording.id: one.forms[whole.id] for one in names.where.of(whole.id)}
    if recording.id not in said:
        raise BadInput(NOT_SAID)
    if len(said) == 1:
        raise BadInput(NOWHERE_ELSE)
    return set(said[recording.id])
