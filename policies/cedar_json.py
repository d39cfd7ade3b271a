"""How Cedar's JSON form says who, when and what. Source: Cedar's JSON formats for requests and entities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def uid(kind: str, name: str) -> dict[str, str]:
    """An entity, where it stands for itself."""
    return {"type": f"Tillit::{kind}", "id": name}


def user_of(person: str) -> dict[str, Any]:
    """Somebody who works here, as an attribute."""
    return {"__entity": uid("User", person)}


def datetime_of(moment: datetime) -> dict[str, Any]:
    """A moment, as an attribute; to the second."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"__extn": {"fn": "datetime", "arg": text}}
