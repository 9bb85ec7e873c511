"""Every cell of both profiles reaches no points, some and all of them by answers that the forms accept; and
the measures are those of the table: method, transform, least number of records, parameters, weights."""

import functools

import pytest

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import parse_profiles
from surveyapp.evaluation.scoring import Observation, estimate
from surveyapp.forms.definition import Question, Repeat
from tests.evaluation import jilin
from tests.questionnaires.opened import observed, opened

FRAMEWORK = jilin.framework()
PROFILES, _ = parse_profiles(jilin.data("profiles.toml"), FRAMEWORK)
SHA = "0123456789abcdef" * 4
INSTRUMENTS = ("citizen", "call", "visit", "interview", "hall", "document", "panel", "publication")
SCALES = (("yes", "no"), ("proved", "none"), ("right", "none"), ("4", "0"), ("5", "1"), ("2", "0"))
"""(best, worst) codes of lists of choices; the first pair a list holds is its scale."""
WHOLE = 4
PARTS = {
    "tasks_on_time": "tasks_total", "items_reviewed": "items_all", "items_published": "items_all",
    "lead_quarters": "", "instant_same_day": "", "promised_on_time": "", "cases_settled": "",
    "entered": "must_enter", "findings_known": "findings_all", "means_seen": "means_planned",
    "tickets_done": "tickets", "receipts_kept": "receipts", "exit_done": "exit_asked",
    "cross_kept": "cross_cases", "answer_d1": "enquiries", "answer_right": "enquiries",
    "status_true": "status_cases", "tries_reached": "tries", "tries_acknowledged": "tries",
    "tries_answered": "tries", "solved_true": "solved_claimed", "excluded_valid": "excluded_seen",
    "files_kept": "files_reread", "recent_listed": "recent_named", "vignettes_right": "vignettes",
    "recited_same": "recited", "instant_done": "instant_seen", "promised_kept": "promised_seen",
    "guides_right": "guides_seen", "items_accepted": "items_asked", "referred_no": "referred_asked",
    "self_solved": "self_seen",
}  # fmt: skip
"""Counts that are part of another one: all of it at best, none at worst."""
NONE = {
    *("tasks_late", "promised_open", "promised_stopped", "cases_refused", "cases_running", "exempt"),
    *("answer_d2", "answer_d3", "answer_d4"),
}
BASE = {
    "citizen": {"age14": "yes", "callback_consent": ""},
    "call": {"line": "l1", "slot": "A", "seconds_to_answer": "12", "transfers": ""},
    "visit": {"no_position": "device", "hall_state": "open", "proofs": "ticket board", "spotted": "no"},
    "interview": {
        "form_of": "single",
        "rank": "partner",
        "told": "OK",
        "recording": "no",
        "vignettes": "3",
        "share_counted": "50",
    },
    "hall": {
        "check_date": "2018-11-12",
        "announced": "letter",
        "observer": "first",
        "hall_state": "open",
        "no_position": "device",
        "items_n": "1",
        "item_code": "a",
    },
    "document": {
        "coder": "first",
        "period_from": "2018-01-01",
        "period_to": "2018-10-31",
        "evidence_n": "1",
        "ev_kind": "document",
        "ev_sha256": SHA,
        "ev_locator": "1",
        "ev_claim": "a",
        "ev_verdict": "proved",
        "plan_state": "issued",
        "list_sha256": SHA,
        "target_percent": "",
        "case_no": "a",
        "item_code": "a",
        "steps_before": "10",
        "papers_before": "10",
        "days_before": "10",
        "steps_target": "50",
        "papers_target": "50",
        "days_target": "50",
        "cut_source": "a",
        "claim_name": "a",
        "claim_prescribed": "no",
        "claim_counted": "no",
    },
    "panel": {"round": "1", "recused": "none", "read_files": "OK", "reason": "依据第三页。"},
    "publication": {
        "item_code": "a",
        "channel": "net",
        "check_no": "1",
        "checked_on": "2018-11-14",
        "must_publish": "yes",
        "link": "https://example.org/a",
        "snapshot_sha256": SHA,
        "dated": "yes",
        "decided_on": "2018-06-01",
        "published_on": "2018-10-30",
    },
}
BEST = {
    "citizen": {
        "times_on_site": "1",
        "done": "done",
        "extra_papers": "same",
        "enquiry": "quick",
        "status_true": "true",
        "complaint_usable": "good",
        "sent_elsewhere": "none",
    },
    "call": {"outcome": "A1"},
    "visit": {"enquiry_days": "1", "exit_failed": "0"},
    "hall": {"exit_failed": "0"},
    "interview": {"facts_named": "aim task deadline office appraisal", "share_said": "50"},
    "document": {
        "plan_days": "30",
        "case_visits": "1",
        "case_correction": "none",
        "steps_now": "5",
        "papers_now": "5",
        "days_now": "5",
    },
    "publication": {"clicks": "3", "delay_days": "20"},
}
WORST = {
    "citizen": {
        "times_on_site": "2",
        "done": "done",
        "extra_papers": "more",
        "enquiry": "none",
        "online_used": "yes",
        "complaint_known": "yes",
        "status_true": "none",
        "complaint_usable": "bad",
        "sent_elsewhere": "office",
    },
    "call": {"outcome": "B1", "seconds_to_answer": ""},
    "visit": {"enquiry_days": "5", "exit_failed": "4"},
    "hall": {"exit_failed": "4"},
    "interview": {"facts_named": "none", "share_said": "60"},
    "document": {
        "plan_days": "90",
        "case_visits": "2",
        "case_correction": "agency",
        "steps_now": "10",
        "papers_now": "10",
        "days_now": "10",
    },
    "publication": {"clicks": "4", "delay_days": "40"},
}
MORE = {
    "citizen": ({}, {"complaint_known": "no", "done": "failed"}),
    "call": ({"purpose": "consult"}, {"purpose": "complaint"}),
    "document": tuple({"subject": one} for one in ("unit", "case", "item", "claim")),
    "publication": ({"found": "yes"}, {"found": "no"}),
    "interview": ({}, {"rank": "window"}),
}
"""Answers by which the records of one instrument differ; one record when there is no line."""


