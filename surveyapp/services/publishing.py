"""Publish a questionnaire: convert, check, store once; a published version never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.forms.conversion import Converted, at_its_row, convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.problem import Problem
from surveyapp.forms.succession import type_changes
from surveyapp.services.auditing import note_deed
from surveyapp.services.enclosing import digests, file_problems, keep_files, name_files
from surveyapp.services.installation import Platform
from surveyapp.services.measuring import misfits
from surveyapp.storage import questionnaires
from surveyapp.storage.database import Session

FORM_ID_LENGTH, VERSION_LENGTH = 64, 32


@dataclass(frozen=True)
class Published:
    """The version that is now in force, or the problems that forbid it (then `version_id` is None)."""

    version_id: int | None
    form_id: str
    version: str
    problems: tuple[Problem, ...]


def publish(
    platform: Platform,
    source: str,
    kind: str,
    by: int | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Published:
    """Publish the questionnaire written in `source` (XLSForm as Markdown) with its lists and media.

    The same text and files again are the same version; others under a published version are refused, and so
    is a question whose type differs from that of its name in an earlier version.
    """
    beside = dict(files or {})
    refused = tuple(file_problems(beside))
    if refused:
        return Published(None, "", "", refused)
    converted = convert_markdown(source, beside)
    if converted.problems:
        return Published(None, "", "", converted.problems)
    form = load_form(converted.xform, beside)
    if found := obstacles(platform, form, source, kind, digests(beside)):
        return Published(None, form.form_id, form.version, found)
    keep_files(platform, beside)
    wanted = _Wanted(source, kind, converted, form, by, beside)
    try:
        return _publish(platform, wanted)
    except questionnaires.VersionTaken:  # somebody else published at the same moment: look again
        return _publish(platform, wanted)


def obstacles(
    platform: Platform, form: Form, source: str, kind: str, files: Mapping[str, str]
) -> tuple[Problem, ...]:
    """What of this installation forbids to publish a sound form now; `files` are SHA-256 by name.

    Too long an id, a type changed under a name, a version that is taken, a form id of another purpose,
    measures that no framework can score.
    """
    if len(form.form_id) > FORM_ID_LENGTH or len(form.version) > VERSION_LENGTH:
        return (_too_long(),)
    digest = hashlib.sha256(source.encode()).hexdigest()
    with platform.database.reading() as session:
        held = _held(session, form, kind, digest, files)
    return (*held.problems, *_type_changes(platform, form, source), *misfits(platform, source))


@dataclass(frozen=True)
class _Held:
    """What is published under a form id: the version when it is the very same one, and what is in the way."""

    version_id: int | None
    problems: tuple[Problem, ...] = ()


def _held(session: Session, form: Form, kind: str, digest: str, files: Mapping[str, str]) -> _Held:
    held = questionnaires.find_version(session, form.form_id, form.version)
    if held is not None:
        if held.sha256 == digest and questionnaires.file_digests(session, held.id) == files:
            return _Held(held.id)
        return _Held(None, (_taken(form.form_id, form.version),))
    known = questionnaires.find_questionnaire(session, form.form_id)
    if known is not None and known.kind != kind:
        return _Held(None, (_other_kind(form.form_id),))
    return _Held(None)


@dataclass(frozen=True)
class _Wanted:
    """What is to be published."""

    source: str
    kind: str
    converted: Converted
    form: Form
    by: int | None
    files: Mapping[str, bytes]


def _type_changes(platform: Platform, form: Form, source: str) -> tuple[Problem, ...]:
    """Questions whose type differs from that of their name in any other version of the questionnaire."""
    with platform.database.reading() as session:
        known = questionnaires.find_questionnaire(session, form.form_id)
        versions = questionnaires.version_ids(session, known.id) if known else []
    found: dict[str, Problem] = {}
    for version_id in versions:
        earlier = platform.form(version_id)
        if earlier.version != form.version:
            for problem in type_changes(earlier, form):
                found.setdefault(problem.path, problem)
    return tuple(at_its_row(problem, source) for problem in found.values())


def _publish(platform: Platform, wanted: _Wanted) -> Published:
    form, digest = wanted.form, hashlib.sha256(wanted.source.encode()).hexdigest()
    with platform.database.transaction() as session:
        held = _held(session, form, wanted.kind, digest, digests(wanted.files))
        if held.version_id is not None or held.problems:
            return Published(held.version_id, form.form_id, form.version, held.problems)
        known = questionnaires.find_questionnaire(session, form.form_id)
        row = known or questionnaires.add_questionnaire(session, form.form_id, wanted.kind)
        version_id = _add_version(platform, session, row.id, digest, wanted)
        name_files(session, version_id, wanted.files)
        return Published(version_id, form.form_id, form.version, ())


def _add_version(
    platform: Platform, session: Session, questionnaire_id: int, digest: str, wanted: _Wanted
) -> int:
    now, xform = platform.clock(), wanted.converted.xform
    version_id = questionnaires.add_version(
        session,
        questionnaire_id=questionnaire_id,
        version=wanted.form.version,
        source=wanted.source,
        xform=xform,
        sha256=digest,
        md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
        measures=[dict(row) for row in wanted.converted.measures],
        published_at=now,
        published_by=wanted.by,
    )
    form_id = wanted.form.form_id
    note_deed(session, now, wanted.by, "questionnaire.publish", "version", version_id, form=form_id)
    return version_id


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
