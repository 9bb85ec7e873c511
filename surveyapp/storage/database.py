"""The engine and the only place where anything is committed.

SQLite writes with BEGIN IMMEDIATE, WAL and synchronous=FULL; reads take a plain BEGIN, so a reader
never waits for a writer. PostgreSQL must run with its durability switches on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

__all__ = ["Database", "NotDurable", "Session", "StorageUnavailable", "Unstorable", "engine_for"]

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "mmap_size=1073741824",  # up to 1 GiB is read as memory, see decision 0036
)
PATIENCE = 5.0  # seconds a writer waits for its turn
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class StorageUnavailable(Exception):
    """The database cannot be reached or cannot write now; nothing was stored, try again."""


class Unstorable(Exception):
    """A value that no column can hold: a sign databases refuse, a number or an instant beyond their range.

    Nothing was stored. Sending the same again fails again.
    """


class NotDurable(Exception):
    """PostgreSQL would acknowledge what it has not stored; the message names the switch."""


def engine_for(url: str) -> Engine:
    """An engine for `url` (sqlite:///... or postgresql://...), set up as this module promises."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20)
    engine = create_engine(url, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("surveyapp_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Database:
    """One database; `transaction()` writes, `reading()` only reads."""

    def __init__(self, url: str) -> None:
        """Open `url`; nothing is sent before the first transaction."""
        self.url = url
        self.engine = engine_for(url)
        self._turn = threading.Lock() if self.is_sqlite else None
        steady = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._readers = self.engine.execution_options(surveyapp_reading=True, **steady)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session: all of it is stored, or nothing.

        Raises StorageUnavailable when the database is locked, full, read-only or gone.
        """
        with (
            self._writing(),
            _translated(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """SQLite has one writer: the threads of a process take turns instead of polling for its lock."""
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE):
            raise StorageUnavailable("the database is busy")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading session: all of it sees one moment, never a lock; what it changes is thrown away."""
        with _translated(), Session(self._readers, expire_on_commit=False) as session:
            yield session

    def assert_durable(self) -> None:
        """Raise NotDurable when PostgreSQL runs with a durability switch off; SQLite sets its own."""
        if self.is_sqlite:
            return
        with self.reading() as session:
            for name in DURABLE:
                if session.scalar(text(f"SHOW {name}")) == "off":
                    raise NotDurable(f"PostgreSQL runs with {name}=off: answers could be lost. Switch it on.")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StorageUnavailable(str(error.orig)) from error
    except (DataError, UnicodeEncodeError, OverflowError) as error:
        raise Unstorable(str(error)[:200]) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable(str(error.orig)) from error
        raise
    except StatementError as error:
        if isinstance(error.orig, UnicodeEncodeError | OverflowError):
            raise Unstorable(str(error.orig)[:200]) from error
        raise
