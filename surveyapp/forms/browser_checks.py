"""What static/js/checks.js needs to judge answers as the server does: types, bounds, the values of lists.

Apart from the logic of a page, because citizens' pages do without it: the server judges theirs.
"""

from __future__ import annotations

from typing import Any

from surveyapp.forms.definition import Form, Itemset, Question
from surveyapp.forms.shortening import short


def browser_checks(form: Form) -> dict[str, dict[str, Any]]:
    """By path: t(ype), b(ind type), a(ppearance of dates), p(arameters of ranges), v(alues of a list)."""
    return {question.path: _check(question) for question in form.questions}


def _check(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"t": question.type, "b": question.bind_type}
    if question.type == "date":
        found["a"] = sorted(question.appearance & {"month-year", "year"})
    if question.type == "range":
        standard = {"start": "1", "end": "10", "step": "1"}
        found["p"] = {name: float(question.parameters.get(name, text)) for name, text in standard.items()}
    if question.calculate is not None:
        found["k"] = 1
    if question.itemset is not None and question.type in ("select_one", "select_multiple", "rank"):
        found["v"] = _values(question.itemset)
    return found


def _values(itemset: Itemset) -> dict[str, Any]:
    """'of': the answers a list is made from; else 'all': [value, 1 when exclusive] in order."""
    if itemset.source is not None:
        return {"of": short(itemset.source.tree), "ref": itemset.value_ref}
    return {"all": [[choice.value, int(choice.exclusive)] for choice in itemset.choices]}
