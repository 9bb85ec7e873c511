"""Snapshots of scores: take one, list them, open one, compute it again from its listed records."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.services import explaining, scoring
from surveyapp.storage.queries import scores as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import score_view
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.desk.scores import RECORD_READERS, SCORE_READERS, the_unit
from surveyapp.web.language import _
from surveyapp.web.surroundings import the_platform

RECORDS = 200


@blueprint.get("/scores/<unit_code>/snapshots")
@allowed(*SCORE_READERS)
def snapshots(unit_code: str) -> str:
    """The snapshots of a unit, newest first."""
    around = the_round()
    unit = the_unit(around, unit_code)
    with the_platform().database.reading() as session:
        lines = queries.list_snapshots(session, around.id, unit.id)
    return render_template("desk/snapshots.html", around=around, unit=unit, lines=lines)


@blueprint.post("/scores/<unit_code>/snapshots")
@allowed("lead")
def take_snapshot(unit_code: str) -> Any:
    """Keep the score of now with everything it rests on; refused while a contradiction is undecided."""
    around = the_round()
    unit = the_unit(around, unit_code, ("lead",))
    profile = request.form.get("profile") or None
    taken = explaining.take_final_snapshot(the_platform(), around.id, unit, profile, the_actor().id)
    flash(_("快照已保存。"))
    return redirect(url_for("desk.snapshot", snapshot_id=taken), 303)


def _kept(snapshot_id: int, roles: tuple[str, ...] = SCORE_READERS) -> queries.Kept:
    with the_platform().database.reading() as session:
        kept = queries.find_kept(session, snapshot_id, tops(*roles))
    return kept or abort(404)


@blueprint.get("/snapshots/<int:snapshot_id>")
@allowed(*SCORE_READERS)
def snapshot(snapshot_id: int) -> str:
    """A snapshot as it was stored: what it says, what it rests on, its hashes."""
    return _page(_kept(snapshot_id))


@blueprint.post("/snapshots/<int:snapshot_id>/recompute")
@allowed(*RECORD_READERS)
def recompute(snapshot_id: int) -> str:
    """Compute it again from nothing but its listed records and say whether every digit is the same."""
    kept = _kept(snapshot_id, RECORD_READERS)
    return _page(kept, scoring.recompute(the_platform(), snapshot_id))


def _page(kept: queries.Kept, again: scoring.Recomputed | None = None) -> str:
    return render_template(
        "desk/snapshot.html",
        kept=kept,
        row=kept.row,
        result=kept.row.result,
        again=again,
        records=kept.row.inputs["records"][:RECORDS],
        opens=the_actor().covers(kept.unit.path, *RECORD_READERS),
        show=score_view,
    )
