"""Decisions of two people on records: what they do to scores and releases, and who may take them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from surveyapp.evaluation.problem import Problem
from surveyapp.services import releasing, scoring, screening
from surveyapp.services.accounts import Actor
from surveyapp.services.installation import Platform
from surveyapp.services.screening import Decided, Wish
from tests.data.rounds import Round, fill_round


@pytest.fixture
def roots(platform: Platform, made: Round) -> list[str]:
    return fill_round(platform, made, calls=8, surveys=10)


def points(platform: Platform, made: Round, leaf: str) -> float:
    found = scoring.unit_score(platform, made.id, made.unit_id, "S").leaf(leaf).points
    assert found is not None
    return found


def second_lead(made: Round) -> Actor:
    """The reviewer, given the lead's role over the same units."""
    one, lead = made.people["reviewer"], made.people["lead"]
    return Actor(one.id, one.login, one.name, one.language, lead.roles)


def decide(platform: Platform, made: Round, roots: list[str], kind: str, factor: str = "") -> None:
    done = screening.propose(
        platform, made.people["lead"], made.id, Wish(roots, kind, factor, "疑似有组织填写")
    )
    assert isinstance(done, Decided) and set(done.done) == set(roots)
    assert set(screening.confirm(platform, second_lead(made), made.id, roots).done) == set(roots)


def surveys_with(platform: Platform, made: Round, value: float) -> list[str]:
    score = scoring.unit_score(platform, made.id, made.unit_id, "S")
    records = [r for cell in score.leaf("1.1.2").cells for m in cell.measures for r in m.records]
    return sorted({record.root_id for record in records if record.value == value})


def test_a_proposal_changes_no_number_before_another_person_confirms_it(
    platform: Platform, made: Round, roots: list[str]
) -> None:
    before = points(platform, made, "1.1.2")
    top = surveys_with(platform, made, 5.0)
    assert top
    screening.propose(platform, made.people["lead"], made.id, Wish(top, "void", reason="试"))
    assert points(platform, made, "1.1.2") == before
    alone = screening.confirm(platform, made.people["lead"], made.id, top)
    assert not alone.done and {fault.code for _root, fault in alone.refused} == {"second_person"}
    assert screening.confirm(platform, second_lead(made), made.id, top).done
    assert points(platform, made, "1.1.2") < before


def test_a_lower_weight_lies_between_counting_in_full_and_leaving_out(
    platform: Platform, made: Round, roots: list[str]
) -> None:
    top, full = surveys_with(platform, made, 5.0), points(platform, made, "1.1.2")
    decide(platform, made, top, "down_weight", "0.5")
    half = points(platform, made, "1.1.2")
    decide(platform, made, top, "void")
    none = points(platform, made, "1.1.2")
    assert none < half < full
    decide(platform, made, top, "keep")
    assert points(platform, made, "1.1.2") == full


def test_nobody_decides_on_a_record_they_collected(platform: Platform, made: Round, roots: list[str]) -> None:
    evaluator = made.people["evaluator"]
    author = Actor(evaluator.id, "e", "e", "zh", made.people["lead"].roles)
    outcome = screening.propose(platform, author, made.id, Wish(roots[:1], "void", reason="x"))
    assert isinstance(outcome, Decided) and not outcome.done
    assert [fault.code for _root, fault in outcome.refused] == ["own_record"]


@pytest.mark.parametrize(
    ("kind", "factor", "reason", "code"),
    [
        ("drop", "", "x", "bad_kind"),
        ("down_weight", "1.0", "x", "bad_factor"),
        ("down_weight", "0.000", "x", "bad_factor"),
        ("down_weight", "-0.5", "x", "bad_factor"),
        ("void", "", " ", "bad_reason"),
        ("void", "", "长" * 1001, "bad_reason"),
    ],
)
def test_a_wrong_wish_is_answered_and_nothing_is_stored(
    platform: Platform, made: Round, kind: str, factor: str, reason: str, code: str
) -> None:
    outcome = screening.propose(platform, made.people["lead"], made.id, Wish(["r"], kind, factor, reason))
    assert isinstance(outcome, Problem) and outcome.code == code
    with platform.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM quality_decisions")) == 0


def test_a_stored_decision_cannot_be_changed_by_hand(
    platform: Platform, made: Round, roots: list[str]
) -> None:
    decide(platform, made, roots[-3:], "keep")
    with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
        session.execute(text("UPDATE quality_decisions SET factor = 0, kind = 'void'"))


def test_a_snapshot_lists_the_decisions_and_computes_itself_again_after_they_changed(
    platform: Platform, made: Round, roots: list[str]
) -> None:
    top = surveys_with(platform, made, 5.0)
    decide(platform, made, top, "down_weight", "0.25")
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, "S", made.people["lead"].id)
    decide(platform, made, top, "void")
    again = scoring.recompute(platform, taken)
    assert again.is_equal
    assert again.score.leaf("1.1.2").points != points(platform, made, "1.1.2")


def test_a_release_with_decisions_computes_itself_again_with_and_without(
    platform: Platform, made: Round, roots: list[str], tmp_path: Path
) -> None:
    top = surveys_with(platform, made, 5.0)
    before = releasing.release_round(platform, "r1", "S", tmp_path / "before")
    decide(platform, made, top[:1], "void")
    decide(platform, made, top[1:], "down_weight", "0.5")
    folder = releasing.release_round(platform, "r1", "S", tmp_path / "after")
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "recompute.py")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    units = json.loads((folder / "published.json").read_text("utf-8"))["units"]
    figures = [{one["code"]: one for one in unit["quality"]} for unit in units.values()]
    figure = next(one["1.1.2"] for one in figures if one["1.1.2"]["decided"] is not None)
    assert figure["decided"] < figure["counted"]
    changes = [one for one in releasing.compare_releases(before, folder) if one.place == "1.1.2"]
    assert changes and all(one.reasons == ("decision",) for one in changes)
    assert {f"quality {root}" for root in top} == set(changes[0].evidence)
