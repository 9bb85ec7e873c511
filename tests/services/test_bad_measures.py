"""Measures that cannot be scored are refused at publishing: where, what, what to do; nothing is stored."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from surveyapp.config import resource
from surveyapp.services import frameworks, publishing
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import QuestionnaireVersionRow

ROW = (
    "| | cs_x | 度量 | Measure | {value} | {filter} | {indicator} | {method} | {transform} | {parameters} |"
    " {weight} | 30 | | SR |"
)
GOOD = {
    "value": "number(${can_do})",
    "filter": "${can_do} != 'na'",
    "indicator": "1.1.2",
    "method": "服务对象抽查",
    "transform": "T3",
    "parameters": "",
    "weight": "1",
}
BAD = {
    "a question that is not there": {"value": "number(${nosuch})"},
    "a filter over a question that is not there": {"filter": "${nosuch} = '1'"},
    "code of a programming language": {"value": "__import__('os').system('true')"},
    "a function nobody knows": {"value": "eval('1')"},
    "two statements": {"value": "1; drop table records"},
    "a template": {"value": "{{ 7 * 7 }}"},
    "an assignment": {"value": "${can_do} := 5"},
    "an indicator that is not there": {"indicator": "9.9"},
    "a heading": {"indicator": "2.2"},
    "a method nobody knows": {"method": "占卜"},
    "a transform nobody knows": {"transform": "T9"},
    "a scale above one": {"transform": "T1", "parameters": "low=0 high=1.5"},
    "a scale below nothing": {"transform": "T1", "parameters": "low=-0.5 high=1"},
    "a share of a population above one": {"transform": "T2", "parameters": "high=80"},
    "a delay without its ends": {"transform": "T7"},
    "a delay without its last day": {"transform": "T7", "parameters": "full=30"},
    "a target that is no number": {"transform": "T1", "parameters": "high=nan"},
    "a negative weight": {"weight": "-1"},
    "no weight": {"weight": "0"},
    "a weight that is no number": {"weight": "NaN"},
}


def questionnaire(**change: str) -> str:
    """The citizen survey with one more measure."""
    text = (resource("questionnaires") / "jilin-2018" / "citizen.md").read_text(encoding="utf-8")
    return text.rstrip("\n") + "\n" + ROW.format(**GOOD | change) + "\n"


def versions(platform: Platform) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(QuestionnaireVersionRow)) or 0


@pytest.fixture
def framework(platform: Platform) -> None:
    source = frameworks.source_from_folder(resource("questionnaires") / "jilin-2018", "吉林省评估指标体系")
    assert isinstance(source, frameworks.Source), source
    assert frameworks.import_framework(platform, source)[0] is not None


@pytest.fixture
def database_kind() -> str:
    """What is refused does not depend on the database."""
    return "sqlite"


@pytest.mark.usefixtures("framework")
def test_the_measure_that_the_others_are_changes_of_is_good(platform: Platform) -> None:
    assert publishing.publish(platform, questionnaire(), "survey").problems == ()


@pytest.mark.usefixtures("framework")
@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_a_bad_measure_is_refused_with_its_place(platform: Platform, change: dict[str, str]) -> None:
    outcome = publishing.publish(platform, questionnaire(**change), "survey")
    assert outcome.version_id is None and versions(platform) == 0
    assert outcome.problems
    for problem in outcome.problems:
        assert problem.path and set(problem.sentence) >= {"zh", "en"} and all(problem.sentence.values())


def test_without_a_framework_its_own_mistakes_are_refused_and_its_indicators_not_looked_up(
    platform: Platform,
) -> None:
    assert publishing.publish(platform, questionnaire(transform="T9"), "survey").version_id is None
    assert publishing.publish(platform, questionnaire(indicator="A.1"), "survey").problems == ()
