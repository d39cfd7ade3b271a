"""The job engine: ids alone in its tables, no pickle ever opened, failures without the words of what failed."""

from __future__ import annotations

import base64
import json
import pickle
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID

from ingest import engine
from storage.errors import Denied, PipelineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house_fixtures import House


@DBOS.workflow(name="test-echo")
def echo(word: str) -> str:
    """Give back what was given."""
    return said(word)


@DBOS.step(name="test-said")
def said(word: str) -> str:
    """Fail for one word, echo the others."""
    if word == "fail":
        raise Denied("The participant has withdrawn consent.")
    return word


@pytest.fixture
def launched(house: House) -> Iterator[House]:
    """The engine at work on a vault."""
    engine.configure(house.vault.database)
    DBOS.launch()
    yield house
    DBOS.destroy()


class Trap:
    """Unpickling this would run code."""

    ran = False

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (_spring, ("sprung",))


def _spring(_word: str) -> None:
    Trap.ran = True


def test_only_json_is_stored(launched: House) -> None:
    """Inputs and outputs lie in the tables as JSON, tagged as ours."""
    with SetWorkflowID("one"):
        assert DBOS.start_workflow(echo, "an-id").get_result() == "an-id"
    with launched.vault.database.reader.connect() as connection:
        rows = connection.execute(sa.text("SELECT output, serialization FROM operation_outputs")).all()
    assert [(json.loads(output), tag) for output, tag in rows] == [("an-id", "tillit_json")]


def test_a_failure_is_stored_as_type_and_safe_sentence(launched: House) -> None:
    """One of our errors keeps its sentence, across a restart too; any other keeps its type alone."""
    with SetWorkflowID("two"), pytest.raises(Denied):
        DBOS.start_workflow(echo, "fail").get_result()
    stored = engine.JsonOfIds().serialize(ValueError("Kari Nordmann said"))
    assert "Kari" not in stored
    assert "ValueError" in stored
    with SetWorkflowID("two"), pytest.raises(PipelineFailed, match="withdrawn consent"):
        DBOS.start_workflow(echo, "fail").get_result()
    assert (launched.vault.folder / "records.db").exists()


@pytest.mark.parametrize("tag", ["py_pickle", "DBOS", "tillit_json", None])
def test_a_poisoned_row_is_never_unpickled(launched: House, tag: str | None) -> None:
    """Whoever can write a job row cannot run code in a worker, whatever the row says it is."""
    with SetWorkflowID("three"):
        DBOS.start_workflow(echo, "an-id").get_result()
    poison = base64.b64encode(pickle.dumps(Trap())).decode()
    with launched.vault.database.writer.begin() as connection:
        values = {"poison": poison, "tag": tag}
        connection.execute(sa.text("UPDATE workflow_output SET output = :poison"), {"poison": poison})
        connection.execute(sa.text("UPDATE workflow_status SET output = :poison, serialization = :tag"), values)
    with SetWorkflowID("three"), pytest.raises((PipelineFailed, ValueError, TypeError)):
        DBOS.start_workflow(echo, "an-id").get_result()
    assert not Trap.ran


def test_nothing_but_ids_can_be_handed_over() -> None:
    """An object that is no id, number or failure is refused by the serialiser."""
    with pytest.raises(TypeError, match="Only ids"):
        engine.JsonOfIds().serialize(Trap())
