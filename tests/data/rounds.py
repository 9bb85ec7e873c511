"""A small round made through the services, for tests: two units, a hall, a line, people, questionnaires."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from surveyapp.config import resource
from surveyapp.forms.form import Question
from surveyapp.services import (
    accounts,
    arranging,
    correcting,
    folding,
    frameworks,
    linking,
    publishing,
    reviewing,
)
from surveyapp.services.accounts import Actor
from surveyapp.services.collecting import Accepted, Submission, accept
from surveyapp.services.installation import Platform
from tests.data import hashes

KINDS = {"citizen": "survey", "call": "call", "visit": "visit", "interview": "interview"}
PASSWORD = "a password for tests only"
ROLES = ("lead", "reviewer", "evaluator", "interviewer", "unit", "admin", "auditor", "viewer", "expert")


@dataclass(frozen=True)
class Round:
    """Ids of what was made, and the people by role."""

    id: int
    framework_id: int
    unit_id: int
    other_unit_id: int
    site_id: int
    line_id: int
    versions: Mapping[str, int]
    code: str
    people: Mapping[str, Actor]


@cache
def _text(name: str) -> str:
    return (resource("questionnaires") / "jilin-2018" / f"{name}.md").read_text(encoding="utf-8")


def publish_all(platform: Platform) -> dict[str, int]:
    """Publish the four questionnaires; version ids by file name."""
    versions = {}
    for name, kind in KINDS.items():
        outcome = publishing.publish(platform, _text(name), kind)
        assert outcome.version_id is not None, outcome.problems
        versions[name] = outcome.version_id
    return versions


def add_people(platform: Platform, unit_codes: Mapping[str, str]) -> dict[str, Actor]:
    """One account a role; the unit role covers the unit 'hall-a' only, all others everything."""
    people = {}
    with hashes.cheap():
        for role in ROLES:
            accounts.create_user(platform, role, f"{role} 甲", PASSWORD)
            accounts.grant(platform, role, role, unit_codes.get(role, arranging.ROOT_UNIT))
            people[role] = actor_of(platform, role)
    return people


def actor_of(platform: Platform, login: str) -> Actor:
    """The actor behind a login, signed in once."""
    with hashes.cheap():
        token = accounts.sign_in(platform, login, PASSWORD)
    assert token is not None
    actor = accounts.find_actor(platform, token)
    assert actor is not None
    return actor


def make_round(platform: Platform) -> Round:
    """An open round over the notice's framework."""
    arranging.ensure_root(platform)
    unit_id = arranging.add_unit(platform, "hall-a", "甲厅")
    other = arranging.add_unit(platform, "hall-b", "乙厅")
    site_id = arranging.add_site(
        platform, unit_id, "hall-a-1", "甲厅政务服务大厅", "演示路 1 号", (43.9, 125.3)
    )
    line_id = arranging.add_line(
        platform,
        unit_id,
        site_id,
        "hall-a-t1",
        "0431-00000001",
        "咨询电话",
        "办事指南",
        date(2026, 11, 20),
        ["08:30-11:30", "13:30-17:00"],
    )
    source = frameworks.source_from_folder(resource("questionnaires") / "jilin-2018", "吉林省评估指标体系")
    assert isinstance(source, frameworks.Source), source
    framework_id, problems = frameworks.import_framework(platform, source)
    assert framework_id is not None, problems
    versions = publish_all(platform)
    plan = arranging.RoundPlan(
        "r1",
        "测试轮次",
        framework_id,
        "S",
        date(2026, 11, 16),
        date(2026, 12, 31),
        date(2027, 6, 30),
        "评估组",
        "大厅咨询台",
    )
    round_id = arranging.open_round(platform, plan, ["hall-a", "hall-b"], None)
    code = linking.make_link(platform, round_id, site_id, "jilin2018-citizen", "3 号窗口", None)
    people = add_people(platform, {"unit": "hall-a"})
    return Round(round_id, framework_id, unit_id, other, site_id, line_id, versions, code, people)


