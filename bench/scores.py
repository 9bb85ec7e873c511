"""Scoring a large round: all units anew, after some records, the bootstrap of a total, the page of a unit.

Baseline of the same run: one GROUP BY over the same table.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import statistics
import time
from collections.abc import Callable

from sqlalchemy import text

from bench.observations import fill, platform_of
from surveyapp.application import create_app
from surveyapp.evaluation.profiles import TotalCap
from surveyapp.services import scoring
from surveyapp.services.installation import Platform
from surveyapp.services.memory import Memory
from surveyapp.services.scoring.units import computed, stored_observations
from surveyapp.serving import collect_seldom
from tests.data.rounds import Round
from tests.web.clients import signed_in

GROUPED = text(
    "SELECT unit_id, measure, COUNT(*), SUM(weight), SUM(weight * value), SUM(weight * value * value)"
    " FROM observations GROUP BY unit_id, measure"
)
RECORDS = 1_000
PAGES = 40


def measure(units: int, observations: int, say: Callable[[str], object]) -> None:
    """Print every figure with its aim, in a process set up as the server is."""
    collect_seldom()
    with platform_of(units) as (platform, made, ids):
        count = fill(platform, made, ids, observations, 1)
        say(f"{units} units, {count} observations")
        base = min(_seconds(lambda: _grouped(platform)) for _ in range(3))
        say(f"one GROUP BY            {base * 1e3:8.0f} ms")
        exact = _seconds(lambda: _from_records(platform, made, ids))
        say(f"all units from records  {exact * 1e3:8.0f} ms  {exact / base:5.2f} x")
        whole = min(_seconds(lambda: _all(platform, made, ids, Memory())) for _ in range(3))
        say(f"all units anew          {whole * 1e3:8.0f} ms  {whole / base:5.2f} x (aim <= 3)")
        _all(platform, made, ids)
        for some, words in ((ids[:1], "one unit"), (ids, "all units")):
            fill(platform, made, some, RECORDS * 10, len(some) + 1)
            taken = _seconds(lambda: _all(platform, made, ids))
            say(f"after 1,000 records     {taken * 1e3:8.0f} ms, of {words} (aim <= 1000)")
        say(f"bootstrap of a total    {_bootstrap(platform, made, ids[0]) * 1e3:8.0f} ms (aim <= 1000)")
        p95 = _page(platform, f"/desk/scores/bench-{units - 1:03}?round=r1")
        say(f"page of a unit, p95     {p95 * 1e3:8.0f} ms (aim <= 300)")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _grouped(platform: Platform) -> int:
    with platform.database.reading() as session:
        return len(session.execute(GROUPED).all())


def _all(platform: Platform, made: Round, units: list[int], memory: Memory | None = None) -> None:
    """The scores of all units, with what the process remembers or with the given memory."""
    platform = dataclasses.replace(platform, memory=memory or platform.memory)
    scoring.scores_of(platform, scoring.round_basis(platform, made.id), units)


def _from_records(platform: Platform, made: Round, units: list[int]) -> None:
    """The scores of all units with the lists of their records, as snapshots and releases compute them."""
    on = scoring.round_basis(platform, made.id)
    for unit in units:
        mine = scoring.for_unit(platform, on, unit)
        computed(mine, stored_observations(platform, made.id, unit))


def _bootstrap(platform: Platform, made: Round, unit: int) -> float:
    """Seconds that the total with a limit takes more than the same without one."""
    on = scoring.basis(platform, made.id, unit)
    rows = stored_observations(platform, made.id, unit)
    why = {"zh": "测速", "en": "bench"}
    cap = TotalCap(100.0, why, "bench", dt.date(2018, 11, 5))
    limited = dataclasses.replace(on, profile=dataclasses.replace(on.profile, cap=cap))
    plain = min(_seconds(lambda: computed(on, rows)) for _ in range(3))
    return min(_seconds(lambda: computed(limited, rows)) for _ in range(3)) - plain


def _page(platform: Platform, address: str) -> float:
    """Seconds below which 95 % of the answers come, after one to warm up."""
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    client = signed_in(app, platform, "lead")
    taken = []
    for _ in range(PAGES + 1):
        begun = time.perf_counter()
        answer = client.get(address)
        taken.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise AssertionError(answer.status)
    return statistics.quantiles(taken[1:], n=20)[-1]
