"""What a new version of a questionnaire may not change of those before it: the type under a name."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.forms.definition import Form, Question
from surveyapp.forms.problem import Problem

_WITHOUT_ANSWER = frozenset({"note"})
_UNSEEN = frozenset({"calculate", "hidden"})


def type_changes(earlier: Form, later: Form) -> Iterator[Problem]:
    """A problem for each question of `later` that had another type under its name in `earlier`.

    Stored answers are read by name, so a number may not become a text. Notes hold no answer and may change;
    a calculated value may become a hidden one.
    """
    before = {question.name: question for question in earlier.questions}
    for question in later.questions:
        old = before.get(question.name)
        if old is not None and _kind(old) != _kind(question) and not _free(old, question):
            zh = (
                f"“{question.name}”在版本 {earlier.version} 里是 {old.type}，不能改成 {question.type}；"
                "请恢复原题型，或换一个题名。"
            )
            en = (
                f"{question.name!r} is {old.type} in version {earlier.version} and cannot become "
                f"{question.type}; restore the type or give the question another name."
            )
            yield Problem("type_changed", f"{question.path}@type", {"zh": zh, "en": en})


def _kind(question: Question) -> tuple[str, str]:
    number = question.bind_type if question.type == "range" else ""
    return ("unseen" if question.type in _UNSEEN else question.type), number


def _free(old: Question, new: Question) -> bool:
    return old.type in _WITHOUT_ANSWER or new.type in _WITHOUT_ANSWER
