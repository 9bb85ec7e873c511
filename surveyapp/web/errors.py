"""Every refusal as a page (or JSON) with a sentence: what is wrong, what to do. Never a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.calling.sending import NoQuestionnaire
from surveyapp.services.installation import StorageUnavailable, Unstorable
from surveyapp.web.language import _
from surveyapp.web.openrosa import answers as openrosa

log = logging.getLogger("surveyapp")


def sentence(status: int) -> str:
    """What a status means for the person in front of it, in the request's language."""
    sentences = {
        400: _("请求的内容有误，服务器没有保存任何内容。请返回上一页检查后重试。"),
        401: _("登录已失效。请重新登录后继续，本机上的内容仍在。"),
        403: _("您的账号没有查看或操作此项内容的权限。如有需要，请联系项目负责人。"),
        404: _("没有找到这个页面。请检查地址是否完整，或从首页重新进入。"),
        405: _("这个地址不支持该操作。请从首页重新进入。"),
        409: _("内容与已保存的不一致，服务器保留了先前的一份。"),
        413: _("提交的内容过大，服务器没有保存。请缩短文字，或减少、缩小照片后重试。"),
        415: _("内容的格式不受支持。"),
        429: _("操作过于频繁。请稍候一分钟再试。"),
        503: _("系统暂时无法保存，您填写的内容没有丢失。请稍候几秒再提交一次。"),
    }
    return sentences.get(status) or _("系统出现错误，已记录。请稍后重试；如仍有问题，请联系管理员。")


def install_errors(app: Flask) -> None:
    """Answer every error in the shape its asker reads."""
    app.register_error_handler(HTTPException, lambda error: _answer(error.code or 500, error))
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(StorageUnavailable, _unavailable)
    app.register_error_handler(Unstorable, _unstorable)
    for missing in (UnknownTask, NoQuestionnaire):
        app.register_error_handler(missing, lambda _error: refusal(404))
    app.register_error_handler(Exception, _unexpected)


def refusal(status: int, text: str = "", code: str = "") -> Response:
    """A refusal with its own sentence, as JSON for the interface and as a page for people."""
    if openrosa.concerns(request.path):
        return openrosa.refusal(status)
    text = text or sentence(status)
    if request.path.startswith("/api/") or request.is_json:
        response = jsonify({"error": code or f"http-{status}", "message": text})
    else:
        response = make_response(render_template("home/refusal.html", status=status, text=text))
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = "60" if status == 429 else "3"
    return response


def _answer(status: int, error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        return Response("This host is not served here.\n", 400, mimetype="text/plain")
    response = refusal(status)
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return response


def _stale(_error: CSRFError) -> Response:
    return refusal(400, _("页面已过期，服务器没有保存。请刷新页面后再提交一次。"), "csrf")


def _unavailable(error: StorageUnavailable) -> Response:
    log.error("storage unavailable: %s", error)
    return refusal(503)


def _unstorable(error: Unstorable) -> Response:
    log.warning("a value no column can hold: %s", error)
    text = _("内容里有无法保存的字符、过大的数或不可能的时间，服务器没有保存。请检查后重新提交。")
    return refusal(400, text, "unstorable")


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error", exc_info=error)
    return refusal(500)
