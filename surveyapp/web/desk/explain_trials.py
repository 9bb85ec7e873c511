"""Other rules tried beside the official result, and all defensible choices at once. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from surveyapp.evaluation.explaining.trial import RATES
from surveyapp.evaluation.methods import METHODS
from surveyapp.evaluation.problem import Problem
from surveyapp.services import explaining, scoring
from surveyapp.services.explaining import Trial, Wish
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.explain import Subject, page, the_subject
from surveyapp.web.desk.scores import SCORE_READERS
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform


class BadNumber(ValueError):
    """A field that should hold a number holds something else; the message is a sentence."""


@blueprint.get("/explain/trial")
@allowed(*SCORE_READERS)
def trial_page() -> tuple[str, int]:
    """Other weights and rules on the evidence of now, beside the official result and marked as a trial."""
    subject = the_subject()
    official = subject.on
    if subject.on.profile.code != subject.around.profile:
        official = scoring.round_basis(the_platform(), subject.around.id)
    problem, found = "", None
    try:
        outcome = explaining.trial(the_platform(), official, subject.on, subject.units, _wish(subject))
        if isinstance(outcome, Problem):
            problem = either(dict(outcome.sentence))
        else:
            found = outcome
    except BadNumber as error:
        problem = str(error)
    return _page(subject, found, problem), 422 if problem else 200


def _page(subject: Subject, found: Trial | None, problem: str) -> str:
    weights = subject.on.profile.weights
    used = {method for methods in weights.values() for method in methods}
    rates = [one for one in subject.on.measures if one.transform in RATES]
    return page(
        "trial",
        subject,
        found=found,
        problem=problem,
        methods=[(number, method) for number, method in enumerate(METHODS) if method in used],
        rates=[one for one in rates if one.counts_in(subject.on.profile.code)],
        given=request.args,
    )


def _wish(subject: Subject) -> Wish:
    given = request.args
    missing = subject.on.profile.missing
    policy, insufficient = given.get("policy", ""), given.get("insufficient", "")
    return Wish(
        methods=_numbers({method: f"m{number}" for number, method in enumerate(METHODS)}),
        points=_numbers({leaf.code: f"p{leaf.code}" for leaf in subject.on.loaded.framework.leaves}),
        targets=_numbers({one.key: f"t_{one.key}" for one in subject.on.measures}),
        policy=policy if policy in ("renormalise", "bounds") else missing.policy,
        c_min=_number(given.get("c_min", "")),
        insufficient=insufficient if insufficient in ("use", "missing") else missing.insufficient,
        without_flagged=given.get("flagged") == "without",
    )


def _numbers(names: Mapping[str, str]) -> dict[str, float]:
    """The numbers given under these names; empty fields are left as the rule is."""
    found = {key: _number(request.args.get(name, "")) for key, name in names.items()}
    return {key: value for key, value in found.items() if value is not None}


def _number(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadNumber(_("“%(text)s”不是数字。请改成数字，或留空表示不变。", text=text[:40])) from None


@blueprint.get("/explain/choices")
@allowed(*SCORE_READERS)
def choices_page() -> str:
    """How much of each total and rank hangs on choices that could have been made otherwise."""
    subject = the_subject()
    found = explaining.choices(the_platform(), subject.on, subject.units) if subject.units else None
    names = {str(unit.id): unit.name for unit in subject.units}
    return page("choices", subject, found=found, names=names)
