"""Short and pet forms."""

import pytest

from ingest.pseudonyms.nicknames import is_short_for, is_sure, kin, parted, short, shorts


@pytest.mark.parametrize(
    ("word", "name"),
    [("kalle", "karl"), ("lise", "elisabeth"), ("aleks", "aleksander"), ("tom", "thomas"), ("zeb", "zebulon")],
)
def test_a_short_form_stands_for_its_name(word: str, name: str) -> None:
    """By the list, or as the beginning of the name where it is no name itself."""
    assert is_short_for(word, name)
    assert not is_short_for(name, word)


@pytest.mark.parametrize(
    ("word", "name"), [("mari", "marianne"), ("jo", "johannes"), ("per", "pernille"), ("k", "kari")]
)
def test_a_name_that_begins_another_is_not_short_for_it(word: str, name: str) -> None:
    """Mari is a name of her own."""
    assert not is_short_for(word, name)


def test_a_short_form_that_many_are_christened_is_not_sure() -> None:
    """Lise need be no Elisabeth, Kalle is somebody's pet name."""
    assert is_sure("Kalle")
    assert not is_sure("lise")
    assert "Kalle" in shorts("m")
    assert not {"Lise", "Kalle"} & set(shorts("f"))
    assert len(shorts("f")) >= 24
    assert len(shorts("m")) >= 24


def test_names_and_short_forms_know_each_other() -> None:
    """Kalle leads to Karl, and Karl to Kalle."""
    found = short("KALLE")
    assert found is not None
    assert found.gender == "m"
    assert "karl" in kin("kalle")
    assert "kalle" in kin("karl")
    assert kin("zebulon") == set()


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("lille-Per", ("lille-", "Per", "")),
        ("Vesle-Kari", ("Vesle-", "Kari", "")),
        ("Per-mann", ("", "Per", "-mann")),
        ("Anne-Marie", ("", "Anne-Marie", "")),
        ("Per", ("", "Per", "")),
        ("lille-", ("", "lille-", "")),
        ("-mann", ("", "-mann", "")),
    ],
)
def test_a_diminutive_is_parted_from_its_name(word: str, parts: tuple[str, str, str]) -> None:
    """What stands before and after the name; a double name is no diminutive."""
    assert parted(word) == parts
