"""DOCX, read back by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import docx
import pytest

import handoff.docx
from handoff.source import lines
from tests.handoff.examples import LINES, ODD, interview

MIDNIGHT = datetime(2024, 5, 17, tzinfo=UTC)


@pytest.mark.parametrize("speakers", [(), ("Intervjuer", "Deltaker 01", "Deltaker 01")])
def test_each_turn_is_a_paragraph_letter_by_letter(speakers: tuple[str, ...]) -> None:
    """The body is the lines of the interview and nothing else, so that positions agree with the plain text."""
    told = interview(LINES + tuple(odd for odd, _ in ODD), *speakers)
    document = docx.Document(io.BytesIO(handoff.docx.write(told, "no")))
    assert [paragraph.text for paragraph in document.paragraphs] == lines(told)


@pytest.mark.parametrize(
    ("language", "notice"),
    [
        ("en", "still personal data"),
        ("no", "fortsatt personopplysninger"),
        ("nb", "fortsatt personopplysninger"),
        ("nn", "framleis personopplysningar"),
        ("da", "stadig personoplysninger"),
        ("fi", "still personal data"),
    ],
)
def test_the_header_says_it_is_personal_data(language: str, notice: str) -> None:
    """The page header warns in the study's language, in English where there are no words for it."""
    document = docx.Document(io.BytesIO(handoff.docx.write(interview(), language)))
    header = document.sections[0].header.paragraphs[0].text
    assert header.startswith("P07-1 · Pseudonymise")
    assert header.endswith(notice)


def test_properties_name_nobody() -> None:
    """Author, editor and comment are empty, the dates are midnights, the revision is the first."""
    about = docx.Document(io.BytesIO(handoff.docx.write(interview(), "no"))).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert (about.created, about.modified, about.revision) == (MIDNIGHT, MIDNIGHT, 1)
    assert (about.title, about.language) == ("P07-1", "no")


def test_nothing_in_the_file_tells_of_program_or_hour() -> None:
    """No part names the library, and neither the archive's times nor the document's say when it was written."""
    with zipfile.ZipFile(io.BytesIO(handoff.docx.write(interview(), "no"))) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = opened.read("docProps/core.xml")
        parts = b"".join(opened.read(name) for name in opened.namelist())
    assert set(re.findall(rb"\d\d:\d\d:\d\dZ", core)) == {b"00:00:00Z"}
    assert b"python-docx" not in parts


def test_the_same_interview_gives_the_same_bytes() -> None:
    """Written twice, the file is the same, so that its hash can be checked later."""
    assert handoff.docx.write(interview(), "no") == handoff.docx.write(interview(), "no")
