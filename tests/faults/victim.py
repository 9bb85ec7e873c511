"""A server that is killed again and again: a parent forks a child, the child serves, the parent forks anew.

`python -m tests.faults.victim platform|naive PORT DATA DATABASE POINTS`: POINTS is a comma-separated list of
places at which one child after the other kills itself (`-` for a child that only dies from outside). Prints
`child PID` for each child. The parent ends with its standard input.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import waitress

from surveyapp.application import create_app
from surveyapp.config import Settings
from surveyapp.services import collecting, folding
from surveyapp.services.installation import Platform
from surveyapp.services.working import Worker
from surveyapp.storage import records
from surveyapp.storage.database import Database
from tests.faults import naive

THREADS = 8
CALLS = 7  # which call of the injected place kills


def dies_at(function: Callable[..., Any], after: bool) -> Callable[..., Any]:
    """The function, but its seventh call kills the process without a word, before or after the work."""
    count = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        result = function(*arguments, **named) if after else None
        if count == CALLS:
            os.kill(os.getpid(), signal.SIGKILL)
        return result if after else function(*arguments, **named)

    return deadly


def inject(point: str) -> None:
    """Make this child die at a named place."""
    if point == "before-insert":
        records.add_submission_once = dies_at(records.add_submission_once, after=False)
    elif point == "after-insert":
        records.add_submission_once = dies_at(records.add_submission_once, after=True)
    elif point == "before-commit":
        collecting.enter = dies_at(collecting.enter, after=True)
    elif point == "after-commit":
        collecting._store = dies_at(collecting._store, after=True)
    elif point == "in-the-fold":
        folding._write = dies_at(folding._write, after=True)


def serve_platform(port: int, data: str, database: str) -> None:
    """Web and worker of the platform."""
    settings = Settings(data_dir=Path(data), database_url=database, secret_key="k" * 40)
    platform = Platform(settings, Database(database), None, b"k" * 40)  # type: ignore[arg-type]
    server = waitress.create_server(create_app(platform), host="127.0.0.1", port=port, threads=THREADS)
    worker = Worker(platform)
    with worker.queue.working(worker.look, worker.sweep, every=0.3):
        server.run()


def serve_naive(port: int, data: str, _database: str) -> None:
    """The deliberately naive receiver."""
    application = naive.application(Path(data) / "naive.db")
    waitress.create_server(application, host="127.0.0.1", port=port, threads=THREADS).run()


def main() -> None:
    """Fork children until standard input closes."""
    kind, port, data, database, points = sys.argv[1:6]
    serve = serve_platform if kind == "platform" else serve_naive
    places = points.split(",")
    number = 0
    while True:
        pid = os.fork()
        if pid == 0:
            inject(places[number] if number < len(places) else "-")
            serve(int(port), data, database)
            os._exit(0)
        number += 1
        print("child", pid, flush=True)
        if not outlived(pid):
            return


def outlived(pid: int) -> bool:
    """Wait for the child's death; False when standard input ended first (the child is killed then)."""
    handle = os.pidfd_open(pid)
    try:
        ready, _writing, _errors = select.select([handle, sys.stdin], [], [])
    finally:
        os.close(handle)
    if handle not in ready:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return handle in ready


if __name__ == "__main__":
    main()
