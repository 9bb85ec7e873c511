"""Publish a questionnaire: convert, check, store once; a published version never changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from surveyapp.forms.conversion import Converted, convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.problem import Problem
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import questionnaires

FORM_ID_LENGTH, VERSION_LENGTH = 64, 32


@dataclass(frozen=True)
class Published:
    """The version that is now in force, or the problems that forbid it (then `version_id` is None)."""

    version_id: int | None
    form_id: str
    version: str
    problems: tuple[Problem, ...]


def publish(platform: Platform, source: str, kind: str, by: int | None = None) -> Published:
    """Publish the questionnaire written in `source` (XLSForm as Markdown).

    The same text again is the same version; another text under a published version is refused.
    """
    converted = convert_markdown(source)
    if converted.problems:
        return Published(None, "", "", converted.problems)
    form = load_form(converted.xform)
    if len(form.form_id) > FORM_ID_LENGTH or len(form.version) > VERSION_LENGTH:
        return Published(None, form.form_id, form.version, (_too_long(),))
    try:
        return _publish(platform, source, kind, converted, form, by)
    except questionnaires.VersionTaken:  # somebody else published at the same moment: look again
        return _publish(platform, source, kind, converted, form, by)


def _publish(
    platform: Platform, source: str, kind: str, converted: Converted, form: Form, by: int | None
) -> Published:
    digest = hashlib.sha256(source.encode()).hexdigest()
    with platform.database.transaction() as session:
        held = questionnaires.find_version(session, form.form_id, form.version)
        if held is not None and held.sha256 != digest:
            return Published(None, form.form_id, form.version, (_taken(form.form_id, form.version),))
        if held is not None:
            return Published(held.id, form.form_id, form.version, ())
        known = questionnaires.find_questionnaire(session, form.form_id)
        if known is not None and known.kind != kind:
            return Published(None, form.form_id, form.version, (_other_kind(form.form_id),))
        version_id = questionnaires.add_version(
            session,
            questionnaire_id=(known or questionnaires.add_questionnaire(session, form.form_id, kind)).id,
            version=form.version,
            source=source,
            xform=converted.xform,
            sha256=digest,
            md5=hashlib.md5(converted.xform.encode(), usedforsecurity=False).hexdigest(),
            measures=[dict(row) for row in converted.measures],
            published_at=platform.clock(),
            published_by=by,
        )
        note_deed(
            session, platform.clock(), by, "questionnaire.publish", "version", version_id, form=form.form_id
        )
        return Published(version_id, form.form_id, form.version, ())


def _taken(form_id: str, version: str) -> Problem:
    return Problem(
        "version-taken",
        "settings/version",
        {
            "zh": f"{form_id} 的版本 {version} 已发布，不能改动；请在 settings 表中改用新的 version。",
            "en": f"{form_id} version {version} is published and cannot change; "
            "give a new version in the settings sheet.",
        },
    )


def _other_kind(form_id: str) -> Problem:
    return Problem(
        "other-kind",
        "settings/form_id",
        {
            "zh": f"{form_id} 已按另一种用途发布，用途不能改变；"
            "请选回原来的用途，或在 settings 表中换一个 form_id。",
            "en": f"{form_id} is published for another purpose, which cannot change; "
            "choose that purpose or give another form_id in the settings sheet.",
        },
    )


def _too_long() -> Problem:
    return Problem(
        "too-long",
        "settings/form_id",
        {
            "zh": f"form_id 不超过 {FORM_ID_LENGTH} 个字符，version 不超过 {VERSION_LENGTH} 个字符；"
            "请在 settings 表中改短。",
            "en": f"form_id has at most {FORM_ID_LENGTH} characters and version at most {VERSION_LENGTH}; "
            "shorten them in the settings sheet.",
        },
    )
