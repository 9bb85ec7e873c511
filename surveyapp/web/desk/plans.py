"""The field plan of a round: test calls drawn from a seed, visits assigned one by one."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.services import planning
from surveyapp.services.planning import Drawn, Wish, WorkWish
from surveyapp.storage.queries.rounds import list_sites
from surveyapp.storage.queries.settings import list_evaluators, list_lines, list_plans, list_work
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.desk.rounds import own_round, typed_date
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import ZONE, the_platform

TYPED = ("first", "last", "holidays", "extra_workdays", "calls_per_line", "seed", "scenario")
MOST_DAYS = 400


@blueprint.get("/rounds/<int(max=2147483647):round_id>/calls")
@allowed("lead")
def call_plan(round_id: int) -> str:
    """The plans of calls that were stored, and the form to draw another one."""
    return _calls(round_id, "", None)


def _calls(round_id: int, problem: str, drawn: Drawn | None) -> str:
    around, _units = own_round(round_id)
    with the_platform().database.reading() as session:
        lines = list_lines(session, round_id, tops("lead"))
        evaluators, plans = list_evaluators(session), list_plans(session, round_id)
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    if drawn is not None:
        typed["seed"] = drawn.wish.seed
    return render_template(
        "desk/rounds_calls.html",
        around=around,
        lines=lines,
        evaluators=evaluators,
        plans=plans,
        problem=problem,
        drawn=drawn,
        typed=typed,
        chosen_lines=set(whole_numbers("line")),
        chosen_callers=set(whole_numbers("caller")),
    )


def whole_numbers(name: str) -> tuple[int, ...]:
    """The whole numbers of at most nine digits sent under a name."""
    found = {int(text) for text in request.form.getlist(name) if text.isdecimal() and len(text) < 10}
    return tuple(sorted(found))


@blueprint.post("/rounds/<int(max=2147483647):round_id>/calls")
@allowed("lead")
def draw_calls(round_id: int) -> Any:
    """Draw a plan and show it with its hash; with the hash in the request, store exactly that plan."""
    own_round(round_id)
    wish = _wish()
    if isinstance(wish, str):
        return _calls(round_id, wish, None), 422
    sha256, platform, actor = request.form.get("sha256", ""), the_platform(), the_actor()
    if not sha256:
        drawn = planning.draw_calls(platform, actor, round_id, wish)
        if isinstance(drawn, Drawn):
            return _calls(round_id, "", drawn)
        return _calls(round_id, either(dict(drawn.sentence)), None), 422
    outcome = planning.store_calls(platform, actor, round_id, wish, sha256)
    if not isinstance(outcome, int):
        return _calls(round_id, either(dict(outcome.sentence)), None), 422
    flash(_("已安排 %(n)s 次电话，计划的哈希值见下。", n=outcome))
    return redirect(url_for("desk.call_plan", round_id=round_id), 303)


def _wish() -> Wish | str:
    """What was asked for, or the sentence that says what cannot be read."""
    first, last = (typed_date(request.form.get(name, "")) for name in ("first", "last"))
    holidays, extra = (_days(request.form.get(name, "")) for name in ("holidays", "extra_workdays"))
    if first is None or last is None:
        return _("请选择第一天和最后一天。")
    if (last - first).days > MOST_DAYS:
        return _("从第一天到最后一天不能超过 %(n)s 天。", n=MOST_DAYS)
    if holidays is None or extra is None:
        return _("放假和调休上班的日期请写成 2018-12-31，用空格或逗号分隔。")
    return Wish(
        whole_numbers("line"),
        whole_numbers("caller"),
        first,
        last,
        holidays,
        extra,
        next(iter(whole_numbers("calls_per_line")), 0),
        request.form.get("seed", "").strip(),
        request.form.get("scenario", "").strip(),
    )


def _days(text: str) -> tuple[date, ...] | None:
    """The days in a text; None when a part of it is no date."""
    days = [typed_date(part) for part in re.split(r"[\s,，、;；]+", text.strip()) if part]
    return None if None in days else tuple(day for day in days if day)


@blueprint.get("/rounds/<int(max=2147483647):round_id>/visits")
@allowed("lead")
def visits(round_id: int) -> str:
    """The planned visits, and the form for another one."""
    return _visits(round_id, "")


def _visits(round_id: int, problem: str) -> str:
    around, _units = own_round(round_id)
    with the_platform().database.reading() as session:
        sites, evaluators = list_sites(session, round_id, tops("lead")), list_evaluators(session)
        planned = list_work(session, round_id, tops("lead"), ("visit",))
    return render_template(
        "desk/rounds_visits.html",
        around=around,
        sites=sites,
        evaluators=evaluators,
        planned=planned,
        problem=problem,
        typed=request.form,
    )


@blueprint.post("/rounds/<int(max=2147483647):round_id>/visits")
@allowed("lead")
def assign_visit(round_id: int) -> Any:
    """Plan one visit."""
    own_round(round_id)
    wish = WorkWish(
        "visit",
        next(iter(whole_numbers("evaluator")), 0),
        instant_typed(request.form.get("day", ""), request.form.get("time", "")),
        request.form.get("scenario", "").strip(),
        site_id=next(iter(whole_numbers("site")), 0),
    )
    outcome = planning.assign_work(the_platform(), the_actor(), round_id, wish)
    if not isinstance(outcome, int):
        return _visits(round_id, either(dict(outcome.sentence))), 422
    flash(_("暗访已安排。"))
    return redirect(url_for("desk.visits", round_id=round_id), 303)


def instant_typed(day: str, time: str) -> datetime | None:
    """The instant of a day and a time of day in the project's time zone; None for anything else."""
    try:
        return datetime.fromisoformat(f"{day.strip()}T{time.strip()}").replace(tzinfo=ZONE)
    except ValueError:
        return None


@blueprint.post("/rounds/<int(max=2147483647):round_id>/visits/<int(max=2147483647):visit_id>/cancel")
@allowed("lead")
def cancel_visit(round_id: int, visit_id: int) -> Any:
    """Take a planned visit back."""
    own_round(round_id)
    if not planning.cancel_work(the_platform(), the_actor(), round_id, visit_id):
        abort(404)
    flash(_("已取消这次暗访。"))
    return redirect(url_for("desk.visits", round_id=round_id), 303)
