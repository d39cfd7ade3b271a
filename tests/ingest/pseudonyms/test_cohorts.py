"""First names by sex and decade of birth."""

import pytest

from ingest.pseudonyms.cohorts import births, cohort, contemporaries, everyone, gender


@pytest.mark.parametrize(
    ("name", "sex", "decade"),
    [("Gerd", "f", 1930), ("Åse", "f", 1930), ("Odd", "m", 1930), ("Kari", "f", 1940), ("Turid", "f", 1940)],
)
def test_an_old_name_tells_sex_and_age(name: str, sex: str, decade: int) -> None:
    """Names went out of fashion with the generations that bear them."""
    assert gender(name) == gender(name.upper()) == sex
    assert abs((cohort(name) or 0) - decade) <= 10


def test_a_young_name_tells_its_age_too() -> None:
    """Nobody's grandmother is called Thea, by these figures."""
    assert (cohort("Thea") or 0) >= 1990
    assert (cohort("Mathias") or 0) >= 1990


def test_a_name_of_both_sexes_tells_none() -> None:
    """Marian is a woman or a man; births can be asked for of either."""
    assert gender("Marian") is None
    found = births("Marian", "f")
    assert found is not None
    assert found.sex == "f"


def test_an_unlisted_name_tells_nothing() -> None:
    """Neither sex nor age."""
    assert (births("Zebulon"), gender("Zebulon"), cohort("Zebulon")) == (None, None, None)


@pytest.mark.parametrize("name", ["Gerd", "Kari", "Per", "Geir", "Sander", "Thea", "Magnhild", "Torgeir", "Linda"])
def test_contemporaries_are_many_of_the_same_age_and_as_common(name: str) -> None:
    """Two dozen names of the same sex and years, and no common one for a rare one."""
    born = births(name)
    assert born is not None
    peers = [births(peer, born.sex) for peer in contemporaries(born)]
    assert len(peers) >= 24
    assert name not in contemporaries(born)
    for peer in peers:
        assert peer is not None
        assert peer.sex == born.sex
        assert abs(peer.peak - born.peak) <= 10
        assert abs(peer.level - born.level) <= 1


def test_every_listed_name_has_contemporaries_enough() -> None:
    """No name is so odd that its surrogate would give it away; a rare name's are never common."""
    for sex in "fm":
        for born in everyone(sex)[::7]:
            peers = contemporaries(born)
            assert len(peers) >= 20
            assert born.level or all(one.level < 2 for peer in peers if (one := births(peer, sex)))
