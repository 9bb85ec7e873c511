"""The page “抽样与预算” of a round: the plan's results, its form, and the light during field work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.prospect import GOALS, INSTRUMENTS, curtailed, sequential, whole_cost
from surveyapp.services import scoring
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.planning import sampling
from surveyapp.services.planning.sampling import Ground, Version
from surveyapp.storage.queries.rounds import RoundRow, UnitRow
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import sampling_view
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.rounds import own_round
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

UNITS_A_PAGE = 20
"""Units on a page of the field work, whose scores are computed for it."""


class NotFit(Exception):
    """The round cannot be scored yet, so nothing can be planned for it."""

    def __init__(self, around: RoundRow) -> None:
        super().__init__(around.code)
        self.around = around


@dataclass(frozen=True)
class Opened:
    """What every page of a plan begins with: the round, what is planned for, units led, plans kept."""

    around: RoundRow
    ground: Ground
    units: Sequence[UnitRow]
    versions: Sequence[Version]

    @property
    def inside(self) -> list[UnitRow]:
        """The units planned for that the reader leads, in the order of the plan."""
        mine = {unit.id for unit in self.units}
        return [unit for unit in self.ground.units if unit.id in mine]


def _opened(round_id: int) -> Opened:
    """The round the address names, if the reader leads a part of it. Raises NotFit."""
    around, units = own_round(round_id)
    try:
        ground = sampling.ground_of(the_platform(), round_id)
    except (scoring.Blocked, scoring.BadMeasures, scoring.UnknownSubject) as error:
        raise NotFit(around) from error
    return Opened(around, ground, units, sampling.versions_of(the_platform(), round_id))


@blueprint.errorhandler(NotFit)
def not_fit(error: NotFit) -> tuple[str, int]:
    """Say what has to be put right before anything can be planned."""
    return render_template("desk/sampling_blocked.html", around=error.around), 409


def _none_kept(opened: Opened) -> str:
    return render_template("desk/sampling_none.html", around=opened.around)


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling")
@allowed("lead")
def sampling_plan(round_id: int) -> Any:
    """What the plan (?version, else the newest) leads to, unit by unit."""
    opened = _opened(round_id)
    asked = request.args.get("version", type=int)
    version = next((one for one in opened.versions if one.number == asked), None) if asked else None
    if "version" in request.args and version is None:
        abort(404)
    version = version or (opened.versions[-1] if opened.versions else None)
    if version is None:
        return _none_kept(opened)
    found = sampling.outlooks(opened.ground, version.plan, opened.inside)
    call = version.plan.aim("call")
    verdict = next((one.needs["call"] for one in found if call and one.needs["call"].plan), None)
    shares = sampling_view.verdict_shares(call.bad, call.good) if call else ()
    return render_template(
        "desk/sampling.html",
        around=opened.around,
        ground=opened.ground,
        version=version,
        versions=opened.versions,
        plan=version.plan,
        outlooks=found,
        cost=whole_cost([need for one in found for need in one.needs.values()]),
        call=call,
        verdict=verdict,
        courses=curtailed(verdict.plan, shares) if verdict and verdict.plan else (),
        sequential=sequential(call, verdict.plan.n, shares) if call and verdict and verdict.plan else None,
        show=sampling_view,
    )


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling/edit")
@allowed("lead")
def edit_sampling(round_id: int) -> Any:
    """The form, filled with the newest plan or the usual values."""
    return _form(_opened(round_id), None, {})


def _form(opened: Opened, typed: dict[str, str] | None, refusals: dict[str, str]) -> str:
    ground, versions = opened.ground, opened.versions
    plan = versions[-1].plan if versions else None
    return render_template(
        "desk/sampling_edit.html",
        around=opened.around,
        ground=ground,
        is_whole=len(ground.units) == len(opened.units),
        instruments=[one for code, one in INSTRUMENTS.items() if code in ground.stakes],
        fields={code: sampling.form_fields(code) for code in ground.stakes},
        goals={code: either(dict(words)) for code, words in GOALS.items()},
        typed=sampling.field_texts(ground, plan) if typed is None else typed,
        refusals=refusals,
        has_plan=plan is not None,
        show=sampling_view,
    )


@blueprint.post("/rounds/<int(max=2147483647):round_id>/sampling/edit")
@allowed("lead")
def keep_sampling(round_id: int) -> Any:
    """Keep the plan as another version; what is wrong stands at its field."""
    opened = _opened(round_id)
    typed = {name: text.strip() for name, text in request.form.items()}
    try:
        outcome = sampling.keep_plan(
            the_platform(), the_actor(), opened.ground, typed, typed.get("reason", "")
        )
    except UnknownPlace:
        words = _("本轮还有您范围以外的单位，请由负责全部单位的项目负责人办理。")
        return _form(opened, typed, {"plan": words}), 422
    if not isinstance(outcome, int):
        refusals = {name: either(dict(refusal.sentence)) for name, refusal in outcome.items()}
        return _form(opened, typed, refusals), 422
    flash(_("抽样计划第 %(n)s 版已保存，哈希值见下。", n=outcome))
    return redirect(url_for("desk.sampling_plan", round_id=round_id), 303)


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling/live")
@allowed("lead")
def live_sampling(round_id: int) -> Any:
    """Enough, not yet, beyond: each unit and instrument by the newest plan."""
    opened = _opened(round_id)
    if not opened.versions:
        return _none_kept(opened)
    version, inside = opened.versions[-1], opened.inside
    pages = -(-len(inside) // UNITS_A_PAGE)
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= pages:
        abort(404)
    shown = inside[(page - 1) * UNITS_A_PAGE : page * UNITS_A_PAGE]
    return render_template(
        "desk/sampling_live.html",
        around=opened.around,
        version=version,
        plan=version.plan,
        units=sampling.live_units(the_platform(), opened.ground, version.plan, shown),
        page=page,
        pages=pages,
        show=sampling_view,
    )
