"""Explanations of scores: what their pages share, and the methods of a unit compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.services import explaining, scoring
from surveyapp.services.scoring import RoundBasis
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.queries.scores import RoundRow, UnitRow
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import explain_trial_view, explain_view, score_view
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.desk.scores import SCORE_READERS, the_unit
from surveyapp.web.errors import refusal
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform


@dataclass(frozen=True)
class Subject:
    """What an explanation is about: a round by a profile, and the units the reader may see."""

    around: RoundRow
    on: RoundBasis
    units: Sequence[UnitRow]

    @property
    def keep(self) -> dict[str, Any]:
        """Arguments that every link of the page carries on."""
        return {"round": self.around.code, "profile": self.on.profile.code}

    def unit(self, name: str = "unit") -> UnitRow:
        """The unit the address names, the first one without a name; 404 for one that is not there."""
        code = request.args.get(name)
        if code is None and self.units:
            return self.units[0]
        return next((unit for unit in self.units if unit.code == code), None) or abort(404)


def the_subject(roles: Sequence[str] = SCORE_READERS) -> Subject:
    """The round and profile the address names, with the units one may see by one of `roles`.

    Raises Blocked, UnknownSubject, BadMeasures.
    """
    around = the_round()
    on = scoring.round_basis(the_platform(), around.id, request.args.get("profile"))
    with the_platform().database.reading() as session:
        units = list_units(session, around.id, tops(*roles))
    return Subject(around, on, units)


def page(name: str, subject: Subject, **values: Any) -> str:
    """A page of explanation."""
    return render_template(
        f"desk/explain_{name}.html",
        subject=subject,
        around=subject.around,
        on=subject.on,
        keep=subject.keep,
        show=score_view,
        explained=explain_view,
        trials=explain_trial_view,
        **values,
    )


@blueprint.errorhandler(explaining.OpenContradictions)
def undecided(error: explaining.OpenContradictions) -> Any:
    """What is about to be published contains a contradiction nobody has decided."""
    return refusal(409, either(dict(error.sentence)), "open-contradictions")


@blueprint.get("/explain/methods")
@allowed(*SCORE_READERS)
def methods_page() -> str:
    """One unit: what each method says of each leaf, and the contradictions with their decisions."""
    return _methods_page(the_subject())


def _methods_page(subject: Subject, problem: str = "", faulty: str = "") -> str:
    if not subject.units:
        return page("methods", subject, unit=None, matrix=None)
    unit = subject.unit()
    (matrix,) = explaining.matrices(the_platform(), subject.on, [unit])
    return page(
        "methods",
        subject,
        unit=unit,
        matrix=matrix,
        methods=explain_view.methods_of(matrix.found),
        problem=problem,
        faulty=faulty,
        may_decide=the_actor().covers(unit.path, "lead"),
    )


@blueprint.post("/explain/methods")
@allowed("lead")
def adjudicate() -> Any:
    """Decide a contradiction: which method is believed, or why both stand."""
    subject = the_subject()
    unit = the_unit(subject.around, request.args.get("unit", ""), ("lead",))
    finding, verdict = request.form.get("finding", ""), request.form.get("verdict", "")
    reason = request.form.get("reason", "").strip()
    fault = explaining.adjudicate(the_platform(), subject.on, unit, finding, verdict, reason, the_actor().id)
    if fault is not None:
        return _methods_page(subject, either(dict(fault.sentence)), finding), 422
    flash(_("裁定已记录。得分不因裁定改变。"))
    return redirect(url_for("desk.methods_page", unit=unit.code, **subject.keep), 303)
