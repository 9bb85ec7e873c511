"""What publishing a draft would do: what is in its way, what it warns of, what happens to stored answers.

Both people see the same: whoever wrote it, and whoever publishes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from surveyapp.forms.form import Form
from surveyapp.forms.problem import Problem
from surveyapp.forms.tables import Sheet, read_sheets
from surveyapp.forms.workbook_rows import at_rows
from surveyapp.services import drafting, publishing
from surveyapp.services.authoring import warnings_of
from surveyapp.services.authoring_versions import Difference, Version, differences, published_version
from surveyapp.services.drafting import DraftRow
from surveyapp.services.installation import Platform
from surveyapp.services.measuring import misfits
from surveyapp.storage import questionnaires
from surveyapp.storage.queries.answers import count_records

_MOST_KEPT = 8


@dataclass(frozen=True)
class Outlook:
    """`obstacles` forbid publishing now, `warnings` do not.

    `against` is the version the draft would follow, '' for the first of its questionnaire; `differences`
    are from that one, and `records` says how many records the questionnaire had when they were counted.
    """

    obstacles: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    against: str = ""
    differences: tuple[Difference, ...] = ()
    records: int = 0


@dataclass(frozen=True)
class _Counted:
    """Differences as they were counted when there were so many records."""

    records: int
    differences: tuple[Difference, ...]


_Place = tuple[int, datetime, int]
_known: WeakKeyDictionary[Platform, dict[_Place, _Counted]] = WeakKeyDictionary()


def outlook(platform: Platform, draft: DraftRow) -> Outlook:
    """Look at a draft with all that this installation knows. A published one is seen from its predecessor."""
    examined = drafting.examine(platform, draft)
    form, found = examined.form, list(warnings_of(draft.source, examined.warnings))
    if form is None or draft.version_id is not None:  # else they stand among the obstacles
        found += misfits(platform, draft.source)
    warnings = tuple(at_rows(found, draft.source, draft.rows))
    if form is None:
        return Outlook((), warnings)
    obstacles: tuple[Problem, ...] = ()
    if draft.version_id is None:
        met = publishing.obstacles(platform, form, draft.source, draft.kind, dict(draft.files))
        obstacles = tuple(at_rows(met, draft.source, draft.rows))
    before = _predecessor(platform, form, draft)
    if before is None:
        return Outlook(obstacles, warnings)
    counted = _counted(platform, draft, form, before)
    against = platform.form(before).version
    return Outlook(obstacles, warnings, against, counted.differences, counted.records)


def _predecessor(platform: Platform, form: Form, draft: DraftRow) -> int | None:
    """The version in force, for a published draft the one before it; None when there is none."""
    with platform.database.reading() as session:
        known = questionnaires.find_questionnaire(session, form.form_id)
        versions = questionnaires.version_ids(session, known.id) if known else []
    earlier = [one for one in versions if draft.version_id is None or one < draft.version_id]
    return earlier[-1] if earlier else None


def _counted(platform: Platform, draft: DraftRow, form: Form, before: int) -> _Counted:
    """Counted anew when one record in a hundred has come or gone, since every record is read for it."""
    with platform.database.reading() as session:
        records = count_records(session, form.form_id)
    kept = _known.setdefault(platform, {})
    place = (draft.id, draft.created_at, before)
    held = kept.get(place)
    if held is None or abs(records - held.records) > held.records // 100:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        mine = Version(form, _measures(draft), dict(draft.files))
        held = _Counted(records, differences(published_version(platform, before), mine, platform))
        kept[place] = held
    return held


def _measures(draft: DraftRow) -> list[dict[str, str]]:
    return [row for _, row in read_sheets(draft.source).get("measures", Sheet("measures")).records()]
