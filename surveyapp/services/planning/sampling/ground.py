"""What a round's sampling plan is made for: its units, what they offer, and the points on each instrument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.evaluation.framework import Framework
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.evaluation.prospect import INSTRUMENT_OF, Stakes, stakes
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import RoundBasis, round_basis
from surveyapp.storage import rounds
from surveyapp.storage.database import Session
from surveyapp.storage.queries.published import newest_versions
from surveyapp.storage.queries.sampling import count_lines, windows_of
from surveyapp.storage.tables import RoundRow, UnitRow


@dataclass(frozen=True)
class Ground:
    """A round as a plan sees it. `owner` tells the instrument of a measure by its key, `measures` are those
    of the round's profile by key. `lines` counts the published numbers and `windows` names the quota cells,
    by unit id; `slots` are the weights of the day parts of calls, {} when calls are not weighed.
    """

    around: RoundRow
    on: RoundBasis
    units: tuple[UnitRow, ...]
    stakes: Stakes
    owner: Mapping[str, str]
    measures: Mapping[str, Measure]
    lines: Mapping[int, int]
    windows: Mapping[int, list[str]]
    slots: Mapping[str, float]


def ground_of(platform: Platform, round_id: int) -> Ground:
    """The ground of a round. Raises UnknownSubject, Blocked and BadMeasures as scoring does."""
    on = round_basis(platform, round_id)
    with platform.database.reading() as session:
        around = rounds.find_round(session, round_id)
        assert around is not None
        pairs = list(_pairs(session, on.loaded.framework))
        units = tuple(sorted(rounds.units_of(session, round_id), key=lambda unit: unit.code))
        lines, windows = count_lines(session, round_id), windows_of(session, round_id)
    code = on.profile.code
    measures = {measure.key: measure for _instrument, measure in pairs if measure.counts_in(code)}
    owner: dict[str, str] = {}
    for instrument, measure in pairs:
        owner.setdefault(measure.key, instrument)
    slots = next((m.stratum_weights for k, m in measures.items() if owner[k] == "call"), {})
    return Ground(
        around,
        on,
        units,
        stakes(on.loaded.framework, on.profile, pairs),
        owner,
        measures,
        lines,
        windows,
        dict(sorted(slots.items())),
    )


def _pairs(session: Session, framework: Framework) -> Iterator[tuple[str, Measure]]:
    """(instrument, measure) of every published questionnaire whose measures fit the framework."""
    for version in newest_versions(session):
        measures, problems = parse_measures(version.measures, framework)
        instrument = INSTRUMENT_OF.get(version.kind)
        if instrument is not None and not problems:
            yield from ((instrument, measure) for measure in measures)
