"""Measures: which answer of a questionnaire is evidence for which indicator, by which method.

Read from the measures sheet of a questionnaire. The expressions are text here; whoever folds records into
observations evaluates them with the form engine.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.methods import METHODS, split_methods
from surveyapp.evaluation.problem import Problem, problem
from surveyapp.evaluation.strata import parse_shares

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "T1": ("low", "high", "tau"),
    "T2": ("low", "high"),
    "T3": (),
    "T4": (),
    "T5": (),
    "T6": (),
    "T7": ("full", "none"),
    "T8": ("tol",),
}
REQUIRED_PARAMETERS = {"T7": ("full", "none")}
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LABELS = {"zh": "label::中文 (zh)", "en": "label::English (en)"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the measures sheet. `value`, `filter`, `cluster` and `stratum` are XPath text ('' = none).

    `weight` is the share inside its leaf × method cell before it is made to sum to 1; `profile` holds the
    codes of the profiles it counts in, one letter each. `stratum_weights` are the fixed shares by which
    strata count; without them every observation counts the same. `instrument` names the questionnaire that
    is asked: its measures share their respondents.
    """

    key: str
    label: Mapping[str, str]
    value: str
    filter: str
    indicator: str
    method: str
    transform: str
    parameters: Mapping[str, float]
    weight: float
    min_n: int
    cluster: str
    profile: str
    stratum: str = ""
    stratum_weights: Mapping[str, float] = field(default_factory=dict)
    instrument: str = ""

    @property
    def source(self) -> str:
        """What the observations share: the instrument, or the method where no instrument is named."""
        return self.instrument or self.method

    def counts_in(self, profile: str) -> bool:
        """Whether the measure is used under a profile code."""
        return profile in self.profile


def parse_measures(
    rows: Sequence[Mapping[str, str]], framework: Framework | None
) -> tuple[tuple[Measure, ...], tuple[Problem, ...]]:
    """Measures of a sheet; all of them or none. Row 1 is the header, so the first row is row 2.

    Problems: unknown or non-leaf indicator, unknown method, a method the leaf does not list (unless the
    measure counts in profile R only, whose additions are decisions), unknown transform or parameter,
    numbers out of range, repeated or malformed names, missing labels or values, malformed stratum weights.
    Without a framework no indicator is looked up.
    """
    measures: dict[str, Measure] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        cells = {name: (text or "").strip() for name, text in row.items()}
        before = len(problems)
        problems += _faults(number, cells, framework, measures)
        parameters = _parameters(number, cells, problems)
        shares = _shares(number, cells, problems)
        weight = _number(number, cells, "weight", 1.0, problems)
        min_n = _number(number, cells, "min_n", 1.0, problems)
        if len(problems) > before:
            continue
        key = cells["name"]
        measures[key] = Measure(
            key=key,
            label={language: cells[column] for language, column in LABELS.items()},
            value=cells["value"],
            filter=cells.get("filter", ""),
            indicator=cells["indicator"],
            method=split_methods(cells["method"])[0][0],
            transform=cells["transform"],
            parameters=parameters,
            weight=weight,
            min_n=int(min_n),
            cluster=cells.get("cluster", ""),
            profile=cells.get("profile", "") or "SR",
            stratum=cells.get("stratum", ""),
            stratum_weights=shares,
        )
    return (() if problems else tuple(measures.values())), tuple(problems)


def _faults(
    number: int, cells: Mapping[str, str], framework: Framework | None, measures: Mapping[str, Measure]
) -> Iterable[Problem]:
    name = cells.get("name", "")
    if not KEY.fullmatch(name):
        zh, en = f"名称“{name}”应以字母开头，只含字母、数字和下划线。", f"the name “{name}” is malformed."
        yield problem("bad_name", number, "name", zh, en)
    elif name in measures:
        yield problem("duplicate_name", number, "name", f"名称 {name} 重复。", f"the name {name} repeats.")
    for column in (*LABELS.values(), "value"):
        if not cells.get(column):
            yield problem("missing", number, column, "不能为空。", "must not be empty.")
    if cells.get("transform") not in PARAMETERS:
        zh, en = "应为 T1 至 T8。", "must be T1 to T8."
        yield problem("unknown_transform", number, "transform", zh, en)
    if not re.fullmatch(r"[SR]{0,2}", cells.get("profile", "")):
        yield problem("unknown_profile", number, "profile", "应为 S、R 或 SR。", "must be S, R or SR.")
    yield from _place_faults(number, cells, framework)