def citizen_answers(**changed: str) -> dict[str, Any]:
    """A complete, unremarkable citizen's answers; `changed` sets leaves by question name."""
    sections: dict[str, dict[str, str]] = {
        "about": {"age14": "yes", "matter": "permit", "channel": "onsite", "date_band": "week"},
        "process": {
            "times_on_site": "1",
            "done": "done",
            "one_go": "yes",
            "extra_papers": "same",
            "waiting": "w10",
            "sent_elsewhere": "none",
        },
        "channels": {
            "phone": "not_called",
            "online_used": "no",
            "complaint_known": "yes",
            "complaint_usable": "not_used",
        },
        "opinion": {
            "overall": "4",
            "can_do": "4",
            "once_real": "4",
            "hard_to_follow": "2",
            "fewer_trips": "4",
            "change": "better",
            "self_check": "no",
            "pressed": "no",
        },
        "callback": {},
    }
    for name, value in changed.items():
        home = next((s for s, leaves in sections.items() if name in leaves), None)
        sections[home or HOMES[name]][name] = value
    return sections


HOMES = {
    "comment": "opinion",
    "overall_why": "opinion",
    "why_not": "process",
    "callback_consent": "callback",
    "callback_phone": "callback",
}


def new_id() -> str:
    """A fresh submission id."""
    return str(uuid.uuid4())


def citizen_submission(made: Round, submission_id: str = "", **changed: str) -> Submission:
    """A submission through the round's QR link."""
    return Submission(
        submission_id=submission_id or new_id(),
        version_id=made.versions["citizen"],
        round_id=made.id,
        unit_id=made.unit_id,
        site_id=made.site_id,
        answers=citizen_answers(**changed),
        network="192.0.2.7|test",
    )


def received(platform: Platform, submission: Submission) -> Accepted:
    """The accepted submission; fails the test when it is refused."""
    outcome = accept(platform, submission)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def call_submission(made: Round, outcome: str = "A1", seconds: str = "12", **changed: Any) -> Submission:
    """A test call by the evaluator. `changed`: slot, line (a code), unit_id, or answers by question name."""
    unit_id, line = changed.pop("unit_id", made.unit_id), changed.pop("line", "hall-a-t1")
    slot = changed.pop("slot", "A")
    answers: dict[str, Any] = {"line": line, "slot": slot, "call": {"purpose": "consult", "outcome": outcome}}
    if outcome in ("A1", "A2", "A3", "A5", "A6"):
        answers["seconds_to_answer"] = seconds
        answers["talk"] = {"named": "yes"}
        if outcome != "A6":
            answers["talk"] |= {"answer_1": "2", "answer_2": "1", "answer_3": "2"}
    if outcome == "A2":
        answers["talk"]["transfers"] = "1"
    if outcome == "D1":
        answers["call"]["appointment"] = "窗口，次日上午"
    for name, value in changed.items():
        answers["call" if name in ("purpose", "fault") else "talk"][name] = value
    return _collected(made, "call", "evaluator", answers, unit_id)


SEEN = (
    *("fac_queue", "fac_guide", "fac_kiosk", "fac_access", "fac_print", "fac_rating", "fac_complaint"),
    *("fac_notice", "res_staff", "res_system", "res_share", "phone_staffed"),
    *("head_record", "head_walk", "head_fix"),
)
COUNTED = (
    ("instant", "seen", "done"),
    ("promised", "seen", "kept"),
    ("guides", "seen", "right"),
    ("items", "asked", "accepted"),
    ("exit", "asked", "done"),
    ("referred", "asked", "no"),
)


