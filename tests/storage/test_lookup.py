"""What people type, looked up: every odd spelling is answered with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import lookup
from storage.errors import BadInput, NotFound

if TYPE_CHECKING:
    from tests.house_fixtures import House


@pytest.mark.parametrize("number", ["99999999999999999999", "9" * 5000, "1.0", "", "x"])
def test_a_recording_has_a_number_of_a_few_digits(house: House, number: str) -> None:
    """A number no database holds is told apart from a recording that is not there."""
    house.participant("P07")
    with pytest.raises(BadInput, match="Name a recording"):
        lookup.recording(house.vault.database, f"rus/P07-{number}")
    with pytest.raises(NotFound):
        lookup.recording(house.vault.database, "rus/P07-999999999")


def test_bytes_that_are_no_text_are_in_no_row(house: House) -> None:
    """What the shell hands over in another encoding is not found."""
    with pytest.raises(NotFound):
        lookup.study(house.vault.database, "r\udcf8s")
    assert lookup.person(house.vault.database, "k\udcf8re") is None


@pytest.mark.parametrize("handle", ["kari.nordmann", "kari_n-2", "kari@example.org", "_service", "1001", "k" * 64])
def test_login_names_and_addresses_are_handles(handle: str) -> None:
    """What people log in with elsewhere is who they can be here."""
    assert lookup.handle(handle) == handle


@pytest.mark.parametrize("handle", ["", "Kari Nordmann", "-rf", ".", "@", "k" * 65, "a/b", "a\n", "[red]"])
def test_other_things_are_no_handles(handle: str) -> None:
    """Blanks, slashes, brackets and what looks like an option are refused, with a word on --as."""
    with pytest.raises(BadInput, match="--as"):
        lookup.handle(handle)
