"""How a citizen sees the page: language, large type, high contrast. Carried in the form itself, so that it
works without cookies and without scripts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from surveyapp.forms.form import Form
from surveyapp.web.form_page import Mode
from surveyapp.web.language import LANGUAGES, current_language
from surveyapp.web.posted import mode_of_request


@dataclass(frozen=True)
class View:
    """The reader's choices. `is_one`: one question a page; None leaves it to the questionnaire."""

    language: str
    is_big: bool
    is_contrast: bool
    is_one: bool | None = None

    @property
    def page_class(self) -> str:
        """Classes of the html element."""
        return " ".join(name for name, on in (("big", self.is_big), ("contrast", self.is_contrast)) if on)

    def mode(self, form: Form) -> Mode:
        """How the page of a form is shown to this reader."""
        mode = mode_of_request(form)
        return mode if self.is_one is None else replace(mode, one=self.is_one)

    def pressed(self, button: str) -> View:
        """The view after a tool was pressed: 'big', 'contrast', 'one', 'all' or a language."""
        if button == "big":
            return replace(self, is_big=not self.is_big)
        if button == "contrast":
            return replace(self, is_contrast=not self.is_contrast)
        if button in ("one", "all"):
            return replace(self, is_one=button == "one")
        return replace(self, language=button) if button in LANGUAGES else self


def view_of_request() -> View:
    """The view the request asks for, in its form or its address."""
    return View(
        current_language(),
        request.values.get("_big") == "1",
        request.values.get("_contrast") == "1",
        {"1": True, "0": False}.get(request.values.get("_one", "")),
    )
