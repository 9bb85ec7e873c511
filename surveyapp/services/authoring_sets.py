"""A folder of questionnaires against the framework beside them: misfitting measures, empty cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from surveyapp.evaluation.framework import Framework
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.forms.problem import Problem
from surveyapp.services.authoring import questionnaires_at, read_questionnaire
from surveyapp.services.frameworks import examine, source_from_folder
from surveyapp.services.measuring import measures_in

TABLE = "indicators.csv"


def look_at_set(folder: Path) -> Iterator[tuple[Path, Problem]]:
    """Warnings about a folder as a whole, each with its file; none for a folder without a framework.

    Cells are looked for only when every measure could be read. Raises Unreadable.
    """
    if not (folder / TABLE).is_file():
        return
    source = source_from_folder(folder, folder.name)
    if isinstance(source, tuple):
        yield from ((folder / TABLE, Problem("framework", TABLE, one.sentence)) for one in source)
        return
    reading, _, profiles, problems = examine(source)
    yield from ((folder / TABLE, Problem("framework", TABLE, one.sentence)) for one in problems)
    if reading.framework is None:
        return
    measures: list[Measure] = []
    is_whole = True
    for path in questionnaires_at((folder,)):
        found, misfits = measures_in(read_questionnaire(path), reading.framework)
        measures += found
        is_whole = is_whole and not misfits
        yield from ((path, problem) for problem in misfits)
    if is_whole:
        yield from ((folder / TABLE, one) for one in _empty_cells(reading.framework, profiles, measures))


def _empty_cells(
    framework: Framework, profiles: Mapping[str, Profile], measures: list[Measure]
) -> Iterator[Problem]:
    for code, profile in profiles.items():
        held = {(one.indicator, one.method) for one in measures if one.counts_in(code)}
        for leaf in framework.leaves:
            for method in profile.weights[leaf.code]:
                if (leaf.code, method) not in held:
                    zh = f"方案 {code} 要用“{method}”评 {leaf.code}，没有一道题为它提供度量；请补一题。"
                    en = f"Profile {code} asks for {method} at {leaf.code}; no question measures it. Add one."
                    yield Problem("cell_empty", f"{leaf.code}:{method}", {"zh": zh, "en": en})
