"""Answers as OpenRosa clients read them: text/xml with the protocol's headers, errors included."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from flask import Response, request

PREFIX = "/openrosa"
RESPONSE = "http://openrosa.org/http/response"
SENTENCES: Mapping[int, tuple[str, str]] = {
    400: (
        "请求的内容有误，服务器没有保存任何内容，请重新发送。",
        "The request is malformed and nothing was stored; send it again.",
    ),
    401: (
        "设备的凭证无效或已停用，请向项目负责人领取新的设置二维码。",
        "This device's credentials are unknown or revoked; ask the lead for a new settings code.",
    ),
    403: (
        "密码只能通过加密连接（https）发送，请改用 https 地址。",
        "Passwords are taken over an encrypted connection only; use the https address.",
    ),
    404: (
        "没有找到所请求的内容，请刷新问卷列表。",
        "There is no such thing here; refresh the list of forms.",
    ),
    405: ("这个地址不支持该操作。", "This address does not support that method."),
    413: (
        "一次发送的内容过大，请减少或缩小附件后重新发送。",
        "The post is too large; send fewer or smaller attachments at a time.",
    ),
    415: ("请以 multipart/form-data 发送记录。", "Send records as multipart/form-data."),
    429: ("请求过于频繁，请稍候一分钟再试。", "Too many requests; try again in a minute."),
    503: (
        "系统暂时无法保存，记录仍在本机，请稍候再发送。",
        "Nothing can be stored just now; the record stays on the device, send it again soon.",
    ),
}
UNEXPECTED = (
    "系统出现错误，已记录；记录仍在本机，请稍后再发送。",
    "Something went wrong and was logged; the record stays on the device, send it again later.",
)
_WAIT = {429: "60", 503: "3"}


def xml(body: str, status: int = 200) -> Response:
    """A document as text/xml in UTF-8."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return Response(text, status, content_type="text/xml; charset=utf-8")


def element(name: str, text: str) -> str:
    """An element with text alone."""
    return f"<{name}>{escape(text)}</{name}>"


def said(status: int, zh: str, en: str, nature: str = "") -> Response:
    """An OpenRosaResponse with a message in the language asked for, in both when none is asked for."""
    wanted = request.accept_languages.best_match(["zh", "zh-CN", "en"]) if request.accept_languages else None
    text = f"{zh} {en}" if wanted is None else (en if wanted == "en" else zh)
    attribute = f" nature={quoteattr(nature)}" if nature else ""
    return xml(
        f"<OpenRosaResponse xmlns={quoteattr(RESPONSE)}>"
        f"<message{attribute}>{escape(text)}</message></OpenRosaResponse>",
        status,
    )


def refusal(status: int, sentence: Mapping[str, str] | None = None) -> Response:
    """A refusal with its own sentence, else the sentence of its status."""
    zh, en = SENTENCES.get(status, UNEXPECTED)
    if sentence is not None:
        zh, en = sentence["zh"], sentence["en"]
    response = said(status, zh, en, nature="error")
    if status in _WAIT:
        response.headers["Retry-After"] = _WAIT[status]
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="surveyapp", charset="UTF-8"'
    return response


def concerns(path: str) -> bool:
    """Whether a request of this path is answered the OpenRosa way."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")
