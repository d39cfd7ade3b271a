"""Word: a paragraph for each turn and nothing else in the body, so that positions agree with the plain text.

What the reader must know stands in the page header, outside the text that is coded.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx import Document

from handoff import words, zipped
from handoff.source import Interview, day, lines
from handoff.text import clean

if TYPE_CHECKING:
    from docx.document import Document as Made


def write(interview: Interview, language: str) -> bytes:
    """The interview as DOCX; `language` (ISO 639-1) is that of the notice in the page header."""
    document = Document()
    _describe(document, interview)
    document.sections[0].header.paragraphs[0].text = f"{clean(interview.title)} · {words.of(language).notice}"
    for line in lines(interview):
        document.add_paragraph(line)
    return _bytes(document)


def _describe(document: Made, interview: Interview) -> None:
    """Fill every property that python-docx or Word would else fill with an author, a program or a clock."""
    about = document.core_properties
    about.author = about.last_modified_by = about.comments = ""
    about.title = clean(interview.title)
    about.language = interview.language
    about.created = about.modified = day(interview)


def _bytes(document: Made) -> bytes:
    saved = io.BytesIO()
    document.save(saved)
    return zipped.archive(zipped.members(saved.getvalue()))
