"""The severity of a round's evaluators, from confirmed records as they were folded. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveyapp.evaluation.explaining.points import Rules
from surveyapp.evaluation.explaining.severity import Author, Severity, Unit, severity
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import RoundBasis, for_unit
from surveyapp.services.scoring.units import stored_observations
from surveyapp.storage import observations as store
from surveyapp.storage.people import names_of
from surveyapp.storage.tables import UnitRow


@dataclass(frozen=True)
class Severities:
    """What was found, and the names of the people by the id they have in it."""

    found: Severity
    names: Mapping[str, str]


def severities(platform: Platform, on: RoundBasis, units: Iterable[UnitRow]) -> Severities:
    """Who rates how severely in the units of a round, by the profile of `on`."""
    seen = []
    for row in units:
        basis = for_unit(platform, on, row.id)
        decided = {(one.indicator, one.method): one.kind for one in basis.decisions}
        observations = tuple(stored_observations(platform, on.round_id, row.id))
        seen.append(Unit(str(row.id), observations, decided))
    pairs = {(one.root_id, one.revision) for unit in seen for one in unit.observations}
    with platform.database.reading() as session:
        authors = {
            record.root_id: Author(str(record.collector_id), record.kind)
            for record in store.listed_records(session, pairs)
            if record.collector_id is not None
        }
        names = names_of(session, {int(author.evaluator) for author in authors.values()})
    measures = [one for one in on.measures if one.counts_in(on.profile.code)]
    rules = Rules(on.loaded.framework, on.profile, measures)
    found = severity(rules, measures, seen, authors)
    return Severities(found, {str(number): name for number, name in names.items()})
