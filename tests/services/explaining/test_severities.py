"""Severity from the records of a round: who collected them and by which instrument; nothing is stored."""

from __future__ import annotations

from dataclasses import replace

from surveyapp.services import accounts, arranging, explaining, scoring
from surveyapp.services.explaining import Severities
from surveyapp.services.folding import fold_round
from surveyapp.services.installation import Platform
from surveyapp.storage.queries.rounds import list_units
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round, actor_of, confirmed, visit_submission


def found(platform: Platform, made: Round) -> Severities:
    with platform.database.reading() as session:
        units = list_units(session, made.id, ("/",))
    return explaining.severities(platform, scoring.round_basis(platform, made.id), units)


def visited(platform: Platform, made: Round, done: dict[str, str], each: int = 3) -> None:
    """Every unit visited `each` times by every person of `done`, who counts that many of ten as done."""
    for login, number in done.items():
        collector = actor_of(platform, login).id
        for unit in (made.unit_id, made.other_unit_id):
            for _ in range(each):
                sent = visit_submission(
                    made, unit_id=unit, instant_done=number, promised_kept=number, exit_done=number
                )
                confirmed(platform, made, replace(sent, collector_id=collector))
    fold_round(platform, made.id)


def test_a_lenient_evaluator_is_found_by_name_and_the_score_stays(platform: Platform, made: Round) -> None:
    with hashes.cheap():
        accounts.create_user(platform, "second", "第二评估员", PASSWORD)
        accounts.grant(platform, "second", "evaluator", arranging.ROOT_UNIT)
    visited(platform, made, {"evaluator": "9", "second": "2"})
    before = scoring.unit_score(platform, made.id, made.unit_id).to_json()
    severities = found(platform, made)
    (panel,) = severities.found.panels
    assert (panel.kind, panel.problem) == ("visit", "")
    named = {severities.names[one.evaluator]: one for one in panel.evaluators}
    assert named["evaluator 甲"].leniency > 0 > named["第二评估员"].leniency
    assert (named["第二评估员"].n, named["第二评估员"].units) == (6, 2)
    assert scoring.unit_score(platform, made.id, made.unit_id).to_json() == before


def test_one_evaluator_alone_cannot_be_called_severe(platform: Platform, made: Round) -> None:
    visited(platform, made, {"evaluator": "9"}, each=2)
    (panel,) = found(platform, made).found.panels
    assert panel.problem == "few_evaluators"
    assert [one.n for one in panel.evaluators] == [4]


def test_a_round_without_records_has_no_evaluators(platform: Platform, made: Round) -> None:
    assert found(platform, made).found.panels == ()
