"""A report as somebody reads it: the same sections, in the words of one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.reports.extract import KIND as EXTRACT
from policies.reports.facts import Elsewhere, Missing, Moment, Tally, Term

if TYPE_CHECKING:
    from policies.reports.facts import Report, Section, Value
    from policies.reports.words import Words


@dataclass(frozen=True)
class Part:
    """A heading, what is to be known of it, and a table of texts; `columns` is empty for pairs of name and value."""

    heading: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """A whole report in texts; `lead` is paragraphs, `nothing` what stands for a table without rows."""

    title: str
    about: str
    lead: tuple[str, ...]
    parts: tuple[Part, ...]
    ending: str
    nothing: str


def lay_out(report: Report, words: Words) -> Page:
    """The report in these words."""
    said, at = words.page, report.position
    about = said["participant" if report.kind == EXTRACT else "about"].format(about=report.about)
    where = said["ledger"].format(vault=at.vault, entries=at.entries, at=_second(at.at), root=at.root)
    sound = said["verified"] if at.verified else said["unverified"].format(problem=at.problem)
    return Page(
        words.titles[report.kind],
        f"{about}: {report.title}",
        (words.intros[report.kind], where, sound, said["times"]),
        tuple(_part(one, words) for one in report.sections),
        said["signature"],
        said["nothing"],
    )


def _part(section: Section, words: Words) -> Part:
    if section.columns:
        rows = tuple(tuple(text(row[name], words) for name in section.columns) for row in section.rows)
    else:
        rows = tuple((words.fields[name], text(value, words)) for name, value in section.rows[0].items())
    columns = tuple(words.fields[name] for name in section.columns)
    return Part(words.sections[section.name], words.notes.get(section.name, ""), columns, rows)


def text(value: Value, words: Words) -> str:  # noqa: PLR0911  # one line a kind of value
    """A value in words."""
    match value:
        case None | () | "":
            return words.page["none"]
        case bool():
            return words.page["yes" if value else "no"]
        case Term(group, code):
            return words.term(group, code)
        case Tally(group, counts):
            return ", ".join(f"{number} {words.term(group, code)}" for code, number in counts) or words.page["none"]
        case Moment(at):
            return _second(at)
        case Missing(command):
            return words.page["missing"].format(command=command)
        case Elsewhere():
            return words.page["elsewhere"]
        case tuple():
            return ", ".join(text(one, words) for one in value)
    return str(value)


def _second(moment: str) -> str:
    """To the second, as the ledger has it."""
    return moment[:19].replace("T", " ")
