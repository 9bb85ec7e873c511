"""Chinese first, English second. The Chinese sentence is the key; English lives in translations/en/*.po.

The language is what the request says (?lang= or the field _lang), else the cookie, else the account's,
else Chinese. `_` works inside a request only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask, Response, g, request
from flask_login import current_user

LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
FOLDER = Path(__file__).resolve().parent.parent / "translations"
COOKIE = "lang"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Chinese sentence -> sentence in `language`; {} for Chinese itself."""
    sentences: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            sentences |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return sentences


def current_language() -> str:
    """'zh' or 'en' for this request."""
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def _chosen() -> str:
    asked = [request.args.get("lang", ""), request.cookies.get(COOKIE, "")]
    if request.method == "POST" and request.mimetype.endswith(("form-data", "urlencoded")):
        asked.insert(0, request.form.get("_lang", ""))
    if request.cookies and current_user and current_user.is_authenticated:
        asked.append(current_user.actor.language)
    return next((language for language in asked if language in LANGUAGES), "zh")


def _(sentence: str, **values: Any) -> str:
    """The sentence in the request's language, with %(name)s filled in."""
    text = catalogue(current_language()).get(sentence, sentence)
    return text % values if values else text


def either(sentences: dict[str, str]) -> str:
    """The sentence of a {'zh', 'en'} pair in the request's language."""
    return sentences.get(current_language()) or sentences["zh"]


def install_language(app: Flask) -> None:
    """Offer `_`, the languages and the page's lang attribute to every template."""
    app.jinja_env.globals.update(_=_, either=either, LANGUAGES=LANGUAGES)
    app.context_processor(lambda: {"language": current_language(), "lang_tag": TAGS[current_language()]})
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    if request.args.get("lang") in LANGUAGES and request.cookies.get(COOKIE) != request.args["lang"]:
        response.set_cookie(COOKIE, request.args["lang"], max_age=31_536_000, samesite="Lax", httponly=True)
    return response
