"""The citizen's page against a Flask route that returns the same bytes."""

from __future__ import annotations

import gzip
import http.client
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.load import Request, run, server, show
from bench.submissions import best


def measure(requests: int, clients: int, say: Callable[[str], object]) -> None:
    """Run both servers in turn, three rounds, and print the best of each with the ratio and the weight."""
    with tempfile.TemporaryDirectory() as folder:
        say("preparing ...")
        with server("bench.platform_server", folder) as (port, pid):
            path = f"/q/{(Path(folder) / 'code').read_text(encoding='ascii')}"
            content = fetch(port, path)
            (Path(folder) / "page.html").write_bytes(content)
            with server(
                "bench.floor", str(Path(folder) / "f.db"), "--bytes", str(Path(folder) / "page.html")
            ) as (
                flat_port,
                flat_pid,
            ):
                plain, ours = [], []
                for number in range(3):
                    say(f"round {number + 1} of 3 ...")
                    plain.append(run(flat_port, flat_pid, [Request("GET", "/page")] * requests, clients))
                    ours.append(run(port, pid, [Request("GET", path)] * requests, clients))
    show(say, "same bytes", best(plain))
    show(say, "surveyapp", best(ours))
    say(
        f"CPU      {best(ours).cpu_ms / best(plain).cpu_ms:5.2f} x a route returning the same bytes "
        "(aim <= 1.3)"
    )
    say(f"HTML     {len(content)} bytes, {len(gzip.compress(content)) / 1024:.1f} KB gz (aim <= 14)")


def fetch(port: int, path: str) -> bytes:
    """One page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    return connection.getresponse().read()
