"""The figures of the score pages: steps that add up, and what a sample of volunteers is called."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from surveyapp.evaluation.scoring import UnitScore, score_unit
from surveyapp.services.installation import Platform
from surveyapp.web.desk.score_figures import Waterfall, waterfall
from tests.data.rounds import Round, fill_round, make_round
from tests.evaluation import jilin
from tests.web.clients import signed_in

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")


def score(missing: tuple[str, ...] = (), value: float = 0.8) -> UnitScore:
    measures = [one for one in jilin.measures_everywhere() if one.indicator not in missing]
    rubric = [dataclasses.replace(one, transform="T5") for one in measures]
    values = [4 * (0.5 if one.indicator == "2.2.3" else value) for one in rubric]
    return score_unit(
        FRAMEWORK, STRICT, rubric, [jilin.seen(one, v) for one, v in zip(rubric, values, strict=True)]
    )


def drawn(app: Flask, found: UnitScore) -> Waterfall:
    with app.test_request_context("/"):
        return waterfall(found)


def points(found: Waterfall, share: float) -> float:
    return found.low + share * (found.high - found.low)


def test_the_steps_lead_from_all_points_to_the_score(app: Flask) -> None:
    found = drawn(app, score())
    assert points(found, found.steps[0].start) == 100
    for before, after in zip(found.steps[:-2], found.steps[1:-1], strict=True):
        assert before.end == pytest.approx(after.start)
    assert points(found, found.steps[-1].start) == pytest.approx(78.8)
    assert found.steps[0].code == "2.2.3" and found.steps[0].amount == "−2.00"
    assert found.steps[-1].amount == "78.80" and found.steps[-2].label == "其余各项"
    assert len(found.steps) == 12


def test_what_is_not_scored_is_open_and_no_loss(app: Flask) -> None:
    found = drawn(app, score(missing=("1.1.1", "1.1.2")))
    step = next(step for step in found.steps if step.tone == "open")
    assert step.amount == "8.00" and step.label == "未评 2 项"
    assert found.steps[-1].amount == "72.40–80.40"


def test_full_marks_have_one_step(app: Flask) -> None:
    found = drawn(app, score(value=1.0))
    assert [step.code for step in found.steps] == ["2.2.3", ""]


def test_the_pages_say_what_volunteers_are(app: Flask, platform: Platform) -> None:
    made: Round = make_round(platform)
    fill_round(platform, made)
    lead = signed_in(app, platform, "lead")
    page = lead.get("/desk/scores/hall-a?round=r1").text
    assert "失分从哪里来" in page and "非概率样本" in page
    assert "非概率样本" in lead.get("/desk/scores/hall-a/1.1.2?round=r1").text
    assert "非概率样本" not in lead.get("/desk/scores/hall-a/2.2.3?round=r1").text
    english = lead.get("/desk/scores/hall-a?round=r1&lang=en").text
    assert "Where points were lost" in english and "non-probability sample" in english
