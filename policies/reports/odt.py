"""A page as an OpenDocument text: the same page gives the same bytes, and nothing says who or what wrote it.

Libraries start from a template that names the program and machine it was made with, and date each part by the clock,
so the few elements there are here are written as the standard has them. Source: OpenDocument 1.3, parts 2 (packages)
and 3 (schema).
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.reports.page import Page, Part

MIME: Final = "application/vnd.oasis.opendocument.text"
VERSION: Final = {"office:version": "1.3"}
DAWN: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment a ZIP archive can name."""
COUNTRIES: Final = {"nb": "NO", "en": "GB"}
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NS = {
    **{one: f"{_OASIS}{one}:1.0" for one in ("office", "text", "table", "style", "meta", "manifest")},
    "fo": f"{_OASIS}xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
WIDE, NARROW = 42, 7
"""The most and least characters of a cell that count for the width of its column."""
BOLD, ITALIC = {"fo:font-weight": "bold"}, {"fo:font-style": "italic"}
KEEP = {"fo:keep-with-next": "always"}
LOOKS: Final[dict[str, tuple[dict[str, str], dict[str, str]]]] = {
    "Standard": ({"fo:margin-bottom": "0.15cm"}, {}),
    "Title": ({"fo:margin-bottom": "0.2cm"}, {"fo:font-size": "16pt"} | BOLD),
    "Lead": ({"fo:margin-bottom": "0.3cm"}, {"fo:font-size": "11pt"} | BOLD),
    "Heading": ({"fo:margin-top": "0.5cm", "fo:margin-bottom": "0.15cm"} | KEEP, {"fo:font-size": "11pt"} | BOLD),
    "Note": ({"fo:margin-bottom": "0.15cm"} | KEEP, ITALIC),
    "Label": ({}, {"fo:font-size": "8pt"} | BOLD),
    "Cell": ({}, {"fo:font-size": "8pt"}),
    "Ending": ({"fo:margin-top": "1.2cm"}, {}),
}
"""How each kind of paragraph stands, and its letters."""


def to_bytes(page: Page, language: str) -> bytes:
    """The page as the bytes of a .odt file; `language` is one there are words in."""
    parts = {
        "content.xml": _content(page), "styles.xml": _styles(page, language), "meta.xml": _meta(page, language),
    }  # fmt: skip
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        _put(archive, "mimetype", MIME.encode(), zipfile.ZIP_STORED)
        for name, root in {**parts, "META-INF/manifest.xml": _manifest(parts)}.items():
            data = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
            _put(archive, name, data, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, how: int) -> None:
    about = zipfile.ZipInfo(name, DAWN)
    about.compress_type, about.create_system, about.external_attr = how, 3, 0o600 << 16
    archive.writestr(about, data)


def _in_full(name: str) -> str:
    """A name such as text:p with its namespace in full."""
    space, _, local = name.partition(":")
    return f"{{{_NS[space]}}}{local}"


def _e(name: str, attributes: Mapping[str, str], *inside: etree._Element | str) -> etree._Element:
    """An element, with texts and elements in it; texts stand before the elements."""
    made = etree.Element(_in_full(name), {_in_full(one): value for one, value in attributes.items()}, nsmap=_NS)
    for one in inside:
        if isinstance(one, str):
            made.text = _clean(one)
        else:
            made.append(one)
    return made


def _clean(text: str) -> str:
    """Without what XML has no sign for, and on one line."""
    return "".join(one if one.isprintable() else " " for one in text)


def _content(page: Page) -> etree._Element:
    text = _e("office:text", {}, _h(page.title, "Title", 1), _p(page.about, "Lead"), *map(_p, page.lead))
    styles = _e("office:automatic-styles", {})
    for number, part in enumerate(page.parts, 1):
        text.append(_h(part.heading, "Heading", 2))
        if part.note:
            text.append(_p(part.note, "Note"))
        if part.rows:
            styles.extend(_widths(part, number))
            text.append(_table(part, number))
        else:
            text.append(_p(page.nothing))
    text.append(_p(page.ending, "Ending"))
    return _e("office:document-content", VERSION, styles, _e("office:body", {}, text))


def _h(text: str, style: str, level: int) -> etree._Element:
    return _e("text:h", {"text:style-name": style, "text:outline-level": str(level)}, text)


def _p(text: str, style: str = "Standard") -> etree._Element:
    return _e("text:p", {"text:style-name": style}, text)


def _widths(part: Part, number: int) -> list[etree._Element]:
    """A style a column: as wide as what is in it asks for, within reason."""
    texts = [*([part.columns] if part.columns else []), *part.rows]
    widths = [min(WIDE, max(NARROW, *map(len, column))) for column in zip(*texts, strict=True)]
    return [
        _e(
            "style:style", {"style:name": f"T{number}C{column}", "style:family": "table-column"},
            _e("style:table-column-properties", {"style:rel-column-width": f"{width}*"}),
        )
        for column, width in enumerate(widths)
    ]  # fmt: skip


def _table(part: Part, number: int) -> etree._Element:
    made = _e("table:table", {"table:name": f"T{number}", "table:style-name": "Table"})
    made.extend(
        [_e("table:table-column", {"table:style-name": f"T{number}C{one}"}) for one in range(len(part.rows[0]))]
    )
    if part.columns:
        made.append(_e("table:table-header-rows", {}, _row(part.columns, "Label", "Label")))
    made.extend([_row(row, "Cell" if part.columns else "Label", "Cell") for row in part.rows])
    return made


def _row(texts: tuple[str, ...], first: str, style: str) -> etree._Element:
    box = {"table:style-name": "Box", "office:value-type": "string"}
    cells = [_e("table:table-cell", box, _p(one, style if number else first)) for number, one in enumerate(texts)]
    return _e("table:table-row", {}, *cells)


def _styles(page: Page, language: str) -> etree._Element:
    spoken = {
        "fo:language": language, "fo:country": COUNTRIES[language], "fo:font-size": "9pt",
        "fo:font-family": "'Liberation Sans', Arial, sans-serif",
    }  # fmt: skip
    default = _e("style:default-style", {"style:family": "paragraph"}, _e("style:text-properties", spoken))
    sheet = {"style:name": "Standard", "style:page-layout-name": "Sheet"}
    return _e(
        "office:document-styles", VERSION,
        _e("office:styles", {}, default, *_paragraphs(), *_boxes()),
        _e("office:automatic-styles", {}, _sheet()),
        _e("office:master-styles", {}, _e("style:master-page", sheet, _e("style:footer", {}, _footer(page)))),
    )  # fmt: skip


def _paragraphs() -> list[etree._Element]:
    return [
        _e(
            "style:style", {"style:name": name, "style:family": "paragraph"},
            _e("style:paragraph-properties", paragraph), _e("style:text-properties", letters),
        )
        for name, (paragraph, letters) in LOOKS.items()
    ]  # fmt: skip


def _boxes() -> list[etree._Element]:
    whole = _e("style:table-properties", {"style:rel-width": "100%", "table:align": "margins"})
    cell = _e("style:table-cell-properties", {"fo:border": "0.5pt solid #999999", "fo:padding": "0.07cm"})
    return [
        _e("style:style", {"style:name": "Table", "style:family": "table"}, whole),
        _e("style:style", {"style:name": "Box", "style:family": "table-cell"}, cell),
    ]


def _sheet() -> etree._Element:
    """A4, lying, for the tables are wide."""
    size = {"fo:page-width": "29.7cm", "fo:page-height": "21cm", "fo:margin": "1.5cm"}
    lying = _e("style:page-layout-properties", size | {"style:print-orientation": "landscape"})
    space = _e("style:header-footer-properties", {"fo:min-height": "0.8cm", "fo:margin-top": "0.4cm"})
    return _e("style:page-layout", {"style:name": "Sheet"}, lying, _e("style:footer-style", {}, space))


def _footer(page: Page) -> etree._Element:
    number = _e("text:page-number", {"text:select-page": "current"}, "1")
    number.tail = " / "
    return _e(
        "text:p", {"text:style-name": "Cell"}, f"{page.title}. {page.about}. ", number, _e("text:page-count", {}, "1")
    )


def _meta(page: Page, language: str) -> etree._Element:
    spoken = _e("dc:language", {}, f"{language}-{COUNTRIES[language]}")
    return _e("office:document-meta", VERSION, _e("office:meta", {}, _e("dc:title", {}, page.title), spoken))


def _manifest(parts: Mapping[str, etree._Element]) -> etree._Element:
    paths = {"/": MIME, **dict.fromkeys(parts, "text/xml")}
    entries = [
        _e("manifest:file-entry", {"manifest:full-path": path, "manifest:media-type": mime})
        for path, mime in paths.items()
    ]
    return _e("manifest:manifest", {"manifest:version": VERSION["office:version"]}, *entries)
