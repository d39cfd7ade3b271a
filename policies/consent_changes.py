"""Amending a consent: a purpose added or taken away, another date, what shows it. What was before stays as it was.

An amendment is a consent of its own, the newest, and names the one it was made from. So a purpose that was taken away
is missed at the next door, in the next stage of a job, and at the end of every act that is under way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import consent
from policies.actions import CONSENTED, Action, Purpose
from storage.consents import Letter
from storage.errors import BadInput

if TYPE_CHECKING:
    from datetime import date

    from policies.act import Act
    from policies.consent_evidence import Evidence
    from policies.desk import Desk
    from storage.consents import Consent
    from storage.records import Participant

NONE = "There is no consent to amend: none is recorded, or it was withdrawn. Record one with `tillit consent record`."
NOTHING = "That changes nothing. Say what is to be otherwise."
NO_PURPOSE = "That would leave no purpose. If the participant withdraws, use `tillit withdraw`."
OLDER = "An amendment cannot be older than the consent it amends. Check --given."


@dataclass(frozen=True)
class Change:
    """What is to be otherwise; None leaves a thing as it is, and so does an empty letter or way.

    `open_now` ends an embargo. `given` is the day on which the participant said so.
    """

    given: date
    add: frozenset[Purpose] = field(default_factory=frozenset)
    remove: frozenset[Purpose] = field(default_factory=frozenset)
    expires: date | None = None
    embargo: date | None = None
    open_now: bool = False
    letter: str = ""
    language: str = ""
    how: str = ""
    shown_by: Evidence | None = None


def amend(desk: Desk, participant: Participant, change: Change) -> Consent:
    """Keep an amended consent as the newest. Raises Denied, BadInput, NotFound; NotReady if another overtook it."""
    with desk.act(Action.SEE_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        before = consent.current(act, participant)
        language = change.language or ("" if change.letter or before is None else _language(act, before))
    if before is None or before.withdrawn_at is not None:
        raise BadInput(NONE)
    given = _given(before, change, language)
    _check(before, given)
    return consent.keep(desk, participant, given, amends=before)


def _language(act: Act, before: Consent) -> str:
    letter = act.one(sa.select(Letter).where(Letter.id == before.letter_id))
    return letter.language if letter else ""


def _given(before: Consent, change: Change, language: str) -> consent.Given:
    purposes = ({Purpose(name) for name in before.purposes} | change.add) - change.remove
    return consent.Given(
        purposes=tuple(purpose for purpose in CONSENTED if purpose in purposes),
        given=change.given,
        how=change.how or before.how,
        letter=change.letter or before.letter,
        expires=change.expires or before.expires,
        language=language,
        embargo=None if change.open_now else change.embargo or before.embargo,
        shown_by=change.shown_by,
    )


def _check(before: Consent, given: consent.Given) -> None:
    if not given.purposes:
        raise BadInput(NO_PURPOSE)
    if given.given < before.given:
        raise BadInput(OLDER)
    named = ("how", "letter", "expires", "embargo")
    same = all(getattr(given, name) == getattr(before, name) for name in named)
    if same and [*given.purposes] == before.purposes and given.shown_by is None:
        raise BadInput(NOTHING)