def _place_faults(number: int, cells: Mapping[str, str], framework: Framework | None) -> Iterable[Problem]:
    code = cells.get("indicator", "")
    known, unknown = split_methods(cells.get("method", ""))
    if len(known) != 1 or unknown:
        zh, en = f"应为 {'、'.join(METHODS)} 之一。", f"must be one of {', '.join(METHODS)}."
        yield problem("unknown_method", number, "method", zh, en)
    if framework is None:
        return
    if code not in framework.indicators:
        zh, en = f"没有编码为“{code}”的指标。", f"there is no indicator “{code}”."
        yield problem("unknown_indicator", number, "indicator", zh, en)
    elif not framework.is_leaf(code):
        zh, en = f"{code} 不是计分行。", f"{code} is not a scored row."
        yield problem("not_a_leaf", number, "indicator", zh, en)
    elif len(known) == 1 and known[0] not in framework.get(code).methods and cells.get("profile") != "R":
        zh = f"{code} 的评分依据里没有“{known[0]}”；只能作为建议方案（profile 填 R）。"
        en = f"{code} does not list the method {known[0]}; it may only count in profile R."
        yield problem("unlisted_method", number, "method", zh, en)


def _parameters(number: int, cells: Mapping[str, str], problems: list[Problem]) -> dict[str, float]:
    allowed = PARAMETERS.get(cells.get("transform", ""), ())
    found: dict[str, float] = {}
    for word in cells.get("parameters", "").split():
        name, _, text = word.partition("=")
        if name not in allowed or not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", text):
            zh = f"参数“{word}”不对，可用：{'、'.join(allowed) or '无'}（写作 名称=数）。"
            en = f"the parameter “{word}” is not valid; allowed: {', '.join(allowed) or 'none'}."
            problems.append(problem("bad_parameter", number, "parameters", zh, en))
        else:
            found[name] = float(text)
    for name in REQUIRED_PARAMETERS.get(cells.get("transform", ""), ()):
        if name not in found:
            problems.append(
                problem("bad_parameter", number, "parameters", f"缺少 {name}。", f"{name} is missing.")
            )
    if not all(0 <= found.get(name, 0.0) <= 1 for name in ("low", "high")):
        zh, en = "low 和 high 是比例，应在 0 与 1 之间。", "low and high are shares between 0 and 1."
        problems.append(problem("bad_scale", number, "parameters", zh, en))
    equal = [("low", "high", 0.0, 1.0), ("full", "none", 0.0, 1.0)]
    if any(found.get(a, x) == found.get(b, y) for a, b, x, y in equal) or found.get("tol", 1.0) <= 0:
        zh, en = "两端不能相等，tol 应大于 0。", "the two ends must differ and tol must be above 0."
        problems.append(problem("bad_parameter", number, "parameters", zh, en))
    return found


def _shares(number: int, cells: Mapping[str, str], problems: list[Problem]) -> dict[str, float]:
    shares, wrong = parse_shares(cells.get("stratum_weights", ""))
    if wrong:
        zh = f"“{wrong[0]}”不对，应写作 层=大于 0 的数，用空格分隔，每层一次。"
        en = f"“{wrong[0]}” is not valid; write stratum=number above 0, each stratum once."
        problems.append(problem("bad_strata", number, "stratum_weights", zh, en))
    if shares and not cells.get("stratum"):
        zh, en = "给了各层的权重，就要写明按什么分层。", "weights of strata need a stratum."
        problems.append(problem("bad_strata", number, "stratum", zh, en))
    return shares


def _number(
    number: int, cells: Mapping[str, str], column: str, default: float, problems: list[Problem]
) -> float:
    text = cells.get(column, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or float(text) <= 0:
        zh, en = f"“{text}”应为大于 0 的数。", f"“{text}” must be a number above 0."
        problems.append(problem("bad_number", number, column, zh, en))
        return default
    return float(text)
