"""The four questionnaires of 2018, converted and loaded once, with a fold of one record for tests."""

import datetime as dt
import functools
from dataclasses import dataclass

from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.forms.conversion import Converted, convert_markdown
from surveyapp.forms.definition import Form
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import load_form
from tests.evaluation import jilin

NAMES = ("citizen", "call", "visit", "interview")
NOON = dt.datetime(2018, 11, 20, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@dataclass(frozen=True)
class Opened:
    converted: Converted
    form: Form
    measures: tuple[Measure, ...]


@functools.cache
def opened(name: str) -> Opened:
    converted = convert_markdown((jilin.FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    assert converted.problems == ()
    measures, problems = parse_measures(converted.measures, jilin.framework())
    assert problems == ()
    return Opened(converted, load_form(converted.xform), measures)


def filled(name: str, answers: dict) -> Filling:
    return fill(opened(name).form, answers, now=NOON)


def observed(name: str, answers: dict) -> dict[str, float]:
    """Value by measure key of a record without problems; measures that say nothing are left out."""
    one, filling = opened(name), filled(name, answers)
    assert filling.problems == ()
    found = {}
    for measure in one.measures:
        if measure.filter and not filling.evaluate(one.form.expression(f"boolean({measure.filter})")):
            continue
        value = float(filling.evaluate(one.form.expression(f"number({measure.value})")))
        if value == value:
            found[measure.key] = value
    return found
