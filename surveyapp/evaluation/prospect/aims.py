"""What a sampling plan asks for: one aim an instrument, and what each unit offers to draw from.

Plain values that can be stored, hashed and read back; the sizes that follow are in sizes.py.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

GOALS: Mapping[str, Mapping[str, str]] = {
    "width": {"zh": "估准一个比例（半宽）", "en": "a share to within a half-width"},
    "mean": {"zh": "估准一个平均达成度（半宽）", "en": "a mean achievement to within a half-width"},
    "verdict": {"zh": "分清好与不好（判定）", "en": "tell good from bad (verdict)"},
    "fixed": {"zh": "固定数量", "en": "a fixed number"},
    "defects": {"zh": "名单里至少查到一处缺陷", "en": "see at least one defect of a list"},
    "census": {"zh": "全数", "en": "all of them"},
}
CLAIMS = ("these", "population")
METHOD_INSTRUMENT: Mapping[str, str] = {
    "服务对象抽查": "survey",
    "电话征询": "call",
    "政务大厅调研": "hall",
    "内部访谈": "interview",
    "文件梳理": "document",
    "专家论证": "panel",
    "以事项公布情况为准": "publication",
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """A way of collecting that is planned as one. `kinds` are its kinds of records, `goals` what may be
    asked of it, `minutes` its usual length (None: no usual one), `lists` whether a unit has a list of them.
    """

    code: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    goals: tuple[str, ...]
    minutes: float | None = None
    lists: bool = False


INSTRUMENTS: Mapping[str, Instrument] = {
    one.code: one
    for one in (
        Instrument(
            "survey",
            "服务对象抽查",
            "Survey of service users",
            ("survey", "callback"),
            ("width", "mean", "fixed", "census"),
            lists=True,
        ),
        Instrument("call", "测试电话", "Test calls", ("call",), ("verdict", "width", "fixed"), 5),
        Instrument("hall", "大厅核查和暗访", "Hall checks and visits", ("visit", "hall"), ("fixed",), 120),
        Instrument("interview", "内部访谈", "Interviews", ("interview",), ("fixed",), 60),
        Instrument(
            "document",
            "文件梳理",
            "Document review",
            ("document",),
            ("fixed", "defects", "census"),
            lists=True,
        ),
        Instrument("panel", "专家论证", "Expert panel", ("panel",), ("fixed",)),
        Instrument(
            "publication",
            "公布情况核查",
            "Publication check",
            ("publication",),
            ("census", "defects", "fixed"),
            lists=True,
        ),
    )
}
INSTRUMENT_OF: Mapping[str, str] = {kind: one.code for one in INSTRUMENTS.values() for kind in one.kinds}
"""Kind of record -> instrument; self-assessments are no evidence and have none."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is asked of an instrument in every unit. Shares, half-widths and spreads lie on 0..1.

    `p` is the expected share; `sd` the spread of one observation (0: that of a share p). `cluster_size` and
    `correlation` (ρ) say how alike neighbours are. `claim` 'these': about these numbers, which are strata
    then; 'population': about all such numbers, and they are clusters. `response` and `validity` are the
    shares of those approached that answer and that count. `minutes` and `expense` (yuan) are those of one
    approach. `cell_min` is the least number in a quota cell; `measure` the key of the measure whose
    interval decides ('': the widest of all).
    """

    instrument: str
    goal: str
    p: float = 0.5
    half_width: float = 0.05
    bad: float = 0.8
    good: float = 0.9
    alpha: float = 0.05
    power: float = 0.8
    n: int = 0
    defects: int = 1
    sd: float = 0.0
    cluster_size: float = 1.0
    correlation: float = 0.0
    claim: str = ""
    response: float = 1.0
    validity: float = 1.0
    minutes: float = 0.0
    expense: float = 0.0
    cell_min: int = 0
    measure: str = ""

    @property
    def spread(self) -> float:
        """The standard deviation of one observation."""
        return self.sd or math.sqrt(self.p * (1 - self.p))


@dataclass(frozen=True, slots=True)
class Stratum:
    """A layer to draw from: how many it holds (or its share) and its expected share (None: the aim's)."""

    size: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What one unit offers to one instrument: how many there are (None: not known, taken as unlimited),
    how many clusters (published numbers; 0: none), and the strata by name.
    """

    population: int | None = None
    clusters: int = 0
    strata: Mapping[str, Stratum] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A round's sampling plan. `hourly` is yuan for an hour of work, `budget` yuan in all (0: not set).

    `correlation` is that between leaves which one instrument feeds (0..1). `limits` are the lowest shares of
    the grades, falling. `frames` are by unit code and instrument.
    """

    aims: tuple[Aim, ...]
    frames: Mapping[str, Mapping[str, Frame]]
    allocation: str = "proportional"
    correlation: float = 0.5
    limits: tuple[float, ...] = ()
    hourly: float = 0.0
    budget: float = 0.0

    def aim(self, instrument: str) -> Aim | None:
        """The aim of an instrument, None when it is not planned."""
        return next((aim for aim in self.aims if aim.instrument == instrument), None)

    def frame(self, unit: str, instrument: str) -> Frame:
        """What a unit offers; an empty frame when nothing was said."""
        return self.frames.get(unit, {}).get(instrument, Frame())

    def piece_cost(self, aim: Aim) -> float:
        """Yuan for one observation that counts: work and expense of all approaches it takes."""
        return (aim.minutes / 60 * self.hourly + aim.expense) / (aim.response * aim.validity)


def as_plain(plan: Plan) -> dict[str, Any]:
    """The plan as values for JSON, in a fixed order."""
    return asdict(plan) | {"aims": [asdict(aim) for aim in plan.aims], "limits": list(plan.limits)}


def from_plain(content: Mapping[str, Any]) -> Plan:
    """The plan that as_plain wrote; strata by name, since a database may not have kept their order."""
    frames = {
        unit: {
            code: Frame(
                one["population"],
                one["clusters"],
                {name: Stratum(**layer) for name, layer in sorted(one["strata"].items())},
            )
            for code, one in by_code.items()
        }
        for unit, by_code in content["frames"].items()
    }
    aims = tuple(Aim(**aim) for aim in content["aims"])
    rest = {name: content[name] for name in ("allocation", "correlation", "hourly", "budget")}
    return Plan(aims, frames, limits=tuple(content["limits"]), **rest)
