"""The framework of 2018 as it lies in questionnaires/, read for tests."""

import csv
import tomllib
from pathlib import Path

from surveyapp.evaluation.framework import Framework, Reading, add_documented, read_table
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile, parse_profiles
from surveyapp.evaluation.scoring import Observation

FOLDER = Path(__file__).parents[2] / "questionnaires" / "jilin-2018"


def rows() -> list[list[str]]:
    with (FOLDER / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def data(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def reading() -> Reading:
    return add_documented(read_table(rows(), source="jilin-2018"), data("findings.toml"))


def framework() -> Framework:
    found = reading().framework
    assert found is not None
    return found


def profile(code: str = "S") -> Profile:
    profiles, problems = parse_profiles(data("profiles.toml"), framework())
    assert problems == ()
    return profiles[code]


def measure(key: str, indicator: str, method: str, transform: str = "T6", **other) -> Measure:
    values = {
        "label": {"zh": key, "en": key},
        "value": "1",
        "filter": "",
        "parameters": {},
        "weight": 1.0,
        "min_n": 1,
        "cluster": "",
        "profile": "SR",
    } | other
    return Measure(key=key, indicator=indicator, method=method, transform=transform, **values)


def seen(measure: Measure, value: float, root: str = "r1", **other) -> Observation:
    values = {"revision": 1, "unit": "甲厅"} | other
    return Observation(
        root_id=root,
        indicator=measure.indicator,
        method=measure.method,
        measure=measure.key,
        value=value,
        **values,
    )


def measures_everywhere() -> list[Measure]:
    """One fact for every leaf × method cell of the strict profile."""
    return [
        measure(f"m_{leaf.code}_{n}".replace(".", "_"), leaf.code, method)
        for leaf in framework().leaves
        for n, method in enumerate(leaf.methods)
    ]
