"""Genitives."""

import pytest

from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.genitive import add, part


@pytest.mark.parametrize(
    ("word", "language", "stem", "ending"),
    [
        ("Karis", "no", "Kari", "s"),
        ("Kari's", "no", "Kari", "'s"),
        ("Oslos", "nn", "Oslo", "s"),
        ("Hans'", "no", "Hans", "'"),
        ("Hans", "no", "Hans", ""),
        ("Lars", "da", "Lars", ""),
        ("Paris", "no", "Paris", ""),
        ("Margaret’s", "en", "Margaret", "’s"),
        ("Williams", "en", "Williams", ""),
        ("Max'", "no", "Max", "'"),
        ("Nordtveits", "no", "Nordtveit", "s"),
        ("Karstads", "no", "Karstad", "s"),
        ("Moss", "no", "Moss", ""),
        ("s", "no", "s", ""),
        ("'s", "no", "'s", ""),
    ],
)
def test_a_genitive_is_parted_from_its_name(word: str, language: str, stem: str, ending: str) -> None:
    """Genitives come off in each language, and a name's own s stays on."""
    assert part(word, language, lists().knows) == (stem, ending)


@pytest.mark.parametrize(
    ("name", "language", "genitive"),
    [("Birthe", "no", "Birthes"), ("Lars", "no", "Lars'"), ("Kate", "en", "Kate's"), ("Felix", "da", "Felix'")],
)
def test_a_genitive_is_put_on_as_the_language_does(name: str, language: str, genitive: str) -> None:
    """Names that hiss take an apostrophe, others an s; English always both."""
    assert add(name, language) == genitive
