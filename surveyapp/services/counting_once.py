"""A fact counts once: what proves a claimed innovation may not prove a base indicator as well.

Two records share a fact when they share a file, by its SHA-256. Asked when a record is confirmed, so that
a total never holds the same evidence twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.evaluation.flags import leaves
from surveyapp.evaluation.lifecycle import SCORED, Refusal
from surveyapp.services.folding import BadMeasures, measures_of, observed
from surveyapp.services.frameworks import load_framework
from surveyapp.services.installation import Platform
from surveyapp.storage import attachments, observations
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RecordRow

HASH_QUESTION = "ev_sha256"
BONUS = "bonus"


@dataclass(frozen=True)
class _Counted:
    """What a record gives points for: indicators of the base and of the bonus, those above 0."""

    base: tuple[str, ...]
    bonus: tuple[str, ...]


def counted_twice(session: Session, platform: Platform, record: RecordRow) -> Refusal | None:
    """Why the record may not be confirmed beside those that are: a file of it counts in the other block.

    None when nothing is shared, or when a claim that is shared is worth nothing anyway.
    """
    files = _files(session, record)
    if not files:
        return None
    mine: _Counted | None = None
    others = observations.current_records(session, record.round_id, record.unit_id, (SCORED,))
    held = attachments.holders(session, record.round_id, record.unit_id, files)
    for other in others:
        shared = files.keys() & (held.get(other.id, set()) | _named(other).keys())
        if other.root_id == record.root_id or not shared:
            continue
        mine = mine or _counted(session, platform, record)
        theirs = _counted(session, platform, other)
        places = (mine.bonus[:1] + theirs.base[:1]) if mine.bonus else (theirs.bonus[:1] + mine.base[:1])
        if len(places) == 2:
            return _refusal(files[min(shared)], *places, other.receipt)
    return None


def _files(session: Session, record: RecordRow) -> dict[str, str]:
    """The SHA-256 of what the record holds or names as proof, with a name to call it by."""
    return _named(record) | {sha256: name for name, sha256, _ in attachments.list_held(session, record.id)}


def _named(record: RecordRow) -> dict[str, str]:
    return {text.lower(): text[:12] for name, text in leaves(record.answers) if name == HASH_QUESTION}


def _counted(session: Session, platform: Platform, record: RecordRow) -> _Counted:
    framework_id = observations.framework_of(session, record.round_id)
    if framework_id is None:
        return _Counted((), ())
    loaded = load_framework(platform, framework_id)
    try:
        rows = observed(platform, record, measures_of(platform, loaded, record.version_id))
    except BadMeasures:
        return _Counted((), ())
    codes = sorted({row["indicator"] for row in rows if row["value"] > 0})
    is_bonus = {code: loaded.framework.get(code).group == BONUS for code in codes}
    return _Counted(
        tuple(code for code in codes if not is_bonus[code]), tuple(code for code in codes if is_bonus[code])
    )


def _refusal(file: str, bonus: str, base: str, receipt: str) -> Refusal:
    zh = (
        f"文件“{file}”既证明基础指标 {base}，又证明加分指标 {bonus}（另一条记录的回执是 {receipt}）。同一事实"
        "只能计一次分：请退回申报记录，改为“已在其他指标计分”，或先作废另一条记录。"
    )
    en = (
        f"The file {file} proves base indicator {base} and bonus indicator {bonus} (receipt of the other "
        f"record: {receipt}). A fact counts once: return the claim so that it says it is counted elsewhere, "
        "or void the other record first."
    )
    return Refusal("counted_twice", {"zh": zh, "en": en})
