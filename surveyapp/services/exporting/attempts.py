"""The call attempts of a round as a table: every column, what the outcome means, the number masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.schedule import CHINA
from surveyapp.gateways.spreadsheets import Cell, Table
from surveyapp.services.calling import masked
from surveyapp.services.exporting.records import Reading
from surveyapp.storage.queries import exports as queries
from surveyapp.storage.queries.exports import ATTEMPT_COLUMNS, ExportedAttempt

ADDED = ("unit_code", "line_code", "number_masked", "caller", "outcome_zh", "outcome_en", "eligible")
MEANING = ("human", "right_party", "aapor")


def attempt_table(reading: Reading) -> Table:
    """One line per attempt, in the order of dialling."""
    return Table("attempts", [*ATTEMPT_COLUMNS, *ADDED, *MEANING], _rows(reading))


def _rows(reading: Reading) -> Iterator[Sequence[Cell]]:
    for item in queries.attempts_read(reading.session, reading.round_id, reading.tops):
        yield [*(_cell(item, name) for name in ATTEMPT_COLUMNS), *_added(item)]


def _cell(item: ExportedAttempt, name: str) -> Cell:
    value: Cell = getattr(item.attempt, name)
    return value.astimezone(CHINA) if isinstance(value, datetime) else value


def _added(item: ExportedAttempt) -> list[Cell]:
    places: list[Cell] = [item.unit_code, item.line_code, masked(item.number), item.caller]
    outcome = OUTCOMES.get(item.attempt.outcome or "")
    if outcome is None:
        return [*places, *(None,) * (len(ADDED) + len(MEANING) - len(places))]
    meaning: list[Cell] = [outcome.label_zh, outcome.label_en, outcome.eligible, outcome.human]
    return [*places, *meaning, outcome.right_party, outcome.aapor or None]
