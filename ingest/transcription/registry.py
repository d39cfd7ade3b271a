"""Which weights this vault knows, by name and hash. The packaged ones are always there, as "base"."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.transcription import models
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import AlreadyThere, BadModel
from storage.records import Weights, new_id

if TYPE_CHECKING:
    from ingest.transcription.models import Model
    from policies.desk import Desk
    from storage.database import Database

PACKAGED = "base"


def registered(database: Database, name: str) -> Model:
    """The model of this name, as registered. Raises NotFound."""
    if name == PACKAGED:
        return models.packaged()
    row = lookup.weights(database, name)
    return models.Model(row.name, row.sha256, Path(row.folder))


def register(desk: Desk, folder: Path, name: str | None = None, pinned: str | None = None) -> Model:
    """Hash a folder of weights and remember it; the same folder again is no error. Raises BadModel, Denied.

    With `pinned`, the hash it must have: that of the same weights on another machine.
    """
    with desk.act(Action.REGISTER_MODEL, desk.vault.id, Purpose.STEWARDSHIP) as act:
        if (name or folder.resolve().name) == PACKAGED:  # nobody could name them: the packaged ones come first
            raise AlreadyThere("The packaged weights have that name. Give these another with --name.")
        model = models.from_folder(folder.resolve(), name)
        if pinned is not None and model.sha256 != pinned.strip().lower():
            raise BadModel(
                "These weights have another hash than the one you gave. Copy them again, or ask whose it is."
            )
        known = act.one(sa.select(Weights).where(Weights.name == lookup.code(model.name)))
        if known is None:
            act.add(Weights(id=new_id(), name=model.name, sha256=model.sha256, folder=str(model.folder)))
        elif known.sha256 != model.sha256:
            raise AlreadyThere("Other weights are registered under that name. Give these a name with --name.")
        act.facts.update(model=model.name, sha256=model.sha256)
    return model


def chosen(desk: Desk, text: str) -> Model:
    """The model a person named, by its name or by its folder; a folder not yet known is registered on the way.

    Raises NotFound, BadModel, and Denied if the folder is new and this person may not register weights.
    """
    folder = Path(text)
    if not folder.is_dir():
        return registered(desk.vault.database, text)
    found = models.from_folder(folder.resolve())
    same = [known for known in everything(desk.vault.database) if known.sha256 == found.sha256]
    return same[0] if same else register(desk, folder)


def everything(database: Database) -> list[Model]:
    """The packaged model and every registered one."""
    with Session(database.reader) as session:
        rows = session.scalars(sa.select(Weights).order_by(Weights.name))
        return [models.packaged(), *(models.Model(row.name, row.sha256, Path(row.folder)) for row in rows)]