def record(name, best, given):
    """A record whose every answer is as good, or as bad, as its form allows."""
    form = opened(name).form

    def inside(items):
        answers = {}
        for item in items:
            if isinstance(item, Repeat):
                answers[item.name] = [inside(item.children)]
            elif not isinstance(item, Question):
                answers[item.name] = inside(item.children)
            elif value := given.get(item.name, _value(item, best)):
                answers[item.name] = value
        return answers

    return inside(form.children)


def _value(question, best):
    if question.itemset:
        codes = {choice.value for choice in question.itemset.choices}
        return next((pair[not best] for pair in SCALES if set(pair) <= codes), "")
    if question.type == "integer" and question.name in NONE:
        return "0"
    if question.type == "integer" and question.name in PARTS:
        return str(WHOLE) if best and question.name != "vignettes_right" else ("3" if best else "0")
    return str(WHOLE) if question.type == "integer" and question.name in (*PARTS.values(), *COUNTS) else ""


COUNTS = {"extract_rows", "instant_accepted", "promised_due", "cases_accepted"}


@functools.cache
def reached(name):
    """Measure -> (its worst, its best) value among the records of an instrument."""
    found = {}
    for best, level in ((False, WORST), (True, BEST)):
        for more in MORE.get(name, ({},)):
            given = {**BASE[name], **level.get(name, {}), **more}
            for key, value in observed(name, record(name, best, given)).items():
                found.setdefault(key, {False: [], True: []})[best].append(value)
    return found


def achievement(measure: Measure, values):
    stratum = "A" if measure.stratum else ""
    seen = [
        Observation(f"r{n}", 1, "u", measure.indicator, measure.method, measure.key, value, stratum=stratum)
        for n, value in enumerate(values)
    ]
    found = estimate(measure, seen)
    assert found.status == "collected", measure.key
    assert found.excluded == ()
    return found.achievement


CASES = [(name, measure) for name in INSTRUMENTS for measure in opened(name).measures]


@pytest.mark.parametrize(("name", "measure"), CASES, ids=[measure.key for _name, measure in CASES])
def test_records_that_the_form_accepts_reach_nothing_something_and_everything(name, measure):
    values = reached(name)[measure.key]
    worst = min(values[False], key=lambda value: achievement(measure, [value] * measure.min_n))
    best = max(values[True], key=lambda value: achievement(measure, [value] * measure.min_n))
    number = max(measure.min_n, 2)
    assert achievement(measure, [worst] * number) == pytest.approx(0)
    assert achievement(measure, [best] * number) == pytest.approx(1)
    assert 0 < achievement(measure, [worst, *[best] * (number - 1)]) < 1


