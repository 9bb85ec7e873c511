"""A round of many observations for the benches of scoring: whole records, drawn from a fixed seed.

Written straight into the tables of a temporary SQLite file; nothing here is evidence.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from surveyapp.config import Settings
from surveyapp.evaluation.measures import Measure
from surveyapp.services import arranging, scoring
from surveyapp.services.installation import Platform
from surveyapp.storage.database import Session
from surveyapp.storage.migrations import upgrade
from surveyapp.storage.observations import hold
from surveyapp.storage.tables import ObservationRow, RecordStateRow, RoundUnitRow
from tests.data.rounds import Round, make_round
from tests.data.work import publish_six

CLUSTERS = 20
BATCH = 20_000
MOMENT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
MEASURES_A_RECORD = 10
RANGES = {"T3": (1.0, 5.0), "T5": (0.0, 4.0), "T7": (0.0, 60.0), "T8": (-0.1, 0.1)}


@contextmanager
def platform_of(units: int) -> Iterator[tuple[Platform, Round, list[int]]]:
    """An installation with a round of `units` units and the ten questionnaires; the units' ids."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'bench.sqlite'}", data_dir=Path(folder))
        upgrade(settings.database_url)
        platform = Platform.open(settings, lambda: MOMENT)
        try:
            made = make_round(platform)
            publish_six(platform)
            ids = [arranging.add_unit(platform, f"bench-{at:03}", f"单位 {at}") for at in range(units)]
            with platform.database.transaction() as session:
                session.execute(insert(RoundUnitRow), [{"round_id": made.id, "unit_id": one} for one in ids])
            yield platform, made, ids
        finally:
            platform.close()


def fill(platform: Platform, made: Round, units: list[int], observations: int, seed: int) -> int:
    """Add so many observations, as evenly as records of ten measures allow; returns how many were added."""
    on = scoring.round_basis(platform, made.id)
    mine = [one for one in on.measures if one.counts_in(on.profile.code)]
    groups = [mine[at : at + MEASURES_A_RECORD] for at in range(0, len(mine), MEASURES_A_RECORD)]
    rng, added, number = random.Random(seed), 0, 0
    with platform.database.transaction() as session:
        while added < observations:
            states, rows = [], []
            while len(rows) < BATCH and added + len(rows) < observations:
                unit, group = units[number % len(units)], groups[number // len(units) % len(groups)]
                root = f"{seed:04x}{number:032x}"
                states.append(_state(made, root))
                rows += [_row(made, unit, root, one, rng) for one in group]
                number += 1
            _write(session, made.id, states, rows)
            added += len(rows)
    return added


def _write(
    session: Session, round_id: int, states: list[dict[str, object]], rows: list[dict[str, Any]]
) -> None:
    session.execute(insert(RecordStateRow), states)
    session.execute(insert(ObservationRow), rows)
    hold(session, round_id, {}, Counter(row["unit_id"] for row in rows))


def _state(made: Round, root: str) -> dict[str, object]:
    return {
        "root_id": root,
        "round_id": made.id,
        "revision": 1,
        "state": "confirmed",
        "step": 1,
        "folded_step": 1,
        "collector_id": None,
        "approver_id": None,
        "confirmer_id": None,
    }


def _row(made: Round, unit: int, root: str, measure: Measure, rng: random.Random) -> dict[str, Any]:
    low, high = RANGES.get(measure.transform, (0.0, 1.0))
    value = (
        float(rng.random() < 0.8) if (low, high) == (0.0, 1.0) else float(rng.randint(int(low), int(high)))
    )
    stratum = rng.choice(sorted(measure.stratum_weights)) if measure.stratum_weights else ""
    return {
        "root_id": root,
        "revision": 1,
        "round_id": made.id,
        "unit_id": unit,
        "version_id": made.versions["citizen"],
        "indicator": measure.indicator,
        "method": measure.method,
        "measure": measure.key,
        "value": value,
        "weight": 1.0,
        "cluster": f"c{rng.randrange(CLUSTERS)}",
        "stratum": stratum,
    }
