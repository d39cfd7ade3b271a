"""The REFI-QDA project: against the official schema, and read back by pyrefiqda and by hand."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pyrefiqda
import pytest
from lxml import etree

from handoff import qdpx
from handoff.source import Case, Study, lines
from tests.handoff.examples import LINES, ODD, interview, study

SCHEMA = Path(__file__).parent.parent / "vectors" / "refi-qda" / "Project.xsd"
SPACE = {"q": "urn:QDA-XML:project:1.0"}
HARDENED = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
BARE = Study("0f" * 16, "Tom", "no", (), ())
NASTY = replace(
    study(),
    name="\x00<&>\"'\x1b\n\ud800",
    cases=(Case("0" * 32, "P07", {"\x00<&>": "\x1b]]>&\n", "tom": ""}),),
    interviews=(interview(tuple(odd for odd, _ in ODD), "A\x00 & <B>", title="\x01<P07>\n"),),
)


def opened(made: Study) -> zipfile.ZipFile:
    """The project as an archive."""
    return zipfile.ZipFile(io.BytesIO(qdpx.write(made)))


def project(made: Study) -> etree._Element:
    """The project's XML, parsed without entities and network."""
    return etree.fromstring(opened(made).read("project.qde"), HARDENED)


@pytest.fixture(name="loaded")
def loaded_by_pyrefiqda(tmp_path: Path) -> Any:
    """The example study as an independent reader has it, and the folder it was unpacked to."""
    file = tmp_path / "study.qdpx"
    file.write_bytes(qdpx.write(study()))
    return pyrefiqda.RefiProject.load(file, extract_dir=str(tmp_path / "out")), tmp_path / "out"


@pytest.mark.parametrize("made", [study(), BARE, NASTY, replace(study(), cases=()), replace(study(), interviews=())])
def test_the_project_is_valid(made: Study) -> None:
    """The XML follows the official schema, with and without content, and whatever characters it is given."""
    etree.XMLSchema(etree.parse(SCHEMA, HARDENED)).assertValid(project(made))


def test_another_reader_finds_the_texts_letter_by_letter(loaded: Any) -> None:
    """What pyrefiqda resolves and reads is what was said, a turn a line."""
    read, folder = loaded
    for source, told in zip(read.sources.text_source, study().interviews, strict=True):
        path = pyrefiqda.RefiProject.resolve_source_path(source.plain_text_path, folder)
        assert source.name == told.title
        assert path.read_bytes().decode().split("\n") == lines(told)


def test_another_reader_finds_cases_with_typed_attributes(loaded: Any) -> None:
    """Each case has its values under the right variable and type, and the sources that are its own."""
    read, _ = loaded
    types = {variable.guid: (variable.name, variable.type_of_variable.value) for variable in read.variables.variable}
    assert sorted(types.values()) == [
        ("alder", "Float"),
        ("barn", "Text"),
        ("i arbeid", "Boolean"),
        ("innskrevet", "Date"),
        ("kjønn", "Text"),
        ("merknad", "Text"),
        ("score", "Float"),
    ]
    first = read.cases.case[0]
    values = {types[value.variable_ref.target_guid][0]: value for value in first.variable_value}
    assert (first.name, values["kjønn"].text_value, values["i arbeid"].boolean_value) == ("P07", "mann", True)
    assert (float(values["alder"].float_value), values["barn"].text_value) == (47.0, "2")
    names = {source.guid: source.name for source in read.sources.text_source}
    assert [names[ref.target_guid] for ref in first.source_ref] == ["P07-1", "P07-2"]


def test_rich_and_plain_text_are_the_same_text() -> None:
    """The DOCX beside a text has the same paragraphs, so a position in one is the same place in the other."""
    with opened(study()) as archive:
        for name in (name for name in archive.namelist() if name.endswith(".docx")):
            rich = docx.Document(io.BytesIO(archive.read(name)))
            plain = archive.read(name.replace(".docx", ".txt")).decode()
            assert "\n".join(paragraph.text for paragraph in rich.paragraphs) == plain


@pytest.mark.parametrize("made", [study(), NASTY])
def test_project_text_is_as_importers_want_it(made: Study) -> None:
    """NFC, LF, no byte order mark, every line with its time mark."""
    with opened(made) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]
    for text in texts:
        assert unicodedata.is_normalized("NFC", text)
        assert not set(text) & {"\r", "\ufeff", "\x00"}
        assert all(re.search(r"\[\d\d:\d\d:\d\d\] ", line) for line in text.split("\n"))


def test_the_archive_is_flat_and_named_by_guid() -> None:
    """`project.qde` comes first, then lower-case `sources/` with GUID names; nothing has a time."""
    with opened(study()) as archive:
        first, *rest = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert first == "project.qde"
    assert all(re.fullmatch(r"sources/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(txt|docx)", name) for name in rest)
    assert len(rest) == 2 * len(study().interviews)


def test_what_importers_choke_on_is_not_there() -> None:
    """No inline text, no paths of a machine, every source with name, date and user, rich text that is rich."""
    root = project(study())
    assert root.get("origin") == "Tillit"
    assert root.get("basePath") is None
    assert root.find(".//q:PlainTextContent", SPACE) is None
    users = [user.get("guid") for user in root.iterfind("q:Users/q:User", SPACE)]
    for source in root.iterfind(".//q:TextSource", SPACE):
        assert source.get("creationDateTime") == "2024-05-17T00:00:00Z"
        assert source.get("creatingUser") in users
        assert (source.get("richTextPath") or "").endswith(".docx")


def test_the_project_says_it_is_personal_data() -> None:
    """The description, which QualCoder shows as the project's memo, warns in the study's language."""
    described = project(study(language="nn")).findtext("q:Description", namespaces=SPACE)
    assert described == "Pseudonymisert, framleis personopplysningar"


def test_every_guid_is_used_once_and_every_reference_has_a_target() -> None:
    """No two things share a GUID, and nothing points into the void."""
    root = project(study())
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(set(guids)) == len(guids)
    assert {element.get("targetGUID") for element in root.iter() if element.get("targetGUID")} <= set(guids)


def test_the_same_study_gives_the_same_bytes() -> None:
    """Written twice the project is the same, and our own ids are not in it."""
    assert qdpx.write(study()) == qdpx.write(study())
    assert study().id not in etree.tostring(project(study())).decode().replace("-", "")


def test_an_interview_keeps_its_guid_when_others_come_and_go() -> None:
    """A later hand-off with other interviews can be matched with an earlier one."""
    fewer = replace(study(), interviews=study().interviews[1:])
    guids = [
        {source.get("name"): source.get("guid") for source in project(made).iterfind(".//q:TextSource", SPACE)}
        for made in (study(), fewer)
    ]
    assert guids[1].items() <= guids[0].items()


def test_a_case_without_words_of_ours_is_left_to_the_reader() -> None:
    """An interview whose participant is no case stands in the project without a case to point at it."""
    root = project(replace(study(), cases=(), interviews=(interview(LINES),)))
    assert root.find(".//q:SourceRef", SPACE) is None
    assert len(root.findall(".//q:TextSource", SPACE)) == 1
