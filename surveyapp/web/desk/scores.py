"""Scores of units, opened down to the records: unit, leaf, method, measure, record list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.scoring import LeafScore, MeasureEstimate, UnitScore, compare, ranked, scored_sum
from surveyapp.services import scoring
from surveyapp.services.scoring import Basis, Blocked, Connection
from surveyapp.storage.queries import scores as queries
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.queries.scores import RoundRow, UnitRow
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import score_view
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.desk.score_figures import waterfall
from surveyapp.web.errors import refusal
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

SCORE_READERS = ("lead", "viewer", "auditor")
RECORD_READERS = ("lead", "auditor")
PAGE = 50


@dataclass(frozen=True)
class View:
    """What a score page is about, and what its links keep."""

    around: RoundRow
    unit: UnitRow
    on: Basis
    pending: bool
    score: UnitScore

    @property
    def keep(self) -> dict[str, Any]:
        """Arguments that every link of the page carries on."""
        kept = {"unit_code": self.unit.code, "round": self.around.code, "profile": self.on.profile.code}
        return kept | ({"pending": 1} if self.pending else {})

    def leaf(self, code: str) -> LeafScore:
        """The leaf of that code; 404 when there is none."""
        return next((leaf for leaf in self.score.leaves if leaf.code == code), None) or abort(404)


@blueprint.errorhandler(Blocked)
def blocked(error: Blocked) -> tuple[str, int]:
    """Scoring waits for a decision: say which, and where it is taken."""
    page = render_template("desk/scores_blocked.html", findings=error.findings, text="")
    return page, 409


@blueprint.errorhandler(scoring.BadMeasures)
@blueprint.errorhandler(scoring.FoldFailed)
def unfit(error: Exception) -> tuple[str, int]:
    """A questionnaire in use does not fit the framework, or a record cannot be read."""
    return render_template("desk/scores_blocked.html", findings=(), text=str(error)), 409


@blueprint.errorhandler(scoring.UnknownSubject)
def unknown(_error: scoring.UnknownSubject) -> Any:
    """A profile or indicator that is not there is a page that is not there."""
    return refusal(404)


def the_unit(around: RoundRow, unit_code: str, roles: tuple[str, ...] = SCORE_READERS) -> UnitRow:
    """The unit of that code in the round, inside the reader's scope by one of `roles`; 404 otherwise."""
    with the_platform().database.reading() as session:
        unit = queries.find_scored_unit(session, around.id, unit_code, tops(*roles))
    return unit or abort(404)


def the_view(unit_code: str, roles: tuple[str, ...] = SCORE_READERS) -> View:
    """The score the address names. Raises Blocked."""
    around = the_round()
    unit = the_unit(around, unit_code, roles)
    pending = request.args.get("pending") == "1"
    on = scoring.basis(the_platform(), around.id, unit.id, request.args.get("profile"))
    return View(around, unit, on, pending, scoring.scored(the_platform(), on, pending))


def page(name: str, view: View, **values: Any) -> str:
    """A page about one unit."""
    return render_template(
        name,
        view=view,
        around=view.around,
        unit=view.unit,
        score=view.score,
        keep=view.keep,
        show=score_view,
        open_measures=_open_measures(),
        opens=the_actor().covers(view.unit.path, *RECORD_READERS),
        **values,
    )


def _open_measures() -> frozenset[str]:
    """What anybody is asked who scans a code: the answers are no drawn sample."""
    with the_platform().database.reading() as session:
        return queries.open_measures(session)


