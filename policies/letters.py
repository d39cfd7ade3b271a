"""Information letters and consent forms, in versions: each is kept whole, so that what was agreed to can be shown.

A letter holds nothing personal. It is therefore not sealed: whoever checks a consent can read it, also when the
study's key is gone.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from policies.actions import Action, Purpose
from policies.typed import unprintable
from storage.consents import Letter
from storage.errors import BadInput, Damaged, NotFound
from storage.records import new_id

if TYPE_CHECKING:
    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

LARGEST = 8 << 20
"""Bytes of a letter."""
LONGEST = 40
"""Characters of what a version is called."""
NONE = "There is no such letter in this study. Add it with `tillit letter add`, or look with `tillit letter list`."
WHICH = "This letter is there in several languages. Say which one they got, with --language."
ODD = "Call a version by 1 to {most} characters on one line, such as v2, and its language by a code such as nb."


@dataclass(frozen=True)
class Line:
    """A letter as it is listed: the SHA-256 is of the file's bytes, 64 hex digits; `added` a day in ISO 8601."""

    version: str
    language: str
    sha256: str
    added: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def add(desk: Desk, study: Study, version: str, language: str, content: bytes) -> Letter:
    """Keep a letter, whole. Raises Denied, BadInput, and AlreadyThere for a version there is in this language."""
    if not (_name(version) and language.isalpha() and language.islower() and len(language) in {2, 3}):
        raise BadInput(ODD, most=LONGEST)
    if not 0 < len(content) <= LARGEST:
        raise BadInput("A letter is a file of 1 byte to {most} MiB.", most=LARGEST >> 20)
    letter = Letter(
        id=new_id(), study_id=study.id, version=version, language=language, content=content,
        sha256=hashlib.sha256(content).hexdigest(), by_person_id=desk.who.id,
    )  # fmt: skip
    with desk.act(Action.ADD_LETTER, study, Purpose.STEWARDSHIP) as act:
        act.add(letter)
        act.facts.update(letter=letter.id, sha256=letter.sha256)
    return letter


def listed(desk: Desk, study: Study) -> list[Line]:
    """The letters of a study, oldest first. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        rows = act.all(sa.select(Letter).where(Letter.study_id == study.id).order_by(Letter.created, Letter.version))
    return [Line(row.version, row.language, row.sha256, row.created.date().isoformat()) for row in rows]


def content(desk: Desk, study: Study, version: str, language: str = "") -> bytes:
    """A letter's file, byte for byte. Raises Denied, NotFound, BadInput, and Damaged if it is not as it was added."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        letter = named(act, study.id, version, language)
    if hashlib.sha256(letter.content).hexdigest() != letter.sha256:
        raise Damaged("A letter is not as it was added. Run `tillit fsck`, and restore it from a backup.")
    return letter.content


def named(act: Act, study_id: str, version: str, language: str = "") -> Letter:
    """The letter of this version, with its content; `language` is needed where it is there in several.

    Raises NotFound, BadInput.
    """
    query = sa.select(Letter).options(undefer(Letter.content))
    found = act.all(query.where(Letter.study_id == study_id, Letter.version == version))
    if language:
        found = [letter for letter in found if letter.language == language]
    if not found:
        raise NotFound(NONE)
    if len(found) > 1:
        raise BadInput(WHICH)
    return found[0]


def _name(version: str) -> bool:
    return 0 < len(version) <= LONGEST and version == version.strip() and not unprintable(version)
