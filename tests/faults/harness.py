"""Clients that retry and tap twice, while their server is killed from outside and from within."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from surveyapp.config import ROOT

TRIES = 400


@dataclass
class Outcome:
    """What clients were told: receipts by submission id, and how often a child died."""

    receipts: dict[str, set[str]] = field(default_factory=dict)
    deaths: int = 0
    unanswered: list[str] = field(default_factory=list)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Victim:
    """The parent process of the victim, and its present child."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port
        self.children: list[int] = []
        self.born = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("child "):
                with self.born:
                    self.children.append(int(line.split()[1]))
                    self.born.notify_all()

    def wait_for_child(self, number: int) -> bool:
        """Wait until the child of that number was born."""
        with self.born:
            return self.born.wait_for(lambda: len(self.children) >= number, timeout=30)

    def end(self) -> None:
        """Stop parent and child and read what is left of their output."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(30)
        self._listener.join(30)
        self.process.stdout.close()

    def kill(self) -> None:
        """Kill the present child, if it still lives."""
        try:
            os.kill(self.children[-1], signal.SIGKILL)
        except (ProcessLookupError, IndexError):
            return


@contextmanager
def victim(kind: str, data: Path, database: str, points: Sequence[str]) -> Iterator[Victim]:
    """A victim that serves until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.victim", kind, str(port), str(data), database, ",".join(points)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    one = Victim(process, port)
    try:
        assert one.wait_for_child(1)
        yield one
    finally:
        one.end()


def bombard(
    target: Victim, submissions: Sequence[Mapping[str, Any]], clients: int, deaths: int, rng: random.Random
) -> Outcome:
    """Send every submission until it is acknowledged, three in ten twice at once, while children die.

    After the last acknowledgement every submission is sent once more: the answer must be the same.
    """
    outcome = Outcome()
    lock, calm = threading.Lock(), threading.Event()
    twice = {one["submission_id"] for one in submissions if rng.random() < 0.3}

    def note(one: Mapping[str, Any], receipt: str | None) -> None:
        with lock:
            if receipt is None:
                outcome.unanswered.append(one["submission_id"])
            else:
                outcome.receipts.setdefault(one["submission_id"], set()).add(receipt)

    def client(share: Sequence[Mapping[str, Any]]) -> None:
        with ThreadPoolExecutor(2) as taps:
            for one in share:
                number = 2 if one["submission_id"] in twice else 1
                for receipt in taps.map(lambda _n, o=one: send(target.port, o, calm), range(number)):  # type: ignore[misc]
                    note(one, receipt)

    killer = threading.Thread(target=_kill_now_and_then, args=(target, deaths, rng, calm), daemon=True)
    killer.start()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, [submissions[n::clients] for n in range(clients)]))
    calm.set()
    killer.join()
    with ThreadPoolExecutor(clients) as pool:
        for one, receipt in zip(
            submissions, pool.map(lambda o: send(target.port, o, calm), submissions), strict=True
        ):
            note(one, receipt)
    outcome.deaths = len(target.children) - 1
    return outcome


def _kill_now_and_then(target: Victim, deaths: int, rng: random.Random, calm: threading.Event) -> None:
    for number in range(1, deaths + 1):
        if calm.wait(rng.uniform(0.25, 0.9)):
            return
        target.kill()
        target.wait_for_child(number + 1)


def send(port: int, one: Mapping[str, Any], calm: threading.Event) -> str | None:
    """Send until there is an acknowledgement; the receipt, or None when there never was one."""
    waiting = threading.Event()
    for attempt in range(TRIES):
        try:
            status, receipt = post(port, one)
        except (OSError, http.client.HTTPException):
            waiting.wait(min(0.02 * (attempt + 1), 0.3))
            continue
        if status in (200, 201, 303):
            return receipt
        if status == 409:
            return "conflict"
        waiting.wait(0.05)
    return None


def post(port: int, one: Mapping[str, Any]) -> tuple[int, str]:
    """One request through the page's door or the JSON door; (status, receipt)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        if one["door"] == "page":
            fields = {"submission_id": one["submission_id"], **one["fields"]}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/q/{one['code']}", urlencode(fields), headers)
        else:
            body = {key: one[key] for key in ("submission_id", "code", "answers")}
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/submissions", json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        given = response.headers.get("X-Receipt") or response.headers.get("Location", "").rpartition("/")[2]
        if not given and response.status in (200, 201):
            given = json.loads(content)["receipt"].replace("-", "")
        return response.status, given
    finally:
        connection.close()
