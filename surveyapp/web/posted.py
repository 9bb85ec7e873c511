"""A questionnaire page as a request sees it: what came back, which button was pressed, how to show it again.

The buttons that do not send (another instance of a repeat, an update, another page) work without a script:
the page comes back with everything typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from surveyapp.forms.filling import Filling
from surveyapp.forms.form import Form
from surveyapp.forms.instances import with_instance, without_instance
from surveyapp.forms.posting import answers_from_fields, confirmed_from_fields, with_answers
from surveyapp.forms.problem import Problem
from surveyapp.services.attaching import Upload, named_upload
from surveyapp.web.form_page import FormPage, Mode, build_page
from surveyapp.web.language import current_language
from surveyapp.web.page_steps import of_step


@dataclass(frozen=True)
class Posted:
    """The answers of a posted page. `sent`: they are to be filed; else the page is to be shown again.

    `confirmed` are the reasons given for unusual answers, by path.
    """

    answers: dict[str, Any]
    problems: tuple[Problem, ...]
    files: tuple[Upload, ...]
    sent: bool
    confirmed: Mapping[str, str] = field(default_factory=dict)


def posted(form: Form) -> Posted:
    """Read the request's form."""
    fields = request.form
    answers, problems = answers_from_fields(form, fields.to_dict(flat=False))
    verb, _, place = fields.get("_repeat", "").partition(":")
    if verb:
        change = with_instance if verb == "add" else without_instance
        return Posted(change(form, answers, place), (), (), False)
    if "_update" in fields or _move(form):
        return Posted(answers, (), (), False)
    files = uploads()
    names = {upload.question: upload.name for upload in reversed(files)}
    return Posted(with_answers(form, answers, names), problems, files, True, reasons_of_request(form))


def uploads() -> tuple[Upload, ...]:
    """The files of the request, several to a question, under names of our own."""
    found = []
    for question, files in request.files.lists():
        given = [file for file in files if file.filename]
        found += [
            named_upload(question, n, file.read(), file.filename or "") for n, file in enumerate(given, 1)
        ]
    return tuple(found)


def files_of_request() -> frozenset[str]:
    """The questions files were chosen for. A page that comes back cannot hold them: they are chosen again."""
    return frozenset(name for name, files in request.files.lists() if any(file.filename for file in files))


def reasons_of_request(form: Form) -> dict[str, str]:
    """The reasons given for unusual answers, by path."""
    return confirmed_from_fields(form, request.form.to_dict(flat=False))


def mode_of_request(form: Form) -> Mode:
    """How the page was shown and is to be shown; the questionnaire itself may ask for one question a page."""
    given = request.form
    at = given.get("_at", "")
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 7 else 1
    one = given.get("_one") == "1" if "_at" in given or "_one" in given else form.style == "pages"
    return Mode(one, max(place, 1), "_update" in given or given.get("_known") == "1")


def _move(form: Form) -> int:
    """By how many pages to go on: Enter, which names no button, goes on as well."""
    given = request.form
    if not mode_of_request(form).one or "_send" in given or "_action" in given or "_view" in given:
        return 0
    return {"next": 1, "back": -1}.get(given.get("_step", "next" if "_at" in given else ""), 0)


def page_of(
    form: Form,
    filling: Filling,
    problems: Sequence[Problem] = (),
    *,
    version_id: int,
    numbered: bool = True,
    mode: Mode | None = None,
    staff: bool = True,
    media_at: str = "",
) -> FormPage:
    """The page for this request, in its language. Going on takes right answers on the page that is left.

    `media_at` is where the files beside the form lie when they are not published.
    """
    language, mode = current_language(), mode or mode_of_request(form)
    move = _move(form) if request.method == "POST" else 0
    if move > 0:
        bare = build_page(form, filling, language=language, numbered=numbered, mode=mode)
        mine = of_step(bare.sections, mode, [problem.path for problem in filling.problems])
        problems = [problem for problem in filling.problems if problem.path in mine]
        move = 0 if problems else move
    return build_page(
        form,
        filling,
        problems,
        language=language,
        numbered=numbered,
        mode=mode,
        move=move,
        staff=staff,
        media_at=media_at or url_for("enclosures.enclosure", version_id=version_id, name=""),
        reasons=reasons_of_request(form),
        lost=files_of_request(),
    )