@blueprint.get("/scores")
@allowed(*SCORE_READERS)
def scores() -> str:
    """The units of the round side by side, without a rank; which of them can be told apart."""
    around = the_round()
    platform, pending = the_platform(), request.args.get("pending") == "1"
    on = scoring.round_basis(platform, around.id, request.args.get("profile"))
    with platform.database.reading() as session:
        units = list_units(session, around.id, tops(*SCORE_READERS))
    if pending:
        found = [scoring.scored(platform, scoring.for_unit(platform, on, unit.id), True) for unit in units]
    else:
        found = scoring.scores_of(platform, on, [unit.id for unit in units])
    names = {str(unit.id): unit.name for unit in units}
    pairs = compare(found, on.profile.missing)
    return render_template(
        "desk/scores.html",
        around=around,
        on=on,
        pending=pending,
        rows=list(zip(units, found, strict=True)),
        sums={score.unit: scored_sum(score_view.group(score, "base"), on.profile.missing) for score in found},
        apart=[pair for pair in pairs if pair.separated],
        together=[pair for pair in pairs if not pair.separated],
        doubts={} if pending else scoring.doubts_of(platform, on, found),
        names=names,
        ranks=ranked(found),
        codes={str(unit.id): unit.code for unit in units},
        rules=scoring.standing(platform, scoring.round_basis(platform, around.id)),
        show=score_view,
    )


@blueprint.get("/scores/<unit_code>")
@allowed(*SCORE_READERS)
def unit_page(unit_code: str) -> str:
    """One unit: points with their interval, coverage and bounds, and every leaf."""
    view = the_view(unit_code)
    rules = _standing(view)
    base = score_view.group(view.score, "base")
    return page(
        "desk/unit.html",
        view,
        rows=score_view.rows(view.on.loaded.framework, view.score),
        base=base,
        scored_base=scored_sum(base, view.on.profile.missing),
        lost=score_view.most_lost(view.score),
        calls=_calls(view),
        behind=scoring.count_behind(the_platform(), view.around.id, view.unit.id),
        rules=rules,
        registered=_as_registered(view, rules),
        **_weighed(view),
        fall=waterfall(view.score),
    )


def _weighed(view: View) -> dict[str, Any]:
    """What quality decisions and flagged records do to the figures; nothing for a preview."""
    if view.pending:
        return {"figures": []}
    found = scoring.doubts(the_platform(), view.on, view.score)
    return {"figures": [one.to_json() for one in found.figures], "weight": found}


def _standing(view: View) -> scoring.Standing:
    """What is registered for the round, against the rules of its own profile."""
    platform, own = the_platform(), view.around.profile
    on = view.on if view.on.profile.code == own else scoring.round_basis(platform, view.around.id)
    return scoring.standing(platform, on)


def _as_registered(view: View, rules: scoring.Standing) -> UnitScore | None:
    """The score by the rules first registered, when today's differ; None when there is nothing to compare."""
    if view.pending or view.on.profile.code != view.around.profile:
        return None
    if rules.first is None or not rules.deviations:
        return None
    return scoring.scored(the_platform(), scoring.as_registered(view.on, rules.first))


def _calls(view: View) -> list[tuple[LeafScore, Connection]]:
    """The leaves of the unit that rest on test calls, with the calls behind them."""
    return [(leaf, found) for leaf in view.score.leaves for found in _connections(view, leaf)]


def _connections(view: View, leaf: LeafScore) -> list[Connection]:
    return scoring.connections(the_platform(), leaf, view.around.id, view.unit.id, view.pending)


@blueprint.get("/scores/<unit_code>/<leaf>")
@allowed(*SCORE_READERS)
def leaf_page(unit_code: str, leaf: str) -> str:
    """One leaf: its methods, their measures with formulas, and decisions about missing evidence."""
    return _leaf_page(the_view(unit_code), leaf)


def _leaf_page(view: View, code: str, problem: str = "") -> str:
    leaf = view.leaf(code)
    with the_platform().database.reading() as session:
        decisions = queries.unit_decisions(session, view.around.id, view.unit.id, code)
    return page(
        "desk/leaf.html",
        view,
        leaf=leaf,
        trail=view.on.loaded.framework.ancestors(code),
        calls=_connections(view, leaf),
        decisions=decisions,
        unlisted=_unlisted(view, code),
        problem=problem,
    )


