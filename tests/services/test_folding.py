"""The fold: once, restartable, in step with review; tallies equal to a recount."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from sqlalchemy import func, select

from surveyapp.forms.form import load_form
from surveyapp.services import folding, publishing
from surveyapp.services.folding import FoldFailed, fold_round, rounds_behind
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    ObservationRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    TallyRow,
)
from tests.data.rounds import (
    Round,
    call_submission,
    citizen_submission,
    confirmed,
    correct,
    fill_round,
    interview_submission,
    received,
    step,
    visit_submission,
)


def observations(platform: Platform) -> list[tuple[str, int, str, float, str, str]]:
    with platform.database.reading() as session:
        rows = session.scalars(select(ObservationRow))
        return sorted((o.root_id, o.revision, o.measure, o.value, o.cluster, o.stratum) for o in rows)


def of(platform: Platform, root_id: str) -> dict[str, float]:
    return {measure: value for root, _, measure, value, _, _ in observations(platform) if root == root_id}


def test_folding_again_changes_nothing(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    before = observations(platform)
    assert len(before) > 50
    assert rounds_behind(platform) == []
    assert fold_round(platform, made.id) == 0
    assert observations(platform) == before


def test_only_confirmed_records_become_observations(platform: Platform, made: Round) -> None:
    waiting = received(platform, visit_submission(made)).root_id
    counted = confirmed(platform, made, visit_submission(made))
    assert fold_round(platform, made.id) == 2
    assert of(platform, waiting) == {}
    assert of(platform, counted)["vs_221_instant"] == 0.9


def test_a_fold_that_dies_between_batches_is_simply_run_again(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [confirmed(platform, made, call_submission(made)) for _ in range(5)]
    monkeypatch.setattr(folding, "BATCH", 2)
    written = folding._write

    def dies_later(*arguments: object) -> int:
        if len(observations(platform)) >= 4:
            raise RuntimeError("the process dies here")
        return written(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(folding, "_write", dies_later)
        with pytest.raises(RuntimeError):
            fold_round(platform, made.id)
    assert {root for root, *_ in observations(platform)} == set(sorted(roots)[:2])
    assert rounds_behind(platform) == [made.id]
    assert fold_round(platform, made.id) == 3
    assert {root for root, *_ in observations(platform)} == set(roots)
    assert tallied(platform) == recounted(platform)


def test_a_batch_that_fails_half_way_leaves_nothing_of_itself(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        confirmed(platform, made, call_submission(made))
    replace, calls = folding.store.replace_observations, []

    def dies_in_the_middle(*arguments: object) -> bool:
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the process dies here")
        return replace(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(folding.store, "replace_observations", dies_in_the_middle)
        with pytest.raises(RuntimeError):
            fold_round(platform, made.id)
    assert observations(platform) == []
    assert tallied(platform) == {}
    assert fold_round(platform, made.id) == 3


def test_a_record_that_leaves_confirmed_leaves_the_scores(platform: Platform, made: Round) -> None:
    root_id = confirmed(platform, made, call_submission(made))
    fold_round(platform, made.id)
    assert of(platform, root_id)
    step(platform, made, root_id, "returned", "秒数与录音不符")
    assert rounds_behind(platform) == [made.id]
    fold_round(platform, made.id)
    assert of(platform, root_id) == {}


def test_a_corrected_record_counts_with_its_newest_revision_only(platform: Platform, made: Round) -> None:
    first = visit_submission(made, instant_done="2")
    root_id = confirmed(platform, made, first)
    fold_round(platform, made.id)
    assert of(platform, root_id)["vs_221_instant"] == 0.2
    step(platform, made, root_id, "returned", "数错了")
    correct(platform, made, root_id, visit_submission(made, instant_done="8"))
    fold_round(platform, made.id)
    assert of(platform, root_id) == {}
    step(platform, made, root_id, "approved")
    step(platform, made, root_id, "confirmed")
    fold_round(platform, made.id)
    assert of(platform, root_id)["vs_221_instant"] == 0.8
    assert {(root, revision) for root, revision, *_ in observations(platform)} == {(root_id, 2)}


def test_a_record_moved_while_it_is_folded_is_taken_up_again(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    root_id = confirmed(platform, made, call_submission(made))
    written = folding._write

    def meanwhile(*arguments: object) -> int:
        monkeypatch.setattr(folding, "_write", written)
        step(platform, made, root_id, "void", "测试员被认出")
        return written(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(folding, "_write", meanwhile)
    fold_round(platform, made.id)
    fold_round(platform, made.id)
    assert of(platform, root_id) == {}
    assert rounds_behind(platform) == []


def test_a_record_that_cannot_be_read_stops_no_other(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (confirmed(platform, made, call_submission(made)) for _ in range(2))
    read = folding.observed

    def fails_for_one(platform: Platform, record: RecordRow, measures: object) -> object:
        if record.root_id == bad:
            raise ValueError("broken")
        return read(platform, record, measures)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(folding, "observed", fails_for_one)
        with pytest.raises(FoldFailed, match=bad):
            fold_round(platform, made.id)
    assert of(platform, good)
    assert rounds_behind(platform) == [made.id]
    fold_round(platform, made.id)
    assert of(platform, bad)


@pytest.mark.parametrize(
    ("submission", "value"),
    [
        ({"outcome": "A1", "seconds": "30"}, 1.0),
        ({"outcome": "A1", "seconds": "30.5"}, 0.0),
        ({"outcome": "A6", "seconds": "3"}, 0.0),
        ({"outcome": "B7"}, 0.0),
        ({"outcome": "C1"}, None),
        ({"outcome": "D1"}, None),
        ({"outcome": "A1", "purpose": "complaint"}, None),
    ],
)
def test_filters_and_values_of_the_sheet_decide_what_a_call_says(
    platform: Platform, made: Round, submission: dict[str, str], value: float | None
) -> None:
    root_id = confirmed(platform, made, call_submission(made, slot="C", line="hall-a-t2", **submission))
    fold_round(platform, made.id)
    assert of(platform, root_id).get("tel_223_right30_s") == value
    places = {(cluster, stratum) for _, _, _, _, cluster, stratum in observations(platform)}
    assert places <= {("hall-a-t2", "C")}


def test_an_answer_that_is_no_number_says_nothing(platform: Platform, made: Round) -> None:
    root_id = confirmed(platform, made, citizen_submission(made, self_check="dk", can_do="na"))
    fold_round(platform, made.id)
    said = of(platform, root_id)
    assert "qn_241_self_check" not in said
    assert "qn_112_can_do" not in said
    assert said["qn_112_once_real"] == 4.0


def test_an_interview_rubric_gives_one_observation_per_leaf(platform: Platform, made: Round) -> None:
    root_id = confirmed(platform, made, interview_submission(made, platform, "3"))
    fold_round(platform, made.id)
    said = of(platform, root_id)
    # 26 leaves are rated; of 2.4.2 only what partner departments say counts, and these are window staff
    assert len([key for key in said if key.endswith("_rubric")]) == 25
    assert set(said.values()) == {0.0, 3.0}


def test_a_second_version_without_a_measure_does_not_disturb_the_records_of_the_first(
    platform: Platform, made: Round
) -> None:
    root_id = confirmed(platform, made, visit_submission(made))
    with platform.database.reading() as session:
        first = session.get_one(QuestionnaireVersionRow, made.versions["visit"])
        source, version = first.source, first.version
    lines = [line for line in source.splitlines() if "vs_221_instant" not in line]
    newer = publishing.publish(platform, "\n".join(lines).replace(version, "2018110599"), "visit")
    assert newer.version_id, newer.problems
    again = dataclasses.replace(visit_submission(made), version_id=newer.version_id)
    other = confirmed(platform, made, again)
    fold_round(platform, made.id)
    assert "vs_221_instant" in of(platform, root_id)
    assert "vs_221_instant" not in of(platform, other)
    assert load_form(platform_form(platform, newer.version_id)).version == "2018110599"


def platform_form(platform: Platform, version_id: int) -> str:
    with platform.database.reading() as session:
        return str(session.get_one(QuestionnaireVersionRow, version_id).xform)


def tallied(platform: Platform) -> dict[tuple[int, str], int]:
    with platform.database.reading() as session:
        return {(row.unit_id, row.kind): row.number for row in session.scalars(select(TallyRow))}


def recounted(platform: Platform) -> dict[tuple[int, str], int]:
    newest = (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision)
    with platform.database.reading() as session:
        query = select(RecordRow.unit_id, RecordRow.kind).join(RecordStateRow, newest)
        return dict(Counter((unit, kind) for unit, kind in session.execute(query)))


def test_tallies_equal_a_recount_whatever_happens_to_the_records(platform: Platform, made: Round) -> None:
    roots = fill_round(platform, made, calls=3, surveys=2)
    confirmed(platform, made, visit_submission(made, unit_id=made.other_unit_id))
    step(platform, made, roots[0], "returned", "核对")
    correct(platform, made, roots[0], call_submission(made, "B1"))
    fold_round(platform, made.id)
    fold_round(platform, made.id)
    assert tallied(platform) == recounted(platform)
    with platform.database.reading() as session:
        behind = session.scalar(select(func.count()).where(RecordStateRow.folded_step < RecordStateRow.step))
    assert behind == 0
