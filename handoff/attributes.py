"""Participants' attributes as columns: their order, their types, their values in writing."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from storage.errors import BadInput

if TYPE_CHECKING:
    from handoff.source import Study, Value

# REFI-QDA's typeOfVariableType by Python type; by exact type, because True is an int and a datetime a date.
_TYPES: dict[type, str] = {str: "Text", bool: "Boolean", int: "Integer", float: "Float", date: "Date"}


def names(study: Study) -> list[str]:
    """Every attribute any case has, in the order they first appear."""
    return list(dict.fromkeys(name for case in study.cases for name in case.attributes))


def type_of(study: Study, name: str) -> str:
    """The REFI-QDA type that holds all values of an attribute; "Text" where they are of different kinds."""
    values = [case.attributes[name] for case in study.cases if name in case.attributes]
    found = {_TYPES.get(type(value), "Text") for value in values}
    if found == {"Integer", "Float"}:
        return "Float"
    return found.pop() if len(found) == 1 else "Text"


def written(value: Value) -> str:
    """A value as XML Schema writes it: `true`, `35`, `1.5` without exponent, `2024-05-17`, or the text itself.

    Raises BadInput for a number that is not finite, which xsd:decimal cannot say.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _decimal(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _decimal(value: float) -> str:
    if not math.isfinite(value):
        raise BadInput("An attribute of a case is not a finite number; correct it or leave it out.")
    return format(Decimal(repr(value)), "f")
