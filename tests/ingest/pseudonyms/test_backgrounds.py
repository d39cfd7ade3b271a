"""Where a name is at home."""

import pytest

from ingest.pseudonyms.backgrounds import background, gender, names


@pytest.mark.parametrize(
    ("name", "role", "home"),
    [
        *(("Agnieszka", "f", "pl_PL"), ("Hodan", "f", "somali"), ("Warsame", "s", "somali"), ("Khan", "s", "urdu")),
        *(
            ("Mohammad", "f", "arab"),
            ("Nguyen", "s", None),
            ("Kari", "f", None),
            ("Maria", "f", None),
            ("Emma", "f", None),
        ),
        *(("Hansen", "s", None), ("Kowalczyk", "s", "pl_PL"), ("Volodymyr", "f", "slavic"), ("Zebulonia", "f", None)),
        *(("", "f", None), ("Nasrin", "f", "persian"), ("Wojciech", "f", "pl_PL"), ("Thomas", "f", None)),
    ],
)
def test_a_name_tells_where_it_is_at_home(name: str, role: str, home: str | None) -> None:
    """None for names in use here, and for those nobody knows."""
    assert background(name, role) == home


@pytest.mark.parametrize(("code", "role", "sex"), [("pl_PL", "f", "f"), ("somali", "f", "m"), ("urdu", "s", None)])
def test_a_background_has_names_enough(code: str, role: str, sex: str | None) -> None:
    """Two dozen at least, each one word with a capital."""
    found = names(code, role, sex)
    assert len(found) >= 24
    assert all(name[0].isupper() and " " not in name for name in found)


def test_a_gender_is_told_by_the_own_lists() -> None:
    """Hodan is a woman, Abdirahman a man, and Zebulon unknown."""
    assert [gender(name) for name in ("Hodan", "Abdirahman", "Zebulon")] == ["f", "m", None]
