"""Outcome codes, the life of a record, visit positions and record flags."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.evaluation.flags import FLAGS, record_flags
from surveyapp.evaluation.lifecycle import STATES, possible_steps, state_after_edit, transition
from surveyapp.evaluation.outcomes import OUTCOMES, is_suspected_off_hook, recordable_outcomes
from surveyapp.evaluation.visits import Position, haversine_km, outside_fence, position_check

ALL_ROLES = ("admin", "lead", "reviewer", "evaluator", "interviewer", "unit", "viewer", "auditor", "system")


def test_every_outcome_of_the_table_is_there_with_both_labels():
    families = {"A": 6, "B": 8, "C": 3, "D": 1}
    assert list(OUTCOMES) == [f"{f}{n}" for f, count in families.items() for n in range(1, count + 1)]
    assert all(o.label("zh") and o.label("en") for o in OUTCOMES.values())


def test_who_counts_in_which_rate():
    assert {o.code for o in OUTCOMES.values() if o.eligible and o.right_party} == {"A1", "A2", "A3", "A5"}
    assert {o.code for o in OUTCOMES.values() if o.eligible and o.human} == {
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A6",
    }
    assert {o.code for o in OUTCOMES.values() if o.eligible is False} == {"C1", "C2", "C3"}
    assert {o.code for o in OUTCOMES.values() if o.eligible is None} == {"B3", "D1"}


def test_a_dead_number_counts_against_the_department_and_not_for_aapor():
    assert OUTCOMES["B7"].eligible
    assert OUTCOMES["B7"].aapor == "4.3x"


def test_the_derived_code_cannot_be_recorded():
    assert "B3" not in {o.code for o in recordable_outcomes()}


@pytest.mark.parametrize(
    ("attempts", "suspected"),
    [
        ([("B2", "A"), ("B2", "A"), ("B2", "C"), ("B2", "C")], True),
        ([("B2", "A"), ("B2", "A"), ("B2", "A"), ("B2", "A")], False),
        ([("B2", "A"), ("B2", "B"), ("B2", "C")], False),
        ([("B2", "A"), ("B2", "B"), ("B2", "C"), ("B1", "D")], False),
        ([("B2", "A"), ("C1", "A"), ("B2", "B"), ("B2", "C"), ("B2", "D")], True),
        ([], False),
    ],
)
def test_a_line_off_the_hook_is_suspected_after_four_busy_attempts_in_two_day_parts(attempts, suspected):
    assert is_suspected_off_hook(attempts) is suspected


@pytest.mark.parametrize(("state", "to"), list(itertools.product(STATES, STATES)))
def test_no_role_can_take_a_step_the_table_does_not_have(state, to):
    refused = transition(state, to, roles=ALL_ROLES, is_author=to == "corrected", reason="x")
    assert (refused is None) == (to in STATES[state].next)


def test_the_plain_way_of_a_record_takes_two_people():
    assert transition("received", "approved", roles=["reviewer"]) is None
    assert transition("approved", "confirmed", roles=["lead"]) is None
    assert transition("received", "approved", roles=["reviewer"], is_author=True).code == "own_record"
    assert transition("approved", "confirmed", roles=["lead"], is_approver=True).code == "second_person"


def test_the_platform_may_approve_citizens_answers_but_not_confirm_them():
    assert transition("received", "approved", roles=["system"]) is None
    assert transition("approved", "confirmed", roles=["system"]).code == "role"


@pytest.mark.parametrize(
    ("state", "to", "roles"),
    [
        ("received", "approved", ["evaluator"]),
        ("received", "approved", []),
        ("approved", "confirmed", ["reviewer"]),
        ("confirmed", "returned", ["reviewer"]),
        ("received", "returned", ["lead"]),
        ("received", "void", ["admin"]),
    ],
)
def test_a_role_without_the_right_is_refused(state, to, roles):
    assert transition(state, to, roles=roles, reason="x").code == "role"


@pytest.mark.parametrize(
    ("state", "to", "role"),
    [
        ("received", "on_hold", "reviewer"),
        ("received", "returned", "reviewer"),
        ("received", "rejected", "reviewer"),
        ("received", "void", "reviewer"),
        ("confirmed", "returned", "lead"),
        ("confirmed", "void", "lead"),
    ],
)
def test_a_step_back_needs_a_reason(state, to, role):
    assert transition(state, to, roles=[role], reason="  ").code == "reason_missing"
    assert transition(state, to, roles=[role], reason="照片看不清") is None
    assert transition(state, to, roles=[role], reason="x" * 1001).code == "reason_too_long"


def test_only_its_author_corrects_a_returned_record():
    assert transition("returned", "corrected", roles=["evaluator"], is_author=True) is None
    assert transition("returned", "corrected", roles=["lead"]).code == "not_author"
    assert state_after_edit("returned", is_author=True) == "corrected"
    assert state_after_edit("confirmed", is_author=True).code == "not_returned"
    assert state_after_edit("returned", is_author=False).code == "not_author"


def test_nothing_follows_void_and_unknown_states_are_refused():
    assert STATES["void"].next == ()
    assert transition("void", "approved", roles=ALL_ROLES).code == "impossible"
    assert transition("lost", "approved", roles=ALL_ROLES).code == "unknown_state"
    assert transition("received", "lost", roles=ALL_ROLES).code == "unknown_state"


def test_a_reviewer_sees_the_steps_that_are_open():
    steps = [state.code for state in possible_steps("received", roles=["reviewer"])]
    assert steps == ["on_hold", "returned", "approved", "rejected", "void"]
    own = possible_steps("received", roles=["reviewer"], is_author=True)
    assert "approved" not in [state.code for state in own]
    assert STATES["approved"].label("zh") == "通过"
    assert STATES["approved"].label("en") == "Approved"


def test_the_distance_from_nashville_to_los_angeles():
    found = haversine_km(36.12, -86.67, 33.94, -118.40, radius_km=6372.8)
    assert found == pytest.approx(2887.2599506, abs=1e-7)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distances_are_symmetric_and_never_beyond_half_the_earth(a, b, c, d):
    there, back = haversine_km(a, b, c, d), haversine_km(c, d, a, b)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 20015.2


def test_the_fence_grows_with_twice_the_accuracy():
    assert not outside_fence(240, 20)
    assert outside_fence(241, 20)


def test_a_position_is_compared_only_within_one_datum():
    hall = Position(43.8868, 125.3245)
    away = position_check(hall, Position(43.8968, 125.3245, 10))
    assert away.distance_m == pytest.approx(1112, abs=1)
    assert (away.outside, away.limit_m, away.same_datum) == (True, 220, True)
    shifted = position_check(hall, Position(43.8968, 125.3245, 10, "GCJ-02"))
    assert (shifted.outside, shifted.same_datum) == (False, False)


@pytest.mark.parametrize("latitude", [91, float("nan"), float("inf")])
def test_an_impossible_latitude_is_refused(latitude):
    with pytest.raises(ValueError, match="latitude"):
        haversine_km(latitude, 0, 0, 0)


CALM = {
    "about": {"age14": "yes", "channel": "onsite"},
    "process": {"times_on_site": "1", "done": "done"},
    "opinion": {"overall": "4", "can_do": "4", "once_real": "5", "fewer_trips": "3", "pressed": "no"},
}


def survey(group, **answers):
    return {**CALM, group: {**CALM[group], **answers}}


@pytest.mark.parametrize(
    ("answers", "paradata", "flags"),
    [
        (CALM, {"seconds": 90}, ()),
        (CALM, {}, ()),
        (CALM, {"seconds": 5}, ("speeding",)),
        (CALM, {"seconds": "nan"}, ()),
        (survey("opinion", pressed="asked"), {}, ("pressed",)),
        (survey("process", times_on_site="0"), {}, ("contradiction",)),
        (
            survey("opinion", can_do="5", once_real="5", fewer_trips="5", hard_to_follow="5"),
            {},
            ("straight_lining",),
        ),
        (survey("opinion", can_do="5", once_real="5", fewer_trips="5", hard_to_follow="1"), {}, ()),
        ({"about": {"age14": "yes"}}, {}, ("no_answers",)),
        (CALM, {"skew": -4000}, ("clock_skew",)),
    ],
)
def test_survey_flags(answers, paradata, flags):
    assert record_flags("survey", answers, paradata, {}) == flags


@pytest.mark.parametrize(
    ("answers", "extra", "flags"),
    [
        ({"call": {"outcome": "A1"}, "seconds_to_answer": "9", "seconds_total": "60"}, {}, ()),
        ({"call": {"outcome": "A1"}, "seconds_to_answer": "90", "seconds_total": "60"}, {}, ("time_order",)),
        ({"call": {"outcome": "A1"}}, {}, ("time_missing",)),
        ({"call": {"outcome": "B1"}, "seconds_total": "20"}, {}, ("short_ring",)),
        ({"call": {"outcome": "B1"}, "seconds_total": "61"}, {"in_hours": False}, ("outside_hours",)),
        ({"call": {"outcome": "B7"}}, {}, ("publication_defect",)),
        ({"call": {"outcome": "ZZ"}}, {}, ()),
    ],
)
def test_call_flags(answers, extra, flags):
    assert record_flags("call", answers, {}, extra) == flags


def test_visit_flags():
    good = {"arrival": {"position": "43.8 125.3 0 20", "proofs": "ticket board", "photo_1": "a.jpg"}}
    assert record_flags("visit", good, {}, {"distance_m": 150, "accuracy_m": 20}) == ()
    assert record_flags("visit", good, {"filed_after": 7201}, {"distance_m": 900, "accuracy_m": 20}) == (
        "far_away",
        "filed_late",
    )
    counted = {**good, "hall": {"kiosks": "2"}}
    assert record_flags("visit", counted, {}, {"kiosks": 3}) == ("trap_mismatch",)
    assert record_flags("visit", counted, {}, {"kiosks": 2}) == ()
    bare = {"arrival": {"proofs": "none"}, "improvement": {"spotted": "yes"}}
    assert record_flags("visit", bare, {}, {}) == ("few_proofs", "no_photo", "no_position", "spotted")


def test_interview_flags():
    assert record_flags("interview", {"setting": {"told": "OK"}}, {}, {"note_characters": 400}) == ()
    assert record_flags("interview", {}, {}, {"note_characters": 3}) == ("not_told", "too_brief")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["outcome", "told", "x"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(["survey", "call", "visit", "interview", "document"]),
    st.dictionaries(st.sampled_from(["call", "outcome", "position", "seconds_total"]), JSON),
    st.dictionaries(st.sampled_from(["seconds", "skew", "filed_after"]), JSON),
    st.dictionaries(st.sampled_from(["distance_m", "accuracy_m", "note_characters"]), JSON),
)
def test_flags_of_strange_records_are_known_codes(kind, answers, paradata, extra):
    assert set(record_flags(kind, answers, paradata, extra)) <= set(FLAGS)
