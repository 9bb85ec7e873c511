"""Which questions an expression over a form comes from, through all calculations between them."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.forms.definition import Form, Question
from surveyapp.forms.expression import Expression
from surveyapp.forms.problem import BadExpression


def questions_behind(form: Form, *texts: str) -> tuple[Question, ...]:
    """The questions whose answers the expressions read, in the order of the form.

    `texts` are expressions with `${name}` references; '' and malformed ones name nothing. A calculated
    question stands for those it is calculated from; conditions of being asked are not followed.
    """
    paths: set[str] = set()
    for text in texts:
        if text:
            try:
                _follow(form, form.expression(text), paths)
            except BadExpression:
                continue
    return tuple(
        question for question in form.questions if question.path in paths and question.calculate is None
    )


def _follow(form: Form, expression: Expression, paths: set[str]) -> None:
    """Adds the paths that an expression reads to `paths`, calculations opened, each once."""
    for path in _read(expression):
        item = form.items.get(path)
        if path in paths or not isinstance(item, Question):
            continue
        paths.add(path)
        if item.calculate is not None:
            _follow(form, item.calculate, paths)


def _read(expression: Expression) -> Iterator[str]:
    for reference in expression.references:
        yield "/".join(reference.path[1:])
