"""Signs and words people bring from spreadsheets, programs and input methods, with the advice."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """What stands there, under which code it is refused, and what to write instead."""

    code: str
    text: str
    zh: str
    en: str


_SIGNS = (
    (re.compile(r"={2,}"), "等于只写一个 =", "write a single ="),
    (re.compile(r"!=="), "不等于写 !=", "write !="),
    (re.compile(r"<>|><"), "不等于写 !=", "write !="),
    (re.compile(r"=>"), "大于等于写 >=", "write >="),
    (re.compile(r"=<"), "小于等于写 <=", "write <="),
    (re.compile(r"&&?"), "“并且”写 and", "write and"),
    (re.compile(r"\|\|"), "“或者”写 or", "write or"),
    (re.compile(r"!(?!=)"), "“非”写 not( )", "write not( )"),
    (re.compile(r"%"), "求余写 mod，百分数写小数", "write mod for a remainder, a decimal for a percentage"),
    (re.compile(r"\^"), "乘方写 pow(底数, 指数)", "write pow(base, exponent)"),
    (re.compile(r"\?"), "条件写 if(条件, 值, 值)", "write if(condition, value, value)"),
    (re.compile(r";"), "参数之间用逗号 ,", "separate arguments with a comma"),
    (re.compile(r"[{}$]"), "引用题目写 ${题名}，括号要成对", "refer to a question as ${name}"),
    (re.compile(r"[≥]"), "写 >=", "write >="),
    (re.compile(r"[≤]"), "写 <=", "write <="),
    (re.compile(r"[≠]"), "写 !=", "write !="),
    (re.compile(r"[×✕]"), "乘写 *", "write *"),
    (re.compile(r"[÷]"), "除写 div", "write div"),
    (re.compile(r"[。、]"), "改用半角 . 或 ,", "use a half-width . or ,"),
    (re.compile(r"[“”„]"), "改用直引号 \"", 'use the straight quotation mark "'),
    (re.compile(r"[‘’]"), "改用直引号 '", "use the straight quotation mark '"),
    (re.compile(r"[–—−]"), "减号写 -", "write -"),
    (re.compile(r"[\u00a0\u3000\u200b\ufeff]"), "改用普通空格", "use a plain space"),
)  # fmt: skip
_ANY_SIGN = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _zh, _en in _SIGNS))
_WORDS = {
    "is": ("=", "="), "eq": ("=", "="), "ne": ("!=", "!="), "gt": (">", ">"), "lt": ("<", "<"),
    "ge": (">=", ">="), "le": ("<=", "<="), "xor": ("or、and 和 not( )", "or, and and not( )"),
    "in": ("selected( )", "selected( )"), "like": ("contains( ) 或 regex( )", "contains( ) or regex( )"),
    "then": ("if(条件, 值, 值)", "if(condition, value, value)"),
    "else": ("if(条件, 值, 值)", "if(condition, value, value)"),
}  # fmt: skip


def sign_slip(expression: str, at: int) -> Slip | None:
    """The slip that begins at a place of an expression, outside quotes; None when there is none."""
    if expression[at].isascii() and _ANY_SIGN.match(expression, at) is None:
        return None
    for pattern, zh, en in _SIGNS:
        found = pattern.match(expression, at)
        if found:
            return Slip("sign_foreign", found[0], zh, en)
    sign = expression[at]
    half = unicodedata.normalize("NFKC", sign)
    if half != sign and len(half) == 1 and half.isascii():
        return Slip("full_width", sign, f"这是全角符号，改用半角 {half}", f"it is full-width; use {half}")
    return None


def word_slip(word: str) -> Slip | None:
    """The slip of a word where an operator should stand."""
    if word.lower() in ("or", "and", "div", "mod"):
        return Slip(
            "word_foreign", word, f"运算词要小写：{word.lower()}", f"write {word.lower()} in small letters"
        )
    known = _WORDS.get(word.lower())
    return known and Slip("word_foreign", word, f"改写成 {known[0]}", f"write {known[1]}")
