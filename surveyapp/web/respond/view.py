"""How a citizen sees the page: language, large type, high contrast. Carried in the form itself, so that it
works without cookies and without scripts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from surveyapp.web.language import LANGUAGES, current_language


@dataclass(frozen=True)
class View:
    """The reader's choices."""

    language: str
    is_big: bool
    is_contrast: bool

    @property
    def page_class(self) -> str:
        """Classes of the html element."""
        return " ".join(name for name, on in (("big", self.is_big), ("contrast", self.is_contrast)) if on)

    def pressed(self, button: str) -> View:
        """The view after a tool was pressed: 'big', 'contrast' or a language."""
        if button == "big":
            return replace(self, is_big=not self.is_big)
        if button == "contrast":
            return replace(self, is_contrast=not self.is_contrast)
        return replace(self, language=button) if button in LANGUAGES else self


def view_of_request() -> View:
    """The view the request asks for, in its form or its address."""
    return View(
        current_language(),
        request.values.get("_big") == "1",
        request.values.get("_contrast") == "1",
    )
