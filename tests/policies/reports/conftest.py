"""The house in which something happened: one for all the tests that only read it, and one for each that does more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house_fixtures import build
from tests.policies.reports.lived import Lived, lived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house_fixtures import House


@pytest.fixture(scope="package")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A house with a past, to be told of and not to be changed."""
    house = build(tmp_path_factory.mktemp("past") / "vault")
    yield lived(house)
    house.vault.close()


@pytest.fixture
def own_past(house: House) -> Lived:
    """A house with a past of one's own."""
    return lived(house)
