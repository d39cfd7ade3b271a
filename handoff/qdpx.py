"""REFI-QDA project exchange (QDA-XML 1.0, `urn:QDA-XML:project:1.0`): texts, cases and attributes in one file.

A zip of `project.qde` and `sources/GUID.txt` and `.docx`. Project text is NFC, LF, one turn a line, without byte
order mark; positions count Unicode code points. What importers need beyond the schema stands where it is met.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from lxml import etree

from handoff import attributes, docx, words, zipped
from handoff.source import Case, Interview, Study, Value, day, lines
from handoff.text import clean

_NAMESPACE = "urn:QDA-XML:project:1.0"
_PREFIXES: dict[str, str] = {None: _NAMESPACE}  # type: ignore[dict-item]  # the stubs know no default namespace
_MAKER = "Tillit"


def write(study: Study) -> bytes:
    """The study as QDPX. Equal studies give equal bytes: GUIDs are derived from ids, dates are days."""
    return zipped.archive([("project.qde", _project(study)), *_sources(study)])


def text(interview: Interview) -> str:
    """The interview as project text: its lines joined by LF, the text that positions count in."""
    return "\n".join(lines(interview))


def _sources(study: Study) -> list[tuple[str, bytes]]:
    files = []
    for interview in study.interviews:
        name = f"sources/{_source_guid(study, interview)}"
        files.append((f"{name}.txt", text(interview).encode()))
        files.append((f"{name}.docx", docx.write(interview, study.language)))
    return files


def _project(study: Study) -> bytes:
    """The XML, in the schema's order. QualCoder fails on a project without `origin`."""
    root = etree.Element(f"{{{_NAMESPACE}}}Project", nsmap=_PREFIXES)
    _set(root, name=clean(study.name), origin=_MAKER, creatingUserGUID=_guid(study, "user", _MAKER))
    _add(_add(root, "Users"), "User", guid=_guid(study, "user", _MAKER), name=_MAKER)
    _variables(root, study)
    _cases(root, study)
    _texts(root, study)
    _add(root, "Description").text = words.of(study.language).notice
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _variables(root: etree._Element, study: Study) -> None:
    """The schema forbids an empty Variables, Cases or Sources: without content the element is left out."""
    names = attributes.names(study)
    parent = _add(root, "Variables") if names else root
    for name in names:
        guid, kind = _guid(study, "variable", name), attributes.type_of(study, name)
        _add(parent, "Variable", guid=guid, name=clean(name), typeOfVariable=kind)


def _cases(root: etree._Element, study: Study) -> None:
    parent = _add(root, "Cases") if study.cases else root
    for case in study.cases:
        _case(parent, study, case)


def _case(parent: etree._Element, study: Study, case: Case) -> None:
    element = _add(parent, "Case", guid=_guid(study, "case", UUID(case.id).hex), name=clean(case.code))
    for name, value in case.attributes.items():
        _value(element, study, name, value)
    for interview in study.interviews:
        if interview.code == case.code:
            _add(element, "SourceRef", targetGUID=_source_guid(study, interview))


def _value(case: etree._Element, study: Study, name: str, value: Value) -> None:
    parent = _add(case, "VariableValue")
    _add(parent, "VariableRef", targetGUID=_guid(study, "variable", name))
    _add(parent, f"{attributes.type_of(study, name)}Value").text = clean(attributes.written(value))


def _texts(root: etree._Element, study: Study) -> None:
    """ATLAS.ti rejects a project whose rich text is not rich; QualCoder one whose text stands in the XML."""
    parent = _add(root, "Sources") if study.interviews else root
    for interview in study.interviews:
        guid = _source_guid(study, interview)
        source = _add(parent, "TextSource", guid=guid, name=clean(interview.title))
        _set(source, plainTextPath=f"internal://{guid}.txt", richTextPath=f"internal://{guid}.docx")
        _set(
            source, creatingUser=_guid(study, "user", _MAKER), creationDateTime=f"{day(interview):%Y-%m-%dT%H:%M:%SZ}"
        )


def _source_guid(study: Study, interview: Interview) -> str:
    return _guid(study, "source", UUID(interview.id).hex)


def _guid(study: Study, kind: str, key: str) -> str:
    """The same thing has the same GUID in every hand-off of a study, and our own ids do not show."""
    return str(uuid5(UUID(study.id), f"{kind}:{key}"))


def _add(parent: etree._Element, tag: str, **given: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}")
    _set(child, **given)
    return child


def _set(element: etree._Element, **given: str) -> None:
    for name, value in given.items():
        element.set(name, value)
