"""The life of a record under review: states, the steps between them, who may take them.

Two people rule: who collected a record cannot approve it, who approved it cannot confirm it. Whether a
person may see the record at all is decided elsewhere (scope).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """A state with the states that may follow, the roles that may bring a record into it, and whether a
    reason must be given."""

    code: str
    label_zh: str
    label_en: str
    next: tuple[str, ...]
    entered_by: tuple[str, ...]
    reason: bool

    def label(self, language: str) -> str:
        """The label in 'zh' or 'en'."""
        return self.label_en if language == "en" else self.label_zh


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not taken."""

    code: str
    sentence: Mapping[str, str]


_OPEN = ("on_hold", "returned", "approved", "rejected", "void")

STATES: Mapping[str, State] = {
    state.code: state
    for state in (
        State("received", "已接收", "Received", _OPEN, ("system",), False),
        State(
            "on_hold", "待核", "On hold", ("returned", "approved", "rejected", "void"), ("reviewer",), True
        ),
        State("returned", "退回补正", "Returned for correction", ("corrected", "void"), ("reviewer",), True),
        State("corrected", "已更正", "Corrected", _OPEN, ("author",), False),
        State(
            "approved",
            "通过",
            "Approved",
            ("confirmed", "returned", "rejected", "void"),
            ("reviewer", "system"),
            False,
        ),
        State("confirmed", "终审", "Confirmed", ("returned", "void"), ("lead",), False),
        State("rejected", "不采用", "Rejected", ("on_hold",), ("reviewer",), True),
        State("void", "作废", "Void", (), ("reviewer", "lead"), True),
    )
}

INITIAL = "received"
SCORED = "confirmed"
REASON_MAX = 1000


def transition(
    state: str,
    to: str,
    *,
    roles: Collection[str],
    is_author: bool = False,
    is_approver: bool = False,
    reason: str = "",
) -> Refusal | None:
    """None when the step `state` → `to` may be taken, else the refusal with its sentence.

    `roles` of the actor ('system' for the platform itself). A confirmed record is taken back by a lead
    only. `is_author`: the actor collected the record; `is_approver`: the actor approved it.
    """
    if state not in STATES or to not in STATES:
        return _refusal("unknown_state", "没有这个状态。", "There is no such state.")
    target = STATES[to]
    if to not in STATES[state].next:
        return _refusal(
            "impossible",
            f"“{STATES[state].label_zh}”的记录不能改为“{target.label_zh}”。",
            f"A record that is {STATES[state].label_en.lower()} cannot become {target.label_en.lower()}.",
        )
    return _who(state, target, roles, is_author, is_approver) or _reason(target, state, reason)


def possible_steps(
    state: str, *, roles: Collection[str], is_author: bool = False, is_approver: bool = False
) -> tuple[State, ...]:
    """The states this actor may choose now, given a reason."""
    choices = (STATES[to] for to in STATES[state].next)
    return tuple(
        choice
        for choice in choices
        if transition(
            state, choice.code, roles=roles, is_author=is_author, is_approver=is_approver, reason="-"
        )
        is None
    )


def state_after_edit(state: str, *, is_author: bool) -> str | Refusal:
    """'corrected' when the author may send a new revision now, else the refusal.

    Only a returned record goes back to its author; any other has to be returned first, so that nobody
    changes a record behind a reviewer's back.
    """
    if not is_author:
        return _refusal(
            "not_author", "只有填报人可以更正这条记录。", "Only its author may correct this record."
        )
    if state != "returned":
        return _refusal(
            "not_returned",
            "这条记录没有被退回，不能修改；请先请审核员退回。",
            "This record was not returned; ask a reviewer to return it first.",
        )
    return "corrected"


def _who(
    state: str, target: State, roles: Collection[str], is_author: bool, is_approver: bool
) -> Refusal | None:
    needed = ("lead",) if state == "confirmed" else target.entered_by
    if "author" in needed:
        if not is_author:
            return _refusal(
                "not_author", "只有填报人可以更正这条记录。", "Only its author may correct this record."
            )
        return None
    if not set(needed) & set(roles):
        return _refusal("role", "您的角色不能做这一步。", "Your role may not take this step.")
    by_person = "system" not in roles
    if target.code == "approved" and is_author and by_person:
        return _refusal(
            "own_record",
            "采集人不能审核自己的记录，请由另一人审核。",
            "Who collected a record cannot approve it; another person must.",
        )
    if target.code == "confirmed" and is_approver and by_person:
        return _refusal(
            "second_person",
            "审核人不能终审自己通过的记录，请由另一人终审。",
            "Who approved a record cannot confirm it; another person must.",
        )
    return None


def _reason(target: State, state: str, reason: str) -> Refusal | None:
    needed = target.reason or state == "confirmed"
    if needed and not reason.strip():
        return _refusal("reason_missing", "请写明理由。", "Give a reason.")
    if len(reason) > REASON_MAX:
        return _refusal(
            "reason_too_long",
            f"理由不能超过 {REASON_MAX} 字。",
            f"The reason may not be longer than {REASON_MAX} characters.",
        )
    return None


def _refusal(code: str, zh: str, en: str) -> Refusal:
    return Refusal(code, {"zh": zh, "en": en})
