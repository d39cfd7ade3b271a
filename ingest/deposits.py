"""Recordings that were sealed before they came: on a device, or to a vault that is locked.

A device seals to the study's public recipient. What it sends is kept as it is, with a receipt, and needs no key.
When the vault is open, the pipeline takes each one in as if whoever brought it had done so now: the door is asked
about them, the header is rewritten for the participant, and the payload is never touched.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake
from policies import studies
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage import age, files, lookup
from storage.closings import Closing
from storage.errors import AlreadyThere, BadInput, Damaged, TillitError
from storage.inbox import Inbox
from storage.records import Study, Tombstone, now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.inbox import Letter
    from storage.vault import Vault

SUFFIX = ".age"
FILE_KEY = 16


@dataclass(frozen=True)
class DepositReceipt:
    """What whoever brought it gets: the SHA-256 of exactly the sealed bytes that arrived, and where they wait."""

    participant: str
    id: str
    sha256: str
    size: int
    received: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Admitted:
    """What became of one deposit: a receipt, or the reason why it still waits."""

    letter: Letter | None
    receipt: intake.Receipt | None
    problem: TillitError | None


def read_recipient(path: Path) -> age.Recipient:
    """The recipient in a file: its first line that is no comment. Raises BadInput."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise BadInput("The recipient's file cannot be read. Ask the data steward for it.") from None
    return age.parse_recipient(next((line for line in lines if line and not line.startswith("#")), ""))


def seal_file(path: Path, recipient: age.Recipient) -> Path:
    """Seal a file beside itself, as name.age; whole and durable or not at all. Raises BadInput, AlreadyThere."""
    sealed = path.with_name(path.name + SUFFIX)
    if sealed.exists():
        raise AlreadyThere("It has been sealed already: a file of that name with .age is there.")
    try:
        source = path.open("rb")
    except OSError:
        raise BadInput("That file cannot be opened. Check that it exists and that you may read it.") from None
    with source, files.usable(), files.writing(sealed) as sink:
        _seal(source, sink, recipient)
    return sealed


def _seal(source: BinaryIO, sink: BinaryIO, recipient: age.Recipient) -> None:
    file_key = os.urandom(FILE_KEY)
    sink.write(age.make_header(file_key, [recipient]))
    age.seal_payload(source, sink, file_key)


def deposit(vault: Path, reference: str, who: str, path: Path) -> DepositReceipt:
    """Keep a sealed file for "study/P07"; the vault may be locked. Raises BadRecording, BadInput, NotFound."""
    study, _, participant = reference.partition("/")
    inbox = Inbox(vault, lookup.code(study))
    try:
        source = path.open("rb")
    except OSError:
        raise BadInput("That file cannot be opened. Check that it exists and that you may read it.") from None
    with source:
        letter = inbox.put(
            source,
            f"{study}/{lookup.code(participant)}",
            lookup.handle(who),
            path.name.removesuffix(SUFFIX),
            now().isoformat(),
        )
    return DepositReceipt(letter.participant, letter.file, letter.sha256, letter.size, letter.at)


def admit(vault: Vault, tried: set[str] | None = None) -> Iterator[Admitted]:
    """Take in what waits in the inboxes of all studies, each in the name of who brought it; what is refused stays.

    What is in `tried` is left alone, and what is tried is added: a worker asks the door about each once.
    """
    tried = set() if tried is None else tried
    robot = Desk(vault, Gate(vault), Actor(PIPELINE, PIPELINE))
    with Session(vault.database.reader) as session:
        going = Study.id.not_in(sa.select(Closing.study_id))  # a closed study has no inbox, and may have no key
        known = list(session.scalars(sa.select(Study).where(going).order_by(Study.code)))
    for study in known:
        inbox = Inbox(vault.folder, study.code)
        _publish(vault, study, inbox)
        new = inbox.waiting() - tried
        if not new:
            continue
        tried |= new
        with robot.act(Action.OPEN_INBOX, study, Purpose.STEWARDSHIP) as act:
            letters = list(inbox.letters(act.sealed_for_study()))
        for name, letter in letters:
            if name in new:
                yield _admit(robot, inbox, name, letter)


def _publish(vault: Vault, study: Study, inbox: Inbox) -> None:
    """The recipient as it is: a restore, or a rotation that was stopped, may have left none or another."""
    if not inbox.there() or str(inbox.recipient()) != str(vault.keys.recipient(study.id)):
        studies.publish(vault, study)


def _admit(robot: Desk, inbox: Inbox, name: str, letter: Letter | None) -> Admitted:
    if letter is None:
        return Admitted(None, None, Damaged("A note in the inbox does not open; its recording was left where it is."))
    bearer = Desk(robot.vault, robot.gate, studies.actor(robot.vault, letter.who))
    try:
        held = lookup.participant(robot.vault.database, letter.participant)
        if _is_buried(robot.vault, held.id):
            inbox.remove(name)
        with inbox.open(letter) as sealed:
            receipt = intake.take_in_sealed(bearer, held, sealed, letter.filename)
    except TillitError as problem:
        return Admitted(letter, None, problem)
    inbox.remove(name)  # after it is kept: a stop here brings it once more, and the same file is known
    return Admitted(letter, receipt, None)


def _is_buried(vault: Vault, participant: str) -> bool:
    with Session(vault.database.reader) as session:
        return (
            session.scalars(sa.select(Tombstone.id).where(Tombstone.participant_id == participant)).first() is not None
        )
