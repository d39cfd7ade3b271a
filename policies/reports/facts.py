"""What a report is made of: sections of facts, in codes and numbers that mean the same in every language."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from policies.reports.ledger import Position

JSON: TypeAlias = str | int | bool | list["JSON"] | dict[str, "JSON"] | None


@dataclass(frozen=True)
class Term:
    """Something with a name in each language: its code in one of the groups under [terms] in words/."""

    group: str
    code: str


@dataclass(frozen=True)
class Tally:
    """How many of what, by codes of one group."""

    group: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Moment:
    """A time, in ISO 8601."""

    text: str


@dataclass(frozen=True)
class Missing:
    """What nobody has stated, and the command that states it."""

    command: str


@dataclass(frozen=True)
class Elsewhere:
    """What Tillit does not keep, and whoever prints the page adds by hand."""


Value: TypeAlias = str | int | bool | Term | Tally | Moment | Missing | Elsewhere | tuple["Value", ...] | None
Row: TypeAlias = dict[str, Value]


@dataclass(frozen=True)
class Section:
    """A heading's worth: one row of facts, or, where `columns` has names, a table of any number of rows."""

    name: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One report: which, about what ("rus", "rus/P07"), up to where in the ledger."""

    kind: str
    about: str
    title: str
    position: Position
    sections: tuple[Section, ...]

    def to_dict(self) -> dict[str, JSON]:
        """For JSON: null where nothing is known; `not_stated` has the command for it, `not_kept` what Tillit lacks."""
        position: dict[str, JSON] = asdict(self.position)
        return {
            "report": self.kind, "about": self.about, "title": self.title, "ledger": position,
            "not_stated": dict(_missing(self.sections)),
            "not_kept": [f"{one.name}.{name}" for one in self.sections for row in one.rows
                         for name, value in row.items() if isinstance(value, Elsewhere)],
            **{one.name: _section(one) for one in self.sections},
        }  # fmt: skip


def facts(name: str, /, **row: Value) -> Section:
    """A section of single facts."""
    return Section(name, (row,))


def table(name: str, columns: tuple[str, ...], rows: list[Row]) -> Section:
    """A section that is a table; every row has every column."""
    return Section(name, tuple({column: row[column] for column in columns} for row in rows), columns)


def _section(section: Section) -> JSON:
    rows: list[JSON] = [{name: plain(value) for name, value in row.items()} for row in section.rows]
    return rows if section.columns else rows[0]


def plain(value: Value) -> JSON:
    """A value as JSON has it."""
    if isinstance(value, Term):
        return value.code
    if isinstance(value, Tally):
        return dict(value.counts)
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Missing | Elsewhere):
        return None
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def _missing(sections: tuple[Section, ...]) -> list[tuple[str, JSON]]:
    return [
        (f"{section.name}.{number}.{name}" if section.columns else f"{section.name}.{name}", value.command)
        for section in sections
        for number, row in enumerate(section.rows)
        for name, value in row.items()
        if isinstance(value, Missing)
    ]
