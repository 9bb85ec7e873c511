"""Durable, validated answers of the citizen survey against the floor receiver, on the same database.

Both get answers of the same size from the same clients; every accepted answer is looked for afterwards.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from bench.load import Request, Result, run, server, show

ANSWERS = {
    "about/age14": "yes",
    "about/matter": "permit",
    "about/channel": "onsite",
    "about/date_band": "week",
    "process/times_on_site": "1",
    "process/done": "done",
    "process/one_go": "yes",
    "process/extra_papers": "same",
    "process/waiting": "w10",
    "process/sent_elsewhere": "none",
    "channels/phone": "not_called",
    "channels/online_used": "no",
    "channels/complaint_known": "yes",
    "channels/complaint_usable": "not_used",
    "opinion/overall": "4",
    "opinion/can_do": "4",
    "opinion/once_real": "4",
    "opinion/hard_to_follow": "2",
    "opinion/fewer_trips": "4",
    "opinion/change": "better",
    "opinion/self_check": "no",
    "opinion/pressed": "no",
}
BOUNDARY = "bench-boundary"


def as_form(code: str) -> Request:
    """One citizen's answers as the page posts them."""
    fields = {"submission_id": str(uuid.uuid4()), "_lang": "zh", **ANSWERS}
    return Request("POST", f"/q/{code}", urlencode(fields).encode(), "application/x-www-form-urlencoded")


def as_multipart() -> Request:
    """The same answers as an OpenRosa client posts them."""
    leaves = "".join(
        f"<{name.partition('/')[2]}>{value}</{name.partition('/')[2]}>" for name, value in ANSWERS.items()
    )
    xml = f"<data id='bench'>{leaves}<meta><instanceID>uuid:{uuid.uuid4()}</instanceID></meta></data>"
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n'
        f"Content-Type: text/xml\r\n\r\n{xml}\r\n--{BOUNDARY}--\r\n"
    )
    return Request("POST", "/submission", body.encode(), f"multipart/form-data; boundary={BOUNDARY}")


def measure(requests: int, clients: int, database: str, say: Callable[[str], object]) -> None:
    """Run both servers in turn, three rounds, and print the best of each with the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        target = database or str(Path(folder) / "floor.db")
        say("preparing ...")
        with (
            server("bench.floor", target) as (floor_port, floor_pid),
            server("bench.platform_server", folder, *([database] if database else [])) as (port, pid),
        ):
            code = (Path(folder) / "code").read_text(encoding="ascii")
            before = stored(folder, database)
            run(floor_port, floor_pid, [as_multipart() for _ in range(100)], clients)
            run(port, pid, [as_form(code) for _ in range(100)], clients)
            floors, ours = [], []
            for number in range(3):
                say(f"round {number + 1} of 3 ...")
                floors.append(run(floor_port, floor_pid, [as_multipart() for _ in range(requests)], clients))
                ours.append(run(port, pid, [as_form(code) for _ in range(requests)], clients))
            accepted = 100 + sum(one.statuses.get(303, 0) for one in ours)
            found = stored(folder, database) - before
    report(best(floors), best(ours), say)
    say(f"accepted {accepted}, found in the database {found}")
    if accepted != found:
        raise SystemExit("accepted answers are missing")


def best(results: list[Result]) -> Result:
    """The run with the highest rate: the one the machine disturbed least."""
    return max(results, key=lambda one: one.rate)


def report(floor: Result, ours: Result, say: Callable[[str], object]) -> None:
    """Both results and the aims."""
    show(say, "floor", floor)
    show(say, "surveyapp", ours)
    say(f"rate     {ours.rate / floor.rate:5.2f} of the floor (aim >= 0.33)")
    say(f"CPU      {ours.cpu_ms / floor.cpu_ms:5.2f} x the floor (aim <= 3)")


def stored(folder: str, database: str) -> int:
    """Records in the platform's database."""
    address = database or f"sqlite:///{Path(folder) / 'surveyapp.db'}"
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM records")).scalar() or 0)
