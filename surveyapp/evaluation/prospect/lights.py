"""Enough, not yet, beyond: what the rule of a plan says of the records so far.

The rule looks at numbers, widths and days, never at how good a result is; the scored share of a plan with
a fixed number comes from that number alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveyapp.evaluation.prospect.aims import INSTRUMENTS, Aim
from surveyapp.evaluation.prospect.sizes import Need
from surveyapp.stats.interval import Interval
from surveyapp.stats.sequential import confidence_sequence

MIN_WORKDAYS = 10
"""Two working weeks, so that no questionnaire is closed on a first good week."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was collected so far: records, half-width of the deciding interval (None: none yet) on 0..1,
    records by quota cell, working days since the first record.
    """

    n: int = 0
    half_width: float | None = None
    cells: Mapping[str, int] = field(default_factory=dict)
    workdays: int = 0


@dataclass(frozen=True, slots=True)
class Lacking:
    """One condition that is not met. `what`: 'plan', 'n', 'width', 'cell', 'days'; `place` names a cell."""

    what: str
    have: float | None
    want: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Light:
    """`state`: 'enough', 'pending' (will be, once what waits is confirmed), 'short', 'beyond' (more than
    planned) or 'open' (no size can be told). `lacking` says what the confirmed records are without.
    """

    state: str
    lacking: tuple[Lacking, ...] = ()


def light(aim: Aim, need: Need, confirmed: Seen, with_pending: Seen) -> Light:
    """What the rule says of a unit's records by one instrument."""
    if need.net is None:
        return Light("open", (Lacking("plan", None, 0.0, need.lack),))
    lacking = lacking_now(aim, need, confirmed)
    if lacking:
        return Light("short" if lacking_now(aim, need, with_pending) else "pending", lacking)
    return Light("beyond" if confirmed.n > need.net else "enough")


def may_turn(aim: Aim, need: Need, confirmed: Seen, waiting: int) -> bool:
    """Whether confirming so many records could complete what is lacking; where not, no preview is needed."""
    if not waiting or need.net is None or not lacking_now(aim, need, confirmed):
        return False
    if stops_by_width(aim):
        return confirmed.workdays >= MIN_WORKDAYS
    return confirmed.n + waiting >= need.net


def lacking_now(aim: Aim, need: Need, seen: Seen) -> tuple[Lacking, ...]:
    """The conditions that are not met: a precision rule for widths, the planned number for all else."""
    if not stops_by_width(aim):
        missing = need.net is not None and seen.n < need.net
        number = (Lacking("n", seen.n, need.net or 0),) if missing else ()
        return (*number, *(_cells(need.cells, seen) if aim.instrument != "call" else ()))
    found = []
    if seen.half_width is None or seen.half_width > aim.half_width + 1e-12:
        found.append(Lacking("width", seen.half_width, aim.half_width))
    found += _cells(dict.fromkeys(need.cells, aim.cell_min), seen)
    if seen.workdays < MIN_WORKDAYS:
        found.append(Lacking("days", seen.workdays, MIN_WORKDAYS))
    return tuple(found)


def stops_by_width(aim: Aim) -> bool:
    """Whether the instrument may stop by its precision; calls never do."""
    return aim.goal in ("width", "mean") and aim.instrument != "call"


def _cells(wanted: Mapping[str, int], seen: Seen) -> tuple[Lacking, ...]:
    return tuple(
        Lacking("cell", seen.cells.get(name, 0), want, name)
        for name, want in wanted.items()
        if seen.cells.get(name, 0) < want
    )


def monitor(successes: float, n: float) -> Interval:
    """The 95 % sequence of intervals of a share, which may be looked at after every call."""
    return confidence_sequence(successes, n)


def stopping_rule(aim: Aim) -> Mapping[str, str]:
    """The rule of an aim in one sentence by language, as it is registered with the plan."""
    one = INSTRUMENTS[aim.instrument]
    if stops_by_width(aim):
        width = f"{100 * aim.half_width:g}"
        zh = (
            f"{one.zh}：95% 区间半宽不超过 {width} 个百分点，每个配额格不少于 {aim.cell_min} 份，"
            f"且从第一份起满 {MIN_WORKDAYS} 个工作日，三项都满足才停止；不因结果好坏而停止。"
        )
        en = (
            f"{one.en}: stop when the half-width of the 95% interval is at most {width} points, every quota "
            f"cell has at least {aim.cell_min}, and {MIN_WORKDAYS} working days have passed since the first; "
            "never because a result looks good or bad."
        )
        return {"zh": zh, "en": en}
    zh = f"{one.zh}：完成计划的数量即停止，不提前停止，也不因结果好坏而加做。"
    en = f"{one.en}: stop at the planned number, neither earlier nor later because of a result."
    return {"zh": zh, "en": en}
