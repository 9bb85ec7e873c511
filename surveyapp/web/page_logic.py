"""What a questionnaire page's scripts need: the form's logic as a data block, and which scripts those are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from surveyapp.forms.filling import Filling
from surveyapp.forms.form import Form, Question, Repeat
from surveyapp.forms.scripts import expression_scripts
from surveyapp.web.page_steps import Mode
from surveyapp.web.question_views import DRAWN

_WIDGETS = frozenset({"counter", "thousands-sep", "autocomplete", "search"})
_SCRIPTS: tuple[tuple[str, Callable[[Question], bool]], ...] = (  # each with what makes a form need it
    ("js/position.js", lambda one: one.type in ("geopoint", "geotrace", "geoshape")),
    ("js/rank.js", lambda one: one.type == "rank"),
    ("js/drawing.js", lambda one: one.type == "image" and bool(one.appearance & DRAWN)),
    ("js/audio.js", lambda one: one.type == "audio"),
    ("js/confirm.js", lambda one: one.soft is not None),
    ("js/widgets.js", lambda one: bool(one.appearance & _WIDGETS) or one.type == "barcode"),
)


def logic_of(form: Form, filling: Filling, outputs: Sequence[Any], language: str) -> str:
    """The form's logic with this page's outputs and messages, escaped for a data block."""
    logic = form.browser_json()
    logic["outputs"] = outputs
    if form.shuffles_by_record:
        logic["id"] = filling.environment.record_id
    if "words" in logic:
        logic["lang"] = language
    logic["said"] = _messages(form, filling, language)
    text = json.dumps(logic, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def scripts_of(form: Form, outputs: Sequence[Any], mode: Mode) -> tuple[str, ...]:
    """The scripts beyond the common two that this page needs."""
    logic = form.browser_json()
    questions = list(form.questions)
    found = expression_scripts([logic["rules"], logic.get("actions", []), outputs])
    if logic["instances"]:
        found.append("js/lists.js")
    if "grows" in logic:
        found.append("js/growth.js")
    if "actions" in logic or any(isinstance(item, Repeat) for item in form.items.values()):
        found.append("js/instances.js")
    if mode.one:
        found.append("js/steps.js")
    return (*found, *(name for name, needed in _SCRIPTS if any(needed(one) for one in questions)))


def _messages(form: Form, filling: Filling, language: str) -> dict[str, list[str]]:
    """[constraint message, required message] of the questions that have their own."""
    found = {}
    for question in form.questions:
        if question.constraint_messages or question.required_messages:
            texts = (question.constraint_messages, question.required_messages)
            found[question.path] = [filling.resolved(one, question.path, language) for one in texts]
    return found
