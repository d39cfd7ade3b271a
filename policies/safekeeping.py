"""Backups, restores and checks of a vault, behind the door; the link key's are other acts than the records'."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import studies
from policies.actions import Action, Purpose
from storage import age, backup, erasures, files, fsck, new_vault, roots, settings, stores, tombstones
from storage.backup import LINK, RECORDS, Source, Target
from storage.erasures import Erasure
from storage.errors import BadInput, NotFound
from storage.fsck import Finding
from storage.inbox import Inbox
from storage.ledger import Entry, Ledger
from storage.records import Study, Tombstone, new_id
from storage.vault import LINK as LINK_FOLDER
from storage.vault import assemble, signer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from policies.desk import Desk
    from storage.backup import Report
    from storage.roots import Root, Secrets
    from storage.settings import Settings
    from storage.vault import Vault

    Told = Callable[[int, int], None]

SMALL = {RECORDS: ("root.age", "root.transit", "records.key.age", "ledger.key.age"),
         LINK: ("root.age", "root.transit", "names.key.age")}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a restore is made from and to; places that are not named are in the vault's own folder."""

    records: Path
    link: Path | None
    tombstones: Sequence[Path] = ()
    snapshot: str | None = None
    kept: str | None = None
    salvage: bool = False
    elsewhere: Settings = field(default_factory=lambda: settings.Settings(""))


def back_up(desk: Desk, folder: Path, told: Told, keep: int | None = None) -> Report:
    """Back up everything but the link key. Raises Denied, BadInput, Damaged, StorageFailed."""
    vault = desk.vault
    with desk.act(Action.BACK_UP, vault.id, Purpose.STEWARDSHIP) as act:
        source = Source(
            RECORDS, vault.id, vault.database.reader, vault.keys.root_recipient(), vault.ledger.signer,
            vault.ledger.checkpoint(), _small(vault, RECORDS), vault.blobs,
        )  # fmt: skip
        vault.check_root()
        report = backup.back_up(source, folder, told, keep=keep)
        vault.check_root()
        act.facts.update(snapshot=report.snapshot, copied=report.copied, lost=len(report.lost))
    return report


def back_up_link(desk: Desk, folder: Path, told: Told, keep: int | None = None) -> Report:
    """Back up the link key, to another folder than everything else. Raises Denied, Locked, BadInput, StorageFailed."""
    vault = desk.vault
    with desk.act(Action.BACK_UP_LINK, vault.id, Purpose.STEWARDSHIP) as act:
        source = Source(
            LINK, vault.id, act.whole_link().reader, vault.link_root().recipient(), vault.ledger.signer,
            vault.ledger.checkpoint(), _small(vault, LINK),
        )  # fmt: skip
        report = backup.back_up(source, folder, told, keep=keep)
        act.facts.update(snapshot=report.snapshot)
    return report


def waiting(vault: Vault) -> int:
    """How many deposits wait to be taken in; they are in no backup."""
    with Session(vault.database.reader) as session:
        return sum(len(Inbox(vault.folder, code).waiting()) for code in session.scalars(sa.select(Study.code)))


def _loose(vault: Vault) -> list[Finding]:
    with Session(vault.database.reader) as session:
        inboxes = {code: Inbox(vault.folder, code) for code in session.scalars(sa.select(Study.code))}
    return [
        Finding("extra", f"inbox/{code}/{name}", "A deposit without its note, cut off before its receipt was given.")
        for code, inbox in inboxes.items()
        for name in sorted(inbox.loose())
    ]


def examine(desk: Desk, told: Told) -> list[Finding]:
    """Read everything back and say what is not as it was kept. Raises Denied."""
    vault = desk.vault
    with desk.act(Action.CHECK_STORE, vault.id, Purpose.STEWARDSHIP) as act:
        found = fsck.examine(vault.database, vault.blobs, vault.ledger, told) + _loose(vault)
        act.facts["findings"] = len(found)
    return found


