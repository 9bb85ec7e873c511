"""The four questionnaires: complete in both languages, with working routes and measures that fit."""

import random
import re

import pytest

from surveyapp.evaluation.measures import parse_measures
from surveyapp.evaluation.outcomes import recordable_outcomes
from surveyapp.evaluation.profiles import parse_profiles
from surveyapp.evaluation.scoring.transforms import transform
from surveyapp.forms.definition import Group
from tests.evaluation import jilin
from tests.questionnaires.opened import NAMES, filled, observed, opened

FRAMEWORK = jilin.framework()
GIVEN_FACTS = {
    "age14",
    "no_position",
    "hall_state",
    "spotted",
    "form_of",
    "proofs",
    "recording",
    "outcome",
    "purpose",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_questionnaire_converts_without_problem_or_warning(name):
    one = opened(name)
    assert one.converted.warnings == ()
    assert one.form.form_id == f"jilin2018-{name}"
    assert re.fullmatch(r"\d{10}", one.form.version)
    assert (one.form.default_language, set(one.form.languages)) == ("zh", {"zh", "en"})
    assert set(one.form.titles) == {"zh", "en"}


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_chinese_and_english(name):
    for item in opened(name).form.items.values():
        if item.path.startswith("meta") or not (isinstance(item, Group) or item.shown):
            continue
        assert set(item.labels) == {"zh", "en"}, item.path
        if isinstance(item, Group):
            continue
        assert set(item.hints) in ({"zh", "en"}, set()), item.path
        assert item.constraint is None or set(item.constraint_messages) == {"zh", "en"}, item.path
        for choice in item.itemset.choices if item.itemset else ():
            assert set(choice.labels) == {"zh", "en"}, (item.path, choice.value)
            assert re.search(r"[一-鿿]", str(choice.labels["zh"]))
            assert not re.search(r"[一-鿿]", str(choice.labels["en"]))


@pytest.mark.parametrize("name", NAMES)
def test_every_question_of_opinion_or_memory_lets_one_not_know(name):
    for question in opened(name).form.questions:
        if question.itemset and question.name not in GIVEN_FACTS:
            assert any(choice.apart or choice.exclusive for choice in question.itemset.choices), question.path


@pytest.mark.parametrize("name", NAMES)
def test_sections_are_the_top_level_groups_and_only_hidden_fields_stand_outside(name):
    for item in opened(name).form.children:
        assert isinstance(item, Group) or not item.shown or item.name == "meta", item.name


def test_satisfaction_is_asked_in_the_five_official_grades():
    question = opened("citizen").form.find_by_name("overall")
    grades = [str(choice.labels["zh"][0]) for choice in question.itemset.choices if not choice.apart]
    assert grades == ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]


@pytest.mark.parametrize("name", NAMES)
def test_each_measure_reads_existing_questions(name):
    one = opened(name)
    for measure in one.measures:
        for text in (measure.value, measure.filter, measure.cluster):
            if text:
                one.form.expression(text)


def cells(name, profile):
    return {(m.indicator, m.method) for m in opened(name).measures if m.counts_in(profile)}


def test_each_instrument_feeds_the_cells_of_its_method():
    for name, method in (("visit", "政务大厅调研"), ("interview", "内部访谈"), ("citizen", "服务对象抽查")):
        listed = {(leaf.code, method) for leaf in FRAMEWORK.leaves if method in leaf.methods}
        assert cells(name, "S") == listed
    assert cells("call", "S") == {("2.2.3", "政务大厅调研")}
    assert cells("call", "R") == {("2.2.3", "电话征询"), ("2.3.5", "电话征询")}
    extra = {code for code, _ in cells("citizen", "R") - cells("citizen", "S")}
    assert extra == {"1.2.3", "2.1.2.2", "2.2.6"}


def test_every_measure_counts_under_a_method_its_profiles_weigh():
    profiles, _ = parse_profiles(jilin.data("profiles.toml"), FRAMEWORK)
    for name in NAMES:
        for measure in opened(name).measures:
            for code in measure.profile:
                assert measure.method in profiles[code].weights[measure.indicator], (measure.key, code)


def test_measure_names_are_unique_over_all_questionnaires():
    rows = [dict(row) for name in NAMES for row in opened(name).converted.measures]
    _, problems = parse_measures(rows, FRAMEWORK)
    assert problems == ()


def test_under_fourteen_everything_after_the_question_is_irrelevant():
    one = opened("citizen").form
    filling = filled("citizen", {"about": {"age14": "no"}, "opinion": {"overall": "5"}})
    assert filling.answers == {"about": {"age14": "no", "screen_out": "1"}}
    assert filling.problems == ()
    shown = [q.path for q in one.questions if q.shown and filling.relevant(q.path)]
    assert [path for path in shown if not path.startswith("meta")] == ["about/age14", "about/under14_note"]


