"""Who has what was handed off: listed, asked back by a letter, and written down once it is deleted."""

from __future__ import annotations

import textwrap
import tomllib
from functools import cache
from importlib.resources import files as packaged
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from policies.closing_plan import holders_of
from policies.closing_told import Holding, holding
from policies.withdrawal_letters import NORWEGIAN, WIDTH, lay_down
from storage.errors import AlreadyThere, NotFound
from storage.records import Handoff, now

if TYPE_CHECKING:
    from pathlib import Path

    from policies.desk import Desk
    from policies.withdrawal_plan import Holder
    from storage.records import Study

NONE = "There is no such hand-off in this study, or it is written down already. Look with `tillit handoff list`."
PARTS = ("subject", "opening", "what", "files", "asked", "ending")


def listed(desk: Desk, study: Study) -> list[Holding]:
    """Every hand-off of a study, oldest first. Raises Denied."""
    with desk.act(Action.SEE_HANDOFFS, study, Purpose.STEWARDSHIP) as act:
        rows = act.all(sa.select(Handoff).where(Handoff.study_id == study.id).order_by(Handoff.created, Handoff.id))
    return [holding(row) for row in rows]


def recall(desk: Desk, study: Study, folder: Path, which: str | None = None) -> list[Path]:
    """Write a letter a hand-off, all that are not said to be deleted or one, into a new folder; returns their paths.

    Raises Denied, AlreadyThere, NotFound, StorageFailed.
    """
    if folder.exists():
        raise AlreadyThere("That folder is there already. Name a new one for the letters.")
    with desk.act(Action.RECALL_HANDOFF, study, Purpose.STEWARDSHIP) as act:
        with Session(desk.vault.database.reader) as session:
            found = [one for one in holders_of(session, study.id) if which is None or one.handoff == which]
        if which is not None and not found:
            raise NotFound(NONE)
        for row in act.all(sa.select(Handoff).where(Handoff.id.in_([one.handoff for one in found]))):
            act.change(row, recalled=now())
        act.facts["recalled"] = [one.handoff for one in found]
        return lay_down(folder, {one.handoff: _letter(one, study, desk.vault.id) for one in found})


def confirm_deleted(desk: Desk, study: Study, handoff: str) -> None:
    """Keep that a hand-off's holder said that it is deleted. Raises Denied, NotFound."""
    with desk.act(Action.CONFIRM_HANDOFF, study, Purpose.STEWARDSHIP) as act:
        waiting = sa.select(Handoff).where(Handoff.study_id == study.id, Handoff.confirmed.is_(None))
        row = act.one(waiting.where(Handoff.id == handoff))
        if row is None:
            raise NotFound(NONE)
        act.change(row, confirmed=now())
        act.facts["handoff"] = row.id


def _letter(holder: Holder, study: Study, vault: str) -> str:
    said = _texts("no" if study.language in NORWEGIAN else "en")
    filled = {
        name: said[name].format(
            handoff=holder.handoff, recipient=holder.recipient, study=study.title, day=holder.day, vault=vault,
            purpose=holder.purpose, interviews=", ".join(holder.interviews), today=now().date().isoformat(),
        )
        for name in PARTS
    }  # fmt: skip
    wrapped = {name: "\n".join(_fill(line) for line in text.split("\n")) for name, text in filled.items()}
    wrapped["files"] += "".join(f"\n  {sha256}  {name}" for name, sha256 in sorted(holder.files.items()))
    return "\n\n".join(wrapped[name] for name in PARTS) + "\n"


def _fill(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_long_words=False)


@cache
def _texts(language: str) -> dict[str, str]:
    known = tomllib.loads(packaged("handoff").joinpath("recall.toml").read_text(encoding="utf-8"))
    return dict(known[language])
