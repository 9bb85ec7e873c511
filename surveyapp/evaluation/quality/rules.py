"""The rules of the quality checks with thresholds and sources, as one table. Thresholds are defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rule:
    """`family` groups rules by instrument; `limits` are the thresholds by name. `each`: every record named
    is suspect by itself, so that a figure is also given without it; otherwise the finding is about a group
    (a link, a collector, a unit) and its records are only there to be opened."""

    family: str
    zh: str
    en: str
    source: str
    limits: Mapping[str, float] = field(default_factory=dict)
    each: bool = True


FAMILIES: Mapping[str, Mapping[str, str]] = {
    "survey": {"zh": "服务对象问卷", "en": "Survey of users"},
    "call": {"zh": "测试电话", "en": "Test calls"},
    "site": {"zh": "暗访和实地核查", "en": "Visits and hall checks"},
    "interview": {"zh": "内部访谈", "en": "Interviews"},
    "document": {"zh": "文件梳理", "en": "Document review"},
    "panel": {"zh": "专家论证", "en": "Expert panel"},
    "self": {"zh": "自评", "en": "Self-assessment"},
    "cases": {"zh": "办件数据", "en": "Lists of cases"},
    "any": {"zh": "各种记录", "en": "Any record"},
}
_LEINER = "D. J. Leiner, Survey Research Methods 13 (2019) 229-248"
_MEADE = "A. W. Meade, S. B. Craig, Psychol. Methods 17 (2012) 437-455"
_PERCENT = "N. Kuriakose, M. Robbins, Stat. J. IAOS 32 (2016) 283-291"
_SHROUT = "P. E. Shrout, J. L. Fleiss, Psychol. Bull. 86 (1979) 420-428"
_HOUSE = "本平台默认值 / default of this platform"
RULES: Mapping[str, Rule] = {
    "record_flag": Rule("any", "记录自带的标记", "Flags of the record itself", "evaluation/flags.py"),
    "too_fast": Rule(
        "survey",
        "答题用时不到同一路径中位数的一半",
        "Less than half the median time of the same route",
        _LEINER,
        {"rsi": 2.0, "least_route": 10},
    ),
    "far_from_others": Rule(
        "survey",
        "答案组合与其他人相差很远",
        "Answers far from everybody else's",
        _MEADE,
        {"confidence": 0.999, "persons_per_item": 5},
    ),
    "same_sender": Rule(
        "survey",
        "同一网络标识交来多份",
        "Several from the same keyed sender",
        _HOUSE,
        {"least": 5},
        each=False,
    ),
    "near_same": Rule(
        "survey",
        "两份答卷几乎相同",
        "Two records almost the same",
        _PERCENT,
        {"share": 0.85, "least_answers": 12},
        each=False,
    ),
    "burst": Rule(
        "survey",
        "10 分钟内收到的份数过多",
        "Too many within ten minutes",
        "J. M. Hilbe, Negative Binomial Regression (2011), ch. 8",
        {"minutes": 10, "p": 0.001, "least": 6},
    ),
    "all_five_run": Rule(
        "survey",
        "连续多份全打满分",
        "A run of records with nothing but top marks",
        "W. Feller, An Introduction to Probability I (1968), XIII.7",
        {"p": 0.001, "least": 5},
    ),
    "after_hours": Rule(
        "survey",
        "在窗口关门以后扫码填写",
        "Filled at the window's code after it closed",
        _HOUSE,
        {"from_hour": 7.5, "to_hour": 18.5},
        each=False,
    ),
    "coached": Rule(
        "survey",
        "有人示意给好评的比例高",
        "Staff asked for good marks too often",
        "E. B. Wilson, JASA 22 (1927) 209-212",
        {"share": 0.05, "least": 20},
        each=False,
    ),
    "wall_against_drawn": Rule(
        "survey",
        "扫码的满意率高于抽取名单或回访",
        "Satisfaction by wall code above that of drawn or called-back people",
        "R. G. Newcombe, Statist. Med. 17 (1998) 873-890",
        {"confidence": 0.95, "least": 10},
        each=False,
    ),
    "organised": Rule(
        "survey",
        "疑似有组织填写",
        "Signs of organised filling",
        "docs/decisions: organised filling",
        {"score": 2.5},
    ),
    "overlapping_calls": Rule("call", "同一拨打人的两次通话重叠", "Two calls of one caller overlap", _HOUSE),
    "call_order": Rule("call", "通话时间前后颠倒", "Instants of a call in the wrong order", _HOUSE),
    "regular_durations": Rule(
        "call",
        "通话时长过于整齐",
        "Durations too regular",
        _HOUSE,
        {"least": 10, "variation": 0.05},
        each=False,
    ),
    "not_in_frame": Rule("call", "号码不在登记册里", "Number not in the register", _HOUSE),
    "few_verified": Rule(
        "call",
        "由另一人复拨的不足一成",
        "Fewer than one in ten dialled again by another caller",
        "evaluator's plan: 10 %",
        {"share": 0.1, "hours": 48},
        each=False,
    ),
    "verified_otherwise": Rule(
        "call",
        "复拨结果与原记录相反",
        "Dialled again within minutes with the opposite result",
        _HOUSE,
        {"minutes": 15, "share": 0.5, "least": 6},
        each=False,
    ),
    "too_quick_travel": Rule(
        "site",
        "两次到场之间的速度不可能",
        "Impossible speed between two visits",
        _HOUSE,
        {"km_h": 120, "least_km": 5},
    ),
    "photo_time": Rule(
        "site",
        "照片时间不在到场时段",
        "Photo taken outside the visit",
        _HOUSE,
        {"minutes": 10},
    ),
    "photo_no_time": Rule(
        "site", "照片没有拍摄时间", "Photo without the time it was taken", _HOUSE, each=False
    ),
    "same_photo": Rule("site", "同一照片用于两条记录", "The same photo in two records", _HOUSE),
    "near_photo": Rule(
        "site",
        "两条记录的照片几乎相同",
        "Photos of two records almost the same",
        "64-bit difference hash",
        {"bits": 6},
    ),
    "observers_differ": Rule(
        "site",
        "两名观察员在这一项上不一致",
        "Two observers disagree on an item",
        "K. Krippendorff, Content Analysis (2004), ch. 11",
        {"alpha": 0.667, "least": 8},
        each=False,
    ),
    "same_passages": Rule(
        "interview",
        "两份访谈有相同的段落",
        "Identical passages in two interviews",
        "A. Z. Broder, Proc. SEQUENCES (1997) 21-29",
        {"jaccard": 0.3, "length": 5, "least_characters": 80},
    ),
    "filed_after": Rule(
        "interview",
        "谈完很久才提交",
        "Filed long after it ended",
        _HOUSE,
        {"hours": 24},
        each=False,
    ),
    "collector_effect": Rule(
        "interview",
        "结果因访谈人或调查员而异",
        "Results depend on who collected them",
        _SHROUT,
        {"icc": 0.05, "p": 0.05, "least_collectors": 3, "least": 12},
        each=False,
    ),
    "collector_outlier": Rule(
        "interview",
        "某人的结果与其他人相差超过 3 个标准误",
        "One collector more than 3 standard errors from the others",
        _SHROUT,
        {"se": 3.0, "least_collectors": 3, "least": 4},
        each=False,
    ),
    "made_for_review": Rule(
        "document", "回头看期间补做的材料", "Papers made in the follow-up window", _HOUSE, each=False
    ),
    "same_document": Rule("document", "同一文件用于两个单位", "The same file for two units", _HOUSE),
    "lenient": Rule(
        "panel",
        "专家打分整体偏高或偏低",
        "An expert rates higher or lower throughout",
        _SHROUT,
        {"se": 3.0, "least": 6},
        each=False,
    ),
    "halo": Rule(
        "panel",
        "专家对各项打分几乎不分",
        "An expert hardly tells items apart",
        "R. Saal et al., Psychol. Bull. 88 (1980) 413-428",
        {"ratio": 0.25, "least": 5},
        each=False,
    ),
    "weighty_expert": Rule(
        "panel",
        "去掉一名专家，平均分变化超过 1 个标准误",
        "Without one expert the mean moves by more than one standard error",
        "B. Efron, The Jackknife (1982)",
        {"se": 1.0, "least": 4},
        each=False,
    ),
    "claims_without_files": Rule(
        "self",
        "自评的项目没有佐证",
        "Points claimed without a file",
        _HOUSE,
        each=False,
    ),
    "copied_text": Rule(
        "self",
        "说明文字与另一单位相同",
        "Text the same as another unit's",
        "A. Z. Broder, Proc. SEQUENCES (1997) 21-29",
        {"jaccard": 0.5, "length": 5, "least_characters": 60},
        each=False,
    ),
    "odd_cases": Rule(
        "cases",
        "办件数据有异常",
        "The list of cases is odd",
        "evaluation/cases/quality.py",
        each=False,
    ),
}
"""Benford's law is left out on purpose: numbers here are assigned and bounded, it says nothing of them."""
SUSPECT_FLAGS = (
    *("speeding", "straight_lining", "contradiction", "pressed", "no_answers"),
    *("time_order", "time_missing", "short_ring", "outside_hours", "far_away", "no_position", "few_proofs"),
    *("no_photo", "spotted", "trap_mismatch", "filed_late", "too_brief", "not_told", "no_proof"),
    *("same_ratings", "all_claimed", "not_as_planned", "not_as_extract", "clock_skew"),
    *("invalid_answers", "filed_twice", "outside_scope", "place_mismatch", "revoked_link"),
)
"""Flags of one record that throw doubt on it. A wrong published number is the unit's fault and no doubt."""
