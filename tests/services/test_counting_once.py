"""One fact, one score: a file that proves a base indicator does not prove a claimed innovation as well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from surveyapp.config import resource
from surveyapp.evaluation.lifecycle import Refusal
from surveyapp.services import folding, publishing, reviewing, scoring
from surveyapp.services.collecting import Submission
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AttachmentRow, RecordRow
from tests.data.rounds import (
    Round,
    call_submission,
    confirmed,
    fill_round,
    new_id,
    received,
    step,
)

FILE, OTHER = "ab" * 32, "cd" * 32


def publish_document(platform: Platform) -> int:
    """The version of the document review, published."""
    text = (resource("questionnaires") / "jilin-2018" / "document.md").read_text(encoding="utf-8")
    outcome = publishing.publish(platform, text, "document")
    assert outcome.version_id is not None, outcome.problems
    return outcome.version_id


@pytest.fixture
def version(platform: Platform, made: Round) -> int:
    return publish_document(platform)


def review(made: Round, version: int, sha256: str, subject: str, **parts: Any) -> Submission:
    """A document review of one piece of evidence."""
    proof = {"ev_kind": "document", "ev_locator": "第 2 页", "ev_claim": "属实", "ev_verdict": "proved"}
    answers = {
        "dossier": {
            "subject": subject,
            "coder": "first",
            "period_from": "2018-01-01",
            "period_to": "2018-06-30",
        },
        "proofs": {"evidence_n": "1", "evidence": [proof | {"ev_sha256": sha256}]},
    } | parts
    person = made.people["evaluator"].id
    return Submission(new_id(), version, made.id, made.unit_id, collector_id=person, answers=answers)


def claim(made: Round, version: int, sha256: str, counted: str = "no") -> Submission:
    said = {"claim_name": "一窗通办", "claim_prescribed": "no", "claim_counted": counted, "claim_level": "3"}
    return review(made, version, sha256, "claim", claim=said)


def case(made: Round, version: int, sha256: str) -> Submission:
    seen = {"case_no": "2018-0012", "case_visits": "1", "case_correction": "none"}
    return review(made, version, sha256, "case", case=seen)


def confirming(platform: Platform, made: Round, submission: Submission) -> reviewing.Moved | Refusal:
    root_id = received(platform, submission).root_id
    step(platform, made, root_id, "approved")
    return reviewing.move(platform, made.people["lead"], root_id, "confirmed")


def test_a_claim_whose_file_already_counts_is_not_confirmed(
    platform: Platform, made: Round, version: int
) -> None:
    confirmed(platform, made, case(made, version, FILE))
    outcome = confirming(platform, made, claim(made, version, FILE))
    assert isinstance(outcome, Refusal) and outcome.code == "counted_twice"
    for sentence in outcome.sentence.values():
        assert "1.2.3" in sentence and "3.1" in sentence and FILE[:12] in sentence
    folding.fold_round(platform, made.id)
    assert scoring.unit_score(platform, made.id, made.unit_id).leaf("3.1").n == 0


def test_the_other_way_round_is_refused_as_well(platform: Platform, made: Round, version: int) -> None:
    confirmed(platform, made, claim(made, version, FILE))
    outcome = confirming(platform, made, case(made, version, FILE))
    assert isinstance(outcome, Refusal) and "3.1" in outcome.sentence["zh"]


@pytest.mark.parametrize(("sha256", "counted"), [(OTHER, "no"), (FILE, "yes")])
def test_another_file_or_a_claim_that_says_so_itself_is_confirmed(
    platform: Platform, made: Round, version: int, sha256: str, counted: str
) -> None:
    confirmed(platform, made, case(made, version, FILE))
    assert isinstance(confirming(platform, made, claim(made, version, sha256, counted)), reviewing.Moved)


def test_a_file_that_was_uploaded_to_both_counts_once_too(
    platform: Platform, made: Round, version: int
) -> None:
    roots = [confirmed(platform, made, case(made, version, OTHER))]
    roots.append(received(platform, claim(made, version, FILE)).root_id)
    step(platform, made, roots[1], "approved")
    with platform.database.transaction() as session:
        for record in session.scalars(select(RecordRow).where(RecordRow.root_id.in_(roots))):
            session.add(uploaded(record.id))
    outcome = reviewing.move(platform, made.people["lead"], roots[1], "confirmed")
    assert isinstance(outcome, Refusal) and "proof.pdf" in outcome.sentence["zh"]


def uploaded(record_id: int) -> AttachmentRow:
    """The same file as part of a record."""
    return AttachmentRow(
        record_id=record_id,
        question="proofs/evidence[1]/ev_file",
        position=1,
        name="proof.pdf",
        media_type="application/pdf",
        size=9,
        sha256="ef" * 32,
        shown_sha256="ef" * 32,
        facts={},
        stored_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def test_two_base_indicators_may_rest_on_one_file(platform: Platform, made: Round, version: int) -> None:
    confirmed(platform, made, case(made, version, FILE))
    assert isinstance(confirming(platform, made, case(made, version, FILE)), reviewing.Moved)


def test_in_bulk_only_the_claim_is_left(platform: Platform, made: Round, version: int) -> None:
    confirmed(platform, made, case(made, version, FILE))
    roots = []
    for submission in (claim(made, version, FILE), call_submission(made)):
        roots.append(received(platform, submission).root_id)
        step(platform, made, roots[-1], "approved")
    done, refused = reviewing.confirm_many(platform, made.people["lead"], roots, "rule")
    assert done == roots[1:] and [*refused] == roots[:1]


def test_what_a_score_would_be_without_one_record(platform: Platform, made: Round) -> None:
    roots = fill_round(platform, made)
    before = scoring.unit_score(platform, made.id, made.unit_id)
    effect = scoring.without(platform, made.id, made.unit_id, roots[0])
    assert effect is not None and effect.profile == "S"
    assert {leaf.code for leaf in effect.leaves} == {place[0] for place in before.touched_by(roots[0])}
    assert effect.leaves[0].points == before.leaf(effect.leaves[0].code).points
    reviewing.move(platform, made.people["lead"], roots[0], "void", "重复")
    folding.fold_round(platform, made.id)
    after = scoring.unit_score(platform, made.id, made.unit_id)
    for leaf in effect.leaves:
        now = after.leaf(leaf.code)
        assert (leaf.points_without, leaf.low_without, leaf.high_without) == (
            now.points,
            now.bound_low,
            now.bound_high,
        )
    assert effect.base.low_without == after.base.bound_low
    assert scoring.without(platform, made.id, made.unit_id, roots[0]) is None
