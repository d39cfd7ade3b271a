"""`tillit names find` and `names preview`, as people type them. No vault is anywhere near."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.command import Answer, Terminal

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Jeg heter Kari Nordtveit, og jeg bor i Sogndal.\nRing meg på 22 33 44 55, sa Kari.\n"


class Typing(Terminal):
    """Somebody who also pipes something into the commands."""

    def piped(self, data: bytes, *arguments: str) -> Answer:
        """Run a command of the group with `data` on standard input."""
        stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
        self._monkeypatch.setattr("sys.stdin", stdin)
        return self("kari", "names", *arguments)

    def rows(self, text: str, *arguments: str) -> list[dict[str, object]]:
        """What `names find` prints of a text in Norwegian."""
        answer = self.piped(text.encode(), "find", "--language", "no", *arguments)
        assert answer.code == 0
        return [json.loads(line) for line in answer.out.splitlines()]

    def found(self, text: str, *arguments: str) -> list[tuple[str, str]]:
        """The stretches found and their types, cut out of the text by their offsets."""
        return [
            (text[int(str(row["start"])) : int(str(row["end"]))], str(row["type"]))
            for row in self.rows(text, *arguments)
        ]


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """A terminal without a vault."""
    return Typing(tmp_path, monkeypatch, capsys)


def test_finds_are_json_lines(tillit: Typing, tmp_path: Path) -> None:
    """One a find, from a file or the standard input alike, with place, type, score, recognisers and a sentence."""
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    answer = tillit("kari", "names", "find", str(tmp_path / "text.txt"), "--language", "no")
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert [TEXT[row["start"] : row["end"]] for row in rows] == ["Kari Nordtveit", "Sogndal", "22 33 44 55", "Kari"]
    assert [row["type"] for row in rows] == ["PER", "LOC", "ID", "PER"]
    assert all(list(row) == ["start", "end", "type", "score", "recognisers", "why"] for row in rows)
    assert all(0 < row["score"] <= 1 and row["recognisers"] and row["why"].endswith(".") for row in rows)
    assert (answer.code, answer.err) == (0, "")
    assert tillit.rows(TEXT) == tillit.rows(TEXT, "-") == rows


def test_no_vault_is_made_or_opened(tillit: Typing) -> None:
    """Whoever only tries the finder needs no vault, and has none afterwards."""
    tillit.rows(TEXT)
    assert not tillit.vault.exists()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("no", "Jeg vet ikke hva hun mener, men det var noe av det."),
        ("nn", "Eg veit ikkje kva ho meiner, men det var noko av det."),
        ("da", "Jeg ved ikke hvad hun mener, men det var noget af det."),
        ("sv", "Jag vet inte vad hon menar, men det var något av det."),
        ("en", "I do not know what she means, but it was some of that."),
    ],
)
def test_the_language_is_guessed_and_said(tillit: Typing, language: str, text: str) -> None:
    """Without --language the small words decide, and standard error says for which."""
    answer = tillit.piped(text.encode(), "find")
    assert answer.code == 0
    assert answer.err == f"Taken for '{language}' by its small words; --language says otherwise.\n"


@pytest.mark.parametrize("command", ["find", "preview"])
@pytest.mark.parametrize("text", ["", "Oslo 1994, Kari Nordtveit", "אני גר בעיר", "أنا أعيش في أوسلو"])
def test_without_evidence_no_language_is_said_to_be_told(tillit: Typing, command: str, text: str) -> None:
    """Where no small word is found, standard error says that nothing could be told, and what is assumed."""
    answer = tillit.piped(text.encode(), command)
    assert answer.code == 0
    assert "could not be told" in answer.err
    assert "'no' is assumed" in answer.err
    assert "Taken for" not in answer.err


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Jeg traff דוד i Oslo.", True),
        ("Мы жили в Осло.", True),
        ("Vi traff Zoë, Ångström, Đorđe og Łukasz på café.", False),
        ("Vi målte β og 5 µm ved π/2, å 3 kr, 2º.", False),
    ],
)
def test_other_scripts_are_warned_of(tillit: Typing, text: str, *, warned: bool) -> None:
    """Whoever relies on the finder reads that names written otherwise than in Latin letters are hardly looked for."""
    answer = tillit.piped(text.encode(), "find", "--language", "no")
    assert ("other scripts than the Latin" in answer.err) is warned


@pytest.mark.parametrize("threshold", ["0", "1", "-0.5", "7", "nan", "inf"])
def test_a_threshold_outside_its_range_is_refused(tillit: Typing, threshold: str) -> None:
    """With a sentence that says what it may be."""
    answer = tillit.piped(TEXT.encode(), "find", "--language", "no", "--threshold", threshold)
    assert (answer.code, answer.out) == (12, "")
    assert "between 0 and 1" in answer.err


def test_a_higher_threshold_finds_no_less(tillit: Typing) -> None:
    """Everything a strict finder covers, a generous one covers too."""
    text = "I Kvitbotn traff vi Zelmira, og Brann spilte mot Rosenborg på Lerkendal."

    def covered(threshold: str) -> set[int]:
        rows = tillit.rows(text, "--threshold", threshold)
        return {at for row in rows for at in range(int(str(row["start"])), int(str(row["end"])))}

    assert covered("0.01") <= covered("0.5") <= covered("0.99")


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("", []),
        ("\n\n\n", []),
        ("Vi møtte Kari\r\nog Lars i Bergen\r\n", ["Kari", "Lars", "Bergen"]),
        ("Vi\0 møtte Kari\0 i Bergen", ["Kari", "Bergen"]),
        ("👩‍👩‍👧 Så kom Kari 😀 til Bergen 🇳🇴", ["Kari", "Bergen"]),
        ("אני גר ב Oslo עם Kari", ["Oslo", "Kari"]),
        (
            "Vi bodde der. We lived in Leeds then. Vi boede i Odense. Vi bodde i Sogndal.",
            ["Leeds", "Odense", "Sogndal"],
        ),
    ],
)
def test_offsets_are_right_in_odd_texts(tillit: Typing, text: str, stretches: list[str]) -> None:
    """Nothing at all, CRLF, NUL, emoji, right-to-left script and a mixture of languages."""
    assert [stretch for stretch, _ in tillit.found(text) if stretch in stretches] == stretches


def test_a_byte_order_mark_is_not_counted(tillit: Typing) -> None:
    """A file from Notepad has the offsets of its text."""
    answer = tillit.piped(b"\xef\xbb\xbf" + b"Kari bor i Bergen", "find", "--language", "no")
    assert json.loads(answer.out.splitlines()[-1])["start"] == len("Kari bor i ")


def test_nul_characters_are_said(tillit: Typing) -> None:
    """They are let through, with a sentence on what they may mean."""
    assert "NUL" in tillit.piped(b"Kari\0", "find", "--language", "no").err


@pytest.mark.parametrize("data", [b"Kari \xe5", "Kari bor i Bergen".encode("utf-16"), b"\xff\xfe"])
def test_what_is_not_utf_8_is_refused(tillit: Typing, data: bytes) -> None:
    """With what to do, and nothing of the text."""
    answer = tillit.piped(data, "find")
    assert (answer.code, answer.out) == (12, "")
    assert "Save it anew as plain text in UTF-8" in answer.err
    assert "Kari" not in answer.err


def test_a_file_that_is_not_there_is_not_named(tillit: Typing, tmp_path: Path) -> None:
    """Names of files are names too."""
    for path in (tmp_path / "Kari Nordtveit.txt", tmp_path):
        answer = tillit("kari", "names", "find", str(path))
        assert answer.code == 12
        assert "cannot be read" in answer.err
        assert "Kari" not in answer.err


def test_a_monologue_of_three_hours_is_one_line(tillit: Typing) -> None:
    """Thirty thousand words without a newline, lower-cased; every mention is found."""
    text = "ja så sa kari nordtveit at vi skulle reise til sogndal " * 2_750
    found = tillit.found(text)
    assert [stretch for stretch, _ in found].count("kari nordtveit") == 2_750
    assert [stretch for stretch, _ in found].count("sogndal") == 2_750


def test_a_roster_is_looked_for(tillit: Typing, tmp_path: Path) -> None:
    """Names nobody could know are found because they are on the list, and what became of the list is said."""
    (tmp_path / "names.txt").write_text("Zqwirt\nzqwirt Plomb\r\n\nZqwirt\nK\n", encoding="utf-8")
    text = "vi dro til zqwirt plomb og siden til k og til Zqwirt, sa K"
    answer = tillit.piped(text.encode(), "find", "--language", "no", "--roster", str(tmp_path / "names.txt"))
    rows = [row for row in map(json.loads, answer.out.splitlines()) if "roster" in row["recognisers"]]
    assert [text[row["start"] : row["end"]] for row in rows] == ["zqwirt plomb", "Zqwirt", "K"]
    assert answer.err == (
        "Names on the list: 3. Left out because they are there already: 1. "
        "Of a single letter, and so looked for as a capital only: 1.\n"
    )


def test_a_rostered_word_counts_where_there_are_no_capitals(tillit: Typing, tmp_path: Path) -> None:
    """Somebody wrote Liv down; lower-cased she is suggested, but not where an article says that it is life."""
    (tmp_path / "names.txt").write_text("Liv\n", encoding="utf-8")
    roster = ("--roster", str(tmp_path / "names.txt"))
    rows = tillit.rows("så kom liv og sa at mitt liv var bra", *roster)
    assert [row["start"] for row in rows if row["recognisers"] == ["roster"]] == [len("så kom ")]
    assert not any("roster" in str(row["recognisers"]) for row in tillit.rows("Vi lever et annet liv der", *roster))


@pytest.mark.parametrize("names", ["12345\n", "a" * 81 + "\n", "Kari\0\n", "Kari\n" * 200_000])
def test_a_list_that_is_no_roster_is_refused(tillit: Typing, tmp_path: Path, names: str) -> None:
    """By the rules of the roster, and without quoting a name."""
    (tmp_path / "names.txt").write_text(names, encoding="utf-8")
    answer = tillit.piped(TEXT.encode(), "find", "--language", "no", "--roster", str(tmp_path / "names.txt"))
    assert (answer.code, answer.out) == (12, "")
    assert "Kari" not in answer.err


def test_indirect_identifiers_are_flagged_when_asked_for(tillit: Typing) -> None:
    """Beside the finds, in the order of the text, without a score and with a sentence of their own."""
    text = "Da jeg var tolv, bodde Kari i Sogndal. Faren min var fyrvokter."
    assert "INDIRECT" not in {kind for _, kind in tillit.found(text)}
    rows = tillit.rows(text, "--indirect")
    flags = [row for row in rows if row["type"] == "INDIRECT"]
    assert [text[int(str(row["start"])) : int(str(row["end"]))] for row in flags] == ["Da jeg var tolv", "fyrvokter"]
    assert [row["recognisers"] for row in flags] == [["indirect:age"], ["indirect:occupation"]]
    assert all(row["score"] is None and str(row["why"]).endswith(".") for row in flags)
    assert all(int(str(one["start"])) <= int(str(two["start"])) for one, two in pairwise(rows))


def test_a_preview_replaces_every_find(tillit: Typing) -> None:
    """The names and numbers are gone, the rest stands as it stood, line ends and all."""
    text = TEXT.replace("\n", "\r\n")
    answer = tillit.piped(text.encode(), "preview", "--language", "no")
    assert answer.code == 0
    assert answer.out.startswith("Jeg heter ")
    assert answer.out.count("\r\n") == 2
    assert not any(name in answer.out for name in ("Kari", "Nordtveit", "Sogndal", "22 33 44 55"))


def test_a_preview_is_drawn_anew_unless_a_seed_is_given(tillit: Typing) -> None:
    """Surrogates of a preview mean nothing; a seed gives the same again."""
    text = " ".join(f"Så kom {name}." for name in ("Kari", "Lars", "Magnhild", "Torgeir", "Solveig"))

    def shown(*arguments: str) -> str:
        return tillit.piped(text.encode(), "preview", "--language", "no", *arguments).out

    assert shown("--seed", "one") == shown("--seed", "one") != shown("--seed", "two")
    assert shown() != shown()


def test_a_preview_of_nothing_is_nothing(tillit: Typing) -> None:
    """An empty text, and one without a name, come out as they went in."""
    for text in ("", "\n", "ja\n\nnei"):
        assert tillit.piped(text.encode(), "preview", "--language", "no").out == text
