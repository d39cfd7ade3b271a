"""Where sealed files may be kept: a folder, and a bucket on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from storage.blobs import Folder
from tests.servers.seaweed import Seaweed, seaweed

if TYPE_CHECKING:
    from pathlib import Path

    from storage.objects import Objects

__all__ = ["keeper", "seaweed"]


@pytest.fixture(params=["folder", "bucket"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """An empty folder, then an empty bucket; the server is started only if a bucket is asked for."""
    if request.param == "folder":
        return Folder(tmp_path / "blobs")
    return cast("Seaweed", request.getfixturevalue("seaweed")).bucket()
