"""DBOS, set up so that nothing but ids ever reaches its tables.

Traps this closes (notes on the engine): the default serialiser is pickle, and rows tagged as pickle are unpickled
even when another serialiser is configured; exception texts are stored; the default application version changes
with every edit and leaves work in flight behind; a custom engine gets no pragmas and no timeouts, so the database
sets them itself; on PostgreSQL it would wait in another way than on SQLite, with triggers and a connection of its own.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, NoReturn

from dbos import DBOS, DBOSConfig, _serialization
from dbos._serialization import Serializer

from storage.errors import PipelineFailed, TillitError

if TYPE_CHECKING:
    from storage.database import Database

APPLICATION = "tillit"
PIPELINE_VERSION = "1"
"""Raised, it leaves work in flight behind for good: DBOS takes up none of another version, and starts no such id anew.

A new stage needs no other one: a step is known by its number, and whether it runs again or is taken for one that ran
before, a stage whose artefact is there does nothing, and one that comes too late for what follows leaves it alone.
"""
EXECUTOR = "embedded"
ATTEMPTS = 1000  # a laptop may be shut a thousand times during one interview
UNKNOWN = "A stage stopped for an unexpected reason ({kind}). Run it again; if it stops again, run `tillit doctor`."


class JsonOfIds(Serializer):
    """Ids, numbers and the type of an error: all that DBOS may keep."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401  # DBOS's signature
        """JSON; an exception becomes its safe sentence, or its type alone."""
        return json.dumps(data, default=_safe, sort_keys=True)

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401  # DBOS's signature
        """What `serialize` wrote; a stored failure becomes PipelineFailed."""
        return json.loads(serialized_data, object_hook=_failure)

    def name(self) -> str:
        """The tag DBOS stores beside each value."""
        return "tillit_json"


def _safe(value: object) -> dict[str, str]:
    if isinstance(value, TillitError):
        return {"failed": type(value).__name__, "sentence": value.sentence}
    if isinstance(value, BaseException):
        return {"failed": type(value).__name__, "sentence": UNKNOWN.format(kind=type(value).__name__)}
    raise TypeError("Only ids may be handed to the job engine.")


def _failure(stored: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON is what it is
    if set(stored) == {"failed", "sentence"}:
        return PipelineFailed("{sentence}", sentence=stored["sentence"])
    return stored


def refuse_pickle(*_: object, **__: object) -> NoReturn:
    """Stands where DBOS would unpickle: whoever can write a row must not be able to run code."""
    raise PipelineFailed("A job row holds something Tillit did not write. It was not opened. Run `tillit doctor`.")


def configure(database: Database) -> None:
    """Set DBOS up over the vault's own database, of either kind; nothing runs before `DBOS.launch()`."""
    _serialization.DefaultSerializer.deserialize = refuse_pickle  # type: ignore[method-assign]  # on purpose
    _serialization.DefaultSerializer.serialize = refuse_pickle  # type: ignore[method-assign]  # the same
    quiet = logging.getLogger("dbos")
    quiet.handlers = [logging.NullHandler()]  # with none DBOS would add one that prints to the terminal
    quiet.propagate = False
    DBOS(config=_config(database))


def _config(database: Database) -> DBOSConfig:
    return DBOSConfig(
        name=APPLICATION,
        system_database_engine=database.jobs,
        serializer=JsonOfIds(),
        application_version=PIPELINE_VERSION,
        executor_id=EXECUTOR,
        log_level="CRITICAL",
        enable_otlp=False,
        use_listen_notify=False,
        notification_listener_polling_interval_sec=0.5,
    )
