"""The page: complete in both languages, the same bytes of the same report, and figures that are those of JSON."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from odfdo import Document
from sqlalchemy.orm import Session

from policies.actions import ACTIONS, STUDY_ROLES, VAULT_ROLES, Action, Purpose, Role
from policies.closing_plan import BESIDE, DEPOSITS, NAMES, STUDY_KEY, How
from policies.reports import access, odt, page, reporting, words
from policies.reports.facts import Moment, Report, Tally, Term, facts, table
from policies.reports.ledger import Position
from policies.reports.sources import gather
from policies.retention import defaults
from policies.study_facts import BASES, SORTS, SPECIAL
from policies.withdrawal import Ground, Scope
from tests.policies.reports.lived import values

if TYPE_CHECKING:
    from tests.policies.reports.lived import Lived

AT = Position("ab" * 16, 3, "cm9vdA==", "2026-11-24T01:02:03+00:00", verified=True, problem="")
KINDS = set(words.of("en").terms["artefact"]) - {"attributes"}
BOTH = pytest.mark.parametrize("language", words.LANGUAGES)


def _keys(table_of: dict[str, Any]) -> set[str]:
    return {
        f"{name}.{inner}" if inner else name
        for name, value in table_of.items()
        for inner in (_keys(value) if isinstance(value, dict) else {""})
    }


def _all(past: Lived) -> list[Report]:
    astrid = past.house.desk("astrid")
    made = [reporting.of_study(astrid, past.house.study, kind) for kind in reporting.OF_STUDY]
    return [*made, reporting.of_participant(astrid, past.read, handles=True)]


def test_both_languages_have_every_key() -> None:
    """What one says the other says, and neither says it with an empty text."""
    nb, en = (vars(words.of(language)) for language in words.LANGUAGES)
    assert _keys(nb) == _keys(en)
    assert all(text.strip() for said in (nb, en) for text in _texts(said))


def _texts(said: dict[str, Any]) -> list[str]:
    return [text for value in said.values() for text in (_texts(value) if isinstance(value, dict) else [value])]


@BOTH
def test_every_code_of_the_house_has_a_word(language: str) -> None:
    """Actions, purposes, roles, grounds and kinds: one that is added without its words fails here, by name."""
    known: dict[str, set[str]] = {
        "action": set(Action), "purpose": set(Purpose), "role": set(Role), "basis": set(BASES),
        "special": set(SPECIAL),
        "field": set(SORTS), "sort": set(SORTS.values()) - {""}, "ground": set(Ground), "kept": set(defaults()[1]),
        "scope": {*Scope, *(f"retention: {kind}" for kind in defaults()[1]), *(f"closing: {how}" for how in How)},
        "how": set(How), "destroyed": {*BESIDE, NAMES, DEPOSITS, STUDY_KEY, *KINDS},
        "resource": {spec.resource.lower() for spec in ACTIONS.values()},
        "may_in_study": set(STUDY_ROLES), "may_in_vault": set(VAULT_ROLES),
    }  # fmt: skip
    said = words.of(language).terms
    missing = {group: codes - set(said[group]) for group, codes in known.items()}
    assert {group: codes for group, codes in missing.items() if codes} == {}


@BOTH
def test_every_report_has_all_its_words(past: Lived, language: str) -> None:
    """Each section, field and term of each report of a house with a past is in the language."""
    said = words.of(language)
    for report in _all(past):
        assert page.lay_out(report, said).parts
        terms = [one for one in values(report) if isinstance(one, Term)]
        assert [one for one in terms if one.code not in said.terms[one.group]] == []
        tallies = [one for one in values(report) if isinstance(one, Tally)]
        assert [code for one in tallies for code, _ in one.counts if code not in said.terms[one.group]] == []


def test_a_code_from_another_version_is_told_as_it_is() -> None:
    """A ledger is for good, so an action that is gone since is told by its code."""
    assert words.of("nb").term("action", "read_minds") == "read minds"


@BOTH
def test_an_independent_reader_finds_the_figures_of_json(past: Lived, language: str) -> None:
    """A library of others opens the page, and each table in it has the rows of the section in JSON, cell by cell."""
    said = words.of(language)
    for report in _all(past):
        document = Document(io.BytesIO(odt.to_bytes(page.lay_out(report, said), language)))
        tables = {one.get_attribute("table:name"): one for one in document.body.get_elements("//table:table")}
        for number, section in enumerate(report.sections, 1):
            if not section.rows:
                assert f"T{number}" not in tables
                continue
            cells = [[_text(cell) for cell in row.get_elements("table:table-cell")]
                     for row in tables[f"T{number}"].get_elements(".//table:table-row")]  # fmt: skip
            expected = [[page.text(value, said) for value in row.values()] for row in section.rows]
            found = cells[1:] if section.columns else [[row[1] for row in cells]]
            assert found == expected


def _text(cell: Any) -> str:
    return "".join(one.text_recursive for one in cell.get_elements("text:p"))


@BOTH
def test_the_same_report_is_the_same_bytes(past: Lived, language: str) -> None:
    """Nothing of the clock, of chance or of the machine is in the page."""
    report = _all(past)[0]
    laid = page.lay_out(report, words.of(language))
    assert odt.to_bytes(laid, language) == odt.to_bytes(laid, language)
    with zipfile.ZipFile(io.BytesIO(odt.to_bytes(laid, language))) as archive:
        names = archive.namelist()
        assert (names[0], archive.read("mimetype").decode()) == ("mimetype", odt.MIME)
        assert {one.date_time for one in archive.infolist()} == {odt.DAWN}
        meta = etree.fromstring(archive.read("meta.xml"))
    assert {etree.QName(one).localname for one in meta.iter()} == {"document-meta", "meta", "title", "language"}


def test_two_readings_at_one_position_make_one_report(past: Lived) -> None:
    """What is told follows from the ledger and the rows alone: read twice behind one door, it is the same."""
    vault = past.house.vault
    with Session(vault.database.reader) as one, Session(vault.database.reader) as two:
        made = [access.report(gather(vault, session, past.house.study.id)) for session in (one, two)]
    assert made[0].to_dict() == made[1].to_dict()


def test_odd_characters_do_not_break_the_page() -> None:
    """What XML has no sign for is left out, angle brackets and ampersands are text, and lines stay one."""
    made = Report("access", "rus", "A <b> & \x00\x0b\n study", AT, (
        table("members", ("who", "since"), [{"who": "<&>\x1b\ud800", "since": Moment(AT.at)}]),
        facts("about", participant="P01", study=""),
    ))  # fmt: skip
    laid = page.lay_out(made, words.of("en"))
    document = Document(io.BytesIO(odt.to_bytes(laid, "en")))
    assert "A <b> &" in document.get_formatted_text()
    assert "2026-11-24 01:02:03" in document.get_formatted_text()
