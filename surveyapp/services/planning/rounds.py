"""Open a round and move it on: open, closing, closed. There is no way back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from surveyapp.gateways.refusal import Refusal
from surveyapp.services import arranging, frameworks
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import places, rounds

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", re.ASCII)
NEXT = {"planned": "open", "open": "closing", "closing": "closed"}
LENGTHS = {"title": 300, "issuer": 200, "contact": 200}


@dataclass(frozen=True)
class RoundWish:
    """What a lead asks for; a date that could not be read is None."""

    code: str
    title: str
    framework_id: int | None
    profile: str
    starts_on: date | None
    ends_on: date | None
    retention_until: date | None
    issuer: str
    contact: str
    unit_codes: Sequence[str]


def open_new_round(platform: Platform, actor: Actor, wish: RoundWish) -> int | dict[str, Refusal]:
    """The id of the round, open for field work in the named units; or what is wrong, by field."""
    refusals = _text_refusals(wish) | _framework_refusals(platform, wish) | _date_refusals(wish)
    refusals |= _unit_refusals(platform, actor, wish.unit_codes)
    if refusals:
        return refusals
    assert wish.framework_id and wish.starts_on and wish.ends_on and wish.retention_until
    plan = arranging.RoundPlan(
        wish.code,
        wish.title,
        wish.framework_id,
        wish.profile,
        wish.starts_on,
        wish.ends_on,
        wish.retention_until,
        wish.issuer,
        wish.contact,
    )
    try:
        return arranging.open_round(platform, plan, sorted(set(wish.unit_codes)), actor.id)
    except arranging.RoundRefused:
        zh = f"编码 {wish.code} 已有轮次使用，请换一个。"
        return {"code": Refusal.of("taken", zh, f"The code {wish.code} is taken by another round.")}


def _text_refusals(wish: RoundWish) -> dict[str, Refusal]:
    refusals: dict[str, Refusal] = {}
    if not CODE.match(wish.code):
        refusals["code"] = Refusal.of(
            "code",
            "编码用字母、数字、点、横线、下划线，以字母或数字开头，不超过 64 个。",
            "A code has at most 64 letters, digits, dots, dashes and underscores.",
        )
    for name, longest in LENGTHS.items():
        text = str(getattr(wish, name))
        if not text or len(text) > longest or not text.isprintable():
            zh, en = f"请填写，不超过 {longest} 个字。", f"Fill this in, at most {longest} characters."
            refusals[name] = Refusal.of("text", zh, en)
    return refusals


def _framework_refusals(platform: Platform, wish: RoundWish) -> dict[str, Refusal]:
    try:
        loaded = frameworks.load_framework(platform, wish.framework_id or 0)
    except frameworks.UnknownFramework:
        zh, en = "请选择已导入的指标体系。", "Choose a framework that was brought in."
        return {"framework": Refusal.of("framework", zh, en)}
    if not loaded.profiles:
        return {
            "framework": Refusal.of(
                "no-profile",
                "这套指标体系没有评分方案，不能计分；请连同 profiles.toml 导入。",
                "This framework has no profile, so nothing could be scored; bring it in with profiles.toml.",
            )
        }
    if wish.profile not in loaded.profiles:
        names = "、".join(sorted(loaded.profiles))
        zh, en = f"请选择这套指标体系的评分方案：{names}。", f"Choose one of its profiles: {names}."
        return {"profile": Refusal.of("profile", zh, en)}
    return {}


def _date_refusals(wish: RoundWish) -> dict[str, Refusal]:
    days = {"starts_on": wish.starts_on, "ends_on": wish.ends_on, "retention_until": wish.retention_until}
    refusals = {
        name: Refusal.of("date", "请选择日期。", "Choose a date.")
        for name, day in days.items()
        if day is None
    }
    if wish.starts_on and wish.ends_on and wish.ends_on < wish.starts_on:
        zh, en = "结束日期不能早于开始日期。", "The end cannot come before the start."
        refusals["ends_on"] = Refusal.of("order", zh, en)
    if wish.ends_on and wish.retention_until and wish.retention_until < wish.ends_on:
        zh, en = "保存期限不能早于结束日期。", "Records are kept at least until the end of the round."
        refusals["retention_until"] = Refusal.of("order", zh, en)
    return refusals


def _unit_refusals(platform: Platform, actor: Actor, codes: Sequence[str]) -> dict[str, Refusal]:
    with platform.database.reading() as session:
        units = [places.find_unit(session, code) if code.isprintable() else None for code in codes]
    if not units or any(
        unit is None or unit.code == arranging.ROOT_UNIT or not actor.covers(unit.path, "lead")
        for unit in units
    ):
        zh, en = "请至少选择一个您负责的单位。", "Choose at least one unit in your scope."
        return {"units": Refusal.of("units", zh, en)}
    return {}


def advance_round(
    platform: Platform, actor: Actor, round_id: int, to: str, typed_code: str
) -> Refusal | None:
    """Move a round to its next state; None when it is done, or was done already.

    Closing it for good destroys its hash key, so the round's code has to be typed. The actor must lead
    every unit of the round. Raises UnknownPlace for another round.
    """
    now = platform.clock()
    with platform.database.transaction() as session:
        row = rounds.lock_round(session, round_id)
        units = rounds.units_of(session, round_id)
        if row is None or not all(actor.covers(unit.path, "lead") for unit in units):
            raise arranging.UnknownPlace(f"round {round_id}")
        if row.state == to:
            return None
        if NEXT.get(row.state) != to:
            return Refusal.of(
                "state",
                "轮次只能依次从“进行中”到“收尾中”再到“已结束”，请刷新页面。",
                "A round goes from open to closing to closed, one step at a time. Load the page again.",
            )
        if to == "closed" and typed_code != row.code:
            zh, en = "请输入本轮编码以确认结束。", "Type the code of the round to close it for good."
            return Refusal.of("confirm", zh, en)
        note_deed(session, now, actor.id, "round.move", "round", round_id, before=row.state, after=to)
        row.state = to
        if to == "closed":
            row.hash_key = None
    return None
