"""The ten kinds of instruments, as data: their names, who collects their records, where they are filled in.

The one list behind publishing, planning, review, overview, devices and exports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`door` is where its records come from: 'link' (citizens by QR code), 'call', 'visit' and 'note' (pages
    of their own), 'task' (the general page of assigned work). `collectors` are the roles that file it.
    `at_site`: the work is done at a site, whose position is compared. `is_blind`: nobody who still has to
    file a record of the kind for a unit sees what others filed for it.
    `planned` are the questions a lead may answer beforehand, so that each knows which part is theirs."""

    code: str
    zh: str
    en: str
    door: str
    collectors: frozenset[str]
    at_site: bool = False
    is_blind: bool = False
    planned: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in 'zh' or 'en'."""
        return self.en if language == "en" else self.zh


def _kind(
    code: str, zh: str, en: str, door: str, *collectors: str, planned: tuple[str, ...] = (), **more: bool
) -> Kind:
    return Kind(code, zh, en, door, frozenset(collectors), planned=planned, **more)


DOSSIER = ("subject", "coder", "case_no", "item_code", "claim_name")
PAGE = ("item_code", "channel", "check_no")
KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        _kind("survey", "服务对象抽查", "Survey of users", "link", "evaluator", "interviewer"),
        _kind("callback", "电话回访", "Call-back survey", "task", "evaluator", "interviewer"),
        _kind("call", "测试电话", "Test calls", "call", "evaluator"),
        _kind("visit", "暗访", "Mystery visits", "visit", "evaluator"),
        _kind("hall", "实地核查", "Hall check", "task", "evaluator", planned=("observer",), at_site=True),
        _kind("interview", "内部访谈", "Interviews", "note", "interviewer"),
        _kind("document", "文件梳理", "Document review", "task", "evaluator", planned=DOSSIER),
        _kind(
            "panel",
            "专家论证",
            "Expert panel",
            "task",
            "expert",
            "evaluator",
            planned=("round",),
            is_blind=True,
        ),
        _kind("publication", "公布情况核查", "Publication check", "task", "evaluator", planned=PAGE),
        _kind("self", "自评", "Self-assessment", "task", "unit"),
    )
}
TASKS: Mapping[str, Kind] = {code: kind for code, kind in KINDS.items() if kind.door == "task"}
"""The kinds that are filed on the general page of assigned work."""
SOURCES: Mapping[str, tuple[str, ...]] = {
    "文件梳理": ("document",),
    "内部访谈": ("interview",),
    "政务大厅调研": ("hall", "visit", "call"),
    "服务对象抽查": ("survey", "callback"),
    "专家论证": ("panel",),
    "以事项公布情况为准": ("publication",),
    "电话征询": ("call",),
}
"""The kinds whose records are evidence by each method; profile S takes test calls as part of the hall."""
ON_DEVICES = frozenset(code for code, kind in KINDS.items() if kind.door != "call")
"""The kinds that devices are offered. Not test calls: line, part of the day and seconds to the answer are
taken from the call console, and a device that cannot see them would send records that score nothing."""
ASSIGNED = tuple(code for code, kind in KINDS.items() if kind.door in ("task", "call", "visit"))
"""The kinds that are planned for a person."""


def collected_by(roles: Iterable[str]) -> frozenset[str]:
    """The kinds of records that somebody with one of these roles collects."""
    held = set(roles)
    return frozenset(code for code, kind in KINDS.items() if kind.collectors & held)
