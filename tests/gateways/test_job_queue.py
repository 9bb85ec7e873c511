"""The queue wakes workers; on SQLite and on PostgreSQL."""

from __future__ import annotations

import pickle
import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from surveyapp.gateways.job_queue import Queue, QueueUnavailable
from tests import postgres

PATIENCE = 20.0  # seconds until a test gives up; nothing waits that long when all is well


def nothing() -> None:
    """A sweep that finds nothing."""


class Seen:
    """Collects what workers were told, and waits until enough has come."""

    def __init__(self) -> None:
        self.jobs: list[int] = []
        self._more = threading.Condition()

    def __call__(self, job_id: int) -> None:
        with self._more:
            self.jobs.append(job_id)
            self._more.notify_all()

    def wait_for(self, count: int) -> list[int]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.jobs) >= count, PATIENCE), self.jobs
            return sorted(self.jobs)


@pytest.fixture
def url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'queue' / 'jobs.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.url(server.create())


def test_announced_jobs_are_looked_at_once_each(url: str) -> None:
    queue, seen = Queue(url), Seen()
    with queue.working(seen, nothing):
        for job_id in range(1, 21):
            queue.announce(job_id)
        assert seen.wait_for(20) == list(range(1, 21))
    assert queue.waiting() == 0
    queue.close()


def test_a_job_announced_elsewhere_and_before_is_looked_at(url: str) -> None:
    elsewhere = Queue(url)
    elsewhere.announce(7)
    assert elsewhere.waiting() == 1
    elsewhere.close()
    queue, seen = Queue(url), Seen()
    with queue.working(seen, nothing):
        assert seen.wait_for(1) == [7]
    queue.close()


def test_the_block_ends_after_the_job_in_hand(url: str) -> None:
    queue, begun, leaving, finished = Queue(url), threading.Event(), threading.Event(), []

    def look(job_id: int) -> None:
        begun.set()
        assert leaving.wait(PATIENCE)
        finished.append(job_id)

    with queue.working(look, nothing, workers=1):
        queue.announce(1)
        assert begun.wait(PATIENCE)
        leaving.set()
    assert finished == [1]
    queue.close()


def test_a_job_that_fails_stops_no_worker(tmp_path: Path) -> None:
    queue, seen = Queue(f"sqlite:///{tmp_path / 'jobs.db'}"), Seen()

    def look(job_id: int) -> None:
        seen(job_id)
        if job_id == 1:
            raise ZeroDivisionError

    with queue.working(look, nothing, workers=1):
        queue.announce(1)
        queue.announce(2)
        assert seen.wait_for(2) == [1, 2]
    queue.close()


def sweeps(count: int) -> tuple[Callable[[], None], threading.Event]:
    """A sweep that fails the first time, and what is set once it has run `count` times."""
    done, runs = threading.Event(), []

    def sweep() -> None:
        runs.append(1)
        if len(runs) >= count:
            done.set()
        if len(runs) == 1:
            raise ZeroDivisionError

    return sweep, done


def test_the_sweep_runs_at_once_and_again_though_it_failed(tmp_path: Path) -> None:
    queue = Queue(f"sqlite:///{tmp_path / 'jobs.db'}")
    sweep, done = sweeps(1)
    with queue.working(Seen(), sweep):
        assert done.wait(PATIENCE)
    sweep, done = sweeps(3)
    with queue.working(Seen(), sweep, every=0.01):
        assert done.wait(PATIENCE)
    queue.close()


def test_signal_handlers_stay_those_of_the_process(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    queue = Queue(f"sqlite:///{tmp_path / 'jobs.db'}")
    with queue.working(Seen(), nothing):
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert during == before
    queue.close()


class Weapon:
    """What runs code when a pickle of it is opened."""

    fired: bool = False

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return setattr, (Weapon, "fired", True)


def test_a_message_that_is_no_announcement_runs_nothing_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    queue, seen = Queue(f"sqlite:///{path}"), Seen()
    with sqlite3.connect(path) as link:
        for message in (pickle.dumps(Weapon()), b"\x80", b"[]", b'["x", "surveyapp.other"]'):
            link.execute("INSERT INTO task (queue, data) VALUES ('surveyapp', ?)", (message,))
    link.close()
    with queue.working(seen, nothing, workers=1):
        queue.announce(3)
        assert seen.wait_for(1) == [3]
    assert not Weapon.fired
    queue.close()


def test_a_store_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    queue = Queue(f"sqlite:///{path}")
    with sqlite3.connect(path) as link:
        link.execute("DROP TABLE task")
    link.close()
    with pytest.raises(QueueUnavailable, match="task"):
        queue.announce(1)
    queue.close()


def test_a_redis_that_is_not_there_is_told_as_such() -> None:
    queue = Queue("redis://127.0.0.1:1/0")
    with pytest.raises(QueueUnavailable):
        queue.announce(1)
    queue.close()


@pytest.mark.parametrize("url", ["", "jobs.db", "sqlite://", "mysql://localhost/x", "file:///etc/passwd"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="JOBS_URL"):
        Queue(url)
