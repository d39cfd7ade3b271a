"""The tagger: names in five languages, with capitals and without, and texts that are no texts."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms import network
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.network import LABELS, Chances
from ingest.pseudonyms.tagger import NAME, TunedTagger, reading
from storage.errors import BadModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Sure:
    """A network that is sure of what it is told, word for word; of the rest that it is no name."""

    def __init__(self, **told: tuple[str, float]) -> None:
        self._told = told

    def chances(self, words: Sequence[str]) -> Chances:
        """The label told gets its chance, the rest goes to none."""
        found = np.full((len(words), len(LABELS)), 1e-6, np.float32)
        for at, word in enumerate(words):
            label, chance = self._told.get(word.lower(), ("O", 1.0))
            found[at, LABELS.index(label)] = chance
            found[at, 0] = max(found[at, 0], 1 - chance)
        return found


def found(text: str, tagger: TunedTagger) -> list[tuple[str, str]]:
    """The words and kinds of what the tagger finds."""
    return [(text[find.start : find.end], find.kind.value) for find in tagger.find(text, "no")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jeg flyttet til Trondheim sammen med Kari Nordmann.", {"Trondheim", "Kari Nordmann"}),
        ("så kom øyvind inn døra og sa at vi måtte til drammen", {"øyvind", "drammen"}),
        ("Eg budde hjå tante Solveig i Førde då mor vart sjuk.", {"Solveig", "Førde"}),
        ("ho anne lise på florø ho var snill mot meg", {"anne lise", "florø"}),
        ("Min bror Søren kom i fængsel i Odense.", {"Søren", "Odense"}),
        ("Sedan flyttade jag till Göteborg med Lars Bengtsson.", {"Göteborg", "Lars Bengtsson"}),
        ("I met Margaret Ellis at the shelter in Leeds.", {"Margaret Ellis", "Leeds"}),
    ],
)
def test_names_are_found_in_five_languages(text: str, names: set[str]) -> None:
    """People and places are found whole, whether or not a recogniser wrote capitals."""
    assert names <= {text[find.start : find.end] for find in TunedTagger().find(text, "no")}


@pytest.mark.parametrize(
    "text", ["jeg har levd et hardt liv", "det var dag og natt", "Vi satt i sola og drakk kaffe."]
)
def test_words_that_are_names_elsewhere_are_left(text: str) -> None:
    """Small words that could be names are not, where the sentence says so."""
    assert TunedTagger(0.5).find(text, "no") == []


def test_the_reading_decides_where_names_begin() -> None:
    """Two names side by side are two finds, and one of two words is one."""
    network = Sure(kari=("B-PER", 0.9), ola=("B-PER", 0.9), hansen=("I-PER", 0.9))
    assert found("Kari Ola Hansen ler", TunedTagger(network=network)) == [("Kari", "PER"), ("Ola Hansen", "PER")]


def test_what_is_hardly_no_name_counts_too() -> None:
    """A word likelier none than a name is found below the threshold, and joined to the name it goes on."""
    network = Sure(kari=("B-PER", 0.9), vik=("I-PER", 0.45), voll=("B-LOC", 0.3))
    assert found("Kari Vik i Voll", TunedTagger(0.5, network)) == [("Kari", "PER")]
    assert found("Kari Vik i Voll", TunedTagger(0.6, network)) == [("Kari Vik", "PER")]
    assert found("Kari Vik i Voll", TunedTagger(0.8, network)) == [("Kari Vik", "PER"), ("Voll", "LOC")]


def test_lines_without_capitals_are_looked_at_harder() -> None:
    """By itself the tagger takes a doubtful word for a name only where capitals would not have told."""
    network = Sure(voll=("B-LOC", 0.07))
    assert found("Vi bodde i Voll\nvi bodde i voll", TunedTagger(network=network)) == [("voll", "LOC")]


def test_a_find_is_as_sure_as_its_surest_word() -> None:
    """The score is the chance that it is a name, and says who found it."""
    (find,) = TunedTagger(network=Sure(kari=("B-PER", 0.9))).find("Kari", "no")
    assert (find.start, find.end, find.kind, find.recognisers) == (0, 4, Kind.PER, (NAME,))
    assert find.score == pytest.approx(0.9, abs=1e-3)


@pytest.mark.parametrize("text", ["", "\n\n", "… !? —", "🙂🙂", "שלום לך", "a" * 5_000, "\x00 \u200b"])
def test_a_text_without_words_has_no_names_and_breaks_nothing(text: str) -> None:
    """Blank lines, marks, pictures, another script, a word of five thousand letters: no error, finds that fit."""
    for find in TunedTagger().find(text, "no"):
        assert 0 <= find.start < find.end <= len(text)


def test_a_long_monologue_is_read_to_its_end() -> None:
    """A name in the last of thousands of words of one line is found where it stands."""
    text = "og så gikk vi hjem igjen den kvelden " * 400 + "til Trondheim"
    last = TunedTagger().find(text, "no")[-1]
    assert (last.start, text[last.start : last.end]) == (len(text) - 9, "Trondheim")


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=len(LABELS), max_size=len(LABELS)), min_size=1, max_size=30))
def test_no_name_goes_on_that_has_not_begun(rows: list[list[float]]) -> None:
    """Whatever the chances, the reading's labels follow IOB2."""
    read = [LABELS[label] for label in reading(np.array(rows, np.float32))]
    for before, label in pairwise(["O", *read]):
        assert not label.startswith("I") or before[1:] == label[1:]


def test_other_lines_do_not_change_where_a_name_stands() -> None:
    """Offsets count code points of the whole text, pictures and line breaks among them."""
    text = "🙂 ja\n\nHun heter Kari Nordmann 🙂"
    assert ("Kari Nordmann", "PER") in found(text, TunedTagger())


def test_other_weights_than_those_that_ship_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph whose bytes were changed is not loaded; the right one is, and its hash is what provenance says."""
    real = files("ingest.pseudonyms")
    for name in (network.GRAPH, network.PIECES, "tagger.sha256"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_bytes((real / "data" / name).read_bytes())
    graph = tmp_path / "data" / network.GRAPH
    assert hashlib.sha256(graph.read_bytes()).hexdigest() == network.digest()
    graph.write_bytes(graph.read_bytes()[:-1] + b"!")
    monkeypatch.setattr(network, "files", lambda _package: tmp_path)
    network.packaged.cache_clear()
    try:
        with pytest.raises(BadModel, match="Install Tillit again"):
            network.packaged()
    finally:
        network.packaged.cache_clear()
