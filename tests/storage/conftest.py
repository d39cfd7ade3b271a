"""Where sealed files may be kept: a folder, and a bucket on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from storage.blobs import Folder
from tests.servers.seaweed import Seaweed, seaweed
from tests.storage.spoiling import Filled, fill

if TYPE_CHECKING:
    from pathlib import Path

    from storage.s3 import Bucket

__all__ = ["filled", "keeper", "seaweed"]


@pytest.fixture(params=["folder", "bucket"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Folder | Bucket:
    """An empty folder, then an empty bucket; the server is started only if a bucket is asked for."""
    if request.param == "folder":
        return Folder(tmp_path / "blobs")
    return cast("Seaweed", request.getfixturevalue("seaweed")).bucket()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A vault to be copied and spoilt."""
    return fill(tmp_path_factory.mktemp("filled") / "vault")
