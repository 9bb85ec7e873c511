"""Check a folder of questionnaires/: the indicator tree, its findings, and every questionnaire beside it.

Reads files only; nothing is stored. The result is lines of text, the bad ones marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from surveyapp.evaluation.decisions import Decision, blocking_findings, decision_for
from surveyapp.evaluation.framework import Finding, Framework
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.evaluation.profiles import Profile
from surveyapp.forms.conversion import convert_markdown
from surveyapp.services.frameworks import examine, source_from_folder

Line = tuple[str, bool]
SEVERITY = {"E": "错误", "W": "提醒", "I": "说明"}
README = "README.md"


def check_folder(folder: Path) -> Iterator[Line]:
    """(line, is bad) for the tree, every finding with its decision, every questionnaire and its measures.

    Bad: a table or questionnaire that cannot be read, a measure that does not fit, an error finding that
    nobody has decided. Cells of profile S without any measure are information.
    """
    if not (folder / "indicators.csv").is_file():
        yield f"{folder}: 没有 indicators.csv / there is no indicators.csv", True
        return
    source = source_from_folder(folder, folder.name)
    if isinstance(source, tuple):
        yield from _problems("indicators.csv", (problem.sentence for problem in source))
        return
    reading, decisions, profiles, problems = examine(source)
    yield from _problems("indicators.csv", (problem.sentence for problem in problems))
    if reading.framework is None:
        return
    yield from _tree(reading.framework)
    yield from _findings(reading.findings, decisions)
    measures: list[Measure] = []
    for path in sorted(folder.glob("*.md")):
        if path.name != README:
            yield from _questionnaire(path, reading.framework, measures)
    yield from _repeated(measures)
    yield from _coverage(reading.framework, profiles, measures)


def _problems(place: str, sentences: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    for sentence in sentences:
        yield f"{place}: {sentence['zh']} / {sentence['en']}", True


def _tree(framework: Framework) -> Iterator[Line]:
    yield (
        f"指标体系 {framework.source}：基础分 {framework.base_points:g}，加分 {framework.bonus_points:g}，"
        f"计分指标 {len(framework.leaves)} 项",
        False,
    )
    for indicator in framework.indicators.values():
        stated = "未标" if indicator.points_stated is None else f"{indicator.points_stated:g}"
        points = f"{indicator.points:g}" + ("" if stated == f"{indicator.points:g}" else f"（原表 {stated}）")
        name = indicator.label + ("（名称待确认）" if indicator.is_label_proposed else "")
        methods = f"  [{'、'.join(indicator.methods)}]" if framework.is_leaf(indicator.code) else ""
        yield f"{'  ' * indicator.level}{indicator.code} {name} {points}{methods}", False


def _findings(findings: Iterable[Finding], decisions: tuple[Decision, ...]) -> Iterator[Line]:
    found = list(findings)
    undecided = {(finding.id, finding.node) for finding in blocking_findings(found, decisions)}
    yield f"核查发现 {len(found)} 项", False
    for finding in found:
        decision = decision_for(finding, decisions)
        is_open = (finding.id, finding.node) in undecided
        verdict = f"决定 {decision.reading}：{decision.what['zh']}" if decision else ""
        verdict = "尚未决定，不能计分 / undecided, scoring is blocked" if is_open else verdict
        is_placed = not finding.node or finding.sentence["zh"].startswith(finding.node)
        place = "" if is_placed else f"{finding.node} "
        yield f"  {SEVERITY[finding.severity]} {finding.id} {place}{finding.sentence['zh']}", is_open
        if verdict:
            yield f"    → {verdict}", is_open


def _questionnaire(path: Path, framework: Framework, measures: list[Measure]) -> Iterator[Line]:
    converted = convert_markdown(path.read_text(encoding="utf-8"))
    yield from _problems(path.name, (problem.sentence for problem in converted.problems))
    found, problems = parse_measures(converted.measures, framework)
    yield from _problems(f"{path.name} measures", (problem.sentence for problem in problems))
    measures += found
    if not converted.problems and not problems:
        yield f"问卷 {path.name}：可以发布，度量 {len(found)} 个", False


def _repeated(measures: Iterable[Measure]) -> Iterator[Line]:
    """A key stands for one measure in all questionnaires of a framework.

    Two modes of one instrument may share it when everything about the measure is the same.
    """
    seen: dict[str, Measure] = {}
    for measure in measures:
        key = measure.key
        if seen.setdefault(key, measure) != measure:
            zh = f"度量名称 {key} 在两份问卷里重复，定义却不同"
            yield f"measures: {zh} / {key} is in two questionnaires and differs", True


def _coverage(
    framework: Framework, profiles: Mapping[str, Profile], measures: Iterable[Measure]
) -> Iterator[Line]:
    listed = list(measures)
    for code, profile in profiles.items():
        held = {(m.indicator, m.method) for m in listed if m.counts_in(code)}
        cells = [(leaf.code, method) for leaf in framework.leaves for method in profile.weights[leaf.code]]
        empty = [cell for cell in cells if cell not in held]
        yield f"方案 {code}：{len(cells)} 个“指标×方法”格，{len(cells) - len(empty)} 个有度量", False
        if code == "S":
            for leaf, method in empty:
                yield f"  无度量 {leaf} × {method}", False
