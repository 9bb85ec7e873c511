"""Which questions of which published questionnaire feed which leaf by which method, by which measure, and
where a profile finds nothing.

Looks at measures, not at records: whether evidence was collected is said by the scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.evaluation.framework import Framework, Indicator
from surveyapp.evaluation.kinds import KINDS, SOURCES
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring.transforms import transform
from surveyapp.forms.form import Form, Question
from surveyapp.forms.origins import questions_behind
from surveyapp.services.frameworks import Loaded
from surveyapp.services.installation import Platform
from surveyapp.services.rating import text_of
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
    form: Form


@dataclass(frozen=True)
class Asked:
    """A question behind a measure: its name and its text by language, {} when the system fills it in."""

    name: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """A measure, the rule from its value to an achievement, and the questions its value is made of."""

    measure: Measure
    rule: Mapping[str, str]
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Feed:
    """Sources of one cell and the questionnaire they come from, or several that share them.

    `conditions` are the questions that only decide which records count and in which stratum.
    """

    instruments: tuple[Instrument, ...]
    sources: tuple[Source, ...]
    conditions: tuple[Asked, ...]

    @property
    def questions(self) -> int:
        """How many different questions its measures read."""
        return len({one.name for source in self.sources for one in source.asked}) + len(self.conditions)


@dataclass(frozen=True)
class Cell:
    """Leaf × method. `weight` is None when the profile does not ask for the method there.

    `lack` says in a sentence what a cell without a measure is missing; {} for others.
    """

    leaf: str
    method: str
    weight: float | None
    feeds: tuple[Feed, ...]
    lack: Mapping[str, str]

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
    form = platform.form(version.id)
    problem = problems[0].sentence if problems else {}
    return Instrument(version.form_id, version.kind, version.version, form.titles, measures, problem, form)


def _cell(leaf: str, method: str, profile: Profile, instruments: Sequence[Instrument]) -> Cell:
    weight = profile.weights[leaf].get(method)
    feeds: dict[tuple[str, ...], Feed] = {}
    for instrument in instruments if weight is not None else ():
        measures = _fitting(instrument, leaf, method, profile.code)
        keys = tuple(measure.key for measure in measures)
        if keys in feeds:
            feeds[keys] = replace(feeds[keys], instruments=(*feeds[keys].instruments, instrument))
        elif keys:
            feeds[keys] = _feed(instrument, measures)
    lack = {} if feeds or weight is None else _lack(method, instruments)
    return Cell(leaf, method, weight, tuple(feeds.values()), lack)


def _feed(instrument: Instrument, measures: Sequence[Measure]) -> Feed:
    form = instrument.form
    sources = tuple(
        Source(
            one,
            transform(one.transform, one.parameters).text,
            tuple(_asked(question, form) for question in questions_behind(form, one.value)),
        )
        for one in measures
    )
    asked = {question.name for source in sources for question in source.asked}
    others = questions_behind(form, *(text for one in measures for text in (one.filter, one.stratum)))
    conditions = tuple(_asked(question, form) for question in others if question.name not in asked)
    return Feed((instrument,), sources, conditions)


def _asked(question: Question, form: Form) -> Asked:
    if not question.shown:
        return Asked(question.name, {})
    texts = {language: text_of(question.labels, language) for language in form.languages}
    return Asked(question.name, {language: text for language, text in texts.items() if text})


def _lack(method: str, instruments: Sequence[Instrument]) -> Mapping[str, str]:
    """What has to happen before the cell gets evidence: publish, mend, or add a measure."""
    kinds = [KINDS[code] for code in SOURCES.get(method, ())]
    mine = [one for one in instruments if one.kind in SOURCES.get(method, ())]
    names_zh = "、".join(kind.zh for kind in kinds)
    names_en = ", ".join(kind.en for kind in kinds)
    if not mine:
        zh = f"还没有发布可提供证据的问卷（{names_zh}），请先发布。"
        return {
            "zh": zh,
            "en": f"No questionnaire that could feed it is published ({names_en}); publish one.",
        }
    ids = ", ".join(f"{one.form_id} {one.version}" for one in mine)
    if all(one.problem for one in mine):
        zh = f"已发布的问卷（{ids}）与本指标体系不符，请改正度量后发布新版本。"
        en = f"The published questionnaire ({ids}) does not fit this framework; mend its measures."
        return {"zh": zh, "en": en}
    zh = f"已发布的问卷（{ids}）没有给这一格的度量，请补上题目和度量后发布新版本。"
    en = f"The published questionnaire ({ids}) has no measure for this cell; add questions and a measure."
    return {"zh": zh, "en": en}


def _fitting(instrument: Instrument, leaf: str, method: str, profile: str) -> tuple[Measure, ...]:
    return tuple(
        measure
        for measure in instrument.measures
        if (measure.indicator, measure.method) == (leaf, method) and measure.counts_in(profile)
    )
