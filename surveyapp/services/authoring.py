"""Questionnaires as files, before anything is published: written canonically, checked at their places.

Reads and writes files only; no installation is opened.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from surveyapp.config import resource
from surveyapp.forms.advice import Phrase, Wording, advise
from surveyapp.forms.canonical import canonical
from surveyapp.forms.cautions import cautions
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.problem import Problem
from surveyapp.forms.tables import read_sheets
from surveyapp.forms.workbook_rows import at_rows
from surveyapp.services.authoring_workbooks import TABLES, Imported, read_questionnaire_file
from surveyapp.services.enclosing import file_problems

__all__ = [
    "Looked",
    "Problem",
    "Unreadable",
    "files_in",
    "look_at",
    "questionnaires_at",
    "read_any",
    "read_questionnaire",
    "said",
    "warnings_of",
    "write_canonically",
]

README = "README.md"


class Unreadable(Exception):
    """A file that cannot be read as a questionnaire; the text says which and why, in both languages."""


def questionnaires_at(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named: every *.md but the README."""
    for path in paths:
        if path.is_dir():
            yield from (found for found in sorted(path.glob("*.md")) if found.name != README)
        else:
            yield path


def read_questionnaire(path: Path) -> str:
    """The text of a questionnaire in Markdown. Raises Unreadable."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        zh, en = "不是 UTF-8 编码的文本，请另存为 UTF-8", "is not UTF-8 text; save it as UTF-8"
        raise Unreadable(f"{path}: {zh} / {en}") from None
    except OSError as error:
        raise Unreadable(f"{path}: 读不出来 / cannot be read: {error.strerror}") from None


def write_canonically(path: Path, only_look: bool = False) -> bool:
    """Write the file canonically; True when it was not so before. `only_look` leaves it as it is.

    Raises Unreadable; the file is then as it was.
    """
    text = read_questionnaire(path)
    wanted = canonical(text)
    if wanted != text and not only_look:
        path.write_bytes(wanted.encode("utf-8"))
    return wanted != text


@dataclass(frozen=True)
class Looked:
    """What a look at one questionnaire found: problems forbid publishing, warnings do not."""

    path: Path
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def files_in(folder: Path | None) -> dict[str, bytes] | None:
    """The lists and media in a folder by name; None without one, which leaves out whether they are there."""
    if folder is None:
        return None
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def look_at(path: Path, files: Mapping[str, bytes] | None = None) -> Looked:
    """Everything that is wrong with a questionnaire, as publishing would find it. Raises Unreadable.

    A workbook is read as it is uploaded, and its problems are at its own rows.
    """
    refused = tuple(file_problems(files)) if files else ()
    read = read_any(path)
    if read.problems:
        return Looked(path, (*refused, *read.problems), read.warnings)
    converted = convert_markdown(read.text, None if refused else files)
    warnings = warnings_of(read.text, converted.warnings)
    if read.rows:
        found = tuple(at_rows(converted.problems, read.text, read.rows))
        warnings = (*read.warnings, *at_rows(warnings, read.text, read.rows))
        return Looked(path, (*refused, *found), warnings)
    return Looked(path, (*refused, *converted.problems), warnings)


def read_any(path: Path) -> Imported:
    """A questionnaire in Markdown or in a workbook. Raises Unreadable; a workbook may have problems."""
    if path.suffix.lower() not in TABLES:
        return Imported(read_questionnaire(path), ())
    try:
        return read_questionnaire_file(path.name, path.read_bytes())
    except OSError as error:
        raise Unreadable(f"{path}: 读不出来 / cannot be read: {error.strerror}") from None


def warnings_of(text: str, of_converter: Iterable[str] = ()) -> tuple[Problem, ...]:
    """What may be published and still goes wrong with people, at its line; the converter's warnings first."""
    sheets = read_sheets(text)
    return (*map(_of_converter, of_converter), *advise(sheets, wording()), *cautions(sheets))


@cache
def wording() -> Wording:
    """What the wording of questions is compared with, from questionnaires/wording.toml."""
    found = tomllib.loads((resource("questionnaires") / "wording.toml").read_text(encoding="utf-8"))
    personal = found["personal"]

    def phrases(kind: str) -> tuple[Phrase, ...]:
        return tuple(
            Phrase(
                re.compile(one["words"], re.IGNORECASE),
                one["language"],
                {"zh": one["why_zh"], "en": one["why_en"]},
            )
            for one in found[kind]
        )

    return Wording(
        phrases("leading"),
        phrases("double"),
        re.compile(personal["names"]),
        {language: re.compile(personal[language]) for language in ("zh", "en")},
        re.compile(personal["consent"], re.IGNORECASE),
    )


def _of_converter(warning: str) -> Problem:
    text = " ".join(warning.split())
    return Problem(
        "converter", "survey", {"zh": f"转换程序提醒：{text}", "en": f"The converter says: {text}"}
    )


def said(path: Path, problem: Problem) -> str:
    """The problem as a line: file:sheet:line:column, then the sentence in both languages."""
    place = problem.path.rstrip(":") or "survey"
    return f"{path}:{place}: {problem.sentence['zh']} / {problem.sentence['en']} [{problem.code}]"
