"""Register the rules of a round before its evidence counts, and say what was changed afterwards.

The first registration is made by a lead, or by itself before the first record is folded; it never changes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.registration import (
    Deviation,
    deviations,
    measures_as_registered,
    profile_as_registered,
    registered_rules,
)
from surveyapp.services.auditing import note_deed
from surveyapp.services.folding import BadMeasures, fold_round
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import (
    Basis,
    Blocked,
    RoundBasis,
    UnknownSubject,
    digest,
    round_basis,
)
from surveyapp.storage import registrations as store
from surveyapp.storage import snapshots
from surveyapp.storage.queries.settings import list_plans
from surveyapp.storage.sampling import sampling_plans_of
from surveyapp.storage.tables import RegistrationRow

REASON_LENGTH = 1000
BY_ITSELF = "折算第一条记录之前自动登记 / registered by itself before the first record counted"


@dataclass(frozen=True)
class Standing:
    """What is registered for a round. `deviations`: how today's rules differ from the first registration.

    `received_before` counts the records that had come in before it: it should be 0.
    """

    registrations: tuple[RegistrationRow, ...]
    deviations: tuple[Deviation, ...]
    received_before: int = 0

    @property
    def first(self) -> RegistrationRow | None:
        """The registration made before the evidence."""
        return self.registrations[0] if self.registrations else None


def register(platform: Platform, round_id: int, reason: str, by: int | None) -> Problem | None:
    """Register the rules as they are now. A later registration needs a reason and something that changed.

    Returns what is wrong with the wish, None when it is stored. Raises UnknownSubject, Blocked, BadMeasures.
    """
    content = _content(platform, round_basis(platform, round_id))
    sha256, now = digest(content), platform.clock()
    with platform.database.transaction() as session:
        earlier = store.registrations_of(session, round_id)
        if earlier and not 0 < len(reason) <= REASON_LENGTH:
            return _REASON
        if earlier and earlier[-1].sha256 == sha256:
            return _SAME
        values = {"round_id": round_id, "number": len(earlier) + 1, "content": content, "sha256": sha256}
        store.add_registration(session, values | {"reason": reason, "created_by": by}, now)
        note_deed(session, now, by, "score.register", "round", round_id, sha256=sha256, reason=reason)
    return None


def fold_registered(platform: Platform, round_id: int) -> int:
    """Fold a round whose rules are registered first, if they are not. Raises what fold_round raises.

    A round whose rules are not fit yet is folded all the same; it cannot be scored before they are.
    """
    with platform.database.reading() as session:
        is_registered = bool(store.registrations_of(session, round_id))
    if not is_registered:
        with contextlib.suppress(Blocked, BadMeasures, UnknownSubject):
            register(platform, round_id, BY_ITSELF, None)
    return fold_round(platform, round_id)


def standing(platform: Platform, on: RoundBasis) -> Standing:
    """The registrations of the round, and how the rules of `on` differ from the first."""
    with platform.database.reading() as session:
        rows = tuple(store.registrations_of(session, on.round_id))
        early = store.received_before(session, on.round_id, rows[0].created_at) if rows else 0
    if not rows:
        return Standing((), ())
    return Standing(rows, deviations(rows[0].content, _content(platform, on)), early)


def first_hash(platform: Platform, round_id: int) -> str:
    """The hash every result of the round prints: that of the first registration, '' before there is one."""
    with platform.database.reading() as session:
        rows = store.registrations_of(session, round_id)
    return rows[0].sha256 if rows else ""


def as_registered(on: Basis, first: RegistrationRow) -> Basis:
    """The basis with the weights, the treatment of missing evidence and the measures first registered."""
    rules: Mapping[str, Any] = first.content
    return replace(
        on,
        profile=profile_as_registered(rules, on.profile),
        measures=measures_as_registered(rules, on.measures),
    )


def _content(platform: Platform, on: RoundBasis) -> dict[str, Any]:
    rules = registered_rules(on.loaded.framework, on.profile, on.measures)
    with platform.database.reading() as session:
        around = snapshots.find_round(session, on.round_id)
        assert around is not None
        plans = [dict(row.detail) for row in reversed(list_plans(session, on.round_id))]
        versions = store.version_names(session, list(on.version_ids))
        samples = [row.sha256 for row in sampling_plans_of(session, on.round_id)]
    dates = {"starts_on": around.starts_on.isoformat(), "ends_on": around.ends_on.isoformat()}
    return rules | {
        "framework": f"{on.loaded.code}@{on.loaded.version}",
        "questionnaires": versions,
        "plan": {"dates": dates, "calls": plans} | ({"sampling": samples} if samples else {}),
    }


_REASON = Problem(
    "bad_reason",
    0,
    "",
    {
        "zh": f"请写明为什么修改，不超过 {REASON_LENGTH} 个字。",
        "en": f"Say why the rules change, in at most {REASON_LENGTH} characters.",
    },
)
_SAME = Problem(
    "no_change",
    0,
    "",
    {"zh": "规则与上次登记的相同，不必再登记。", "en": "The rules are as they were registered last."},
)
