"""Connection rates of test calls: five rates, always named, always shown together.

Each carries its denominator, because practice mixes them up. Which one is scored is told by the measures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.outcomes import OUTCOMES, Outcome
from surveyapp.evaluation.strata import share_weights, variance_strata
from surveyapp.stats.complex_samples import design_mean, korn_graubard_interval
from surveyapp.stats.proportions import wilson_interval

THRESHOLDS = (15, 20, 30)
"""Seconds; 15 s is the hotline threshold of GB/T 33358-2016, 30 s the usual limit of test calls."""

SCORED_THRESHOLD = 30
ATTEMPTS_PER_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """A closed call attempt. `order` sorts the attempts of a line (server time or number).

    `seconds_to_answer` is None when nobody answered or it was not measured: then it is in no threshold.
    `answers` are the scripted questions asked, each 0, 1 or 2.
    """

    line: str
    slot: str
    order: str
    outcome: str
    seconds_to_answer: float | None = None
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """hits ÷ base with a 95 % interval on 0..1; value, low and high are None when the base is 0.

    `tau` is the threshold in seconds (None: the rate has none); `interval` names the method.
    """

    name: str
    label: Mapping[str, str]
    tau: int | None
    hits: float
    base: int
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    interval: str


def connection_rates(
    attempts: Sequence[Attempt],
    *,
    thresholds: Sequence[int] = THRESHOLDS,
    slot_weights: Mapping[str, float] | None = None,
) -> tuple[Rate, ...]:
    """R_attempt(τ) and R_right(τ) per threshold, then R_number(3), R_answer and the first-attempt rate.

    Eligible attempts only (our own faults and open appointments are in no denominator). Intervals of
    attempt rates take the number as cluster; with one number each attempt stands alone and the rate
    speaks of that number only. `slot_weights` weighs the slots by volume or hours, as scoring does: then
    attempts in a slot without a weight are left out of the attempt rates. Without them all weigh the same.
    """
    eligible = [attempt for attempt in attempts if OUTCOMES[attempt.outcome].eligible]
    placed = [attempt for attempt in eligible if not slot_weights or attempt.slot in slot_weights]
    weights = share_weights([a.slot for a in placed], [1.0] * len(placed), slot_weights or {})
    rates = []
    for name, zh, en, reached in (
        ("R_attempt", "人工接听率", "answered by a person", lambda o: o.human),
        ("R_right", "本部门接听率", "answered by the right department", lambda o: o.right_party),
    ):
        for tau in thresholds:
            label = {"zh": f"{tau} 秒内{zh}", "en": f"{en} within {tau} s"}
            strata = [attempt.slot if slot_weights else "" for attempt in placed]
            rates.append(_by_attempt(name, label, tau, placed, weights, strata, reached))
    rates.append(_by_number(eligible))
    rates.append(_answer_rate(eligible))
    rates.append(_first_attempt(eligible))
    return tuple(rates)


def _by_attempt(
    name: str,
    label: Mapping[str, str],
    tau: int,
    eligible: Sequence[Attempt],
    weights: Sequence[float],
    strata: Sequence[str],
    reached: Callable[[Outcome], bool],
) -> Rate:
    hits = [
        float(reached(OUTCOMES[a.outcome]) and a.seconds_to_answer is not None and a.seconds_to_answer <= tau)
        for a in eligible
    ]
    lines = [attempt.line for attempt in eligible]
    if len(hits) < 2 or (len(set(lines)) < 2 and len(set(weights)) < 2):
        return _simple(name, label, tau, sum(hits), len(hits))
    if len(set(lines)) < 2:
        lines = [str(number) for number in range(len(hits))]
    found = design_mean(hits, weights, lines, variance_strata(strata, lines))
    p = min(1.0, max(0.0, found.mean))
    low, high = korn_graubard_interval(p, found.se, found.n, found.df)
    return Rate(name, label, tau, sum(hits), len(hits), p, low, high, found.se, "korn_graubard")


def _by_number(eligible: Sequence[Attempt]) -> Rate:
    """Numbers reached at least once (right party) within the first three attempts in different slots."""
    reached = 0
    lines = _lines(eligible)
    for attempts in lines.values():
        slots: dict[str, Attempt] = {}
        for attempt in attempts:
            slots.setdefault(attempt.slot, attempt)
        counted = list(slots.values())[:ATTEMPTS_PER_NUMBER]
        reached += any(OUTCOMES[attempt.outcome].right_party for attempt in counted)
    label = {"zh": "三次之内打通的号码", "en": "numbers reached within three attempts"}
    return _simple("R_number", label, None, reached, len(lines))


def _answer_rate(eligible: Sequence[Attempt]) -> Rate:
    """Right-party calls whose scripted questions were all answered at least in part, of those asked."""
    asked = [a for a in eligible if OUTCOMES[a.outcome].right_party and a.answers]
    label = {"zh": "问题得到答复的比例", "en": "scripted questions answered"}
    return _simple("R_answer", label, None, sum(min(a.answers) >= 1 for a in asked), len(asked))


def _first_attempt(eligible: Sequence[Attempt]) -> Rate:
    """Numbers whose very first eligible attempt reached the right party."""
    lines = _lines(eligible)
    hits = sum(OUTCOMES[attempts[0].outcome].right_party for attempts in lines.values())
    label = {"zh": "首次拨打打通的号码", "en": "numbers reached at the first attempt"}
    return _simple("R_first", label, None, hits, len(lines))


def _lines(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda a: (a.line, a.order)):
        found.setdefault(attempt.line, []).append(attempt)
    return found


def _simple(name: str, label: Mapping[str, str], tau: int | None, hits: float, base: int) -> Rate:
    if base == 0:
        return Rate(name, label, tau, 0, 0, None, None, None, None, "")
    p = hits / base
    low, high = wilson_interval(hits, base)
    se = (p * (1 - p) / (base - 1)) ** 0.5 if base > 1 else None
    return Rate(name, label, tau, hits, base, p, low, high, se, "wilson")