CITIZEN = {
    "about": {"age14": "yes", "matter": "permit", "channel": "both", "date_band": "week"},
    "process": {"times_on_site": "1", "done": "done", "one_go": "yes", "extra_papers": "same"},
    "channels": {"online_used": "yes", "enquiry": "slow", "whole_online": "no", "complaint_known": "no"},
    "opinion": {"overall": "4", "can_do": "5", "once_real": "dk", "pressed": "no"},
}


def citizen(group, **answers):
    return {**CITIZEN, group: {**CITIZEN.get(group, {}), **answers}}


def test_a_citizens_answers_become_observations():
    assert observed("citizen", CITIZEN) == {
        "qn_112_can_do": 5,
        "qn_123_one_visit": 1,
        "qn_2122_no_extra": 1,
        "qn_226_done": 1,
        "qn_232_enquiry": 0.5,
        "qn_233_whole_online": 0,
        "qn_235_known": 0,
    }


def test_a_matter_still_pending_says_nothing_about_being_settled():
    assert "qn_226_done" not in observed("citizen", citizen("process", done="pending"))
    assert observed("citizen", citizen("process", done="failed", one_go=""))["qn_226_done"] == 0


def test_somebody_who_never_went_online_is_not_asked_about_it():
    clean = filled("citizen", citizen("channels", online_used="no")).answers
    assert set(clean["channels"]) == {"online_used", "complaint_known"}


@pytest.mark.parametrize(
    ("group", "answers", "open_path", "closed_path"),
    [
        ("process", {"one_go": "no"}, "process/why_not", "process/why_other"),
        ("process", {"one_go": "no", "why_not": "other"}, "process/why_other", "process/extra_which"),
        ("process", {"times_on_site": "0"}, "process/sent_elsewhere", "process/waiting"),
        ("process", {"times_on_site": "2"}, "process/waiting", "process/why_not"),
        ("process", {"done": "failed"}, "process/why_not", "process/one_go"),
        ("opinion", {"overall": "2"}, "opinion/overall_why", "callback/callback_phone"),
        ("about", {"matter": "other"}, "about/matter_other", "about/under14_note"),
        ("channels", {"complaint_known": "yes"}, "channels/complaint_usable", "opinion/overall_why"),
        ("callback", {"callback_consent": "OK"}, "callback/callback_phone", "opinion/overall_why"),
    ],
)
def test_answers_open_and_close_the_questions_that_follow(group, answers, open_path, closed_path):
    filling = filled("citizen", citizen(group, **answers))
    assert filling.relevant(open_path)
    assert not filling.relevant(closed_path)


@pytest.mark.parametrize(
    ("phone", "good"),
    [("13812345678", True), ("0431-88888888", True), ("12345", False), ("23812345678", False), ("", False)],
)
def test_a_telephone_number_is_asked_only_with_consent_and_checked(phone, good):
    wanted = citizen("callback", callback_consent="OK", callback_phone=phone)
    assert (filled("citizen", wanted).problems == ()) is good
    unasked = filled("citizen", citizen("callback", callback_phone=phone))
    assert unasked.problems == ()
    assert "callback" not in unasked.answers or "callback_phone" not in unasked.answers["callback"]


@pytest.mark.parametrize(
    ("group", "answers"),
    [
        ("process", {"one_go": "no", "why_not": "dk own"}),
        ("opinion", {"overall": "1", "overall_why": "none speed"}),
    ],
)
def test_none_of_these_excludes_the_others(group, answers):
    assert [p.code for p in filled("citizen", citizen(group, **answers)).problems] == ["choice_exclusive"]


def test_the_call_form_offers_exactly_the_codes_that_can_be_recorded():
    choices = opened("call").form.find_by_name("outcome").itemset.choices
    assert [choice.value for choice in choices] == [outcome.code for outcome in recordable_outcomes()]


def call(outcome, seconds="", **other):
    answers = {"line": "L1", "slot": "A", "seconds_to_answer": seconds, "call": {"outcome": outcome} | other}
    if outcome in ("A1", "A2", "A3", "A5", "A6"):
        answers["talk"] = {"named": "yes"}
    return answers


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        (call("A1", "30"), 1),
        (call("A1", "30.1"), 0),
        (call("A1"), 0),
        (call("A3", "5"), 1),
        (call("A6", "5"), 0),
        (call("B1"), 0),
        (call("B7", fault="none"), 0),
        (call("C1"), None),
        (call("C3"), None),
        (call("D1", appointment="值班员，下午三点"), None),
        (call("A1", "5", purpose="complaint"), None),
    ],
)
def test_a_call_counts_for_2_2_3_when_it_is_eligible_and_right_within_thirty_seconds(answers, value):
    found = observed("call", answers)
    assert found.get("tel_223_right30_s") == value
    assert found.get("tel_223_right30_r") == value


def test_complaint_lines_are_counted_apart():
    assert observed("call", call("A1", "5", purpose="complaint")) == {"tel_235_right30": 1}


VISIT = {
    "site": "S1",
    "arrival": {"position": "43.88 125.32 0 15", "hall_state": "open", "proofs": "ticket board"},
    "hall": {"fac_queue": "yes", "fac_guide": "no", "fac_kiosk": "na", "phone_staffed": "yes"},
    "handling": {"instant_seen": "4", "instant_done": "3", "exit_asked": "0"},
    "online": {"online_depth": "3", "enquiry_days": "2", "enquiry_right": "3", "way_phone": "yes"},
    "improvement": {"spotted": "no"},
}


