"""The severity of evaluators beside the scores; for those who may see who collected what."""

from __future__ import annotations

from surveyapp.evaluation.explaining.severity import NOTICEABLE, Evaluator
from surveyapp.evaluation.kinds import KINDS
from surveyapp.services import explaining
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.explain import page, the_subject
from surveyapp.web.desk.explain_view import Line
from surveyapp.web.desk.scores import RECORD_READERS
from surveyapp.web.language import _, current_language
from surveyapp.web.surroundings import the_platform


@blueprint.get("/explain/severity")
@allowed(*RECORD_READERS)
def severity_page() -> str:
    """Each evaluator's severity by instrument, the totals without it and without each evaluator."""
    subject = the_subject(RECORD_READERS)
    severities = explaining.severities(the_platform(), subject.on, subject.units)
    sizes = [
        abs(end)
        for panel in severities.found.panels
        for one in panel.evaluators
        for end in (one.low, one.high)
    ]
    return page(
        "severity",
        subject,
        found=severities.found,
        people=severities.names,
        names={str(unit.id): unit.name for unit in subject.units},
        kinds={code: kind.name(current_language()) for code, kind in KINDS.items()},
        problems=_problems(),
        line=lambda one: _line(one, max([*sizes, NOTICEABLE])),
        noticeable=NOTICEABLE,
    )


def _line(one: Evaluator, size: float) -> Line:
    """An evaluator on a track whose middle is 0."""
    low, value, high = ((end / size + 1) / 2 for end in (one.low, one.leniency, one.high))
    return Line("", value, low, high, "bad" if one.needs_training else "")


def _problems() -> dict[str, str]:
    return {
        "few_evaluators": _("只有一位评估员或一个单位，看不出宽严。至少要两位评估员评两个单位。"),
        "few_records": _("记录太少，看不出宽严。记录数应不少于评估员数加单位数。"),
        "apart": _(
            "有的评估员和其他人没有评过共同的单位，宽严和单位好坏分不开。请安排交叉评估：让不同评估员评同一单位。"
        ),
    }