def visit_submission(made: Round, **changed: Any) -> Submission:
    """A mystery visit by the evaluator; `changed`: unit_id, or answers by question name."""
    unit_id = changed.pop("unit_id", made.unit_id)
    yes = dict.fromkeys(SEEN, "yes")
    counts = dict.fromkeys((f"{name}_{all_}" for name, all_, _part in COUNTED), "10")
    done = dict.fromkeys((f"{name}_{part}" for name, _all, part in COUNTED), "9")
    answers: dict[str, Any] = {
        "site": "hall-a-1",
        "arrival": {"position": "43.9 125.3 0 8", "hall_state": "open", "proofs": "ticket board"},
        "hall": yes,
        "handling": counts | done | {"one_trip": "yes"},
        "online": {"online_depth": "3", "online_walk": "yes", "enquiry_days": "1", "enquiry_right": "3"},
        "improvement": {"self_seen": "5", "self_solved": "4", "innovation": "2", "spotted": "no"},
    }
    for name, value in changed.items():
        next(group for group in answers.values() if name in group)[name] = value
    return _collected(made, "visit", "evaluator", answers, unit_id)


def interview_submission(made: Round, platform: Platform, level: str = "3", **changed: Any) -> Submission:
    """An interview note in which every rubric item is rated `level`."""
    unit_id = changed.pop("unit_id", made.unit_id)
    answers: dict[str, Any] = {
        "setting": {
            "form_of": "group",
            "participants": "5",
            "rank": "window",
            "told": "OK",
            "recording": "no",
            "facts_named": "none",
        }
    }
    for question in platform.form(made.versions["interview"]).questions:
        if isinstance(question, Question) and question.name.startswith("rubric_"):
            answers.setdefault(question.path.split("/")[0], {})[question.name] = level
    answers["improvement"] |= changed
    return _collected(made, "interview", "interviewer", answers, unit_id)


def _collected(made: Round, kind: str, login: str, answers: Mapping[str, Any], unit_id: int) -> Submission:
    return Submission(
        submission_id=new_id(),
        version_id=made.versions[kind],
        round_id=made.id,
        unit_id=unit_id,
        collector_id=made.people[login].id,
        answers=answers,
    )


def confirmed(platform: Platform, made: Round, submission: Submission) -> str:
    """The root id of the submission, received, approved by the reviewer and confirmed by the lead."""
    root_id = received(platform, submission).root_id
    step(platform, made, root_id, "approved")
    step(platform, made, root_id, "confirmed")
    return root_id


def step(platform: Platform, made: Round, root_id: str, to: str, reason: str = "") -> None:
    """Move a record; an approval that the platform has given already is no mistake."""
    history = reviewing.history(platform, root_id)
    if history[-1]["to"] == to:
        return
    who = made.people["lead" if to == "confirmed" or history[-1]["to"] == "confirmed" else "reviewer"]
    moved = reviewing.move(platform, who, root_id, to, reason)
    assert isinstance(moved, reviewing.Moved), moved


def correct(platform: Platform, made: Round, root_id: str, submission: Submission) -> None:
    """Send the author's next revision of a returned record, with the answers of `submission`."""
    author = next(who for who in made.people.values() if who.id == submission.collector_id)
    sent = correcting.Correction(new_id(), submission.answers, "按原始记录更正")
    outcome = correcting.correct(platform, author, root_id, sent)
    assert isinstance(outcome, Accepted), outcome


def fill_round(platform: Platform, made: Round, calls: int = 12, surveys: int = 10) -> list[str]:
    """Confirmed evidence for the first unit by all four instruments, folded; the root ids in order.

    Deterministic in content: calls on three numbers in all slots, answers with some spread.
    """
    rng = random.Random(2018)
    sent = [
        call_submission(
            made,
            rng.choice(("A1", "A1", "A1", "A2", "B1", "B2")),
            str(rng.randint(3, 50)),
            slot="ABCD"[n % 4],
            line=f"hall-a-t{n % 3 + 1}",
        )
        for n in range(calls)
    ]
    sent += [
        citizen_submission(
            made,
            overall=rng.choice("345"),
            can_do=rng.choice("2345"),
            once_real=rng.choice("345"),
            fewer_trips=rng.choice("345"),
            self_check=rng.choice(("yes", "no")),
        )
        for _ in range(surveys)
    ]
    sent += [visit_submission(made, instant_done=str(done)) for done in (7, 9, 10)]
    sent += [interview_submission(made, platform, level) for level in "344"]
    roots = [confirmed(platform, made, submission) for submission in sent]
    folding.fold_round(platform, made.id)
    return roots
