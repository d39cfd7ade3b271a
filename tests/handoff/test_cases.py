"""Cases as CSV, and what a spreadsheet must not run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from handoff import cases
from handoff.source import Case, Value
from tests.handoff.examples import study

PREFIXES = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r=", "\n=", " =", '"=', "'="]  # noqa: RUF001  # full-width signs are meant


def read(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """The rows as a spreadsheet splits them."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def one(value: Value, name: str = "x", code: str = "P07") -> bytes:
    """A file of one case with one attribute."""
    return cases.write(replace(study(), cases=(Case("0" * 32, code, {name: value}),)))


def test_a_row_for_each_case_a_column_for_each_attribute() -> None:
    """Values stand under their attribute, nothing where a case has none, letters as they were."""
    header, first, second = read(cases.write(study()))
    assert header == ["case", "alder", "kjønn", "score", "i arbeid", "innskrevet", "barn", "merknad"]
    assert first == ["P07", "47", "mann", "0.0000001", "true", "2021-02-03", "2", ""]
    assert second == ["P08", "35.5", "", "", "", "", "ukjent", "'=1+1"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_text_starts_a_formula(prefix: str) -> None:
    """Every prefix a spreadsheet would run is preceded by an apostrophe: in values, attribute names and codes."""
    evil = f"{prefix}1+1"
    for row in (read(one(evil))[1][1:], read(one("a", name=evil))[0][1:], read(one("a", code=evil))[1][:1]):
        assert row[0].startswith("'")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_text_starts_a_formula_where_semicolons_part_cells(prefix: str) -> None:
    """A Norwegian spreadsheet splits at semicolons, also inside our cells; no piece of one is a formula either."""
    cells = [cell for row in read(one(f"a;{prefix}1+1"), ";") for cell in row]
    assert not any(cell.strip(" \"'").startswith(tuple("=+-@＝＋－＠")) for cell in cells if not cell.startswith("'"))  # noqa: RUF001  # full-width signs are meant


def test_numbers_stay_numbers() -> None:
    """A negative number is no formula and keeps its sign."""
    assert read(one(-5))[1][1] == "-5"


def test_delimiters_quotes_and_line_ends_stay_inside_their_cell() -> None:
    """A value cannot open a cell or a row of its own; a line end becomes a space."""
    assert read(one('sa, "ja"\nog nei'))[1] == ["P07", 'sa, "ja" og nei']


def test_the_file_says_its_encoding() -> None:
    """Excel reads UTF-8 only with a byte order mark; rows end as RFC 4180 has it."""
    data = cases.write(study())
    assert data.startswith(b"\xef\xbb\xbfcase,")
    assert data.count(b"\r\n") == 3
