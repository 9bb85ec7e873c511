"""A deliberately naive receiver, so that the fault test can be seen to fail: it looks, then inserts, commits
each statement by itself, and counts in a statement of its own.

Two requests always meet between the look and the count, so that its faults do not depend on the machine.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from pathlib import Path

from flask import Flask, Response, request

local = threading.local()
ALONE = 0.5  # seconds that a request waits for another one at most
TABLES = (
    "CREATE TABLE IF NOT EXISTS seen (id TEXT)",
    "CREATE TABLE IF NOT EXISTS answers (id TEXT, receipt TEXT)",
    "CREATE TABLE IF NOT EXISTS counter (number INTEGER)",
    "INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)",
)


class Meeting:
    """A place that a request only leaves once a later one has come, or when none comes."""

    def __init__(self) -> None:
        self._come = 0
        self._changed = threading.Condition()

    def wait(self) -> None:
        """Wait for the next one."""
        with self._changed:
            self._come += 1
            mine = self._come
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._come > mine, ALONE)


def connection(path: Path) -> sqlite3.Connection:
    """The thread's connection in autocommit mode."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        local.connection.execute("PRAGMA journal_mode=WAL")
    return local.connection  # type: ignore[no-any-return]


def application(path: Path) -> Flask:
    """The receiver."""
    app, meeting = Flask("naive"), Meeting()
    for statement in TABLES:
        connection(path).execute(statement)

    @app.post("/<path:anything>")
    def receive(anything: str) -> Response:
        body = request.get_json(silent=True) or request.form
        one = str(body["submission_id"])
        database = connection(path)
        database.execute("INSERT INTO seen VALUES (?)", (one,))
        held = database.execute("SELECT receipt FROM answers WHERE id = ?", (one,)).fetchone()
        if held:
            return Response(status=200, headers={"X-Receipt": held[0]})
        receipt = secrets.token_hex(4)
        number = database.execute("SELECT number FROM counter").fetchone()[0]
        meeting.wait()
        database.execute("INSERT INTO answers VALUES (?, ?)", (one, receipt))
        database.execute("UPDATE counter SET number = ?", (number + 1,))
        return Response(status=201, headers={"X-Receipt": receipt})

    return app


def result(path: Path) -> tuple[list[str], int]:
    """Ids of all stored answers, and what the counter says."""
    with sqlite3.connect(path) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM answers")]
        return ids, database.execute("SELECT number FROM counter").fetchone()[0]
