"""The floor: the least an honest Flask receiver does.

Multipart in, XML parsed, unique id, durable commit, 201.
`python -m bench.floor PATH|postgresql://... [--bytes FILE]`: with --bytes it returns that file's content.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

import psycopg
import waitress
from flask import Flask, Response, request
from lxml import etree

THREADS = 8
TABLE = "CREATE TABLE IF NOT EXISTS received (id TEXT PRIMARY KEY, body TEXT NOT NULL)"
local = threading.local()


def store(target: str, submission_id: str, body: str) -> None:
    """Insert one row and commit it durably; the same id again is left alone."""
    if not hasattr(local, "connection"):
        if target.startswith("postgresql:"):
            local.connection = psycopg.connect(target)
        else:
            local.connection = sqlite3.connect(target, timeout=10)
            local.connection.execute("PRAGMA journal_mode=WAL")
            local.connection.execute("PRAGMA synchronous=FULL")
    mark = "%s" if target.startswith("postgresql:") else "?"
    statement = f"INSERT INTO received VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608
    local.connection.execute(statement, (submission_id, body))
    local.connection.commit()


def application(target: str, content: bytes) -> Flask:
    """The receiver, and a route that returns `content`."""
    app = Flask("floor")

    @app.post("/submission")
    def submission() -> Response:
        body = request.files["xml_submission_file"].read()
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        store(target, str(root.findtext("meta/instanceID")), body.decode())
        return Response(status=201)

    @app.get("/page")
    def page() -> Response:
        return Response(content, mimetype="text/html")

    return app


def main() -> None:
    """Serve on a free port and print it."""
    target = sys.argv[1]
    content = Path(sys.argv[3]).read_bytes() if "--bytes" in sys.argv else b""
    if target.startswith("postgresql:"):
        with psycopg.connect(target) as connection:
            connection.execute(TABLE)
    else:
        with sqlite3.connect(target) as plain:
            plain.execute(TABLE)
    server = waitress.create_server(
        application(target, content), host="127.0.0.1", port=0, threads=THREADS, ident=None
    )
    print("port", server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
