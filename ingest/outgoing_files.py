"""Everything a file that leaves says to whoever opens it: its name, its texts, its properties, what is packed in it.

Markup is taken away where it may cut a word in two, so that a name is found that stands in two runs of Word's.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ZIP = b"PK\x03\x04"
_DEEPEST = 4  # archives in one another; ours are two
_PARAGRAPHS = frozenset(("p", "h"))  # WordprocessingML and OpenDocument; HTML calls them so too
_BREAKS = frozenset(("br", "cr", "tab", "s", "line-break"))
_TAG = re.compile(r"<v(?:\.[^ >]*)? ([^>\n]*)>")  # WebVTT §4.2.2: a voice span names who speaks
_MARKUP = re.compile(r"</?(?:[bciu]|ruby|rt|v|lang|\d[\d:.]*)(?:[. ][^>\n]*)?>")
# Numbers that the house made: GUIDs, digests, times. Letters in them say nothing, and times look like numbers said.
_MADE = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32,64}\b"
    r"|\[\d+:\d\d:\d\d\]|\b\d+:\d\d:\d\d\.\d{3} --> \d+:\d\d:\d\d\.\d{3}"
)
_PRINTED = re.compile(rb"(?:[\x20-\x7e]|\xc3[\x80-\xbf]){8,}")  # ASCII and the Latin letters that UTF-8 begins with C3


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a file, a line for each thing that stands by itself; `sure` is False where no format is known."""

    text: str
    sure: bool = True


def told(name: str, data: bytes) -> list[Told]:
    """Every text of a file and of what is packed in it, names and properties included."""
    return [Told(_MADE.sub("\n", unicodedata.normalize("NFC", one.text)), one.sure) for one in _told(name, data, 0)]


def _told(name: str, data: bytes, depth: int) -> Iterator[Told]:
    yield Told(re.sub(r"[_./\\-]", " ", name))
    if data.startswith(_ZIP) and depth < _DEEPEST and zipfile.is_zipfile(io.BytesIO(data)):
        yield from _packed(data, depth)
        return
    text = _decoded(data)
    if text is None:
        yield Told("\n".join(run.decode() for run in _PRINTED.findall(data)), sure=False)
        return
    yield Told(_read(name, text, data))


def _packed(data: bytes, depth: int) -> Iterator[Told]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        yield Told(opened.comment.decode(errors="replace"))
        for entry in opened.infolist():
            yield Told(entry.comment.decode(errors="replace"))
            yield from _told(entry.filename, opened.read(entry), depth + 1)


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _read(name: str, text: str, data: bytes) -> str:
    """The text without its markup; as it stands where the format is another than the name says."""
    if text.lstrip().startswith("<"):
        return _xml(data) or text
    reader = _READERS.get(name.rpartition(".")[2].lower())
    return (reader(text) if reader else None) or text


def _vtt(text: str) -> str:
    return html.unescape(_MARKUP.sub("", _TAG.sub(r"\1\n", text)))


def _csv(text: str) -> str | None:
    try:
        return "\n".join(cell for row in csv.reader(io.StringIO(text), strict=True) for cell in row)
    except csv.Error:
        return None


def _json(text: str) -> str | None:
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        return None


def _strings(value: object) -> Iterator[str]:
    """Every string in parsed JSON, names of members too; a string may be JSON itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _xml(data: bytes) -> str | None:
    """Texts and the values of attributes; within a paragraph what its runs say is put together."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    values = [str(value) for element in root.iter() for value in element.attrib.values() if _has_letter(str(value))]
    return "".join(_flow(root, within=False)) + "\n" + "\n".join(values)


def _flow(element: etree._Element, *, within: bool) -> Iterator[str]:
    name = etree.QName(element).localname if isinstance(element.tag, str) else ""
    if within and name in _BREAKS:
        yield " "
    yield element.text or ""
    for child in element:
        yield from _flow(child, within=within or name in _PARAGRAPHS)
        yield child.tail or ""
    if not within:
        yield "\n"


def _has_letter(value: str) -> bool:
    return any(map(str.isalpha, value))


_READERS: dict[str, Callable[[str], str | None]] = {"csv": _csv, "json": _json, "vtt": _vtt}
