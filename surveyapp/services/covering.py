"""Which published questionnaire feeds which leaf by which method, and where a profile finds nothing.

Looks at measures, not at records: whether evidence was collected is said by the scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.framework import Framework, Indicator
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.evaluation.profiles import Profile
from surveyapp.services.frameworks import Loaded
from surveyapp.services.installation import Platform
from surveyapp.storage.queries.published import PublishedVersion, newest_versions


@dataclass(frozen=True)
class Instrument:
    """A questionnaire's newest version. `problem` says why its measures do not fit; {} when they do."""

    form_id: str
    kind: str
    version: str
    titles: Mapping[str, str]
    measures: tuple[Measure, ...]
    problem: Mapping[str, str]


@dataclass(frozen=True)
class Feed:
    """Measures of one cell and the questionnaire they come from, or several that share them."""

    instruments: tuple[Instrument, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Cell:
    """Leaf × method. `weight` is None when the profile does not ask for the method there."""

    leaf: str
    method: str
    weight: float | None
    feeds: tuple[Feed, ...]

    @property
    def is_missing(self) -> bool:
        """Whether the profile asks for it and no questionnaire has a measure."""
        return self.weight is not None and not self.feeds


@dataclass(frozen=True)
class Coverage:
    """The matrix of a profile: its methods in the framework's order, and the cells of each leaf."""

    profile: Profile
    methods: tuple[str, ...]
    rows: tuple[tuple[Indicator, tuple[Cell, ...]], ...]
    instruments: tuple[Instrument, ...]

    @property
    def required(self) -> int:
        """How many cells the profile asks for."""
        return sum(cell.weight is not None for _leaf, cells in self.rows for cell in cells)

    @property
    def missing(self) -> tuple[Cell, ...]:
        """The cells the profile asks for that no questionnaire feeds."""
        return tuple(cell for _leaf, cells in self.rows for cell in cells if cell.is_missing)


def coverage(platform: Platform, loaded: Loaded, profile_code: str) -> Coverage:
    """How the published questionnaires cover a profile of the framework. An unknown code is a KeyError."""
    profile = loaded.profiles[profile_code]
    with platform.database.reading() as session:
        versions = newest_versions(session)
    instruments = tuple(_instrument(platform, loaded.framework, version) for version in versions)
    methods = tuple(dict.fromkeys(method for weights in profile.weights.values() for method in weights))
    rows = tuple(
        (leaf, tuple(_cell(leaf.code, method, profile, instruments) for method in methods))
        for leaf in loaded.framework.leaves
    )
    return Coverage(profile, methods, rows, instruments)


def _instrument(platform: Platform, framework: Framework, version: PublishedVersion) -> Instrument:
    measures, problems = parse_measures(version.measures, framework)
    titles = platform.form(version.id).titles
    problem = problems[0].sentence if problems else {}
    return Instrument(version.form_id, version.kind, version.version, titles, measures, problem)


def _cell(leaf: str, method: str, profile: Profile, instruments: Sequence[Instrument]) -> Cell:
    weight = profile.weights[leaf].get(method)
    feeds: dict[tuple[str, ...], Feed] = {}
    for instrument in instruments if weight is not None else ():
        measures = _fitting(instrument, leaf, method, profile.code)
        keys = tuple(measure.key for measure in measures)
        if keys:
            sharing = feeds[keys].instruments if keys in feeds else ()
            feeds[keys] = Feed((*sharing, instrument), measures)
    return Cell(leaf, method, weight, tuple(feeds.values()))


def _fitting(instrument: Instrument, leaf: str, method: str, profile: str) -> tuple[Measure, ...]:
    return tuple(
        measure
        for measure in instrument.measures
        if (measure.indicator, measure.method) == (leaf, method) and measure.counts_in(profile)
    )