@pytest.mark.parametrize("code", ["S", "R"])
def test_so_every_cell_of_the_profile_has_a_measure_that_was_tried(code):
    tried = {(m.indicator, m.method) for _name, m in CASES if m.counts_in(code)}
    assert {(leaf, way) for leaf, ways in PROFILES[code].weights.items() for way in ways} <= tried


# (measure, leaf, method, transform, least records, parameters): the table of measures, where it is specific.
TABLE = [
    ("doc_111_tasks", "1.1.1", "文件梳理", "T2", 1, {}),
    ("doc_111_plan", "1.1.1", "文件梳理", "T7", 2, {"full": 30, "none": 90}),
    ("iv_111_facts", "1.1.1", "内部访谈", "T1", 3, {}),
    ("ex_111_tasks", "1.1.1", "专家论证", "T5", 5, {}),
    ("qn_112_can_do", "1.1.2", "服务对象抽查", "T3", 30, {}),
    ("ex_112_law", "1.1.2", "专家论证", "T5", 5, {}),
    ("pb_113_delay", "1.1.3", "以事项公布情况为准", "T7", 10, {"full": 20, "none": 40}),
    ("doc_121_listed", "1.2.1", "文件梳理", "T2", 1, {}),
    ("iv_121_recent", "1.2.1", "内部访谈", "T1", 3, {}),
    ("ex_121_excluded", "1.2.1", "专家论证", "T1", 5, {}),
    ("doc_122_share", "1.2.2", "文件梳理", "T2", 1, {}),
    ("iv_122_agreement", "1.2.2", "内部访谈", "T8", 3, {"tol": 0.1}),
    ("doc_123_case", "1.2.3", "文件梳理", "T1", 30, {}),
    ("iv_123_vignettes", "1.2.3", "内部访谈", "T1", 3, {}),
    ("ex_123_files", "1.2.3", "专家论证", "T1", 5, {}),
    ("qn_123_one_visit", "1.2.3", "服务对象抽查", "T1", 30, {}),
    ("vs_123_one_trip", "1.2.3", "政务大厅调研", "T1", 2, {}),
    ("doc_1311_lead", "1.3.1.1", "文件梳理", "T4", 2, {}),
    ("iv_1311_known", "1.3.1.1", "内部访谈", "T1", 3, {}),
    ("iv_1312_rubric", "1.3.1.2", "内部访谈", "T5", 3, {}),
    ("hl_1312_head", "1.3.1.2", "政务大厅调研", "T4", 2, {}),
    ("doc_2111_item", "2.1.1.1", "文件梳理", "T4", 5, {}),
    ("iv_2112_recited", "2.1.1.2", "内部访谈", "T8", 3, {"tol": 1}),
    ("doc_2121_cuts", "2.1.2.1", "文件梳理", "T4", 5, {}),
    ("qn_2122_no_extra", "2.1.2.2", "服务对象抽查", "T1", 30, {}),
    ("doc_221_instant", "2.2.1", "文件梳理", "T2", 1, {}),
    ("doc_222_promised", "2.2.2", "文件梳理", "T2", 1, {}),
    ("tel_223_right30_r", "2.2.3", "电话征询", "T1", 30, {"tau": 30}),
    ("doc_226_settled", "2.2.6", "文件梳理", "T2", 1, {}),
    ("vs_232_days", "2.3.2", "政务大厅调研", "T7", 2, {"full": 1, "none": 5}),
    ("tel_235_right30", "2.3.5", "电话征询", "T1", 30, {"tau": 30}),
    ("doc_241_recall", "2.4.1", "文件梳理", "T2", 1, {}),
    ("iv_242_rubric", "2.4.2", "内部访谈", "T5", 3, {}),
    ("doc_31_claim", "3.1", "文件梳理", "T5", 1, {}),
]


@pytest.mark.parametrize(
    ("key", "leaf", "method", "rule", "least", "parameters"), TABLE, ids=[t[0] for t in TABLE]
)
def test_the_measure_is_the_one_of_the_table(key, leaf, method, rule, least, parameters):
    measure = next(measure for _name, measure in CASES if measure.key == key)
    assert (measure.indicator, measure.method, measure.transform) == (leaf, method, rule)
    assert (measure.min_n, dict(measure.parameters)) == (least, parameters)


def test_what_a_department_says_of_its_own_cooperation_is_not_scored():
    own = record("interview", True, {**BASE["interview"], **BEST["interview"], "rank": "office"})
    assert "iv_242_rubric" not in observed("interview", own)
