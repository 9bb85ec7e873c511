"""Compares two versions of a questionnaire, files or published ones, and counts the records concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp.forms.changes import Change, change
from surveyapp.forms.comparing import compare, concerns
from surveyapp.forms.comparing_measures import compare_measures
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.workbook_rows import at_rows
from surveyapp.services.authoring import Unreadable, read_any
from surveyapp.services.enclosing import digests
from surveyapp.services.installation import Platform
from surveyapp.storage import observations, questionnaires
from surveyapp.storage.queries.answers import answers_under


@dataclass(frozen=True)
class Version:
    """One side of a comparison. `files` are SHA-256 by name, None when they are not known."""

    form: Form
    measures: Sequence[Mapping[str, str]] = ()
    files: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Difference:
    """A change and how many stored records hold an answer it is about.

    None for a change of no question, and when no installation was asked.
    """

    change: Change
    records: int | None

    def to_json(self) -> dict[str, Any]:
        """The difference as plain data."""
        one = self.change
        return {
            "kind": one.kind,
            "path": one.path,
            "option": one.option,
            "sentence": dict(one.sentence),
            "records": self.records,
        }

    def line(self) -> str:
        """The difference in words of both languages."""
        said = self.change.sentence
        if self.records is None:
            return f"{said['zh']} / {said['en']}"
        return f"{said['zh']}（{self.records} 份记录） / {said['en']} (records: {self.records})"


def form_named(name: str, platform: Platform | None = None, files: Mapping[str, bytes] | None = None) -> Form:
    """The form of `version_named`."""
    return version_named(name, platform, files).form


def version_named(
    name: str, platform: Platform | None = None, files: Mapping[str, bytes] | None = None
) -> Version:
    """The version in a file, or 'form_id@version' or 'form_id' (its newest version) in an installation.

    `files` are the lists and media of a file.

    Raises Unreadable when there is neither, or when the file cannot be converted.
    """
    path = Path(name)
    if path.is_file():
        read = read_any(path)
        converted = convert_markdown(read.text, files) if not read.problems else None
        problems = read.problems if converted is None else converted.problems
        if converted is None or problems:
            found = at_rows(problems, read.text, read.rows)
            raise Unreadable("\n".join(f"{path}:{problem}" for problem in found))
        known = None if files is None else digests(files)
        return Version(load_form(converted.xform, files), converted.measures, known)
    if platform is None:
        zh, en = (
            "没有这个文件；要比较已发布的版本，请给出 --data",
            "no such file; give --data for published versions",
        )
        raise Unreadable(f"{name}: {zh} / {en}")
    form_id, _, version = name.partition("@")
    with platform.database.reading() as session:
        row = (
            questionnaires.find_version(session, form_id, version)
            if version
            else questionnaires.newest_version(session, form_id)
        )
    if row is None:
        zh, en = (
            "既不是文件，也不是已发布的问卷或版本",
            "neither a file nor a published questionnaire or version",
        )
        raise Unreadable(f"{name}: {zh} / {en}")
    return published_version(platform, row.id)


def published_version(platform: Platform, version_id: int) -> Version:
    """A published version with its measures and files."""
    with platform.database.reading() as session:
        measures = observations.measures_sheet(session, version_id)
        files = questionnaires.file_digests(session, version_id)
    return Version(platform.form(version_id), measures, files)


def differences(earlier: Version, later: Version, platform: Platform | None = None) -> tuple[Difference, ...]:
    """Every difference; with an installation, each with the number of records whose answers it concerns.

    All current records of the earlier questionnaire count, whatever their version, round or state.
    """
    changes = (
        *compare(earlier.form, later.form),
        *compare_measures(earlier.measures, later.measures),
        *_changed_files(earlier.files or {}, later.files or {}),
    )
    if platform is None:
        return tuple(Difference(one, None) for one in changes)
    counts = _counted(platform, earlier.form.form_id, changes)
    return tuple(
        Difference(one, count if one.path else None) for one, count in zip(changes, counts, strict=True)
    )


def _changed_files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*before} & {*after}):
        if before[name] != after[name]:
            yield change("file", "", name=name)


def _counted(platform: Platform, form_id: str, changes: Sequence[Change]) -> list[int]:
    counts = [0] * len(changes)
    about = [(at, one) for at, one in enumerate(changes) if one.path]
    if not about:
        return counts
    with platform.database.reading() as session:
        for answers in answers_under(session, form_id):
            for at, one in about:
                counts[at] += concerns(one, answers)
    return counts
