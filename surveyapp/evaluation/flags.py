"""Quality flags of one record: signs that a person should look at it. A flag never removes anything.

Comparisons between records (duplicates, bursts, near-equal photos) are not made here.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.visits import DEFAULT_FENCE_M, outside_fence

FLAGS: Mapping[str, Mapping[str, str]] = {
    "speeding": {"zh": "答得太快", "en": "Answered too fast"},
    "straight_lining": {
        "zh": "同一组题全选一样，且与反向题矛盾",
        "en": "Same answer throughout, against a reversed item",
    },
    "contradiction": {"zh": "前后矛盾", "en": "Answers contradict each other"},
    "pressed": {"zh": "有人在旁或要求给好评", "en": "Staff nearby or asking for a good rating"},
    "no_answers": {"zh": "几乎没有作答", "en": "Hardly any answers"},
    "time_order": {"zh": "接听用时超过通话总时长", "en": "Time to answer exceeds the whole call"},
    "time_missing": {"zh": "有人接听却没有接听用时", "en": "Answered, but no time to answer"},
    "short_ring": {"zh": "无人接听但振铃不足 60 秒", "en": "No answer after less than 60 seconds"},
    "outside_hours": {"zh": "在公布时间之外拨打", "en": "Dialled outside the published hours"},
    "publication_defect": {"zh": "公布的号码有误", "en": "The published number is wrong"},
    "no_position": {"zh": "没有到场位置", "en": "No position on arrival"},
    "far_away": {"zh": "位置在围栏之外", "en": "Position outside the fence"},
    "few_proofs": {"zh": "到场凭证不足两种", "en": "Fewer than two proofs of the visit"},
    "no_photo": {"zh": "没有照片", "en": "No photo"},
    "spotted": {"zh": "可能被认出", "en": "Tester may have been recognised"},
    "trap_mismatch": {"zh": "现场数目与登记册不符", "en": "A count on site differs from the register"},
    "filed_late": {"zh": "离开两小时后才填报", "en": "Filed more than two hours after leaving"},
    "too_brief": {"zh": "访谈记录过短", "en": "The interview note is very short"},
    "not_told": {"zh": "没有确认已作说明", "en": "The explanation to participants is not confirmed"},
    "no_proof": {"zh": "没有凭据文件或校验值", "en": "No file or hash as proof"},
    "same_ratings": {"zh": "各项评级全部相同", "en": "Every rating is the same"},
    "all_claimed": {"zh": "每项都自评满分", "en": "Full points claimed throughout"},
    "not_as_planned": {"zh": "对象与计划不符", "en": "Not what was planned"},
    "not_as_extract": {"zh": "与上传的办件数据不符", "en": "Differs from the uploaded list of cases"},
    "clock_skew": {"zh": "设备时间与服务器相差较大", "en": "Device clock differs much from the server's"},
}
DOOR_FLAGS: Mapping[str, Mapping[str, str]] = {
    "revoked_link": {"zh": "通过已停用的二维码提交", "en": "Sent through a revoked QR code"},
    "invalid_answers": {"zh": "有不合要求的回答", "en": "Some answers are not allowed"},
    "unknown_version": {"zh": "问卷版本未知", "en": "Unknown version of the questionnaire"},
    "no_instance_id": {"zh": "记录没有编号", "en": "Record without an instance id"},
    "unit_unknown": {"zh": "单位不明", "en": "Unit unknown"},
    "outside_scope": {"zh": "所填单位不在填报人范围内", "en": "Unit outside the collector's scope"},
    "unit_not_in_round": {"zh": "单位不在本轮次", "en": "Unit is not in the round"},
    "place_mismatch": {"zh": "所填地点互不一致", "en": "The places named contradict each other"},
    "filed_twice": {
        "zh": "这次暗访已从另一途径提交过，请核对后只留一份",
        "en": "This visit was filed through another door already; keep one of the two",
    },
    "encrypted": {"zh": "加密记录，未解读", "en": "Encrypted, not read"},
    "screened_out": {"zh": "不符合访问条件，回答未保存", "en": "Screened out, answers not kept"},
    "edited_unasked": {"zh": "未经退回自行修改", "en": "Edited without having been returned"},
    "older_edit": {"zh": "修改的不是最新一版", "en": "Edit of an older revision"},
    "original_unknown": {"zh": "找不到被修改的原记录", "en": "The record that was edited is unknown"},
    "original_void": {"zh": "修改的是已作废的记录", "en": "Edit of a void record"},
}
"""Flags raised where a record comes in, whatever its kind."""
UNREADABLE = frozenset({"encrypted", "screened_out"})

AGREE_BLOCK = ("can_do", "once_real", "fewer_trips")
REVERSED_ITEM = "hard_to_follow"
SECONDS_PER_ANSWER = 1.5
RING_SECONDS = 60
LATE_SECONDS = 2 * 3600
SKEW_SECONDS = 300
BRIEF_CHARACTERS = 40
SAME_RATINGS = 5
BASE_POINTS = 100.0


def record_flags(
    kind: str, answers: Mapping[str, Any], paradata: Mapping[str, Any], extra: Mapping[str, Any]
) -> tuple[str, ...]:
    """Flag codes (keys of FLAGS) of a record of any kind, sorted.

    `answers` nested as filed. Read from `paradata`, each optional: seconds (whole time on the page), skew
    (device minus server, s), filed_after (s from leaving to filing). Read from `extra`, each optional:
    distance_m, accuracy_m, fence_m and kiosks as registered (visit), in_hours (call, bool),
    note_characters (interview), planned (assigned work: question name -> the
    answer that was planned), counted (document review: question name -> what the list of cases counts).
    What is absent or no number raises no flag of its own, except where its absence is the finding.
    """
    leaf = dict(leaves(answers))
    check = _CHECKS.get(kind)
    flags = set(check(leaf, paradata, extra)) if check is not None else set()
    planned = extra.get("planned")
    if isinstance(planned, Mapping) and any(leaf.get(name, "") != value for name, value in planned.items()):
        flags.add("not_as_planned")
    counted = extra.get("counted")
    if isinstance(counted, Mapping) and any(leaf.get(name, "0") != value for name, value in counted.items()):
        flags.add("not_as_extract")
    skew = number(paradata.get("skew"))
    if skew is not None and abs(skew) > SKEW_SECONDS:
        flags.add("clock_skew")
    return tuple(sorted(flags))


def leaves(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question name, value) of every leaf with a text, groups and repeats opened."""
    found: list[tuple[str, str]] = []
    for name, value in answers.items():
        if isinstance(value, str):  # first, since most are and it is asked of every answer of a round
            if value:
                found.append((name, value))
        elif isinstance(value, Mapping):
            found += leaves(value)
        elif isinstance(value, Sequence):
            for inner in value:
                if isinstance(inner, Mapping):
                    found += leaves(inner)
    return found