def test_a_visit_becomes_shares_of_what_could_be_seen():
    assert observed("visit", VISIT) == {
        "vs_1322_facilities": 0.5,
        "vs_221_instant": 0.75,
        "vs_223_staffed": 1,
        "vs_231_depth": 3,
        "vs_232_days": 2,
        "vs_232_right": 3,
        "vs_235_ways": 1,
    }


def test_a_hall_closed_in_its_hours_scores_its_facilities_zero_and_asks_nothing_inside():
    closed = {
        "arrival": {"no_position": "device", "hall_state": "closed", "in_hours": "yes", "proofs": "none"},
        "hall": {"fac_queue": "yes"},
        "improvement": {"spotted": "no"},
    }
    assert observed("visit", closed) == {"vs_1322_facilities": 0}
    assert "hall" not in filled("visit", closed).answers
    lawful = {**closed, "arrival": {**closed["arrival"], "in_hours": "no"}}
    assert observed("visit", lawful) == {}


@pytest.mark.parametrize(
    ("group", "answers", "path"),
    [
        ("arrival", {"proofs": "ticket"}, "arrival/proofs"),
        ("arrival", {"position": ""}, "arrival/no_position"),
        ("handling", {"instant_done": "5"}, "handling/instant_done"),
        ("handling", {"instant_done": ""}, "handling/instant_done"),
        ("online", {"enquiry_days": "-1"}, "online/enquiry_days"),
    ],
)
def test_a_visit_with_impossible_answers_is_refused_at_its_place(group, answers, path):
    wrong = {**VISIT, group: {**VISIT[group], **answers}}
    assert [p.path for p in filled("visit", wrong).problems] == [path]


def test_an_interview_becomes_rubric_levels():
    note = {
        "setting": {
            "form_of": "single",
            "rank": "office",
            "told": "OK",
            "recording": "no",
            "facts_named": "aim task",
        },
        "practice": {"rubric_2_2_3": "3", "rubric_2_2_1": "na"},
    }
    assert observed("interview", note) == {"iv_111_facts": 0.4, "iv_223_rubric": 3}


def test_every_rubric_has_five_anchored_levels_in_order():
    rubrics = [q for q in opened("interview").form.questions if q.name.startswith("rubric_")]
    assert len(rubrics) == 26
    for question in rubrics:
        levels = [choice for choice in question.itemset.choices if not choice.apart]
        assert [choice.value for choice in levels] == ["0", "1", "2", "3", "4"]
        assert all(len(str(choice.labels["zh"][0])) > 3 for choice in levels)


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_a_form_accepts_gives_a_value_off_its_measures_scale(name):
    """150 random records; those with problems are corrected by dropping the answers complained of."""
    one, rng = opened(name), random.Random(42)
    rules = {m.key: transform(m.transform, m.parameters).domain for m in one.measures}
    seen: set[str] = set()
    for _ in range(150):
        found = fold_whatever_is_right(name, random_answers(one.form, rng))
        seen |= set(found)
        for key, value in found.items():
            assert rules[key][0] <= value <= rules[key][1], key
    assert len(seen) >= 0.8 * len(one.measures)


def random_answers(form, rng):
    answers: dict = {}
    for question in form.questions:
        group, _, leaf = question.path.rpartition("/")
        if (not question.shown and leaf not in ("seconds_to_answer", "line", "site")) or group == "meta":
            continue
        place = answers.setdefault(group, {}) if group else answers
        place[leaf] = random_answer(question, rng)
    return answers


def random_answer(question, rng):
    if question.name == "age14":
        return "yes"
    if question.name == "hall_state":
        return rng.choice(["open", "open", "closed"])
    if question.itemset:
        return rng.choice(question.itemset.choices).value
    if question.type == "integer":
        return str(rng.choice([0, 1, 2, 3, 5, 8]))
    if question.type == "geopoint":
        return "43.88 125.32 0 15"
    if question.type == "acknowledge":
        return "OK"
    if question.name == "seconds_to_answer":
        return rng.choice(["", "4.5", "29", "31"])
    return rng.choice(["", "甲"])


def fold_whatever_is_right(name, answers):
    for _ in range(8):
        problems = filled(name, answers).problems
        if not problems:
            return observed(name, answers)
        for problem in problems:
            group, _, leaf = problem.path.rpartition("/")
            place = answers.get(group, {}) if group else answers
            if leaf == "proofs":
                place[leaf] = "ticket board"
            elif problem.code == "required":
                question = opened(name).form.item(problem.path)
                place[leaf] = required_answer(question)
            else:
                place.pop(leaf, None)
    return {}


def required_answer(question):
    if question.itemset:
        return question.itemset.choices[0].value
    if question.type == "integer":
        return "0"
    return "13812345678" if question.name == "callback_phone" else "甲"
