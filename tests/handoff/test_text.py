"""What every format may rely on: clean lines, short labels, marks that do not overshoot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from handoff.text import clean, clock, label
from tests.handoff.examples import CLEANED, LINES, ODD

ANYTHING = st.text(st.characters())  # lone surrogates and all


@pytest.mark.parametrize(("given_text", "expected"), [*zip(LINES, CLEANED, strict=True), *ODD])
def test_a_line_keeps_its_letters_and_loses_what_files_cannot_hold(given_text: str, expected: str) -> None:
    """Letters of every script stay code point by code point; forbidden ones go, line ends become a space."""
    assert clean(given_text) == expected


@given(ANYTHING)
def test_anything_becomes_one_line_that_xml_takes(text: str) -> None:
    """Whatever is given, the result is a single line that survives XML and UTF-8 unchanged."""
    cleaned = clean(text)
    assert len(cleaned.splitlines()) <= 1
    element = etree.Element("t")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element)).text or "") == cleaned


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Cleaned text is clean, so no writer needs to know whether another has cleaned before."""
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        (None, None),
        ("Deltaker 01", "Deltaker 01"),
        (" \n", None),
        (":", None),
        ("Lege: Berg", "Lege  Berg"),
        ("x" * 80, "x" * 63),
    ],
)
def test_a_label_can_stand_before_a_colon(speaker: str | None, expected: str | None) -> None:
    """MAXQDA splits at the first colon and takes at most 63 characters."""
    assert label(speaker) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "00:00:00"), (6.999, "00:00:06"), (3599.9, "00:59:59"), (36061, "10:01:01"), (-0.2, "00:00:00")],
)
def test_a_mark_is_never_later_than_the_word(seconds: float, expected: str) -> None:
    """Marks are cut to the second, never rounded up past the start of the turn."""
    assert clock(seconds) == expected
