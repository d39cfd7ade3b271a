"""Attributes as typed columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handoff.attributes import names, type_of, written
from handoff.source import Case, Study, Value
from storage.errors import BadInput
from tests.handoff.examples import study


def with_values(*values: Value) -> Study:
    """A study whose cases have one attribute, x."""
    return replace(study(), cases=tuple(Case("0" * 32, f"P{n}", {"x": value}) for n, value in enumerate(values)))


def test_columns_come_in_the_order_they_are_met() -> None:
    """Attributes only a later case has come after the first case's."""
    assert names(study()) == ["alder", "kjønn", "score", "i arbeid", "innskrevet", "barn", "merknad"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("a", "b"), "Text"),
        ((1, 2), "Integer"),
        ((1, 2.5), "Float"),
        ((True, False), "Boolean"),
        ((True, 1), "Text"),
        ((1, "ukjent"), "Text"),
        ((date(2024, 5, 17),), "Date"),
    ],
)
def test_the_type_holds_every_value(values: tuple[Value, ...], expected: str) -> None:
    """A column is as narrow as its values allow, and text where they are of different kinds."""
    assert type_of(with_values(*values), "x") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (-3, "-3"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (date(2024, 5, 17), "2024-05-17"),
        ("tekst", "tekst"),
    ],
)
def test_values_are_written_as_xml_schema_has_them(value: Value, expected: str) -> None:
    """Decimals have no exponent, booleans are lower case, dates are ISO 8601."""
    assert written(value) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    """What xsd:decimal cannot say stops the hand-off instead of reaching an importer."""
    with pytest.raises(BadInput, match="not a finite number"):
        written(value)
