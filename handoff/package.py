"""One folder to hand over: the files asked for, a README in the recipient's language, a manifest with hashes.

Everything is made in memory first, then written beside its place, and moved there whole once the register has it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from handoff import cases, docx, qdpx, readme, sound, txt, vtt
from storage.errors import AlreadyThere, BadInput, StorageFailed
from storage.files import sync, write_in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from handoff.source import Interview, Study

File = tuple[str, bytes]
Look: TypeAlias = "Callable[[Sequence[File], Sequence[File]], None]"
"""Raises if the files may not leave; the second are the same made of no interview: the house's own words."""
_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
IN_THE_WAY = "Something stands where the hand-off was to be; choose a new folder.{aside}"
NOT_WRITTEN = "The hand-off could not be written ({reason}); nothing is left.{aside}"
_IN_THE_WAY = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a hand-off: its name in the folder, its SHA-256 in hex, its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Format:
    """What one format gives: the file name or pattern as the README has it, and the files of a study."""

    pattern: str
    files: Callable[[Study], Iterator[File]]


def _each(extension: str, write: Callable[[Interview, Study], bytes]) -> Format:
    def files(study: Study) -> Iterator[File]:
        for interview in study.interviews:
            yield f"{interview.title}.{extension}", write(interview, study)

    return Format(f"*.{extension}", files)


def _one(name: str, write: Callable[[Study], bytes]) -> Format:
    def files(study: Study) -> Iterator[File]:
        yield name, write(study)

    return Format(name, files)


FORMATS: Mapping[str, Format] = {
    "docx": _each("docx", lambda interview, study: docx.write(interview, study.language)),
    "txt": _each("txt", lambda interview, _: txt.write(interview)),
    "vtt": _each("vtt", lambda interview, _: vtt.write(interview)),
    "qdpx": _one("study.qdpx", qdpx.write),
    "cases": _one("cases.csv", cases.write),
    sound.NAME: Format("*.webm", sound.files),
}


@contextmanager
def laid_down(folder: Path) -> Iterator[Path]:
    """A hidden folder beside `folder` (0700) to pack into: moved there when the body ends well, else removed.

    The move is the very last thing, so that a body which enters the hand-off in the register leaves nothing in the
    named place that the register lacks, wherever it stops: an error, Ctrl-C, kill -9. The other way round, data
    would lie there that nobody knows was handed off. What remains is the lesser evil: after a kill a hidden folder,
    and an entry for a hand-off that did not arrive. Only the hidden folder is ever removed; whatever else stands in
    the place is somebody else's. Raises AlreadyThere, StorageFailed.
    """
    with _system_errors_said():
        _refuse_occupied(folder)
        place = Path(tempfile.mkdtemp(prefix=".handoff-", dir=folder.absolute().parent))
    try:
        yield place
        with _system_errors_said(aside=" The register keeps its entry."):
            place = place.rename(folder.absolute())
            sync(place.parent)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def pack(study: Study, place: Path, formats: Sequence[str], about: Mapping[str, str], look: Look) -> list[Packed]:
    """Write a hand-off of the study into the empty folder `place` (files 0600) and say what was written.

    Before a byte is written `look` sees every file, and what it raises is raised.

    `about` (purpose, recipient, release ids, recogniser, model hash, finder version …) goes into the manifest as it
    is; README.txt prints `purpose`, `recipient` and `contact`. The same arguments give the same bytes.
    Raises BadInput for an unknown format or an unfit title, StorageFailed.
    """
    files = _made(study, formats, about)
    look(files, _made(_empty(study), formats, about))
    with _system_errors_said():
        _fill(place, files)
    return [_packed(file) for file in files]


def _empty(study: Study) -> Study:
    """The study with one interview in which nobody says anything, of a participant without a code."""
    silent = (
        replace(one, code="0", title="0", transcript=replace(one.transcript, segments=()), sound=None)
        for one in study.interviews[:1]
    )
    return replace(study, cases=(), interviews=tuple(silent))


def _refuse_occupied(folder: Path) -> None:
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.is_symlink() or (folder.exists() and not empty):
        raise AlreadyThere("The folder for the hand-off exists and is not empty; choose a new one.")


def _made(study: Study, formats: Sequence[str], about: Mapping[str, str]) -> list[File]:
    chosen = _chosen(formats)
    _check_titles(study)
    kinds = {name: wanted.pattern for name, wanted in chosen.items()} | {"manifest": "manifest.json"}
    files = [file for wanted in chosen.values() for file in wanted.files(study)]
    files.append(("README.txt", readme.write(study, kinds, about)))
    files.append(("manifest.json", _manifest(study, files, about)))
    return files


def _chosen(formats: Sequence[str]) -> dict[str, Format]:
    if not formats or not FORMATS.keys() >= set(formats):
        raise BadInput("Choose formats from this list: {known}.", known=", ".join(FORMATS))
    return {name: FORMATS[name] for name in dict.fromkeys(formats)}


def _check_titles(study: Study) -> None:
    """Titles become file names, on systems too that take `P07` and `p07` for the same."""
    if not all(_TITLE.fullmatch(interview.title) for interview in study.interviews):
        raise BadInput("An interview's title must be letters A to Z, digits, hyphen and underscore, at most 64.")
    titles = [interview.title.lower() for interview in study.interviews]
    if "readme" in titles or len(set(titles)) < len(titles):
        raise BadInput("Two interviews have the same title, or one is called README; titles become file names.")


def _manifest(study: Study, files: Sequence[File], about: Mapping[str, str]) -> bytes:
    listed = [asdict(_packed(file)) for file in files]
    content = {"study": study.name, "about": dict(about), "files": listed}
    told = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return told.encode(errors="backslashreplace")  # half a surrogate pair from a command line, as JSON escapes it


def _packed(file: File) -> Packed:
    name, data = file
    return Packed(name, hashlib.sha256(data).hexdigest(), len(data))


@contextmanager
def _system_errors_said(aside: str = "") -> Iterator[None]:
    """The system's words for the error's number alone: its own text would hold the path."""
    try:
        yield
    except OSError as error:
        if error.errno in _IN_THE_WAY:
            raise AlreadyThere(IN_THE_WAY, aside=aside) from None
        reason = os.strerror(error.errno or errno.EIO)
        raise StorageFailed(NOT_WRITTEN, reason=reason, aside=aside) from None


def _fill(place: Path, made: Sequence[File]) -> None:
    for name, data in made:
        write_in_place(place / name, data)
    sync(place)
