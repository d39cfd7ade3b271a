"""Whether a hand-off is in bulk: more interviews than second_person.toml lets one person take, or a whole study."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.consents import Consent
from storage.errors import BadInput
from storage.records import Handoff, Participant, Recording

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILE = Path(__file__).parent / "second_person.toml"
RELEASED = "release"  # the stage from which an interview may leave the house
WRONG = (
    "policies/second_person.toml is not as it should be: under [hand_off] it has the whole numbers more_than and "
    "whole_from, and nothing else. Put it back as it came."
)


@dataclass(frozen=True)
class Limits:
    """One person hands off at most `more_than` interviews, and no study whole that has `whole_from` or more."""

    more_than: int
    whole_from: int

    def bulk(self, going: int, there: int) -> bool:
        """Whether handing off `going` of the `there` interviews of a study takes two."""
        return going > self.more_than or (going == there and there >= self.whole_from)


def read(text: str) -> Limits:
    """The limits a file has. Raises BadInput for anything else."""
    try:
        found = tomllib.loads(text)["hand_off"]
    except (tomllib.TOMLDecodeError, KeyError):
        raise BadInput(WRONG) from None
    if not isinstance(found, dict) or set(found) != {"more_than", "whole_from"}:
        raise BadInput(WRONG)
    if not all(type(number) is int and number >= 0 for number in found.values()):
        raise BadInput(WRONG)
    return Limits(**found)


@cache
def limits() -> Limits:
    """Those of this house. Raises BadInput."""
    try:
        return read(FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput(WRONG) from None


def going(session: Session, study_id: str) -> dict[str, str]:
    """The released interviews of a study, by id as people call them, without those whose participant withdrew."""
    query = sa.select(Recording.id, Participant.code, Recording.number).where(
        *_standing(study_id), Recording.stage == RELEASED, Participant.id == Recording.participant_id
    )
    rows = session.execute(query.order_by(Participant.code, Recording.number))
    return {name: f"{code}-{number}" for name, code, number in rows}


def is_bulk(session: Session, study_id: str) -> bool:
    """Whether handing off what is released of a study takes two, as it stands now. Raises BadInput.

    What one person or another handed off before counts too, whoever got it: so a study does not go in slices.
    """
    before = session.scalars(sa.select(Handoff.recordings).where(Handoff.study_id == study_id))
    gone = {name for names in before for name in names}
    leaving = sa.or_(Recording.stage == RELEASED, Recording.id.in_(gone))
    many = _count(session, study_id, limits().more_than + 1, leaving)
    return limits().bulk(many, _count(session, study_id, many + 1))


def _count(session: Session, study_id: str, most: int, *which: sa.ColumnElement[bool]) -> int:
    """How many interviews there are, counted no further than `most`: it is asked at every door of the study."""
    found = sa.select(Recording.id).where(*_standing(study_id), *which).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _standing(study_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The interviews of a study that nobody withdrew: of what was withdrawn nothing can go."""
    newest = (
        sa.select(Consent.withdrawn_at)
        .where(Consent.participant_id == Recording.participant_id)
        .order_by(Consent.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return Recording.study_id == study_id, newest.is_(None)
