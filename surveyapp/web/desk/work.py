"""The work of a round that is assigned one by one: hall checks, document reviews, panels and the like."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.kinds import KINDS, TASKS, Kind
from surveyapp.forms.form import Form, Question
from surveyapp.services import filing, planning, rating
from surveyapp.services.calling.sending import NoQuestionnaire
from surveyapp.services.planning import WorkWish
from surveyapp.storage.queries.rounds import list_sites, list_units
from surveyapp.storage.queries.settings import list_evaluators, list_work
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.desk.plans import instant_typed, whole_numbers
from surveyapp.web.desk.rounds import own_round
from surveyapp.web.language import _, current_language, either
from surveyapp.web.surroundings import the_platform

KNOWN = "known_"


@blueprint.get("/rounds/<int(max=2147483647):round_id>/work")
@allowed("lead")
def work_plan(round_id: int) -> str:
    """The assigned work of ?kind, and the form for another piece."""
    return _page(round_id, _kind(request.args.get("kind", "hall")), "")


def _kind(code: str) -> Kind:
    return TASKS.get(code) or abort(404)


def _page(round_id: int, kind: Kind, problem: str) -> str:
    around, _units = own_round(round_id)
    mine = tops("lead")
    with the_platform().database.reading() as session:
        sites, units = list_sites(session, round_id, mine), list_units(session, round_id, mine)
        people = list_evaluators(session, kind.collectors)
        every = list_work(session, round_id, mine, tuple(TASKS))
    planned = [one for one in every if one.row.kind == kind.code]
    questions = _questions(round_id, kind)
    return render_template(
        "desk/rounds_work.html",
        around=around,
        kind=kind,
        kinds=TASKS,
        counts={code: sum(one.row.kind == code for one in every) for code in TASKS},
        planned=planned,
        waiting=[one for one in planned if one.row.state != "done"],
        done=[one for one in planned if one.row.state == "done"],
        words={name: dict(options) for name, _label, options in questions or ()},
        places=[(site.id, f"{site.name}（{site.code}）") for site in sites]
        if kind.at_site
        else [(unit.id, f"{unit.name}（{unit.code}）") for unit in units],
        people=[(row.id, f"{row.name}（{row.login}）") for row, _paths in people],
        questions=questions,
        problem=problem,
        typed=request.form,
    )


def _questions(round_id: int, kind: Kind) -> list[tuple[str, str, list[tuple[str, str]]]] | None:
    """Name, label and choices of what can be planned beforehand; None when nothing is published yet."""
    platform, language = the_platform(), current_language()
    try:
        form: Form = platform.form(filing.version_for(platform, kind.code, round_id), round_id)
    except NoQuestionnaire:
        return None
    found = []
    for name in kind.planned:
        item = form.find_by_name(name)
        if isinstance(item, Question):
            choices = item.itemset.choices if item.itemset else ()
            options = [(one.value, rating.text_of(one.labels, language)) for one in choices]
            found.append((name, rating.text_of(item.labels, language), options))
    return found


@blueprint.post("/rounds/<int(max=2147483647):round_id>/work")
@allowed("lead")
def assign_work(round_id: int) -> Any:
    """Assign one piece of work, or draw the call-backs of a unit."""
    own_round(round_id)
    kind = _kind(request.form.get("kind", ""))
    place = next(iter(whole_numbers("place")), 0)
    wish = WorkWish(
        kind.code,
        next(iter(whole_numbers("person")), 0),
        instant_typed(request.form.get("day", ""), request.form.get("time", "")),
        request.form.get("scenario", "").strip(),
        site_id=place if kind.at_site else 0,
        unit_id=0 if kind.at_site else place,
        known={name: request.form.get(KNOWN + name, "").strip()[:200] for name in kind.planned},
    )
    if kind.code == "callback":
        return _draw(round_id, kind, wish)
    outcome = planning.assign_work(the_platform(), the_actor(), round_id, wish)
    if not isinstance(outcome, int):
        return _page(round_id, kind, either(dict(outcome.sentence))), 422
    flash(_("任务已安排。"))
    return redirect(url_for("desk.work_plan", round_id=round_id, kind=kind.code), 303)


def _draw(round_id: int, kind: Kind, wish: WorkWish) -> Any:
    number, seed = next(iter(whole_numbers("number")), 0), request.form.get("seed", "").strip()[:64]
    wish = WorkWish(
        wish.kind,
        wish.user_id,
        wish.planned_at,
        wish.scenario,
        unit_id=wish.unit_id,
        known={"source": "agreed"},
    )
    outcome = planning.draw_callbacks(the_platform(), the_actor(), round_id, wish, number, seed)
    if not isinstance(outcome, tuple):
        return _page(round_id, kind, either(dict(outcome.sentence))), 422
    flash(_("已抽取并安排 %(n)s 个回访。", n=len(outcome)))
    return redirect(url_for("desk.work_plan", round_id=round_id, kind=kind.code), 303)


@blueprint.post("/rounds/<int(max=2147483647):round_id>/work/<int(max=2147483647):work_id>/cancel")
@allowed("lead")
def cancel_work(round_id: int, work_id: int) -> Any:
    """Take planned work back."""
    own_round(round_id)
    if not planning.cancel_work(the_platform(), the_actor(), round_id, work_id):
        abort(404)
    flash(_("已取消这项任务。"))
    kind = request.form.get("kind", "")
    return redirect(url_for("desk.work_plan", round_id=round_id, kind=kind if kind in KINDS else "hall"), 303)
