"""Why one unit has more points than another, or than itself in another round."""

from __future__ import annotations

from flask import abort, request

from surveyapp.services import explaining, scoring
from surveyapp.storage.queries.rounds import list_rounds, list_units
from surveyapp.storage.queries.scores import RoundRow
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.desk.explain import page, the_subject
from surveyapp.web.desk.scores import SCORE_READERS
from surveyapp.web.surroundings import the_platform


@blueprint.get("/explain/differences")
@allowed(*SCORE_READERS)
def differences_page() -> str:
    """The difference of two scores, leaf by leaf and method by method; nothing to compare is said."""
    subject, platform = the_subject(), the_platform()
    with platform.database.reading() as session:
        rounds = list_rounds(session)
    against = _round_of(rounds, request.args.get("against") or subject.around.code)
    on = subject.on
    if against.id != subject.around.id:
        on = scoring.round_basis(platform, against.id, subject.on.profile.code)
    with platform.database.reading() as session:
        others = list_units(session, against.id, tops(*SCORE_READERS))
    chosen = {"rounds": rounds, "against": against, "others": others}
    if not subject.units or not others:
        return page("differences", subject, split=None, unit=None, other=None, **chosen)
    unit = subject.unit()
    code = request.args.get("other")
    rest = [one for one in others if against.id != subject.around.id or one.id != unit.id]
    other = next((one for one in (others if code else rest) if code in (None, one.code)), None)
    if other is None and code:
        abort(404)
    same = other is None or (other.id == unit.id and against.id == subject.around.id)
    if same or other is None:
        return page("differences", subject, split=None, unit=unit, other=other, **chosen)
    split = explaining.difference(platform, (subject.on, unit.id), (on, other.id))
    return page("differences", subject, split=split, unit=unit, other=other, **chosen)


def _round_of(rounds: list[RoundRow], code: str) -> RoundRow:
    return next((row for row in rounds if row.code == code), None) or abort(404)
