"""Outcome codes of test calls: what each means for the rates, the next attempt and the export.

Labels may be edited, codes may not. An empty number is the department's failure in a connection rate and
ineligible for AAPOR; the two never share a denominator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """`eligible` None: pending (D1) or derived (B3), in no denominator yet.

    `retry_minutes`: earliest next attempt (None: none is due or no delay is set); `other_day_part`: it
    belongs in another slot; `retry`: the rule in one word. `aapor` is the family for the export.
    """

    code: str
    label_zh: str
    label_en: str
    eligible: bool | None
    human: bool
    right_party: bool
    retry_minutes: int | None
    other_day_part: bool
    retry: str
    aapor: str
    derived: bool = False

    @property
    def family(self) -> str:
        """'A' answered, 'B' not reached, 'C' our own side, 'D' an appointment."""
        return self.code[0]

    def label(self, language: str) -> str:
        """The label in 'zh' or 'en'."""
        return self.label_en if language == "en" else self.label_zh


def _answered(code: str, zh: str, en: str, aapor: str, right_party: bool = True) -> Outcome:
    return Outcome(code, zh, en, True, True, right_party, None, False, "none", aapor)


def _missed(
    code: str, zh: str, en: str, aapor: str, minutes: int | None, other: bool = False, retry: str = "delay"
) -> Outcome:
    return Outcome(code, zh, en, True, False, False, minutes, other, retry, aapor)


OUTCOMES: Mapping[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        _answered("A1", "人工接听并答复", "Answered by a person, question answered", "1.1"),
        _answered("A2", "转接后答复", "Transferred, then answered", "1.1"),
        _answered(
            "A3", "接听但推诿、拒答、让打别处", "Answered, but evaded, refused or sent elsewhere", "2.x"
        ),
        _answered("A4", "接起即挂断", "Picked up and hung up at once", "2.11", False),
        _answered("A5", "语音导航后转人工成功", "Reached a person through a voice menu", "1.1"),
        _answered("A6", "接听者非该部门", "Answered by somebody outside the department", "4.x", False),
        _missed("B1", "振铃无人接听", "Rings, nobody answers", "3.13", 180, True),
        _missed(
            "B2",
            "占线（5 分钟后重拨仍占线）",
            "Busy, and again on one redial after 5 minutes",
            "3.12",
            5,
            True,
        ),
        Outcome(
            "B3",
            "疑似摘机",
            "Line seems to be off the hook",
            None,
            False,
            False,
            None,
            False,
            "supervisor",
            "",
            derived=True,
        ),
        _missed(
            "B4",
            "语音导航或排队未能转人工、转接中断",
            "Menu, queue or transfer never reached a person",
            "3.x",
            60,
        ),
        _missed("B5", "语音信箱、自动应答", "Voice mail or automatic answer", "3.14", 180),
        _missed("B6", "传真音", "Fax tone", "4.20", None, retry="once"),
        _missed(
            "B7",
            "空号、停机、错号",
            "Number does not exist, is out of service or wrong",
            "4.3x",
            None,
            retry="once",
        ),
        _missed("B8", "关机、无法接通", "Switched off or cannot be connected", "3.x", 180),
        Outcome(
            "C1", "本方线路故障", "Fault of our own line", False, False, False, 0, False, "at_once", "3.16"
        ),
        Outcome(
            "C2",
            "误拨、拨打超出公布时间",
            "Misdialled, or outside the published hours",
            False,
            False,
            False,
            None,
            False,
            "redraw",
            "",
        ),
        Outcome(
            "C3", "身份暴露", "Caller was recognised", False, True, False, 1440, False, "other_caller", ""
        ),
        Outcome(
            "D1",
            "约定回拨",
            "A call back was promised",
            None,
            True,
            False,
            None,
            False,
            "appointment",
            "2.12",
        ),
    )
}

OPENS_PUBLICATION_DEFECT = frozenset({"B7"})
OFF_HOOK_ATTEMPTS = 4
OFF_HOOK_DAY_PARTS = 2


def recordable_outcomes() -> tuple[Outcome, ...]:
    """The codes a caller may choose, in order; derived ones are not among them."""
    return tuple(outcome for outcome in OUTCOMES.values() if not outcome.derived)


def is_suspected_off_hook(attempts: Sequence[tuple[str, str]]) -> bool:
    """B3 for one number: busy (B2) on every eligible attempt, at least 4 of them, in at least 2 day parts.

    `attempts` are (outcome code, slot). Attempts of our own side (C) and appointments do not count; an
    unknown code is a KeyError.
    """
    eligible = [(code, slot) for code, slot in attempts if OUTCOMES[code].eligible]
    busy = all(code == "B2" for code, _ in eligible)
    parts = {slot for _, slot in eligible}
    return busy and len(eligible) >= OFF_HOOK_ATTEMPTS and len(parts) >= OFF_HOOK_DAY_PARTS
