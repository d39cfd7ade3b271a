"""What files say: a real form is found wherever a writer puts it, in every format, and pseudonyms never are."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.package import FORMATS, laid_down, pack
from handoff.source import Case, Interview, Study
from ingest.outgoing import Outgoing
from ingest.outgoing_files import told
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.leaks import Search
from ingest.pseudonyms.linking import Book, Entity
from storage.errors import NotReady
from storage.transcript import Provenance, Segment, Transcript

PERSONS = ("Kari Nordtveit", "Øystein Kvåle", "Anne-Mari", "Zakarias", "Bjørg Tveit Ådland", "Hjalmar")
PLACES = ("Flekkefjord", "Mo i Rana", "Sandnes")
NUMBERS = ("22 33 44 55", "kari@eksempel.no")
SURROGATES = (
    *("Malene Brandt", "Torolf Weber", "Dagfrid", "Levi", "Sonja Pettersen Lunde", "Ferdinand"),
    *("Furuvik", "Granvoll", "Lillestad", "[telefon 1]", "[e-post 1]"),
)
KINDS = (Kind.PER,) * len(PERSONS) + (Kind.LOC,) * len(PLACES) + (Kind.ID,) * len(NUMBERS)
REAL = PERSONS + PLACES + NUMBERS
BOOK = Book(
    [Entity(form, kind, {form}, new) for form, kind, new in zip(REAL, KINDS, SURROGATES, strict=True)], seed=b"seed"
)


def _noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311  # noise, no secret


LINES = ("Da var jeg seksten år og bodde på hybel.", "Henne så jeg aldri igjen.", "– Ja. Sånn var det <bare> & bare.")
ABOUT = {"recipient": "Kari Nordtveit", "purpose": "analyse", "releases": json.dumps({"P07-1": "abc v1"})}
PLACED = ("text", "speaker", "code", "attribute", "variable")


def study(lines: tuple[str, ...] = LINES, speaker: str = "Deltaker", code: str = "P07", **attributes: str) -> Study:
    """A study of one interview."""
    segments = tuple(Segment(5.0 * n, 5.0 * n + 4, line, speaker=speaker) for n, line in enumerate(lines))
    heard = Transcript("no", 60.0, segments, Provenance("release", "test", "1"))
    interview = Interview("0f" * 16, code, f"{code}-1", "no", 60.0, heard, None)
    return Study("1f" * 16, "rus", "no", (Case("2f" * 16, code, attributes),), (interview,))


def scanned(study: Study, tmp_path_factory: pytest.TempPathFactory, formats: tuple[str, ...] = ()) -> None:
    """Pack the study under a scan that knows `LINES` as what was released."""
    look = Outgoing(Search(BOOK), " ".join(LINES))
    chosen = formats or tuple(FORMATS)
    with laid_down(tmp_path_factory.mktemp("out") / "ut") as place:
        pack(study, place, chosen, ABOUT, look)


def with_form(form: str, where: str, at: int) -> Study:
    """The study with a real form put in one place of it, after `at` words of a sentence."""
    words = LINES[0].split()
    at %= len(words)
    said = " ".join([*words[:at], form, *words[at:]])
    if where == "code":
        return study(code="".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in form))
    if where == "attribute":
        return study(bosted=said)
    if where == "variable":
        return study(LINES, **{said: "ja"})
    return study(speaker=form) if where == "speaker" else study((LINES[1], said, LINES[2]))


@settings(max_examples=60)
@given(
    form=st.sampled_from(REAL),
    where=st.sampled_from(PLACED),
    at=st.integers(0, 9),
    chosen=st.sampled_from(list(FORMATS)),
)
def test_a_real_form_is_found_wherever_a_writer_puts_it(
    tmp_path_factory: pytest.TempPathFactory, form: str, where: str, at: int, chosen: str
) -> None:
    """In a sentence, a speaker's label, a code, an attribute or its name: if the format writes it, nothing is left."""
    if where == "code" and not form.isascii():
        form = "Sandnes"
    if where == "code" and form in NUMBERS:
        form = "Zakarias"
    given_away = with_form(form, where, at)
    written = b"".join(data for _, data in _unpacked(given_away, chosen, tmp_path_factory))
    if _inside(form, where, written):
        with pytest.raises(NotReady) as stopped:
            scanned(given_away, tmp_path_factory, (chosen,))
        assert form.split()[0] not in stopped.value.sentence
    else:
        scanned(given_away, tmp_path_factory, (chosen,))


