"""The methods by which evidence is collected, and the words by which tables call them.

The crosswalk between the notice's table and its body text; not the instruments themselves.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """`name` is the Chinese name of the indicator table and the key everywhere; `aliases` also match."""

    name: str
    label_en: str
    short: str
    aliases: tuple[str, ...]


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method("文件梳理", "Document review", "DOC", ("资料审查", "document review", "documents")),
        Method(
            "内部访谈", "Internal interview", "IV", ("座谈会", "个别谈话", "internal interview", "interview")
        ),
        Method(
            "政务大厅调研",
            "Service hall survey",
            "HALL",
            ("实地核查", "暗访", "service hall survey", "hall visit"),
        ),
        Method(
            "服务对象抽查", "Survey of service users", "QN", ("问卷调查", "survey of service users", "survey")
        ),
        Method("专家论证", "Expert panel", "EXP", ("expert panel", "experts")),
        Method("以事项公布情况为准", "Facts of publication", "PUB", ("facts of publication", "publication")),
        Method("电话征询", "Test calls", "TEL", ("test calls", "calls")),
    )
}

_BY_WORD = {word.casefold(): m.name for m in METHODS.values() for word in (m.name, *m.aliases, m.short)}


def split_methods(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Known method names of a cell, in order and once each, and the words that are no method.

    Separators: 、 ， , ； ; | / and line breaks; full-width letters and surrounding spaces do not matter.
    """
    known: list[str] = []
    unknown: list[str] = []
    for part in re.split(r"[、,;|/\n]", unicodedata.normalize("NFKC", cell)):
        word = part.strip()
        if not word:
            continue
        name = _BY_WORD.get(word.casefold())
        if name is None:
            unknown.append(word)
        elif name not in known:
            known.append(name)
    return tuple(known), tuple(unknown)


def method_label(name: str, language: str) -> str:
    """The method's name in 'zh' or 'en'; an unknown name is given back as it is."""
    found = METHODS.get(name)
    if found is None or language != "en":
        return name
    return found.label_en
