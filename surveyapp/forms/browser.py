"""The logic of a form as JSON for the browser: the same trees the server runs, never their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surveyapp.forms.definition import Form


def browser_logic(form: Form) -> dict[str, Any]:
    """What static/js/form.js needs to run the form."""
    return {"id": form.form_id}
