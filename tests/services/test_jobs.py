"""Jobs: asked for twice they are one, done by one worker, found again when the worker died."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from surveyapp.services import jobs
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import JobRow
from tests.clock import Clock


class Desk:
    """Does jobs by writing them down; fails while `is_broken`."""

    def __init__(self) -> None:
        self.done: list[Mapping[str, Any]] = []
        self.is_broken = False

    def __call__(self, platform: Platform, arguments: Mapping[str, Any]) -> None:
        if self.is_broken:
            raise RuntimeError("out of order")
        self.done.append(arguments)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def row_of(platform: Platform, job_id: int) -> JobRow:
    with platform.database.reading() as session:
        row = session.get(JobRow, job_id)
    assert row is not None
    return row


def test_a_job_asked_for_twice_is_done_once_with_the_latest_arguments(platform: Platform, desk: Desk) -> None:
    first = jobs.ask(platform, "note", "note:1", {"round_id": 1})
    assert jobs.ask(platform, "note", "note:1", {"round_id": 2}) == first
    assert jobs.due(platform) == [first]
    assert jobs.run(platform, first, {"note": desk})
    assert not jobs.run(platform, first, {"note": desk})
    assert desk.done == [{"round_id": 2}]
    assert jobs.due(platform) == []


def test_a_done_job_can_be_asked_for_again(platform: Platform, desk: Desk) -> None:
    job_id = jobs.ask(platform, "note", "note:1", {})
    jobs.run(platform, job_id, {"note": desk})
    assert jobs.ask(platform, "note", "note:1", {}) == job_id
    assert jobs.run(platform, job_id, {"note": desk})
    assert len(desk.done) == 2


def test_many_that_ask_at_once_get_the_same_job(platform: Platform) -> None:
    start = threading.Barrier(8)

    def ask(_number: int) -> int:
        start.wait()
        return jobs.ask(platform, "note", "note:1", {})

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_job_that_is_asked_for_while_it_runs_is_done_again(platform: Platform, desk: Desk) -> None:
    job_id = jobs.ask(platform, "note", "note:1", {})

    def asking(on: Platform, arguments: Mapping[str, Any]) -> None:
        desk(on, arguments)
        if len(desk.done) == 1:
            jobs.ask(on, "note", "note:1", {"again": True})

    jobs.run(platform, job_id, {"note": asking})
    assert jobs.due(platform) == [job_id]
    jobs.run(platform, job_id, {"note": asking})
    assert desk.done == [{}, {"again": True}]
    assert jobs.due(platform) == []


def test_a_job_whose_worker_died_is_done_by_another(platform: Platform, clock: Clock, desk: Desk) -> None:
    class Killed(BaseException):
        """The worker is gone before it could say anything."""

    def killed(_platform: Platform, _arguments: Mapping[str, Any]) -> None:
        raise Killed

    job_id = jobs.ask(platform, "note", "note:1", {})
    with pytest.raises(Killed):
        jobs.run(platform, job_id, {"note": killed})
    assert jobs.due(platform) == []
    assert not jobs.run(platform, job_id, {"note": desk})
    clock.advance(seconds=jobs.STALE.total_seconds() + 1)
    assert jobs.due(platform) == [job_id]
    assert jobs.run(platform, job_id, {"note": desk})
    assert desk.done == [{}]


def test_a_failing_job_is_tried_again_later_and_given_up_at_last(
    platform: Platform, clock: Clock, desk: Desk
) -> None:
    desk.is_broken = True
    job_id = jobs.ask(platform, "note", "note:1", {})
    for number in range(jobs.TRIES):
        assert row_of(platform, job_id).state == "new"
        clock.advance(seconds=2**number + 1)
        assert jobs.due(platform) == [job_id]
        jobs.run(platform, job_id, {"note": desk})
        assert jobs.due(platform) == []
    row = row_of(platform, job_id)
    assert (row.state, row.tries, row.error) == ("failed", jobs.TRIES, "RuntimeError: out of order")