def _unpacked(made: Study, chosen: str, folders: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """Every file of a hand-off, zips as what is in them."""
    found: list[tuple[str, bytes]] = []
    with laid_down(folders.mktemp("all") / "ut") as place:
        pack(made, place, [chosen], {}, lambda _files, _blank: None)
        for path in sorted(place.iterdir()):
            found += _members(path.name, path.read_bytes())
    return found


def _members(name: str, data: bytes) -> list[tuple[str, bytes]]:
    if not data.startswith(b"PK"):
        return [(name, name.encode() + data)]
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return [one for entry in opened.namelist() for one in _members(entry, opened.read(entry))]


def _inside(form: str, where: str, written: bytes) -> bool:
    """Whether the bytes hold the form: a README has no sentences, a table of cases no speakers."""
    return form.replace(" ", "-").encode() in written if where == "code" else form.encode() in written


@settings(max_examples=20)
@given(st.permutations([*SURROGATES, *SURROGATES]), st.sampled_from(["", "s", "'s"]))
def test_pseudonyms_alone_are_never_found(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], ending: str
) -> None:
    """In every format at once, the recipient's own name being one of the study's."""
    lines = tuple(f"Da kom {name}{'' if name.endswith(']') else ending} til {names[0]}." for name in names)
    scanned(study((*LINES, *lines), speaker="Intervjuer", bosted=names[0]), tmp_path_factory)


def test_a_name_in_two_runs_of_a_document_is_found() -> None:
    """Markup between its letters hides no name, and neither do a header, a property or a comment in the archive."""
    search = Search(BOOK)
    for put in (_in_runs, _in_header, _in_property, _in_comment):
        texts = [one.text for one in told("a.docx", put())]
        assert any(search.left_at(text) for text in texts), put.__name__


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]  # python-docx's own type is not one to name
    return out.getvalue()


def _in_runs() -> bytes:
    document = Document()
    paragraph = document.add_paragraph("Da kom Zak")
    paragraph.add_run("ari").bold = True
    paragraph.add_run("as hjem.")
    return _saved(document)


def _in_header() -> bytes:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Intervju med Zakarias"
    return _saved(document)


def _in_property() -> bytes:
    document = Document()
    document.core_properties.author = "Kari Nordtveit"
    return _saved(document)


def _in_comment() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "ingenting")
        made.comment = b"fra Flekkefjord"
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Zakarias>Hei <b>du</b>"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHei <b>Zaka</b>rias"),
        ("a.csv", 'case,"bosted ""nå"""\nP07,"i Flekkefjord, på hybel"\n'.encode()),
        ("a.json", b'{"a": [{"b": "\\u005aakarias"}]}'),
        ("a.odt", b'<?xml version="1.0"?><t xmlns:x="urn:x"><x:p>Zaka<x:span>rias</x:span></x:p></t>'),
        ("a.xml", b'<?xml version="1.0" encoding="iso-8859-1"?><a b="Zakarias"/>'),
        ("a.xml", b"<a>Zakarias, as it stands in what is no XML"),
        ("Zakarias_1.txt", b"ingenting"),
        ("a.webm", _noise(3000) + b"\x00TITLE\x87Zakarias 1 \x00" + bytes(range(128, 256))),
    ],
)
def test_what_a_format_hides_is_found(name: str, data: bytes) -> None:
    """Voice tags, quotes, escapes, spans, attributes, file names, the strings of a sound."""
    look = Outgoing(Search(BOOK), "")
    with pytest.raises(NotReady):
        look([(name, data)], [])


def test_a_sound_is_no_text() -> None:
    """In a megabyte of noise no name is found by chance, not even a short one."""
    short = Book([Entity("a", Kind.PER, {"Liv"}, "Ida"), Entity("b", Kind.PER, {"Bo"}, "Per")], seed=b"seed")
    Outgoing(Search(short), "")([("a.webm", _noise(1_000_000))], [])


def test_what_was_released_may_stand_in_the_files_as_often() -> None:
    """A word that a person left in the text is in the file made of it, and not once more."""
    look = Outgoing(Search(BOOK), "Hun solgte Zakarias i kiosken")
    once = ("a.txt", b"Hun solgte Zakarias i kiosken.")
    look([once], [])
    with pytest.raises(NotReady, match=r"in the files \(txt\).* Places: 1\."):
        look([once, ("b.txt", once[1] * 2)], [])


def test_an_everyday_word_of_the_texts_lets_no_name_through() -> None:
    """That somebody speaks of her liv does not say that Liv may stand among the attributes."""
    book = Book([Entity("a", Kind.PER, {"Liv"}, "Ida")], seed=b"seed")
    look = Outgoing(Search(book), "Hele mitt liv var det et liv i uro.")
    with pytest.raises(NotReady, match=r"files \(csv\)"):
        look([("cases.csv", b"case,mor\nP07,heter Liv\n")], [])


def test_the_houses_own_words_are_no_leak(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A study in which Georgia, Times and Word are people's names can be handed off: fonts and tools are ours."""
    names = ("Georgia", "Verdana", "Taguette", "Cambria", "Roman")
    book = Book([Entity(name, Kind.PER, {name}, f"Malene {n}") for n, name in enumerate(names)], seed=b"seed")
    look = Outgoing(Search(book), "")
    with laid_down(tmp_path_factory.mktemp("out") / "ut") as place:
        pack(replace(study(), language="en"), place, list(FORMATS), ABOUT, look)
