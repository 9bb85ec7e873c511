"""Two thousand made-up evaluations with known truth: the intervals cover it as often as they say.

Respondents and informants judge every leaf with a mood of their own, so the cells of one instrument are
correlated; halls and days form clusters. 500 rounds of four units, the same in every run.
"""

import datetime as dt
import math
from functools import cache

import numpy as np
from scipy import special

from surveyapp.evaluation.framework.model import Framework, Indicator
from surveyapp.evaluation.profiles import MissingPolicy, Profile
from surveyapp.evaluation.scoring import Observation, ranked, score_unit
from surveyapp.stats.chance import Draws
from tests.evaluation import jilin

ROUNDS, UNITS, LEAVES = 500, 4, 4
DAYS, PER_DAY, INFORMANTS, CASES = 15, 6, 10, 60
ASKED, TALKED, SEEN = "服务对象抽查", "内部访谈", "政务大厅调研"
METHODS = (ASKED, TALKED, SEEN)
WEIGHTS = {ASKED: 0.5, TALKED: 0.25, SEEN: 0.25}
WHY = {"zh": "模拟", "en": "simulation"}
USE = MissingPolicy("renormalise", 0.5, "use", WHY, "lead", dt.date(2018, 11, 30))
CODES = tuple(f"1.{n}" for n in range(1, LEAVES + 1))
LEVELS = (0.56, 0.58, 0.62, 0.72)


def framework() -> Framework:
    def row(number, code, parent, points):
        methods = METHODS if parent else ()
        return Indicator(code, parent, code.count(".") + 1, code, points, points, methods, "base", number)

    rows = [row(1, "1", "", 100.0), *(row(n, code, "1", 100.0 / LEAVES) for n, code in enumerate(CODES, 2))]
    return Framework("simulation", {one.code: one for one in rows})


FRAMEWORK = framework()
PROFILE = Profile("S", WHY, "1", WHY, dict.fromkeys(CODES, WEIGHTS), USE)
MEASURES = {
    (code, method): jilin.measure(f"{kind}_{n}", code, method, rule)
    for n, code in enumerate(CODES)
    for method, kind, rule in ((ASKED, "qn", "T1"), (TALKED, "iv", "T5"), (SEEN, "hall", "T1"))
}


def hits(draws: Draws, shares: np.ndarray, moods: np.ndarray, spread: float) -> np.ndarray:
    """0/1 answers (persons, leaves) with these shares, correlated through moods; `spread` of noise + mood."""
    limits = np.array([special.ndtri(share) for share in shares]) * spread
    noise = draws.normal(len(moods), len(shares))
    return (noise + moods[:, None] < limits).astype(float)


def one_unit(draws: Draws, unit: str, truth: dict[str, np.ndarray]) -> list[Observation]:
    days = np.repeat(draws.normal(DAYS) * 0.3, PER_DAY)
    asked = hits(draws, truth[ASKED], days + draws.normal(DAYS * PER_DAY) * 0.9, math.sqrt(1.9))
    lenience = (draws.uniform(INFORMANTS, 1) - 0.5) * 0.24
    talked = 4 * (truth[TALKED] + lenience + (draws.uniform(INFORMANTS, LEAVES) - 0.5) * 0.16)
    seen = hits(draws, truth[SEEN], draws.normal(CASES) * 0.7, math.sqrt(1.49))
    found = []
    for at, code in enumerate(CODES):
        for method, values in ((ASKED, asked), (TALKED, talked), (SEEN, seen)):
            for person, value in enumerate(values[:, at].tolist()):
                cluster = f"day{person // PER_DAY}" if method == ASKED else ""
                root = f"{method}{person}"
                rule = MEASURES[code, method]
                found.append(jilin.seen(rule, value, root, unit=unit, cluster=cluster))
    return found


@cache
def coverage() -> dict[str, float]:
    """Shares of leaves, totals and whole rankings whose intervals hold the truth, and how wide they are."""
    draws = Draws("simulation-2018")
    leaf, total, naive, joint = [], [], [], []
    for _ in range(ROUNDS):
        scores, true_totals = [], []
        for number, level in enumerate(LEVELS):
            shift = (np.arange(LEAVES) - 1.5) * 0.06
            truth = dict.fromkeys(METHODS, level + shift)
            score = score_unit(
                FRAMEWORK, PROFILE, list(MEASURES.values()), one_unit(draws, str(number), truth)
            )
            points = [100 / LEAVES * (level + one) for one in shift]
            leaf += [one.low <= true <= one.high for one, true in zip(score.leaves, points, strict=True)]
            whole = math.fsum(points)
            total.append(score.base.low <= whole <= score.base.high)
            apart = 1.96 * math.sqrt(math.fsum(one.se**2 for one in score.leaves))
            naive.append(abs(score.base.points - whole) <= apart)
            scores.append(score)
            true_totals.append(whole)
        places = {one.unit: one for one in ranked(scores)}
        ranks = {str(n): 1 + sum(other > mine for other in true_totals) for n, mine in enumerate(true_totals)}
        joint.append(all(places[unit].first <= rank <= places[unit].last for unit, rank in ranks.items()))
    return {
        name: float(np.mean(seen))
        for name, seen in (("leaf", leaf), ("total", total), ("naive", naive), ("ranks", joint))
    }


def test_intervals_of_leaves_and_totals_hold_the_truth_as_often_as_they_say() -> None:
    assert 0.93 <= coverage()["leaf"] <= 0.97
    assert 0.93 <= coverage()["total"] <= 0.97


def test_ranks_for_all_units_at_once_are_on_the_safe_side() -> None:
    assert coverage()["ranks"] >= 0.95


def test_taking_cells_as_independent_claims_far_too_much() -> None:
    assert coverage()["naive"] < 0.9