def restore(folder: Path, plan: Plan, secrets: Secrets, link_secrets: Secrets, told: Told) -> tuple[Report, int]:
    """Make a vault in `folder` from a backup; returns what was done and how many entries its ledger has.

    Raises AlreadyThere for a folder that holds something, Locked, Damaged, BadInput, StorageFailed. The restored
    ledger says that it was restored, and from when.
    """
    small = _half(plan.records, "ledger.key.age")
    about = _about(small[settings.ABOUT], plan.elsewhere)
    stones = [stone for place in plan.tombstones for stone in tombstones.found(place)]
    reports: list[Report] = []

    def build() -> Vault:
        new_vault.begin(folder, about)
        root = _take(small, SMALL[RECORDS], folder, about, secrets, "root")
        new_vault.new_records(folder, about, root)
        vkey = signer(folder, about, root).vkey
        link_root = _restore_link(folder, about, plan, link_secrets, vkey, told)
        database, _ = stores.records(folder, about, root)
        ledger = Ledger(database, signer(folder, about, root), stores.ledger_file(folder, about))
        target = Target(
            database, root, vkey, stores.objects(folder, about, secrets), stones,
            snapshot=plan.snapshot, salvage=plan.salvage, witness=_witness(ledger),
        )  # fmt: skip
        reports.append(backup.restore(plan.records, target, told))
        database.close()
        return assemble(folder, about, root, lambda: link_root, secrets)

    with new_vault.making(folder, build) as vault:
        size = _prove(vault, plan, reports[0])
    return reports[0], size


def _witness(ledger: Ledger) -> Callable[[Session, Mapping[str, str | None]], None]:
    """Writes what tombstones destroyed into the ledger, in their transaction, or fsck would call it damage."""

    def write(session: Session, rows: Mapping[str, str | None]) -> None:
        buried = session.scalars(sa.select(Tombstone.participant_id)).all()
        gone = {f"key/{participant}": None for participant in buried}  # not even written, so nobody saw them go
        facts = {"ok": True, "buried": len(buried), "rows": {**rows, **gone}}
        ledger.append(session, Entry("outcome", new_id(), facts))

    return write


def _prove(vault: Vault, plan: Plan, report: Report) -> int:
    """Check the restored ledger against the checkpoint that was kept, and write into it that it was restored."""
    verified = vault.ledger.verify(plan.kept if plan.kept is not None else report.checkpoint)
    with Session(vault.database.reader) as session:
        for stone in session.scalars(sa.select(Tombstone)):
            tombstones.publish(vault.folder, stone.participant_id, stone.note)
        for text in session.scalars(sa.select(Erasure.note)):
            tombstones.publish(vault.folder, erasures.name(vault.ledger.signer.vkey, text), text)
        for study in session.scalars(sa.select(Study)):
            studies.publish(vault, study)
    facts = {"snapshot": report.snapshot, "buried": report.buried, "lost": len(report.lost)}
    vault.ledger.record(Entry("restored", new_id(), facts))
    return verified.size


def _restore_link(  # noqa: PLR0913, PLR0917  # what a restore is made of
    folder: Path, about: Settings, plan: Plan, secrets: Secrets, vkey: str, told: Told
) -> Root:
    place = folder / LINK_FOLDER
    if plan.link is None:
        raise BadInput("Name the backup of the link key too, with --link: without it no name can be told apart.")
    small = _half(plan.link, "names.key.age")
    root = _take(small, SMALL[LINK], place, about, secrets, "link-root")
    new_vault.new_link(folder, about, root, age.decrypt(small["names.key.age"], [root]))  # its rows are sealed with it
    database, key = stores.link(folder, about, root)
    try:
        backup.restore(plan.link, Target(database, root, vkey, key=key, snapshot=None), told)
    finally:
        database.close()
    return root


def _half(folder: Path, mark: str) -> dict[str, bytes]:
    """The small files of the half of a backup that has a certain one among them."""
    small = dict(backup.small_files(folder))
    if mark not in small or settings.ABOUT not in small:
        raise NotFound("That folder is not that half of a vault's backup. Look which is which: about.toml says so.")
    return small


def _take(  # noqa: PLR0913, PLR0917  # as above
    small: dict[str, bytes], names: Sequence[str], place: Path, about: Settings, secrets: Secrets, name: str
) -> Root:
    """Put the small sealed files where they belong, all but the key of a database that is made anew."""
    for one in names:
        if one in small and one not in {"records.key.age", "names.key.age"}:
            files.write(place / one, small[one])
    return roots.read(place, about.root if name == "root" else about.link_root, secrets, name)


def _about(text: bytes, elsewhere: Settings) -> Settings:
    """The settings a backup has, with the places that the new vault is to have."""
    kept = settings.parse(text)
    return replace(kept, records=elsewhere.records, link=elsewhere.link, objects=elsewhere.objects, ledger="")


def _small(vault: Vault, what: str) -> dict[str, Path]:
    place = vault.folder if what == RECORDS else vault.folder / LINK_FOLDER
    found = {name: place / name for name in SMALL[what] if (place / name).exists()}
    return found | {settings.ABOUT: vault.folder / settings.ABOUT}
