"""Contradictions wait for a decision: no release and no snapshot for the unit before it, none from others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from surveyapp.cli import main
from surveyapp.evaluation.problem import Problem
from surveyapp.services import explaining, releasing, scoring
from surveyapp.services.explaining import Contradiction
from surveyapp.services.folding import fold_round
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.services.scoring.snapshots import snapshot_values
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.tables import AuditRow, SnapshotRow, UnitRow
from tests.data.contradicting import FINDING, contradict
from tests.data.rounds import Round, call_submission, citizen_submission, confirmed
from tests.data.work import publish_six


def unit_of(platform: Platform, made: Round) -> UnitRow:
    with platform.database.reading() as session:
        return next(unit for unit in list_units(session, made.id, ("/",)) if unit.id == made.unit_id)


def found(platform: Platform, made: Round) -> tuple[Contradiction, ...]:
    on = scoring.round_basis(platform, made.id)
    return explaining.matrices(platform, on, [unit_of(platform, made)])[0].contradictions


def decide(
    platform: Platform, made: Round, verdict: str = "second", reason: str = "以群众所说为准"
) -> Problem | None:
    on = scoring.round_basis(platform, made.id)
    lead = made.people["lead"].id
    return explaining.adjudicate(platform, on, unit_of(platform, made), FINDING, verdict, reason, lead)


def take(platform: Platform, made: Round) -> int:
    lead = made.people["lead"].id
    return explaining.take_final_snapshot(platform, made.id, unit_of(platform, made), None, lead)


def snapshots(platform: Platform) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SnapshotRow)) or 0


def test_a_release_is_refused_until_the_contradiction_is_decided_and_then_lists_it(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    contradict(platform, made)
    assert [one.name for one in found(platform, made)] == [f"hall-a/{FINDING}"]
    with pytest.raises(releasing.OpenContradictions) as refused:
        releasing.release_round(platform, "r1", None, tmp_path / "out")
    assert FINDING in refused.value.sentence["zh"] and "裁定" in refused.value.sentence["zh"]
    assert snapshots(platform) == 0 and not (tmp_path / "out").exists()
    assert decide(platform, made) is None
    folder = releasing.release_round(platform, "r1", None, tmp_path / "out")
    (one,) = json.loads((folder / "contradictions.json").read_text("utf-8"))["contradictions"]
    assert (one["finding"], one["leaf"]) == (f"hall-a/{FINDING}", "2.4.1")
    assert one["low"] < one["difference"] == 1.0
    (said,) = one["adjudications"]
    assert (said["verdict"], said["reason"], said["holds"]) == ("second", "以群众所说为准", True)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert "contradictions.json" in manifest["files"]


def test_the_command_names_the_finding_and_says_what_to_do(
    platform: Platform, made: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contradict(platform, made)
    monkeypatch.setenv("DATABASE_URL", platform.settings.database_url)
    monkeypatch.setenv("SECRET_KEY", "k" * 64)
    order = ["release", "r1", "--out", str(tmp_path / "out"), "--data", str(platform.settings.data_dir)]
    done = CliRunner().invoke(main, order)
    assert done.exit_code == 1
    assert f"hall-a/{FINDING}" in done.output and "裁定" in done.output and "adjudication" in done.output


def test_a_snapshot_for_the_unit_is_refused_until_then(platform: Platform, made: Round) -> None:
    contradict(platform, made)
    with pytest.raises(explaining.OpenContradictions):
        take(platform, made)
    assert snapshots(platform) == 0
    decide(platform, made, "both", "问的不是同一件事")
    take(platform, made)
    assert snapshots(platform) == 1


def when_scored(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object], times: int = 1) -> list[None]:
    """Do something between scoring and storing, the first `times` times; the list grows with each."""
    done: list[None] = []

    def meanwhile(*arguments: Any) -> dict[str, Any]:
        if len(done) < times:
            done.append(None)
            deed()
        return snapshot_values(*arguments)

    monkeypatch.setattr(scoring.snapshots, "snapshot_values", meanwhile)
    return done


def test_a_contradiction_that_appears_between_asking_and_storing_stops_the_snapshot(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = when_scored(monkeypatch, lambda: contradict(platform, made))
    with pytest.raises(explaining.OpenContradictions, match=FINDING):
        take(platform, made)
    assert len(done) == 1 and snapshots(platform) == 0


def test_a_decision_that_stops_holding_before_storing_stops_the_snapshot(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    contradict(platform, made)
    decide(platform, made)

    def another() -> None:
        confirmed(platform, made, citizen_submission(made, self_check="no"))
        fold_round(platform, made.id)

    when_scored(monkeypatch, another)
    with pytest.raises(explaining.OpenContradictions):
        explaining.take_final_snapshot(
            platform, made.id, unit_of(platform, made), None, made.people["lead"].id
        )
    assert snapshots(platform) == 0


def test_a_record_that_counts_while_a_snapshot_is_scored_is_in_it(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[str] = []

    def another() -> None:
        late.append(confirmed(platform, made, citizen_submission(made)))
        fold_round(platform, made.id)

    when_scored(monkeypatch, another)
    take(platform, made)
    with platform.database.reading() as session:
        (kept,) = session.scalars(select(SnapshotRow))
    assert [root for root, _revision in kept.inputs["records"]] == late


def test_a_questionnaire_published_while_a_snapshot_is_scored_is_in_its_rules(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scoring.round_basis(platform, made.id).version_ids
    when_scored(monkeypatch, lambda: publish_six(platform))
    take(platform, made)
    after = scoring.round_basis(platform, made.id).version_ids
    with platform.database.reading() as session:
        (kept,) = session.scalars(select(SnapshotRow))
    assert tuple(kept.inputs["versions"]) == after != before


def test_evidence_that_never_stands_still_is_not_kept(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another() -> None:
        confirmed(platform, made, citizen_submission(made))
        fold_round(platform, made.id)

    done = when_scored(monkeypatch, another, times=99)
    with pytest.raises(StorageUnavailable, match="changes while it is scored"):
        explaining.take_final_snapshot(
            platform, made.id, unit_of(platform, made), None, made.people["lead"].id
        )
    assert len(done) == scoring.snapshots.TRIES and snapshots(platform) == 0


def test_other_records_open_a_decided_contradiction_again_and_keep_its_history(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    contradict(platform, made)
    decide(platform, made)
    assert found(platform, made)[0].decided is not None
    confirmed(platform, made, citizen_submission(made, self_check="no"))
    fold_round(platform, made.id)
    (again,) = found(platform, made)
    assert again.decided is None and len(again.decisions) == 1
    with pytest.raises(releasing.OpenContradictions):
        releasing.release_round(platform, "r1", None, tmp_path / "out")
    decide(platform, made, "first", "重新核对后采信访谈")
    (last,) = found(platform, made)
    assert [one.row.verdict for one in last.decisions] == ["second", "first"]
    assert last.decided is last.decisions[-1]


def test_a_record_about_something_else_leaves_the_decision_alone(platform: Platform, made: Round) -> None:
    contradict(platform, made)
    decide(platform, made)
    confirmed(platform, made, call_submission(made))
    fold_round(platform, made.id)
    assert found(platform, made)[0].decided is not None


@pytest.mark.parametrize(("verdict", "reason"), [("third", "因为"), ("first", ""), ("both", "长" * 1001)])
def test_a_decision_without_a_choice_or_a_reason_is_refused_and_nothing_is_kept(
    platform: Platform, made: Round, verdict: str, reason: str
) -> None:
    contradict(platform, made)
    assert isinstance(decide(platform, made, verdict, reason), Problem)
    assert found(platform, made)[0].decisions == ()


def test_what_is_no_contradiction_cannot_be_decided(platform: Platform, made: Round) -> None:
    with pytest.raises(scoring.UnknownSubject):
        decide(platform, made)


def test_a_decision_is_in_the_audit_log_and_cannot_be_changed_by_hand(
    platform: Platform, made: Round
) -> None:
    contradict(platform, made)
    decide(platform, made)
    with platform.database.reading() as session:
        (line,) = session.scalars(select(AuditRow).where(AuditRow.action == "score.adjudicate"))
    assert line.detail["finding"] == f"hall-a/{FINDING}"
    for deed in ("UPDATE adjudications SET reason = 'x'", "DELETE FROM adjudications"):
        with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
            session.execute(text(deed))
