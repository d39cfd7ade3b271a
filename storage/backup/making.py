"""Making a backup: what is new is added, then the manifest is replaced, then what nothing needs any more goes.

Whoever is killed in the middle leaves the former backup as it was, since no file that its manifest names is touched
before the new manifest is durable. What was copied by then is found and used by the next backup.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from storage import erasures, files, tombstones
from storage.backup import manifest as manifests
from storage.backup import owned, payloads, repository, rows, snapshots
from storage.backup.manifest import Entry, Manifest
from storage.backup.terms import RECORDS, Report, Source
from storage.blobs import Folder
from storage.errors import BadInput, Damaged, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import sqlalchemy as sa

    from storage.backup.terms import Told
    from storage.objects import Objects

REVIVED = (
    "The backup knows that some of a participant's was destroyed, and here it is again: this vault was restored "
    "without its tombstones. Destroy it once more (`tillit withdraw` with --only sound, or `tillit retention run`)."
)


def back_up(source: Source, folder: Path, told: Told, *, keep: int | None = None) -> Report:
    """Add a snapshot of `source` to the repository in `folder`, which is made if it is new or empty.

    `told` hears (bytes of payloads done, of all); the newest `keep` snapshots stay, or all of them. A payload that
    the vault has lost or altered is named in the report, and does not keep the rest from being backed up. Raises
    BadInput for a folder that cannot be this backup's, Damaged, StorageFailed.
    """
    if keep is not None and keep < 1:
        raise BadInput("At least one snapshot has to be kept.")
    empty = Manifest(source.vault_id, source.what)
    with repository.usable(), repository.claimed(folder, empty, source.signer) as former:
        backup = _Backup(source, folder, former)
        backup.copy_small_files()
        backup.read_database()
        report = backup.copy_payloads(told)
        kept = backup.manifest(keep)
        files.write(folder / manifests.NAME, kept.signed(source.signer).encode())
        repository.clean(folder, kept)
    return report


class _Backup:
    """One snapshot on its way into a repository; `_files` is what it needs there."""

    def __init__(self, source: Source, folder: Path, former: Manifest) -> None:
        self._source, self._folder, self._former = source, folder, former
        self._name = snapshots.next_name(former.newest)
        self._files: dict[str, Entry] = {}
        self._buried, self._erased = self._known_tombstones()
        self._replaced: set[str] = set()
        self._payloads: list[owned.Payload] = []
        self._gone: set[str] = set()
        self._rows = 0

    def copy_small_files(self) -> None:
        """The small files as they are now. Former ones go, so that an old passphrase opens no newer snapshot."""
        contents = {name: files.read(path) for name, path in sorted(self._source.files.items())}
        mark = hashlib.sha256(b"".join(name.encode() + b"\0" + data for name, data in contents.items())).hexdigest()
        for name, data in contents.items():
            self._keep(f"{repository.ROOT}/{mark[:32]}/{name}", data)

    def read_database(self) -> None:
        """Write the snapshot, and the keys and tombstones as of the same moment."""
        with rows.at_one_moment(self._source.reader) as connection:
            if self._source.what == RECORDS:
                self._read_owned(connection)
            lines = snapshots.Lines(connection, self._source, self._name)
            self._seal(snapshots.path_of(self._name), lines)
        self._rows += lines.count
        for name, text in (self._buried | self._erased).items():
            self._keep(f"{tombstones.FOLDER}/{name}", text.encode())
        if self._former.under(tombstones.FOLDER).keys() - self._files.keys():
            raise Damaged("A tombstone in the backup is missing or was edited. Put a sound copy of it back.")

    def copy_payloads(self, told: Told) -> Report:
        """Copy the payloads that are not in the repository yet."""
        done, total, lost = 0, sum(payload.size for payload in self._payloads), []
        copied: list[int] = []
        told(done, total)
        for payload in self._payloads:
            try:
                copied += [] if self._has_payload(payload) else [self._copy(payload)]
            except (NotFound, Damaged):
                lost.append(payload.name)
            done += payload.size
            told(done, total)
        checkpoint = self._source.checkpoint
        return Report(self._name, len(copied), sum(copied), self._rows, len(self._buried), checkpoint, lost)

    def manifest(self, keep: int | None) -> Manifest:
        """All that a retained snapshot needs, and nothing by which a shredded participant opens."""
        earlier = [entry.first for entry in self._former.under(repository.SNAPSHOTS).values()]
        oldest = sorted([*earlier, self._name])[-keep if keep else 0 :][0]
        stay = {
            path: entry
            for path, entry in self._former.files.items()
            if entry.last >= oldest and not self._is_over(path)
        }
        return replace(self._former, newest=self._name, files={**stay, **self._files})

    def _is_over(self, path: str) -> bool:
        top, *rest = path.split("/")
        if top == repository.KEYS and (rest[0] in self._buried or rest[0] in self._replaced):
            return True
        return top == repository.ROOT or path in self._gone

    def _known_tombstones(self) -> tuple[dict[str, str], dict[str, str]]:
        """What the repository knows of the shredded, and of erasures: a restored vault may have to learn it there."""
        whole = [
            (self._folder / path).read_text(encoding="utf-8")
            for path, entry in self._former.under(tombstones.FOLDER).items()
            if repository.is_whole(self._folder, path, entry)
        ]
        return owned.notes(whole, self._source.signer.vkey)

    def _read_owned(self, connection: sa.Connection) -> None:
        self._buried |= owned.tombstones_in(connection, self._source.signer.vkey)
        self._payloads = owned.payloads(connection, self._buried)
        self._gone = {payloads.path_of(name) for name in owned.names_of(connection, self._buried)}
        self._read_erased(connection)
        for participant, lines in owned.keys(connection, self._buried):
            self._rows += 1
            path = f"{repository.KEYS}/{participant}/{owned.mark(self._source.recipient, lines)}.age"
            if not self._has(path):
                self._seal(path, [lines])

    def _read_erased(self, connection: sa.Connection) -> None:
        """Payloads that were destroyed alone go, and of an erasure that is new the former keys of whose they were."""
        vkey = self._source.signer.vkey
        fresh = owned.erasures_in(connection, vkey).items() - self._erased.items()
        self._erased |= fresh
        self._replaced = {erasures.read(vkey, text).participant_id for _, text in fresh}
        for said in (erasures.read(vkey, text) for text in self._erased.values()):
            if owned.has_any(connection, said):
                raise Damaged(REVIVED)
            self._gone |= {payloads.path_of(name) for name in said.artefacts.values()}

    def _seal(self, path: str, lines: Iterable[bytes]) -> None:
        self._add(path, repository.seal(self._folder, path, lines, self._source.recipient, self._name))

    def _keep(self, path: str, data: bytes) -> None:
        """A small file that stays as it is once it is there."""
        if not self._has(path):
            self._add(path, repository.store(self._folder, path, data, self._name))

    def _add(self, path: str, entry: Entry) -> None:
        """Name a file in the manifest; one that was spoilt and is mended serves again all the snapshots it did."""
        former = self._former.files.get(path, entry)
        self._files[path] = replace(entry, first=former.first, last=self._name)

    def _has(self, path: str) -> bool:
        """Whether the former backup has the file, whole; then this one has it too."""
        entry = self._former.files.get(path)
        if entry is None or not repository.is_whole(self._folder, path, entry):
            return False
        self._add(path, entry)
        return True

    def _has_payload(self, payload: owned.Payload) -> bool:
        """The same for a payload, without reading it, or if a killed backup left it there, after reading it."""
        path = payloads.path_of(payload.name)
        former = self._former.files.get(path)
        left = Entry(payload.sha256 or "", payload.size, self._name, self._name)
        if former and repository.size_of(self._folder / path) == former.size:
            self._add(path, former)
        elif repository.is_whole(self._folder, path, left):
            self._add(path, left)
        else:
            return False
        return True

    def _copy(self, payload: owned.Payload) -> int:
        """Bytes copied. Raises NotFound, and Damaged for another than its row or the former backup tells of."""
        path, here = payloads.path_of(payload.name), Folder(self._folder / repository.OBJECTS)
        former = self._former.files.get(path)
        with self._objects().open(payload.name) as file:
            here.remove(payload.name)  # what is there is spoilt
            sha256, size = payloads.copy(file, here, payload.name, former.sha256 if former else payload.sha256)
        self._add(path, Entry(sha256, size, self._name, self._name))
        return size

    def _objects(self) -> Objects:
        if self._source.objects is None:
            raise BadInput("These records have payloads; a backup of them needs the place where they lie.")
        return self._source.objects
