"""Quality checks of a round: what they found, opened to records and reasons, and what is decided on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.quality import KINDS_OF_DECISION, RULES
from surveyapp.evaluation.quality.rules import FAMILIES
from surveyapp.services import screening
from surveyapp.storage.queries import quality as queries
from surveyapp.storage.queries.quality import FindingLine
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

READERS = ("lead", "reviewer", "auditor")
DECIDERS = ("lead", "reviewer")


@dataclass(frozen=True)
class Shown:
    """A finding with its rule, ready to be shown."""

    line: FindingLine
    family: str
    title: str
    sentence: str
    is_open: bool


def _shown(line: FindingLine) -> Shown:
    rule = RULES[line.row.code]
    title = either({"zh": rule.zh, "en": rule.en})
    is_open = rule.each and line.undecided > 0
    return Shown(line, rule.family, title, either(dict(line.row.sentence)), is_open)


@blueprint.get("/quality")
@allowed(*READERS)
def quality() -> str:
    """The findings of the newest run by instrument; all of them, or only those with undecided records."""
    around = the_round()
    only_open, family = request.args.get("open") == "1", request.args.get("family", "")
    with the_platform().database.reading() as session:
        run = queries.newest_run(session, around.id)
        lines = queries.list_findings(session, run.id, tops(*READERS)) if run else []
    found = [_shown(line) for line in lines]
    kept = [one for one in found if (not only_open or one.is_open) and family in ("", one.family)]
    return render_template(
        "desk/quality.html",
        around=around,
        run=run,
        families=[
            (code, either(dict(words)), mine)
            for code, words in FAMILIES.items()
            if (mine := [one for one in kept if one.family == code])
        ],
        names={code: either(dict(words)) for code, words in FAMILIES.items()},
        total=len(found),
        open=sum(one.is_open for one in found),
        only_open=only_open,
        family=family,
    )


@blueprint.post("/quality/run")
@allowed("lead", "reviewer")
def check_round() -> BaseResponse:
    """Run the checks over the records as they are now."""
    around = the_round()
    found = screening.check_round(the_platform(), around.id, the_actor().id)
    flash(_("核查完毕，共 %(n)s 项发现。", n=found))
    return redirect(url_for("desk.quality", round=around.code), 303)


def _finding(finding_id: int) -> FindingLine:
    with the_platform().database.reading() as session:
        line = queries.find_finding(session, finding_id, tops(*READERS))
    return line or abort(404)


@blueprint.get("/quality/<int:finding_id>")
@allowed(*READERS)
def quality_finding(finding_id: int) -> str:
    """One finding: reason, numbers, rule, its records with what is decided, and the form to decide."""
    return _page(finding_id)


def _page(finding_id: int, problem: str = "") -> str:
    line = _finding(finding_id)
    with the_platform().database.reading() as session:
        records = queries.records_of(session, line.row.records, tops(*READERS))
    rule = RULES[line.row.code]
    return render_template(
        "desk/quality_finding.html",
        shown=_shown(line),
        around=line.around,
        rule=rule,
        family=either(dict(FAMILIES[rule.family])),
        numbers=line.row.evidence["numbers"],
        limits=line.row.evidence["limits"],
        records=records,
        waiting=[one for one in records if one.proposed is not None],
        kinds={code: either(dict(words)) for code, words in KINDS_OF_DECISION.items()},
        may_decide=the_actor().covers(line.unit.path, *DECIDERS),
        may_confirm=the_actor().covers(line.unit.path, "lead"),
        problem=problem,
        entered=request.form,
    )


@blueprint.post("/quality/<int:finding_id>/propose")
@allowed(*DECIDERS)
def quality_propose(finding_id: int) -> Any:
    """Propose a decision on the ticked records of a finding."""
    line = _finding(finding_id)
    chosen = set(request.form.getlist("record")) & set(line.row.records)
    form = request.form
    wish = screening.Wish(
        sorted(chosen), form.get("kind", ""), form.get("factor", ""), form.get("reason", ""), line.row.id
    )
    outcome = screening.propose(the_platform(), the_actor(), line.around.id, wish)
    if isinstance(outcome, Problem):
        return _page(finding_id, either(dict(outcome.sentence))), 422
    return _said(line, outcome, _("已提出 %(n)s 条，等待另一位负责人确认。", n=len(outcome.done)))


@blueprint.post("/quality/<int:finding_id>/confirm")
@allowed("lead")
def quality_confirm(finding_id: int) -> Any:
    """Confirm what another person proposed on the ticked records."""
    line = _finding(finding_id)
    chosen = set(request.form.getlist("record")) & set(line.row.records)
    outcome = screening.confirm(the_platform(), the_actor(), line.around.id, sorted(chosen))
    return _said(line, outcome, _("已确认 %(n)s 条，得分按决定计算。", n=len(outcome.done)))


def _said(line: FindingLine, outcome: screening.Decided, text: str) -> Any:
    if not outcome.done:
        reason = either(dict(outcome.refused[0][1].sentence)) if outcome.refused else _("请选择记录。")
        return _page(line.row.id, reason), 422
    if outcome.refused:
        reason = either(dict(outcome.refused[0][1].sentence))
        text += _("另有 %(n)s 条未办理：%(reason)s", n=len(outcome.refused), reason=reason)
    flash(text)
    return redirect(url_for("desk.quality_finding", finding_id=line.row.id), 303)
