"""Warnings about a questionnaire: what may be published and still goes wrong with people.

Never a reason to refuse; each names sheet, line and column and says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.tables import Sheet
from surveyapp.forms.unreachable import unreachable_rows

Rows = Sequence[tuple[int, Mapping[str, str]]]
LONGEST_LABEL: Mapping[str, int] = {"zh": 80, "en": 240}
MOST_OPTIONS = 15
_NO = ("", "no", "false", "false()", "0")
_UNASKED = re.compile(r"(begin|end)[ _]|(note|calculate|hidden|start|end|today|deviceid|username|audit)\b")
_COMPACT = re.compile(r"minimal|search|autocomplete|quick")
_WAY_OUT = re.compile(
    r"不适用|不清楚|不了解|不知道|不记得|拒答|不愿|说不清|没有|未|不好说|无法|n/a|don't know|not ", re.I
)


@dataclass(frozen=True)
class Phrase:
    """Words to look for in the labels of one language, and why they are a fault."""

    words: re.Pattern[str]
    language: str
    why: Mapping[str, str]


@dataclass(frozen=True)
class Wording:
    """What the wording of questions is compared with; it comes from data that survey people keep."""

    leading: tuple[Phrase, ...] = ()
    double: tuple[Phrase, ...] = ()
    personal_names: re.Pattern[str] | None = None
    personal_labels: Mapping[str, re.Pattern[str]] | None = None
    consent: re.Pattern[str] | None = None


def advise(sheets: Mapping[str, Sheet], wording: Wording) -> Iterator[Problem]:
    """Every warning about a questionnaire, in the order of its rows within each kind."""
    survey = sheets.get("survey", Sheet("survey"))
    choices = sheets.get("choices", Sheet("choices"))
    rows, options = survey.records(), _lists(choices.records())
    yield from _translations("survey", rows)
    yield from _translations("choices", choices.records())
    for line in unreachable_rows(rows, {name: {code for code, _ in held} for name, held in options.items()}):
        zh = "这一题（组）永远不会出现：条件不可能成立，或者用了选项里没有的代码；请改条件或删去。"
        en = (
            "It is never shown: its condition cannot hold, or names a code that is "
            "no option; mend or remove it."
        )
        yield sheet_problem("unreachable", "survey", line, "relevant", zh, en)
    consented = False
    for line, row in rows:
        yield from _of_row(line, row, options, wording)
        consented = consented or _asks_consent(row, wording)
        if not consented and _is_personal(row, wording):
            zh = "这一题要个人信息，前面却没有征得同意的题；请先加一道同意题，或者不问。"
            en = (
                "It asks for personal data and no question before it asks for consent; "
                "add one, or do not ask."
            )
            yield sheet_problem("personal", "survey", line, "name", zh, en)


def _lists(rows: Rows) -> dict[str, list[tuple[str, bool]]]:
    """(code, whether it is a way out such as 不适用) of the options by list."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for _, row in rows:
        said = " ".join(text for name, text in row.items() if name.startswith("label"))
        is_out = row.get("apart", "") not in _NO or bool(_WAY_OUT.search(said))
        found.setdefault(row.get("list_name", row.get("list name", "")), []).append(
            (row.get("name", ""), is_out)
        )
    return found


def _translations(sheet: str, rows: Rows) -> Iterator[Problem]:
    for line, row in rows:
        kinds: dict[str, list[str]] = {}
        for column in row:
            kind, mark, _ = column.partition("::")
            if mark and kind.strip() not in ("bind", "body", "instance", "media", "control"):
                kinds.setdefault(kind.strip(), []).append(column)
        for columns in kinds.values():
            if any(row[column] for column in columns):
                for column in columns:
                    if not row[column]:
                        zh, en = "缺这种语言的文字，请补上。", "The text in this language is missing; add it."
                        yield sheet_problem("translation_missing", sheet, line, column, zh, en)


def _of_row(
    line: int, row: Mapping[str, str], options: Mapping[str, list[tuple[str, bool]]], wording: Wording
) -> Iterator[Problem]:
    kind = row.get("type", "")
    if kind == "note" and row.get("required", "").lower() not in _NO:
        zh, en = "说明文字没有答案，不能必答；请删去 required。", "A note has no answer; remove required."
        yield sheet_problem("note_required", "survey", line, "required", zh, en)
    if not kind or _UNASKED.match(kind):
        return
    yield from _of_options(line, row, options)
    for column, language, text in _labels(row):
        for phrase in (*wording.leading, *wording.double):
            found = phrase.words.search(text) if phrase.language == language else None
            if found:
                code = "leading" if phrase in wording.leading else "double"
                zh, en = f"“{found[0]}”：{phrase.why['zh']}", f"“{found[0]}”: {phrase.why['en']}"
                yield sheet_problem(code, "survey", line, column, zh, en)
        most = LONGEST_LABEL.get(language, 240)
        if len(text) > most:
            zh = f"题目有 {len(text)} 字，手机上不好读；请缩到 {most} 字以内，其余放进 hint。"
            en = (
                f"The question has {len(text)} characters; keep to {most} for a phone "
                "and move the rest to a hint."
            )
            yield sheet_problem("label_long", "survey", line, column, zh, en)


def _of_options(
    line: int, row: Mapping[str, str], options: Mapping[str, list[tuple[str, bool]]]
) -> Iterator[Problem]:
    words = row.get("type", "").split()
    if len(words) < 2 or words[0] not in ("select_one", "select_multiple") or words[1] not in options:
        return
    held, required = options[words[1]], row.get("required", "").lower() not in _NO
    if required and "consent" not in words and not any(is_out for _, is_out in held):
        zh = (
            "这道必答题没有“不适用”“不清楚”一类的选项，答不上来的人只能乱选；"
            "请加一项（apart 列写 yes），或改为选答。"
        )
        en = (
            "It is required and offers nothing like “not applicable” or “don't "
            "know”; add one or make it optional."
        )
        yield sheet_problem("no_way_out", "survey", line, "type", zh, en)
    is_compact = _COMPACT.search(row.get("appearance", "")) or row.get("choice_filter", "")
    if len(held) > MOST_OPTIONS and not is_compact:
        zh = f"有 {len(held)} 个选项，手机上要翻很久；请用 minimal 或 search 外观，或者筛选、拆分。"
        en = (
            f"It has {len(held)} options; use the appearance minimal or search, "
            "filter them, or split the question."
        )
        yield sheet_problem("options_many", "survey", line, "appearance", zh, en)


def _labels(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(column, language, text) of the labels; a column without a language is taken for Chinese."""
    for column, text in row.items():
        kind, _, language = column.partition("::")
        if kind.strip() == "label" and text:
            code = re.search(r"\((\w+)[\w-]*\)\s*$", language)
            yield column, code[1].lower() if code else "zh", text


def _asks_consent(row: Mapping[str, str], wording: Wording) -> bool:
    kind = row.get("type", "")
    if wording.consent is None or not re.match(r"select_|acknowledge|trigger|consent", kind):
        return False
    said = " ".join((row.get("name", ""), *(text for _, _, text in _labels(row))))
    return kind.startswith("consent") or wording.consent.search(said) is not None


def _is_personal(row: Mapping[str, str], wording: Wording) -> bool:
    if row.get("type", "").split(" ")[0] not in (
        "text",
        "integer",
        "barcode",
        "image",
        "phonenumber",
        "email",
    ):
        return False
    if wording.personal_names is not None and wording.personal_names.search(row.get("name", "").lower()):
        return True
    patterns = wording.personal_labels or {}
    return any(
        language in patterns and patterns[language].search(text.lower()) for _, language, text in _labels(row)
    )
