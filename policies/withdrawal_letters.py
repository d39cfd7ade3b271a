"""Recall letters: a text for each hand-off that holds something of a participant who withdrew, to send to its holder.

They name the hand-off, the interviews by their codes and the files by their hashes, and nobody by name. What they say
is in recall.toml, in Norwegian for studies in a Scandinavian language and else in English.
"""

from __future__ import annotations

import textwrap
import tomllib
from functools import cache
from importlib.resources import files as packaged
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from policies.withdrawal_plan import holders_of
from storage import files, lookup
from storage.errors import AlreadyThere
from storage.records import Study, now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policies.desk import Desk
    from policies.withdrawal_plan import Holder
    from storage.records import Participant

NORWEGIAN: Final = frozenset({"no", "nb", "nn", "da", "sv"})
WIDTH = 78


def write(desk: Desk, participant: Participant, folder: Path) -> list[Path]:
    """Write a letter a hand-off into a new folder; returns their paths. Raises Denied, AlreadyThere, StorageFailed."""
    if folder.exists():
        raise AlreadyThere("That folder is there already. Name a new one for the letters.")
    with desk.act(Action.SEE_CERTIFICATE, participant, Purpose.STEWARDSHIP) as act:
        with Session(desk.vault.database.reader) as session:
            holders = holders_of(session, participant)
        act.facts["letters"] = [one.handoff for one in holders]
    study = lookup.by_id(desk.vault.database, Study, participant.study_id)
    return lay_down(folder, {one.handoff: text(one, study, desk.vault.id) for one in holders})


def lay_down(folder: Path, letters: Mapping[str, str]) -> list[Path]:
    """Write letters, by the hand-off they are about, into a new folder; returns their paths. Raises StorageFailed."""
    written = {folder / f"recall-{handoff}.txt": letter for handoff, letter in letters.items()}
    with files.usable():
        folder.mkdir(mode=0o700, parents=True)
        for file, letter in written.items():
            files.write(file, letter.encode())
    return list(written)


def text(holder: Holder, study: Study, vault: str) -> str:
    """One letter."""
    said = {name: _filled(one, holder, study, vault) for name, one in _texts(study.language).items()}
    hashes = "\n".join(f"  {sha256}  {name}" for name, sha256 in sorted(holder.files.items()))
    parts = [
        said["subject"],
        said["opening"],
        said["what"],
        f"{said['files']}\n{hashes}",
        said["asked"],
        said["ending"],
    ]
    return "\n\n".join(parts) + "\n"


def _filled(template: str, holder: Holder, study: Study, vault: str) -> str:
    filled = template.format(
        handoff=holder.handoff, recipient=holder.recipient, study=study.title, day=holder.day, vault=vault,
        purpose=holder.purpose, interviews=", ".join(holder.interviews), today=now().date().isoformat(),
    )  # fmt: skip
    return "\n".join(textwrap.fill(line, WIDTH, break_long_words=False) for line in filled.split("\n"))


@cache
def _texts(language: str) -> dict[str, str]:
    known = tomllib.loads(packaged("policies").joinpath("recall.toml").read_text(encoding="utf-8"))
    return dict(known["no" if language in NORWEGIAN else "en"])
