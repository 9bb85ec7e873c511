"""Wakes workers: the queue says "look at job N" and nothing else; the job table is the truth (Huey).

A message may be lost or come twice. The sweep that runs once a minute finds what was not looked at, so
handlers must be repeatable. The store is a SQLite file of its own, PostgreSQL or Redis.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import huey
import psycopg
from huey.consumer import Consumer
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer
from redis.exceptions import RedisError

NAME = "surveyapp"
SWEEP_SECONDS = 60.0
LONGEST_WAIT = 1.0  # seconds until an idle worker asks again
_STORE_ERRORS = (HueyException, OSError, sqlite3.Error, psycopg.Error, RedisError)
_log = logging.getLogger(__name__)


class QueueUnavailable(Exception):
    """The store of the queue cannot be reached; the job itself is safe and the next sweep finds it."""


class _PlainMessages(Serializer):  # type: ignore[misc]  # huey has no types
    """Messages as JSON: whoever can write to the queue can wake a job, and run no code as pickle would."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Any:
        fields = json.loads(data)
        return Message(*fields) if isinstance(fields, list) else fields


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """A consumer that lives inside another process and leaves its signal handlers alone."""

    def _set_signal_handlers(self) -> None:
        """The process that starts the consumer also stops it."""


class Queue:
    """One queue; `announce` from anywhere, `working` where jobs are done."""

    def __init__(self, url: str) -> None:
        """Opens sqlite:///PATH, postgresql://... or redis://...; ValueError for any other address."""
        self._huey = _open(url)
        self._look: Callable[[int], None] | None = None
        self._task = self._huey.task(name="look")(self._look_at)

    def announce(self, job_id: int) -> None:
        """Tells one worker to look at the job. Raises QueueUnavailable."""
        try:
            self._task(int(job_id))
        except _STORE_ERRORS as error:
            raise QueueUnavailable(str(error)) from error

    def waiting(self) -> int:
        """How many announcements no worker has taken yet."""
        return int(self._huey.pending_count())

    @contextlib.contextmanager
    def working(
        self,
        look: Callable[[int], None],
        sweep: Callable[[], None],
        workers: int = 2,
        every: float = SWEEP_SECONDS,
    ) -> Iterator[None]:
        """Threads that look at announced jobs for the length of the block; ends after the jobs in hand.

        `look` gets the number of a job. `sweep` runs at once and then every `every` seconds. What either
        raises is logged and stops nothing.
        """
        self._look = look
        consumer = _QuietConsumer(
            self._huey, workers=workers, periodic=False, max_delay=LONGEST_WAIT, shutdown_timeout=30
        )
        ending = threading.Event()
        sweeper = threading.Thread(target=_keep_sweeping, args=(sweep, consumer, ending, every), daemon=True)
        consumer.start()
        sweeper.start()
        try:
            yield
        finally:
            ending.set()
            consumer.stop(graceful=True)
            sweeper.join(30)
            self._look = None

    def close(self) -> None:
        """Gives back the connection of this thread."""
        self._huey.storage.close()

    def _look_at(self, job_id: int) -> None:
        if self._look is None:
            raise RuntimeError("a job was taken where nobody works")
        self._look(job_id)


def _keep_sweeping(
    sweep: Callable[[], None], consumer: Consumer, ending: threading.Event, every: float
) -> None:
    while True:
        try:
            sweep()
            consumer.check_worker_health()
        except Exception:
            _log.exception("the sweep failed and will be tried again")
        if ending.wait(every):
            return


def _open(url: str) -> Any:
    scheme, _, rest = url.partition(":///" if url.startswith("sqlite") else "://")
    kind = scheme.partition("+")[0]
    settings: dict[str, Any] = {"results": False, "serializer": _PlainMessages()}
    if kind == "sqlite" and rest:
        Path(rest).parent.mkdir(parents=True, exist_ok=True)
        return huey.SqliteHuey(NAME, filename=rest, **settings)
    if kind in ("postgresql", "postgres"):
        return huey.PostgresHuey(NAME, dsn=f"postgresql://{rest}", blocking=False, **settings)
    if kind in ("redis", "rediss"):
        return huey.PriorityRedisHuey(NAME, url=url, **settings)
    raise ValueError("JOBS_URL must start with sqlite:///, postgresql:// or redis://")