def _unlisted(view: View, code: str) -> scoring.Unlisted | None:
    """What two sources say about items on no list, beside the indicator it belongs to."""
    if code != scoring.UNLISTED_INDICATOR:
        return None
    return scoring.unlisted(the_platform(), view.around.id, view.unit.id)


@blueprint.post("/scores/<unit_code>/<leaf>/decisions")
@allowed("lead")
def decide_cell(unit_code: str, leaf: str) -> Any:
    """Decide what the missing evidence of a leaf or method counts as."""
    view = the_view(unit_code, ("lead",))
    method, kind = request.form.get("method", ""), request.form.get("kind", "")
    reason = request.form.get("reason", "").strip()
    fault = scoring.decide_cell(
        the_platform(), view.around.id, view.unit.id, leaf, method, kind, reason, the_actor().id
    )
    if fault is not None:
        return _leaf_page(view, leaf, either(dict(fault.sentence))), 422
    flash(_("决定已记录，得分已按决定计算。"))
    return redirect(url_for("desk.leaf_page", leaf=leaf, **view.keep), 303)


@blueprint.get("/scores/<unit_code>/<leaf>/<measure>")
@allowed(*RECORD_READERS)
def measure_page(unit_code: str, leaf: str, measure: str) -> str:
    """One measure: its formula filled in, and the records it lists, a page at a time."""
    view = the_view(unit_code, RECORD_READERS)
    score = view.leaf(leaf)
    cells = [(cell, m) for cell in score.cells for m in cell.measures if m.key == measure]
    cell, estimate = cells[0] if cells else abort(404)
    call = next((c for c in _connections(view, score) if c.estimate.key == measure), None)
    chosen, words = _chosen(estimate, call)
    start = max(0, request.args.get("start", 0, type=int))
    shown = [record for record in estimate.records if record.root_id in chosen][start : start + PAGE]
    with the_platform().database.reading() as session:
        facts = queries.records_behind(session, [record.root_id for record in shown])
        left_out = queries.records_behind(session, estimate.excluded[:PAGE])
    return page(
        "desk/measure.html",
        view,
        leaf=score,
        cell=cell,
        measure=estimate,
        records=[(record, facts[record.root_id]) for record in shown if record.root_id in facts],
        total=len(chosen),
        start=start,
        size=PAGE,
        words=words,
        call=call,
        left_out=left_out,
        strata=_strata(estimate),
        kept_filter={
            name: request.args[name] for name in ("outcome", "rate", "within") if name in request.args
        },
    )


def _chosen(estimate: MeasureEstimate, call: Connection | None) -> tuple[set[str], str]:
    """The root ids that the filter of the address leaves, and the filter in words ('' for none)."""
    roots = {record.root_id for record in estimate.records}
    outcome, rate = request.args.get("outcome", ""), request.args.get("rate", "")
    within = request.args.get("within", 0, type=int)
    if call is None or not (outcome or rate):
        return roots, ""
    if outcome in OUTCOMES:
        found = {root for root, attempt in call.attempts.items() if attempt.outcome == outcome}
        return roots & found, f"{outcome} {score_view.outcome_label(outcome)}"
    named = next((r for r in call.rates if r.name == rate and r.tau == within), None) or abort(404)
    hit = {root for root, attempt in call.attempts.items() if scoring.hits(attempt, rate, within)}
    return roots & hit, either(dict(named.label))


def _strata(estimate: MeasureEstimate) -> list[tuple[str, int, float, float]]:
    """(stratum, n, mean, weight in per cent) of a measure whose strata are weighed."""
    observed = {record.stratum for record in estimate.records} & set(estimate.stratum_weights)
    whole = sum(estimate.stratum_weights[name] for name in observed)
    found = []
    for name in sorted(observed):
        values = [record.value for record in estimate.records if record.stratum == name]
        share = estimate.stratum_weights[name] / whole
        found.append((name, len(values), sum(values) / len(values), share))
    return found