def number(value: object) -> float | None:
    """A finite number from a number or its text, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _survey(leaf: Mapping[str, str], paradata: Mapping[str, Any], _extra: Mapping[str, Any]) -> Iterator[str]:
    answered = [name for name in leaf if name not in ("site_code", "window", "age14")]
    if len(answered) < 3:
        yield "no_answers"
    seconds = number(paradata.get("seconds"))
    if seconds is not None and seconds < SECONDS_PER_ANSWER * len(answered):
        yield "speeding"
    block = [leaf.get(name, "") for name in AGREE_BLOCK]
    extreme = set(block) in ({"5"}, {"1"})
    if extreme and leaf.get(REVERSED_ITEM) == block[0]:
        yield "straight_lining"
    if leaf.get("times_on_site") == "0" and leaf.get("channel") == "onsite":
        yield "contradiction"
    if leaf.get("whole_online") == "yes" and leaf.get("times_on_site") in ("1", "2", "3"):
        yield "contradiction"
    if leaf.get("pressed") in ("beside", "asked"):
        yield "pressed"


def _call(leaf: Mapping[str, str], _paradata: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[str]:
    outcome = OUTCOMES.get(leaf.get("outcome", ""))
    answer, total = number(leaf.get("seconds_to_answer")), number(leaf.get("seconds_total"))
    if answer is not None and total is not None and answer > total:
        yield "time_order"
    if outcome is not None and outcome.human and outcome.eligible and answer is None:
        yield "time_missing"
    if outcome is not None and outcome.code == "B1" and total is not None and total < RING_SECONDS:
        yield "short_ring"
    if outcome is not None and outcome.code == "B7":
        yield "publication_defect"
    if extra.get("in_hours") is False:
        yield "outside_hours"


def _visit(leaf: Mapping[str, str], paradata: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[str]:
    if not leaf.get("position"):
        yield "no_position"
    distance, accuracy = number(extra.get("distance_m")), number(extra.get("accuracy_m"))
    fence = number(extra.get("fence_m"))
    if distance is not None and outside_fence(
        distance, accuracy or 0.0, DEFAULT_FENCE_M if fence is None else fence
    ):
        yield "far_away"
    proofs = [proof for proof in leaf.get("proofs", "").split() if proof != "none"]
    if len(proofs) < 2:
        yield "few_proofs"
    if not any(leaf.get(name) for name in ("photo_1", "photo_2")):
        yield "no_photo"
    if leaf.get("spotted") in ("maybe", "yes"):
        yield "spotted"
    counted, registered = number(leaf.get("kiosks")), number(extra.get("kiosks"))
    if counted is not None and registered is not None and counted != registered:
        yield "trap_mismatch"
    late = number(paradata.get("filed_after"))
    if late is not None and late > LATE_SECONDS:
        yield "filed_late"


def _interview(
    leaf: Mapping[str, str], _paradata: Mapping[str, Any], extra: Mapping[str, Any]
) -> Iterator[str]:
    if leaf.get("told") != "OK":
        yield "not_told"
    characters = number(extra.get("note_characters"))
    if characters is not None and characters < BRIEF_CHARACTERS:
        yield "too_brief"


def _callback(
    leaf: Mapping[str, str], paradata: Mapping[str, Any], extra: Mapping[str, Any]
) -> Iterator[str]:
    if leaf.get("route") == "full":
        yield from _survey(leaf, paradata, extra)


def _hall(leaf: Mapping[str, str], paradata: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[str]:
    yield from _too_fast(leaf, paradata)
    if not leaf.get("position"):
        yield "no_position"
    distance, fence = number(extra.get("distance_m")), number(extra.get("fence_m"))
    accuracy = number(extra.get("accuracy_m")) or 0.0
    if distance is not None and outside_fence(
        distance, accuracy, DEFAULT_FENCE_M if fence is None else fence
    ):
        yield "far_away"
    if not any(leaf.get(name) for name in ("photo_1", "photo_2")):
        yield "no_photo"


def _document(
    leaf: Mapping[str, str], paradata: Mapping[str, Any], _extra: Mapping[str, Any]
) -> Iterator[str]:
    yield from _too_fast(leaf, paradata)
    if not number(leaf.get("proven_total")):
        yield "no_proof"


def _panel(leaf: Mapping[str, str], paradata: Mapping[str, Any], _extra: Mapping[str, Any]) -> Iterator[str]:
    yield from _too_fast(leaf, paradata)
    ratings = [value for name, value in leaf.items() if name.startswith("rubric_") and value.isdecimal()]
    if len(ratings) >= SAME_RATINGS and len(set(ratings)) == 1:
        yield "same_ratings"


def _publication(
    leaf: Mapping[str, str], paradata: Mapping[str, Any], _extra: Mapping[str, Any]
) -> Iterator[str]:
    yield from _too_fast(leaf, paradata)
    if leaf.get("found") == "yes" and not (leaf.get("snapshot") or leaf.get("snapshot_sha256")):
        yield "no_proof"


def _self(leaf: Mapping[str, str], paradata: Mapping[str, Any], _extra: Mapping[str, Any]) -> Iterator[str]:
    yield from _too_fast(leaf, paradata)
    if not (leaf.get("proof_file") or leaf.get("proof_sha256")):
        yield "no_proof"
    if (number(leaf.get("claimed_base")) or 0.0) >= BASE_POINTS:
        yield "all_claimed"


def _too_fast(leaf: Mapping[str, str], paradata: Mapping[str, Any]) -> Iterator[str]:
    """Staff who answer faster than one can read."""
    seconds = number(paradata.get("seconds"))
    if seconds is not None and seconds < SECONDS_PER_ANSWER * len(leaf):
        yield "speeding"


_CHECKS: Mapping[str, Callable[[Mapping[str, str], Mapping[str, Any], Mapping[str, Any]], Iterator[str]]] = {
    "survey": _survey,
    "call": _call,
    "visit": _visit,
    "interview": _interview,
    "callback": _callback,
    "hall": _hall,
    "document": _document,
    "panel": _panel,
    "publication": _publication,
    "self": _self,
}
