"""Send many requests over kept connections and see what they cost the server's process."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Request:
    """One request; `body` is sent as it is."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True)
class Result:
    """What a run gave: `rate` a second, `cpu_ms` of the server a request, 95 % of waits below `p95_ms`."""

    rate: float
    cpu_ms: float
    p95_ms: float
    longest_ms: float
    statuses: dict[int, int]


@contextmanager
def server(module: str, *arguments: str) -> Iterator[tuple[int, int]]:
    """A server in a process of its own, which prints its port when it listens: (port, process id)."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        line = ""
        while not line.startswith("port "):
            line = process.stdout.readline()
            if not line and process.poll() is not None:
                raise RuntimeError(f"{module} ended with {process.returncode}")
        yield int(line.split()[1]), process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def run(port: int, pid: int, requests: Sequence[Request], clients: int) -> Result:
    """Send `requests` over `clients` connections; every request waits for its answer."""
    shares = [requests[number::clients] for number in range(clients)]
    before, started = cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        outcomes = [one for share in pool.map(lambda s: _send(port, s), shares) for one in share]
    took, used = time.perf_counter() - started, cpu_seconds(pid) - before
    waits = sorted(wait for _status, wait in outcomes)
    statuses: dict[int, int] = {}
    for status, _wait in outcomes:
        statuses[status] = statuses.get(status, 0) + 1
    return Result(
        rate=len(outcomes) / took,
        cpu_ms=1000 * used / len(outcomes),
        p95_ms=1000 * waits[int(0.95 * len(waits))],
        longest_ms=1000 * waits[-1],
        statuses=statuses,
    )


def _send(port: int, requests: Sequence[Request]) -> list[tuple[int, float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    outcomes = []
    for one in requests:
        started = time.perf_counter()
        headers = {"Content-Type": one.content_type} if one.content_type else {}
        connection.request(one.method, one.path, one.body or None, headers)
        response = connection.getresponse()
        response.read()
        outcomes.append((response.status, time.perf_counter() - started))
    connection.close()
    return outcomes


def show(say: Callable[[str], object], name: str, result: Result) -> None:
    """One line of a result."""
    say(
        f"{name:<12} {result.rate:8.0f}/s  {result.cpu_ms:6.2f} ms CPU  p95 {result.p95_ms:6.1f} ms  "
        f"longest {result.longest_ms:7.1f} ms  {result.statuses}"
    )
