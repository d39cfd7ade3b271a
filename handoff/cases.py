"""Cases as CSV (RFC 4180): a row for each participant, a column for each attribute, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from handoff import attributes
from handoff.text import clean

if TYPE_CHECKING:
    from handoff.source import Case, Study, Value

# A cell that starts so is run as a formula (OWASP, CSV Injection), also in full width. The start may be one that a
# spreadsheet set to semicolons makes for itself, in the middle of our cell.
_FORMULA = re.compile(r"(^|;)([\s\"']*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001  # full-width signs are meant


def write(study: Study) -> bytes:
    """The study's cases as CSV in UTF-8 with a byte order mark, without which Excel guesses another encoding."""
    columns = attributes.names(study)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([_cell(name) for name in ("case", *columns)])
    table.writerows(_row(case, columns) for case in study.cases)
    return out.getvalue().encode("utf-8-sig")


def _row(case: Case, columns: list[str]) -> list[str]:
    return [_cell(case.code), *(_cell(case.attributes.get(name, "")) for name in columns)]


def _cell(value: Value) -> str:
    """A value in writing; text that a spreadsheet would run gets an apostrophe in front, numbers stay numbers."""
    text = clean(attributes.written(value))
    return _FORMULA.sub(r"\1'\2", text) if isinstance(value, str) else text
