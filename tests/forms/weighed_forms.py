"""The heaviest questionnaires, converted and read; weighed by tests.memory."""

from __future__ import annotations

from collections.abc import Callable

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from surveyapp.forms.problem import BadForm
from tests.forms.bad_forms import ACCEPTED, BAD_XFORMS, REFUSED, sheets, text


def deeds() -> dict[str, Callable[[], object]]:
    """Every deed with its text made ready, after one small questionnaire."""
    load_form(convert_markdown(sheets(text("a"))).xform)
    markdown = {name: make() for name, (make, _code, _place) in REFUSED.items()}
    markdown |= {name: make() for name, make in ACCEPTED.items()}
    found: dict[str, Callable[[], object]] = {
        name: _converts(source, name in ACCEPTED) for name, source in markdown.items()
    }
    return found | {f"XForm: {name}": _reads(make()) for name, make in BAD_XFORMS.items()}


def _converts(source: str, is_right: bool) -> Callable[[], object]:
    def deed() -> None:
        assert bool(convert_markdown(source).xform) >= is_right

    return deed


def _reads(source: str) -> Callable[[], object]:
    def deed() -> None:
        try:
            load_form(source)
        except BadForm:
            return
        raise AssertionError(source[:80])

    return deed
