"""Where recordings that were sealed on a device wait while the vault is locked.

    inbox/rus/files/ab/abcd…    age files to the study's recipient, as they came
    inbox/rus/notes/ab/abcd…    under the same names, age files to it too: whose recording it is, who brought it
    inbox/rus/recipient         the study's public recipient, put there when the study was made

Putting one in needs no key at all, and taking one out needs the study's. The note is written last: a file without
one was cut off before its receipt was given.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from storage import age, files
from storage.blobs import Folder
from storage.errors import BadRecording, Damaged, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RECIPIENT = "recipient"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Letter:
    """What a note says: `file` is the object, `sha256` and `size` of the sealed file, `at` a time in UTC."""

    file: str
    participant: str
    who: str
    filename: str
    sha256: str
    size: int
    at: str


class Inbox:
    """The inbox of one study, by its code."""

    def __init__(self, vault: Path, study_code: str) -> None:
        self._place = vault / "inbox" / study_code

    def there(self) -> bool:
        """Whether the study has an inbox yet."""
        return (self._place / RECIPIENT).is_file()

    def publish(self, recipient: age.HybridRecipient) -> None:
        """Leave the study's public recipient where it can be read while the vault is locked. Raises StorageFailed."""
        with files.usable():
            files.make_folder(self._place.parent)
            files.make_folder(self._place)
            files.write(self._place / RECIPIENT, f"{recipient}\n".encode())

    def shut(self) -> None:
        """Take the study's recipient away: nothing more can be put in. Raises StorageFailed."""
        with files.usable():
            (self._place / RECIPIENT).unlink(missing_ok=True)

    def recipient(self) -> age.HybridRecipient:
        """What to seal to. Raises NotFound."""
        try:
            return age.HybridRecipient.from_string((self._place / RECIPIENT).read_text(encoding="ascii").strip())
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("There is no study of that code here. Ask the data steward for its code.") from None

    def put(self, source: BinaryIO, participant: str, who: str, filename: str, at: str) -> Letter:
        """Keep a sealed file, and a note of it. Raises BadRecording if it is not one, StorageFailed."""
        recipient, head = self.recipient(), _header(source)
        with self._files().writer() as kept:
            kept.write(head)
            while piece := source.read(BLOCK):
                kept.write(piece)
        letter = Letter(kept.name, participant, who, filename, kept.sha256, kept.size, at)
        note = age.encrypt(json.dumps(asdict(letter)).encode(), [recipient])
        self._notes().put(letter.file, io.BytesIO(note))
        return letter

    def waiting(self) -> set[str]:
        """The names of the notes that wait; needs no key."""
        return set(self._notes().names()) if self._place.is_dir() else set()

    def loose(self) -> set[str]:
        """Files without a note: cut off before their receipt was given, or being written now."""
        return set(self._files().names()) - self.waiting() if self._place.is_dir() else set()

    def letters(self, identities: Sequence[age.Identity]) -> Iterator[tuple[str, Letter | None]]:
        """Every note by its name; None for one that does not open, or says something else than a note does."""
        for name in sorted(self.waiting()):
            with self._notes().open(name) as note:
                yield name, _read(note.read(), identities, name)

    def open(self, letter: Letter) -> BinaryIO:
        """The sealed file of a letter, as it came. Raises Damaged if it is not, NotFound."""
        hashed = hashlib.sha256()
        with self._files().open(letter.file) as kept:
            while piece := kept.read(BLOCK):
                hashed.update(piece)
            if hashed.hexdigest() != letter.sha256:
                raise Damaged("A recording in the inbox is not what its receipt says. Ask for it to be sent again.")
        return self._files().open(letter.file)

    def remove(self, name: str) -> None:
        """Take a recording and its note out, when it is kept elsewhere or to be kept nowhere; the sound goes first."""
        self._files().remove(name)
        self._notes().remove(name)

    def _files(self) -> Folder:
        return Folder(self._place / "files")

    def _notes(self) -> Folder:
        return Folder(self._place / "notes")


def _read(sealed: bytes, identities: Sequence[age.Identity], name: str) -> Letter | None:
    try:
        letter = Letter(**json.loads(age.decrypt(sealed, identities)))
    except (age.AgeError, ValueError, TypeError):
        return None
    return letter if letter.file == name else None


def _header(source: BinaryIO) -> bytes:
    """The header of what is about to be kept, well formed. It says nothing of who can open it, as age means it to."""
    try:
        header = age.read_header(source)
        with suppress(age.NoMatch):
            age.open_header(header, [_Nobody()])
    except age.AgeError:
        raise BadRecording(
            "That is not a sealed recording. Seal it with `tillit seal`, or take it in with `tillit add`."
        ) from None
    return header


class _Nobody:
    """Opens nothing: for looking at a header's form alone."""

    @staticmethod
    def unwrap(_stanzas: Sequence[age.Stanza]) -> bytes | None:
        """None."""
        return None
