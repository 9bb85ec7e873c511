"""The checks over a round: stored once, shown with their records, and figures with and without."""

from __future__ import annotations

from sqlalchemy import text

from surveyapp.services import scoring, screening
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.weighing import weighed_in
from surveyapp.storage import quality
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, confirmed, fill_round

AGREED = ("can_do", "once_real", "fewer_trips", "hard_to_follow")


def codes(platform: Platform, made: Round) -> dict[str, list[str]]:
    with platform.database.reading() as session:
        run = quality.newest_run(session, made.id)
        assert run is not None
        rows = quality.findings_of(session, run.id)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.code, []).extend(row.records)
    return found


def test_a_run_that_finds_the_same_is_not_kept_twice(platform: Platform, made: Round, clock: Clock) -> None:
    fill_round(platform, made, calls=6, surveys=6)
    first = screening.check_round(platform, made.id, made.people["lead"].id)
    assert first > 0
    assert screening.check_round(platform, made.id, None) == first
    with platform.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM quality_runs")) == 1
        assert session.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'quality.check'")) == 1


def test_records_that_contradict_themselves_are_found_and_counted_in_full_until_decided(
    platform: Platform, made: Round
) -> None:
    fill_round(platform, made, calls=4, surveys=8)
    odd = [
        confirmed(platform, made, citizen_submission(made, **dict.fromkeys(AGREED, "5"))) for _ in range(3)
    ]
    scoring.fold_registered(platform, made.id)
    screening.check_round(platform, made.id, None)
    assert set(odd) <= set(codes(platform, made)["record_flag"])
    on = scoring.basis(platform, made.id, made.unit_id, "S")
    with platform.database.reading() as session:
        weight = weighed_in(session, on)
    assert set(odd) <= weight.undecided
    figure = next(one for one in weight.figures(on) if one.code == "1.1.2")
    assert figure.decided == figure.counted and figure.counted is not None
    assert figure.dropped is None or figure.dropped < figure.counted


def test_five_records_of_one_sender_are_named(platform: Platform, made: Round) -> None:
    sent = [confirmed(platform, made, citizen_submission(made)) for _ in range(5)]
    screening.check_round(platform, made.id, None)
    assert sorted(codes(platform, made)["same_sender"]) == sorted(sent)
